import type { Address, Kind } from '../../model/address.ts';
import { parseAddress } from '../../model/address.ts';
import type { FailureCode } from '../../model/codes/failure-codes.ts';
import { type Diagnostic, hasErrors } from '../../model/diagnostic.ts';
import { isObject, type Json, toPointer } from '../../model/json.ts';
import { KINDS } from '../../model/kinds.ts';
import { compareNaturally } from '../../model/natural-order.ts';
import type {
  Action,
  Change,
  DriftEntry,
  FieldChange,
  GitInfo,
  PendingEntry,
  Plan,
} from '../../model/plan.ts';
import { planFlags } from '../../model/plan-flags.ts';
import type { UnitName } from '../../model/review.ts';
import { isEmpty } from './plan-headline.ts';
import { count, number } from './style.ts';
import { shellWord } from './visible.ts';

/** The sentences and commands that the text and the Markdown form of a plan share. */

/** Facts for rendering that the plan does not hold. */
export interface PlanExtra {
  /** Where the plan was saved. */
  readonly file?: string;
  /** The environment is protected: an unsaved plan needs `--approve`. */
  readonly protected?: boolean;
  /** It is about to be executed: there is nothing to type. */
  readonly executing?: true;
  /** Resources whose documents the change takes away and that stay live all the same. */
  readonly staysLive?: readonly string[];
  /** Why apply would refuse the plan as it is: limits, an empty specs folder, an open rollout. */
  readonly refusals?: readonly Diagnostic[];
  /** What Git would change is left out: only what was changed outside Git is shown. */
  readonly driftAlone?: true;
}

/** What changes are listed under: their action, and apart from adoptions those that replace live values. */
export type ChangeGroup = Action | 'takeover';

/** The order in which changes are listed. */
export const CHANGE_GROUPS: readonly ChangeGroup[] = [
  'move',
  'create',
  'adopt',
  'takeover',
  'update',
  'delete',
];

/** The group of one change. */
export function groupOf(change: Pick<Change, 'action' | 'takes_over'>): ChangeGroup {
  return change.takes_over === true ? 'takeover' : change.action;
}

/** What happens to the resource, in a word or two. */
export function actionWords(change: Pick<Change, 'action' | 'takes_over'>): string {
  return change.takes_over === true ? 'take over' : change.action;
}

/** The changes of one group by address. */
export function changesOf(plan: Plan, group: ChangeGroup): readonly Change[] {
  return plan.changes
    .filter((change) => groupOf(change) === group)
    .toSorted((a, b) => compareNaturally(a.address, b.address));
}

function kindOf(address: Address): Kind {
  return parseAddress(address)?.kind ?? 'assistant';
}

/** What happens to main, in a few words; empty where there are no versions. */
export function promotionNote(change: Change): string {
  if (change.action === 'delete' || change.action === 'move') return '';
  if (KINDS[kindOf(change.address)].update !== 'version') return '';
  // A new assistant's first version is main by itself.
  if (change.action === 'create') return '';
  if (change.action === 'adopt' && change.fields.length === 0) return '';
  const gate = gateText(change.release);
  const version = change.existing === true ? 'an earlier or waiting version' : 'new version';
  if (change.promotes) return `${version}, promoted to main${gate === '' ? '' : ` once it passed ${gate}`}`;
  switch (change.release?.strategy) {
    case 'canary':
      return 'new version, to be rolled out by canary: main stays as it is';
    case 'manual':
      return 'new version, waits for promote: main stays as it is';
    default:
      return 'new version, staged only: main stays as it is';
  }
}

function gateText(release: Change['release']): string {
  if (release === undefined) return '';
  const parts = [
    ...(release.tests.length > 0 ? [count(release.tests.length, 'test')] : []),
    ...(release.suites.length > 0
      ? [`${count(release.suites.length, 'suite')} (${listSome(release.suites)})`]
      : []),
  ];
  const measure = measureText(release);
  return `${parts.join(' and ')}${measure === '' ? '' : ` (${measure})`}`;
}

/** `90 % of 3 runs each, at most 5 points less than main`; empty where every test has to pass once. */
function measureText({ repeat, pass_rate, max_drop }: NonNullable<Change['release']>): string {
  if (repeat === undefined || pass_rate === undefined) return '';
  const points = (value: number): string => String(Math.round(value * 1000) / 10);
  const runs = repeat === 1 ? 'the runs' : `${number(repeat)} runs each`;
  return [
    ...(pass_rate > 0 ? [pass_rate === 1 ? `all of ${runs}` : `${points(pass_rate)} % of ${runs}`] : [runs]),
    ...(max_drop === undefined
      ? []
      : [max_drop === 0 ? 'no worse than main' : `at most ${points(max_drop)} points less than main`]),
  ].join(', ');
}

