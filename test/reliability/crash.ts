import type { StateSession } from '../../src/model/state.ts';
import type { ApplyParts } from '../support/world.ts';

const WRITES: ReadonlySet<string> = new Set([
  ...['create', 'update', 'delete', 'restore', 'assign', 'unassign'],
  ...['stageVersion', 'updateVersion', 'promoteVersion', 'deleteVersion'],
  ...['createCanary', 'replaceCanary', 'deleteCanary'],
]);

/**
 * The end of a process at a chosen instant, without a process: from that instant on nothing that the apply asked
 * for ever answers. Instants are counted over both sides of every write request and of every line of the log.
 */
export interface Crash {
  readonly wrap: (parts: ApplyParts) => ApplyParts;
  /** Resolves when the instant has come and requests that were on their way have ended. */
  readonly happened: Promise<void>;
  /** Frees what the dead apply held. Call it when its lease is gone. */
  bury(): Promise<void>;
}

export function crashAt(instant: number): Crash {
  let left = instant;
  let dead = false;
  let flying = 0;
  let session: StateSession | undefined;
  let tell = (): void => undefined;
  const happened = new Promise<void>((resolve) => {
    tell = resolve;
  });

  async function passes(): Promise<void> {
    if (!dead && left > 0) {
      left -= 1;
      return;
    }
    dead = true;
    if (flying === 0) tell();
    await new Promise(() => undefined);
  }

  async function guarded<T>(act: () => Promise<T>): Promise<T> {
    await passes();
    flying += 1;
    let result: T;
    try {
      result = await act();
    } finally {
      flying -= 1;
    }
    await passes();
    return result;
  }

  return {
    happened,
    wrap: (parts) => {
      session = parts.session;
      const api = new Proxy(parts.api, {
        get: (target, name, receiver) => {
          const method: unknown = Reflect.get(target, name, receiver);
          if (typeof method !== 'function') return method;
          const call = (args: readonly unknown[]): Promise<unknown> => Reflect.apply(method, target, args);
          if (WRITES.has(String(name))) return (...args: unknown[]) => guarded(() => call(args));
          return (...args: unknown[]) => (dead ? new Promise(() => undefined) : call(args));
        },
      });
      const record: StateSession['record'] = (entry) => guarded(() => parts.session.record(entry));
      return { api, session: { ...parts.session, record } };
    },
    bury: async () => {
      await session?.close().catch(() => undefined);
    },
  };
}
