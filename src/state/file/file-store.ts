import { basename, dirname } from 'node:path';
import type { LeaseHolder, State, StateSession, StateStore } from '../../model/state.ts';
import { decodeState, formatState } from '../decode.ts';
import { readText, removeDurably, removeLeftovers, writeAtomic } from '../durable.ts';
import type { Replayed } from '../journal.ts';
import { type Identity, LEASE_MS } from '../lease.ts';
import { openLedger } from '../ledger.ts';
import { formatHeader, formatLog, headerOf, isCorrupt, joinLog, parseLog } from '../log-text.ts';
import { openLogWriter } from '../log-writer.ts';
import { startSession } from '../session.ts';
import { breakFileLease, type FileLeaseOptions, fileLeaseHolder, takeFileLease } from './file-lease.ts';

export interface FileStoreOptions {
  /** The state file, `…/<environment>.json`; log and lease are kept beside it. */
  readonly path: string;
  readonly clock: () => Date;
  /** Milliseconds of a clock that never jumps; without it that of the process. */
  readonly monotonic?: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly randomUuid: () => string;
  readonly identity: Identity;
  /** Whether a process of this machine lives; without it a dead holder is only recognised by time. */
  readonly isAlive?: (pid: number) => boolean;
  /** Milliseconds without renewal after which a lease counts as left behind; default one minute. */
  readonly leaseMs?: number;
}

interface Saved extends Replayed {
  readonly saved: State | undefined;
  readonly logExists: boolean;
}

/**
 * State in a file of this machine. Three files, of which a crash at any instant leaves a consistent set: the
 * state itself, replaced as a whole when a session ends; `<environment>.journal`, to which each step of a running
 * session is appended; `<environment>.lock.<n>`, the lease.
 */
export function fileStore(options: FileStoreOptions): StateStore {
  const { path, randomUuid } = options;
  const environment = basename(path, '.json');
  const stem = path.endsWith('.json') ? path.slice(0, -'.json'.length) : path;
  const logPath = `${stem}.journal`;
  const lease: FileLeaseOptions = {
    ...options,
    path: `${stem}.lock`,
    environment,
    isAlive: options.isAlive,
    leaseMs: options.leaseMs ?? LEASE_MS,
  };

  async function readOnce(): Promise<Saved> {
    // The log first: a session that ends in between then shows up as "already folded in", not as a loss.
    const logText = await readText(logPath);
    const text = await readText(path);
    const saved = text === undefined ? undefined : decodeState(text, path);
    const log = parseLog(logText ?? '', logPath);
    return { ...joinLog(saved, log, logPath), saved, logExists: logText !== undefined };
  }

  /** A reader without the lease may meet two different sessions; only what stays wrong is wrong. */
  async function read(attempts: number): Promise<Saved> {
    try {
      return await readOnce();
    } catch (cause) {
      if (attempts <= 1 || !isCorrupt(cause)) throw cause;
      return read(attempts - 1);
    }
  }

  /** Brings file and log to rest: what is known goes into the file, what is pending stays in the log. */
  async function fold(known: Replayed, changed: boolean): Promise<State | undefined> {
    const { state, pending } = known;
    const next = changed && state !== undefined ? { ...state, serial: state.serial + 1 } : state;
    if (next !== undefined && next !== state) await writeAtomic(path, formatState(next), randomUuid());
    if (pending.length === 0) await removeDurably(logPath);
    else await writeAtomic(logPath, formatLog(headerOf(next), pending), randomUuid());
    return next;
  }

  async function open(holder: string): Promise<StateSession> {
    const held = await takeFileLease(lease, holder);
    try {
      const found = await read(1);
      await removeLeftovers(dirname(path), [`${basename(path)}.`, `${basename(logPath)}.`]);
      const base = found.logExists ? await fold(found, found.state !== found.saved) : found.state;
      const ledger = openLedger(base, found.pending);
      const log = openLogWriter(logPath, formatHeader(headerOf(base)), held.check);
      const finish = async (): Promise<void> => {
        await fold({ state: ledger.state(), pending: ledger.pending() }, ledger.changes() > 0);
      };
      return startSession({ ledger, log, lease: held, fold: finish });
    } catch (cause) {
      await held.release();
      throw cause;
    }
  }

  return {
    location: path,
    load: async () => (await read(3)).state,
    open,
    holder: (): Promise<LeaseHolder | undefined> => fileLeaseHolder(lease),
    unlock: (): Promise<LeaseHolder | undefined> => breakFileLease(lease.path),
  };
}