/** What a reviewer must not miss. */
export function cautions(plan: Plan, extra: PlanExtra = {}): readonly string[] {
  const deletes = changesOf(plan, 'delete').map((change) => change.address);
  const recreated = plan.drift.filter((entry) => entry.deleted).map((entry) => entry.address);
  const lines: string[] = plan.diagnostics.flatMap(({ caution, message }) =>
    caution === true ? [`${message}.`] : [],
  );
  if (plan.options.targets.length > 0) {
    lines.push(
      `Partial: limited by --target to ${listSome(plan.options.targets)} and what must be created for it; everything else was left out.`,
    );
  }
  if (plan.options.offline === true) {
    lines.push('Live not compared: this is Git against the last apply, and it cannot be applied.');
  }
  if (deletes.length > 0) {
    lines.push(`Deletes ${count(deletes.length, 'resource')}: ${listSome(deletes)}.`);
  }
  for (const group of ['update', 'adopt', 'takeover', 'delete'] as const) {
    for (const change of changesOf(plan, group)) {
      if (change.affects.length === 0) continue;
      lines.push(
        `${change.address} takes effect at once for: ${listSome([...change.affects].sort(compareNaturally))}`,
      );
    }
  }
  if (extra.staysLive !== undefined && extra.staysLive.length > 0) {
    const names = listSome(extra.staysLive);
    const way = plan.options.prune ? '' : ' Only --prune deletes it.';
    lines.push(`Stays live although its document is gone: ${names}.${way}`);
  }
  lines.push(...settingCautions(plan));
  if (recreated.length > 0) lines.push(`Deleted outside Git: ${listSome(recreated)}.`);
  // What was reviewed needs no other approval.
  if (extra.protected === true && !isEmpty(plan) && plan.reviewed?.covered !== true) {
    const wants =
      extra.file === undefined ? `: apply wants a saved plan or --approve ${plan.environment}` : '';
    lines.push(`${plan.environment} is protected${wants}.`);
  }
  if (plan.git?.dirty === true) lines.push('The working tree has changes that are not committed.');
  return lines;
}

/** Settings that decide what may be released, deleted or run. */
const GUARDS = /^\/(promotion|lifecycle|limits|hooks|protected|prune|drift)(\/|$)/;

/** A change of what guards later changes is easily overlooked; that of a resource that is new is none. */
function settingCautions(plan: Plan): readonly string[] {
  const fresh = new Set<string>(changesOf(plan, 'create').map(({ address }) => address));
  const paths = new Map<string, string[]>();
  for (const { address, path } of plan.settings ?? []) {
    if (!GUARDS.test(path) || fresh.has(address)) continue;
    paths.set(address, [...(paths.get(address) ?? []), path]);
  }
  return [...paths].map(([address, changed]) => `Changes what guards ${address}: ${listSome(changed, 6)}.`);
}

/** Diagnostics without those that are shown as cautions. */
export function otherDiagnostics(plan: Plan): Plan['diagnostics'] {
  return plan.diagnostics.filter(({ caution }) => caution !== true);
}

/** At most ten names, then how many more. */
export function listSome(names: readonly string[], limit = 10): string {
  if (names.length <= limit) return names.join(', ');
  return `${names.slice(0, limit).join(', ')} and ${number(names.length - limit)} more`;
}

/** Bound resources without a spec that this plan does not delete. */
export function orphansLeft(plan: Plan): Plan['orphans'] {
  const deleted = new Set(changesOf(plan, 'delete').map((change) => change.address));
  return plan.orphans
    .filter((orphan) => !deleted.has(orphan.address))
    .toSorted((a, b) => compareNaturally(a.address, b.address));
}

/** Drift that this plan does not put back: the fields that no change restores. */
export function driftLeft(plan: Plan): readonly DriftEntry[] {
  const restored = new Set(
    plan.changes.flatMap((change) =>
      change.fields
        .filter((field) => field.origin === 'drift')
        .map((field) => `${change.address} ${field.path}`),
    ),
  );
  const changed = new Set(plan.changes.map((change) => change.address));
  return plan.drift
    .map((entry) => ({
      ...entry,
      fields: entry.fields.filter((field) => !restored.has(`${entry.address} ${field.path}`)),
    }))
    .filter((entry) => entry.fields.length > 0 || (entry.deleted && !changed.has(entry.address)))
    .toSorted((a, b) => compareNaturally(a.address, b.address));
}

/** The fields of a new resource; one that holds the whole document is shown as its members. */
export function newFields(fields: readonly FieldChange[]): readonly FieldChange[] {
  return fields.flatMap((field) => {
    const { after } = field;
    if (field.path !== '' || !isObject(after)) return [field];
    return Object.keys(after).map((key) => ({ ...field, path: toPointer([key]), after: after[key] ?? null }));
  });
}

