import { basename, dirname } from 'node:path';
import { Failure } from '../../model/errors.ts';
import type { JournalEntry, State, StateSession, StateStore } from '../../model/state.ts';
import { decodeState, RESTORE_REF } from '../decode.ts';
import { makeFolder, readText, removeDurably, removeLeftovers, writeAtomic } from '../durable.ts';
import { type Replayed, replay } from '../journal.ts';
import type { Identity } from '../lease.ts';
import { openLedger } from '../ledger.ts';
import {
  formatHeader,
  formatLog,
  headerOf,
  joinLog,
  type ParsedLog,
  parseLog,
  relation,
} from '../log-text.ts';
import { type LogWriter, openLogWriter } from '../log-writer.ts';
import { startSession } from '../session.ts';
import { type CommitNote, describeState, STATE_FILE, treeOf } from './git-commit.ts';
import { readHistory, readRevision } from './git-history.ts';
import { breakGitLease, type GitLeaseOptions, isEnded, readGitLease, takeGitLease } from './git-lease.ts';
import { checkRemote, gitRemote } from './git-remote.ts';
import type { FeedGit } from './git-run.ts';

export interface GitStoreOptions {
  readonly git: FeedGit;
  /** A folder inside the clone. */
  readonly root: string;
  readonly remote: string;
  /** Full name, for example `refs/assistantctl/production`; the lease is kept at `<ref>-lease`. */
  readonly ref: string;
  readonly environment: string;
  /** Write-ahead log of this machine, for steps of a session that has not been pushed yet. */
  readonly logPath: string;
  readonly clock: () => Date;
  /** Milliseconds of a clock that never jumps; without it that of the process. */
  readonly monotonic?: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly randomUuid: () => string;
  readonly identity: Identity;
  readonly isAlive?: (pid: number) => boolean;
  /** Milliseconds without renewal after which a lease counts as left behind; default two minutes. */
  readonly leaseMs?: number;
  /** Asked when a session ends. */
  readonly note?: () => CommitNote;
}

interface Saved extends Replayed {
  readonly saved: State | undefined;
  readonly commit: string | undefined;
  readonly logExists: boolean;
}

const GIT_LEASE_MS = 120_000;

/**
 * State on a Git ref of its own: one commit for each session that changed something, pushed only when the ref
 * is still where it was read. Nothing of the clone is touched but its object database and the log file.
 * Reading needs read access alone.
 */
