import { stableStringify } from '../../model/json.ts';
import type { State } from '../../model/state.ts';
import { formatState } from '../decode.ts';
import type { Identity } from '../lease.ts';

/** What an apply knows about itself, for the audit trail that the history of the ref is. */
export interface CommitNote {
  readonly commit: string | null;
  readonly planDigest: string | null;
  /** What the steps came to, in words. */
  readonly outcome?: string | null;
}

/** Path of the file that is read back; the others are there for people and for `git log -p`. */
export const STATE_FILE = 'state.json';

/** The tree of a state: the state itself and a file for each binding. */
export function treeOf(state: State): ReadonlyMap<string, string> {
  const files = new Map([[STATE_FILE, formatState(state)]]);
  for (const [address, binding] of Object.entries(state.resources)) {
    files.set(`resources/${address}.json`, `${JSON.stringify(binding, null, 2)}\n`);
  }
  return files;
}

/** The commit message: what `git log` of the ref shows as the audit trail. */
export function describeState(
  before: State | undefined,
  next: State,
  holder: string,
  about: { readonly environment: string; readonly identity: Identity; readonly note: CommitNote | undefined },
): string {
  const old = before?.resources ?? {};
  const known = Object.keys(next.resources);
  const added = known.filter((address) => !Object.hasOwn(old, address)).length;
  const changed = known.filter((address) => {
    const former = old[address];
    return former !== undefined && text(former) !== text(next.resources[address]);
  }).length;
  const removed = Object.keys(old).filter((address) => !Object.hasOwn(next.resources, address)).length;
  const { identity, environment, note } = about;
  return [
    `${environment}: ${added} bound, ${changed} changed, ${removed} removed\n`,
    `Holder: ${holder} on ${identity.host}`,
    ...(identity.run === null ? [] : [`Run: ${identity.run}`]),
    ...(note?.commit ? [`Commit: ${note.commit}`] : []),
    ...(note?.planDigest ? [`Plan: ${note.planDigest}`] : []),
    ...(note?.outcome ? [`Outcome: ${note.outcome}`] : []),
    `Serial: ${next.serial}\n`,
  ].join('\n');
}

function text(binding: State['resources'][string] | undefined): string {
  return binding === undefined ? '' : stableStringify({ ...binding });
}