/** A command line of this tool for the plan's environment. */
export function command(plan: Plan, ...words: readonly string[]): string {
  return ['assistantctl', ...words, '--env', plan.environment].map(shellWord).join(' ');
}

/** `assistantctl apply …` that runs what was planned. */
export function applyCommand(plan: Plan, extra: PlanExtra = {}): string {
  const takeOver = takeOverFlags(plan);
  if (extra.file !== undefined) return command(plan, 'apply', extra.file, ...takeOver);
  if (plan.reviewed?.covered === true) {
    return command(plan, 'apply', ...planFlags(plan), '--reviewed', 'SOURCE');
  }
  return command(plan, 'apply', ...planFlags(plan), ...takeOver, ...approval(plan, extra));
}

function approval(plan: Plan, extra: PlanExtra): readonly string[] {
  return extra.protected === true ? ['--approve', plan.environment] : [];
}

/** The options that allow adoptions which replace live values; where they are many, the reader writes the addresses. */
function takeOverFlags(plan: Plan): readonly string[] {
  const addresses = changesOf(plan, 'takeover').map(({ address }) => address);
  if (addresses.length > 3) return ['--take-over', 'all'];
  return addresses.flatMap((address) => ['--take-over', address]);
}

/** What to type next, most useful first; empty when there is nothing to do. */
export function nextCommands(plan: Plan, extra: PlanExtra = {}): readonly string[] {
  if (extra.executing === true) return [];
  // Errors say themselves what to write; the same plan again would say nothing else.
  if (hasErrors(plan.diagnostics)) return [];
  if (plan.conflicts.length > 0) {
    return [command(plan, 'plan', '--take', 'git'), command(plan, 'plan', '--take', 'live')];
  }
  if (plan.options.offline === true) return [command(plan, 'plan', ...planFlags(plan))];
  if (plan.changes.length > 0) {
    const consent = consentFlags(plan, extra);
    return consent === undefined ? [] : [[applyCommand(plan, extra), ...consent].join(' ')];
  }
  const waits = (what: PendingEntry['what']) => plan.pending?.some((entry) => entry.what === what) === true;
  return [
    ...(waits('promotion') ? [command(plan, 'promote', ...approval(plan, extra))] : []),
    ...(waits('rollout') ? [command(plan, 'rollout', 'status')] : []),
  ];
}

/** What a person may allow with a flag. */
const CONSENT: { readonly [code in FailureCode]?: string } = {
  LIMIT_DELETES: '--override-limits',
  LIMIT_CHANGES: '--override-limits',
  ROLLOUT_OPEN: '--replace',
};

/** Flags, besides those of the plan itself, without which apply would refuse it; undefined where no flag helps and something has to be written first. */
function consentFlags(plan: Plan, { refusals = [] }: PlanExtra): readonly string[] | undefined {
  const renamed = plan.diagnostics.some(({ code }) => code === 'RENAMED');
  const helped = refusals.every(({ code }) => Object.hasOwn(CONSENT, code));
  if (renamed || plan.behind !== undefined || !helped) return undefined;
  return [...new Set(refusals.flatMap(({ code }) => CONSENT[code] ?? []))];
}

/** `983261c`; with a plus where the tree holds more than the commit. */
export function shortCommit({ commit, dirty }: GitInfo, length: number = 7): string {
  return `${commit.slice(0, length)}${dirty ? '+' : ''}`;
}

/** `sha256:9f8e7d6c5b4a…` as `9f8e7d6c5b4a`. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** What of a plan is reviewed apart from its changes, and what is in no set; each a sentence. */
export function settingLines(plan: Plan): readonly string[] {
  return (plan.settings ?? []).map(
    ({ address, path, before, after }) =>
      `${address} ${path}: ${settingValue(before)} → ${settingValue(after)}`,
  );
}

function settingValue(value: Json): string {
  if (value === null) return 'not written';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** Units that the reviewers of this plan do not agree to. */
export function apartLines({ review, reviewed }: Plan): readonly string[] {
  if (reviewed?.covered === true) return ['Everything here was reviewed.'];
  const { waiting = [], uncommitted = [] } = review ?? {};
  const named = (units: readonly UnitName[]): string =>
    listSome(
      units.map(({ address, action, path }) => `${action} ${address}${path === '' ? '' : ` ${path}`}`),
    );
  return [
    ...(waiting.length > 0
      ? [`Also waiting, from earlier merges and not up for review here: ${named(waiting)}.`]
      : []),
    ...(uncommitted.length > 0 ? [`Not committed, and so not up for review: ${named(uncommitted)}.`] : []),
  ];
}
