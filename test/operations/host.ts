import type { Host, HostFlags } from '../../src/operations/host.ts';
import { fakeRuntime } from '../cli/runtime.ts';

/** Who starts a use case without a screen: nobody is asked, remarks are kept. */
export interface TestHost extends Host {
  readonly notes: readonly string[];
}

export function testHost(
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  flags: HostFlags = {},
): TestHost {
  const runtime = fakeRuntime({ cwd, env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env } });
  const notes: string[] = [];
  const { signal } = new AbortController();
  return {
    runtime,
    flags,
    notes,
    note: (text) => {
      notes.push(text);
    },
    progress: () => ({ show: () => undefined, end: () => undefined }),
    interrupt: () => ({
      stop: signal,
      reading: signal,
      received: () => undefined,
      protectWrites: () => undefined,
      release: () => undefined,
    }),
  };
}