export function gitStore(options: GitStoreOptions): StateStore {
  const { root, ref, logPath, clock, randomUuid } = options;
  checkRemote(options.remote, ref);
  const remote = gitRemote(options);
  const lease: GitLeaseOptions = {
    ...options,
    remote,
    ref: `${ref}-lease`,
    isAlive: options.isAlive,
    leaseMs: options.leaseMs ?? GIT_LEASE_MS,
  };

  async function fetchState(): Promise<{ saved: State | undefined; commit: string | undefined }> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const commit = (await remote.list([ref])).get(ref);
      if (commit === undefined) return { saved: undefined, commit };
      const text = await remote.read(ref, commit, STATE_FILE);
      if (text !== undefined) return { saved: decodeState(text, remote.place(ref), RESTORE_REF), commit };
    }
    throw new Failure('unavailable', `${remote.place(ref)} moves faster than it can be read`, {
      code: 'GIT_UNREACHABLE',
      hint: 'wait for the running applies to finish, then run the same command again',
    });
  }

  /** `inherited` is the log of a machine that vanished; one of this machine knows more. */
  async function read(inherited?: string): Promise<Saved> {
    const own = await readText(logPath);
    const { saved, commit } = await fetchState();
    // A pushed log that belongs to another state than the one that is there now tells nothing any more.
    const useful = inherited !== undefined && relation(saved, parseLog(inherited, ref)) !== 'foreign';
    const logText = own ?? (useful ? inherited : undefined);
    const log = parseLog(logText ?? '', logPath);
    const joined = relation(saved, log) === 'foreign' ? setAside(saved, log) : joinLog(saved, log, logPath);
    return { ...joined, saved, commit, logExists: logText !== undefined };
  }

  async function push(
    before: State | undefined,
    next: State,
    parent: string | undefined,
    holder: string,
  ): Promise<string> {
    const commit = await remote.commit({
      parent,
      message: describeState(before, next, holder, { ...options, note: options.note?.() }),
      author: holder,
      when: clock(),
      files: treeOf(next),
    });
    if ((await remote.move(ref, parent, commit)) === 'done') return commit;
    // The answer to a push that succeeded may have been lost; then the ref is where we put it.
    if ((await remote.list([ref])).get(ref) === commit) return commit;
    throw new Failure('stale', `${remote.place(ref)} was moved by somebody else while this apply worked`, {
      code: 'STATE_DIVERGED',
      hint: 'run the same command again: what was done is found by name and bound again',
      details: { ref },
    });
  }

  async function open(holder: string): Promise<StateSession> {
    await makeFolder(dirname(logPath));
    const lines: string[] = [];
    const held = await takeGitLease({ ...lease, journal: () => lines.join('') }, holder);
    try {
      const found = await read(held.inherited?.journal);
      await removeLeftovers(dirname(logPath), [`${basename(logPath)}.`]);
      let { saved, commit } = found;

      const fold = async (known: Replayed, changed: boolean): Promise<void> => {
        const { state, pending } = known;
        if (changed && state !== undefined) {
          const next = { ...state, serial: state.serial + 1 };
          commit = await push(saved, next, commit, holder);
          saved = next;
        }
        if (pending.length === 0) await removeDurably(logPath);
        else await writeAtomic(logPath, formatLog(headerOf(saved), pending), randomUuid());
      };

      if (found.logExists) await fold(found, found.state !== found.saved);
      const ledger = openLedger(saved, found.pending);
      const header = formatHeader(headerOf(saved));
      const log = published(openLogWriter(logPath, header, held.check), header, lines, held.publish);
      const finish = () => fold({ state: ledger.state(), pending: ledger.pending() }, ledger.changes() > 0);
      return startSession({ ledger, log, lease: held, fold: finish, takenOver: held.inherited?.holder });
    } catch (cause) {
      await held.release();
      throw cause;
    }
  }

  return {
    location: `${remote.place(ref)}, from ${root}`,
    load: async () => (await read()).state,
    open,
    holder: async () => {
      const found = (await readGitLease(remote, lease.ref))?.holder;
      return isEnded(found) ? undefined : found;
    },
    unlock: () => breakGitLease(lease),
    history: (last) => readHistory(remote, ref, last),
    at: (revision) => readRevision(remote, ref, revision),
  };
}

/**
 * The log with a copy of its lines for the remote. The copy is pushed before the first write is announced, then
 * with every renewal of the lease, so that the machine may vanish and the next one still knows what it was at.
 */
function published(log: LogWriter, header: string, lines: string[], publish: () => Promise<void>): LogWriter {
  let first: Promise<void> | undefined;
  const append = async (line: string): Promise<void> => {
    if (lines.length === 0) lines.push(header);
    lines.push(line);
    if (line.startsWith('{"op":"begin"')) first ??= publish();
    await Promise.all([first, log.append(line)]);
  };
  return { append, close: log.close };
}

/**
 * A log left behind on this machine, after which others have applied or removed the ref. What it recorded was
 * looked up and bound by them, or is found by name; taking it over would undo their work. Steps without an
 * outcome, and those whose outcome the state does not know, stay pending, so that they are looked up.
 */
function setAside(saved: State | undefined, log: ParsedLog): Replayed {
  const telling = log.entries.filter(
    (entry) =>
      entry.op !== 'init' &&
      entry.op !== 'move' &&
      (entry.op !== 'bind' || Object.hasOwn(saved?.resources ?? {}, entry.address)),
  );
  return { state: saved, pending: replay(saved, telling.map(withoutEffect)).pending };
}

function withoutEffect(entry: JournalEntry): JournalEntry {
  return entry.op === 'bind' || entry.op === 'unbind' ? { op: 'fail', address: entry.address } : entry;
}
