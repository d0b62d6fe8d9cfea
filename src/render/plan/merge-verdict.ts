/** What a reviewer asks first: may it be merged, and what happens then? */

import { parseAddress } from '../../model/address.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Change, Plan } from '../../model/plan.ts';
import { changesOf, listSome, orphansLeft } from '../terminal/plan-words.ts';
import { count } from '../terminal/style.ts';
import type { ReviewExtra } from './plan-extra.ts';

export type MergeVerdict =
  /** What apply would refuse for reasons that the branch can mend. */
  | { readonly may: 'no'; readonly reasons: readonly string[] }
  /** A person has to look at the cautions first. */
  | { readonly may: 'look' }
  | { readonly may: 'yes' }
  /** Live was not compared. */
  | { readonly may: 'unknown' };

export function mergeVerdict(plan: Plan, { refusals = [], blastRadius }: ReviewExtra): MergeVerdict {
  if (plan.options.offline === true) return { may: 'unknown' };
  const errors = [...plan.diagnostics.filter(isError), ...refusals.filter(isError)];
  const reasons = [
    ...(plan.conflicts.length > 0
      ? [`${count(plan.conflicts.length, 'resource')} changed in Git and, differently, outside Git`]
      : []),
    ...[...new Set(errors.map(({ message }) => message))],
  ];
  if (reasons.length > 0) return { may: 'no', reasons };
  const looks =
    plan.diagnostics.some(({ caution }) => caution === true) ||
    changesOf(plan, 'delete').length + changesOf(plan, 'takeover').length > 0 ||
    (blastRadius?.foreign_canaries.length ?? 0) > 0;
  return looks ? { may: 'look' } : { may: 'yes' };
}

function isError({ severity, caution }: Diagnostic): boolean {
  return severity === 'error' && caution !== true;
}

/** How the line begins that a plan's comment has below its headline. */
export const MERGE_WORDS: { readonly [may in MergeVerdict['may']]: string } = {
  no: '❌ **Not to be merged yet: apply would refuse it.**',
  look: '⚠️ **May be merged once somebody agrees to the cautions.**',
  yes: '✅ **May be merged.**',
  unknown: '❔ **Whether it can be applied is not known: live was not compared.**',
};

/** Whether a line of a comment is that line; it holds no longer once something became of the plan. */
export function isMergeLine(line: string): boolean {
  return Object.values(MERGE_WORDS).some((words) => line.startsWith(words));
}

/** What the merge does, in a sentence or two. */
export function mergeEffect(plan: Plan): string {
  const { changes } = plan;
  if (changes.length === 0) {
    return (plan.settings ?? []).length > 0
      ? 'Merging changes nothing that is live, and how later changes are released.'
      : 'Merging changes nothing.';
  }
  const how = new Map<string, string[]>();
  for (const change of changes) {
    const effect = effectOf(change);
    if (effect !== '') how.set(effect, [...(how.get(effect) ?? []), change.address]);
  }
  const parts = [...how].map(([effect, addresses]) => `${subject(addresses)} ${effect}`);
  const waits = pruneText(plan);
  return `Merging applies it: ${parts.join('; ')}.${waits === '' ? '' : ` ${waits}`}`;
}

function effectOf(change: Change): string {
  const kind = parseAddress(change.address)?.kind;
  if (change.action === 'delete') return 'will be deleted';
  if (change.action === 'create') return 'will be created';
  if (change.action === 'move') return 'will go by another key';
  if (change.action === 'adopt' && change.takes_over !== true) return 'will be managed from then on';
  if (change.affects.length > 0) return 'will take effect at once for every assistant that uses it';
  if (kind !== 'assistant') return 'will be updated';
  if (change.promotes) {
    return change.release === undefined
      ? 'will be heard by callers at once'
      : 'will be heard once its gate is passed';
  }
  switch (change.release?.strategy) {
    case 'canary':
      return 'will be heard by a share of the callers first';
    default:
      return 'will be staged and wait for promote';
  }
}

function subject(addresses: readonly string[]): string {
  return addresses.length > 3 ? count(addresses.length, 'resource') : listSome(addresses);
}

function pruneText(plan: Plan): string {
  const left = orphansLeft(plan);
  if (left.length === 0) return '';
  const names = listSome(
    left.map(({ address }) => address),
    5,
  );
  return `Without a spec and not deleted by this: ${names}; that takes --prune.`;
}
