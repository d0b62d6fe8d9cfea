import type { LiveApi } from '../live/api.ts';
import type { RunTestsDeps } from '../release/run-tests.ts';
import type { Context } from './context.ts';

/** What test runs need of the outside world. */
export function testing(
  context: Context,
  api: LiveApi,
): Omit<RunTestsDeps, 'api' | 'onProgress'> & { readonly api: LiveApi } {
  const { runtime } = context;
  return {
    api,
    newKey: runtime.uuid,
    clock: runtime.clock,
    sleep: runtime.sleep,
    stop: context.interrupt().stop,
  };
}
