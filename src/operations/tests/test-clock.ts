import type { LiveApi } from '../../live/telnyx/api.ts';
import type { RunTestsDeps } from '../../release/run-tests.ts';
import type { Host } from '../host.ts';

/** What test runs need of the outside world. */
export function testing(
  host: Host,
  api: LiveApi,
): Omit<RunTestsDeps, 'api' | 'onProgress'> & { readonly api: LiveApi } {
  const { runtime } = host;
  return {
    api,
    newKey: runtime.uuid,
    clock: runtime.clock,
    sleep: runtime.sleep,
    stop: host.interrupt().stop,
  };
}
