import type { HistoryEntry, State } from '../../model/state.ts';
import { decodeState, RESTORE_REF } from '../decode.ts';
import { STATE_FILE } from './git-commit.ts';
import type { GitRemote } from './git-remote.ts';

/** The log of a state's ref as values: every commit is one apply, its message the audit trail. */
export async function readHistory(
  remote: GitRemote,
  ref: string,
  last: number,
): Promise<readonly HistoryEntry[]> {
  const tip = (await remote.list([ref])).get(ref);
  if (tip === undefined) return [];
  return (await remote.log(ref, tip, last)).map(entryOf);
}

/** The state at a revision: a commit of the ref's history, by the beginning of its id, or a serial number. */
export async function readRevision(
  remote: GitRemote,
  ref: string,
  revision: string,
): Promise<State | undefined> {
  const entries = await readHistory(remote, ref, Number.MAX_SAFE_INTEGER);
  const asked = revision.toLowerCase();
  const found =
    entries.find(({ serial }) => String(serial) === asked) ??
    (/^[0-9a-f]{4,}$/.test(asked) ? entries.find((entry) => entry.revision.startsWith(asked)) : undefined);
  if (found === undefined) return undefined;
  const text = await remote.read(ref, found.revision, STATE_FILE);
  return text === undefined
    ? undefined
    : decodeState(text, `${remote.place(ref)} at ${found.revision}`, RESTORE_REF);
}

function entryOf(commit: {
  readonly id: string;
  readonly at: string;
  readonly message: string;
}): HistoryEntry {
  const lines = commit.message.split('\n');
  const of = (name: string): string | null =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? null;
  const serial = of('Serial');
  const [subject = ''] = lines;
  return {
    revision: commit.id,
    serial: serial === null ? null : Number(serial),
    at: commit.at,
    holder: of('Holder'),
    run: of('Run'),
    commit: of('Commit'),
    plan_digest: of('Plan'),
    summary: subject.slice(subject.indexOf(': ') + 2),
    outcome: of('Outcome'),
  };
}
