import { compareNaturally } from '../../model/natural-order.ts';
import type { DriftEntry } from '../../model/plan.ts';
import type { ApplyReport, OpenedRollout, StepError, StepResult, StepStatus } from '../../model/report.ts';
import { shortTime } from '../../model/short-time.ts';
import { type ChangeGroup, groupOf } from '../terminal/plan-words.ts';
import {
  columns,
  count,
  finish,
  type Glyphs,
  glyphs,
  type Ink,
  number,
  paint,
  paragraph,
  type Style,
} from '../terminal/style.ts';
import { verdictLines } from '../terminal/verdict-text.ts';
import { visible } from '../terminal/visible.ts';
import { displayWidth } from '../terminal/width.ts';

/** What an apply did. An outcome that is not known is printed as unknown, not as success or failure. */

const DONE: { readonly [group in ChangeGroup]: string } = {
  create: 'created',
  update: 'updated',
  delete: 'deleted',
  adopt: 'adopted',
  takeover: 'taken over',
  move: 'moved',
};

const TO_DO: { readonly [group in ChangeGroup]: string } = {
  create: 'to create',
  update: 'to update',
  delete: 'to delete',
  adopt: 'to adopt',
  takeover: 'to take over',
  move: 'to move',
};

interface Group {
  readonly status: StepStatus;
  readonly title: string;
  readonly ink: Ink;
  readonly sign: (signs: Glyphs) => string;
}

/** Worst last: that is where eyes and terminals end up. */
const GROUPS: readonly Group[] = [
  { status: 'applied', title: 'Applied', ink: 'green', sign: (signs) => signs.done },
  { status: 'skipped', title: 'Skipped: already as wanted', ink: 'dim', sign: () => '=' },
  { status: 'not_attempted', title: 'Not attempted', ink: 'dim', sign: () => '.' },
  {
    status: 'unknown',
    title: 'Unknown: the request may or may not have taken effect',
    ink: 'yellow',
    sign: () => '?',
  },
  { status: 'failed', title: 'Failed', ink: 'red', sign: (signs) => signs.failed },
];

function countOf(report: ApplyReport, status: StepStatus): number {
  return report.results.filter((result) => result.status === status).length;
}

function counts(report: ApplyReport): string {
  const parts = [
    [countOf(report, 'applied'), 'applied'],
    [countOf(report, 'failed'), 'failed'],
    [countOf(report, 'unknown'), 'unknown'],
    [countOf(report, 'not_attempted'), 'not attempted'],
    [countOf(report, 'skipped'), 'skipped'],
  ] as const;
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, word]) => `${number(amount)} ${word}`)
    .join(', ');
}

/** What is new is live from the beginning, also where it took a second version to complete it. */
export function isPromotion({ action, promoted }: StepResult): boolean {
  return promoted && action !== 'create';
}

function doneCounts(report: ApplyReport): string {
  const applied = report.results.filter((result) => result.status === 'applied');
  const groups = ['create', 'move', 'adopt', 'takeover', 'update', 'delete'] as const;
  const parts = groups
    .map((group) => [applied.filter((result) => groupOf(result) === group).length, DONE[group]] as const)
    .concat([[applied.filter(isPromotion).length, 'promoted']])
    .filter(([amount]) => amount > 0)
    .map(([amount, word]) => `${number(amount)} ${word}`);
  return parts.join(', ');
}

/** It failed after it was made: it exists and is bound, but is not as it should be. */
function isMade({ action, status, remote_id }: StepResult): boolean {
  return action === 'create' && status === 'failed' && remote_id !== null;
}

/** One line that says what became of the whole. */
export function reportVerdict(report: ApplyReport): string {
  const open = countOf(report, 'failed') + countOf(report, 'unknown') + countOf(report, 'not_attempted');
  switch (report.outcome) {
    case 'nothing':
      return 'Nothing to do: nothing was written.';
    case 'refused':
      return open > 0 ? `Refused: nothing was written; ${counts(report)}.` : 'Refused: nothing was written.';
    case 'partial': {
      // Only a state that could not be saved makes less of what went well throughout.
      if (open === 0) return `Applied, but not recorded in the state: ${counts(report)}.`;
      const none =
        countOf(report, 'applied') + countOf(report, 'unknown') === 0 && !report.results.some(isMade);
      return none ? `Failed, nothing was applied: ${counts(report)}.` : `Partly applied: ${counts(report)}.`;
    }
    case 'applied': {
      if (open > 0) return `Partly applied: ${counts(report)}.`;
      const done = doneCounts(report);
      const skipped = countOf(report, 'skipped');
      const rest = skipped === 0 ? '' : `; ${count(skipped, 'resource')} already as wanted`;
      return done === '' ? `Applied: nothing needed a write${rest}.` : `Applied: ${done}${rest}.`;
    }
    default:
      return report.outcome satisfies never;
  }
}

function versionText(result: StepResult): string {
  if (result.version_id === null) return '';
  const version = `version ${visible(result.version_id)}`;
  if (isPromotion(result)) return `${version} (promoted)`;
  if (result.rollout !== undefined) return `${version} (${canaryWords(result.rollout)})`;
  return result.action === 'create' ? version : `${version} (staged, main unchanged)`;
}

/** An opened canary is what some callers hear already. */
export function canaryWords({ weight, next, next_at, deadline_at }: OpenedRollout): string {
  const [share] = next;
  const then = share === undefined ? 'promoted' : `${share} %`;
  const deadline = deadline_at === null ? '' : `, given up at ${shortTime(deadline_at)}`;
  return `canary open: ${weight} % of the calls, ${then} at ${shortTime(next_at)} at the earliest${deadline}`;
}

/** Because of whom it was not attempted. */
function waitsText({ waits_for: waits = [] }: StepResult): string {
  if (waits.length === 0) return '';
  const more = waits.length > 2 ? ` and ${waits.length - 2} more` : '';
  return `needs ${waits.slice(0, 2).map(visible).join(', ')}${more}`;
}

function errorLines(error: StepError, style: Style): readonly string[] {
  const facts = [
    ...(error.status === null || error.status === 0 ? [] : [`HTTP ${error.status}`]),
    ...(error.request_id === null ? [] : [`request ${error.request_id}`]),
  ];
  return [
    ...paragraph(style, `${error.code}: ${error.message}`, 6),
    ...(error.problems ?? []).flatMap(({ at, pointer, message }) =>
      paragraph(style, `${at === null ? '' : `${at} `}${pointer}: ${message}`, 6),
    ),
    ...(facts.length > 0 ? paragraph(style, facts.join(', '), 6, 'dim') : []),
    ...(error.hint === null ? [] : [`      hint: ${visible(error.hint)}`]),
  ];
}

function testLines({ tests }: StepResult, style: Style): readonly string[] {
  return (tests ?? []).flatMap((verdict) => verdictLines(verdict, style, 6));
}

function groupLines(report: ApplyReport, group: Group, style: Style): readonly string[] {
  const results = report.results
    .filter((result) => result.status === group.status)
    .toSorted((a, b) => compareNaturally(a.address, b.address));
  if (results.length === 0) return [];
  const words = group.status === 'applied' ? DONE : TO_DO;
  const sign = paint(style, group.ink, group.sign(glyphs(style)));
  const table = (withIds: boolean): readonly string[] =>
    columns(
      results.map((result) => [
        visible(result.address),
        group.status === 'skipped' ? '' : words[groupOf(result)],
        ...(withIds ? [visible(result.remote_id ?? '')] : []),
        versionText(result),
        waitsText(result),
      ]),
    ).map((row) => `  ${sign} ${row}`);
  const whole = table(true);
  // An id that was bound can be read from `state list`; one that may not be bound stays, however long the line.
  const tooWide = whole.some((row) => displayWidth(row) > style.width);
  const rows = tooWide && group.status === 'applied' ? table(false) : whole;
  return [
    paint(style, 'bold', `${group.title} (${results.length})`),
    ...results.flatMap((result, index) => [
      rows[index] ?? '',
      ...(result.error === null ? [] : errorLines(result.error, style)),
      ...testLines(result, style),
    ]),
    '',
  ];
}

/** What was changed outside Git and left alone by the apply: a reader who expects Git to win has to see it. */
function driftLines({ drift = [] }: ApplyReport, style: Style): readonly string[] {
  if (drift.length === 0) return [];
  return [
    paint(style, 'bold', `Changed outside Git (left as it is): ${count(drift.length, 'resource')}`),
    ...drift.map(({ address, deleted, fields }) => {
      const what = deleted ? 'deleted' : fields.map(({ path }) => path).join(', ');
      return `  ${paint(style, 'yellow', '*')} ${visible(address)}  ${paint(style, 'dim', visible(what))}`;
    }),
    ...waysOutOfDrift(drift).flatMap((way) => paragraph(style, way, 2, 'dim')),
    '',
  ];
}

/** What was deleted is no field to put back: it is restored or created again. */
function waysOutOfDrift(drift: readonly DriftEntry[]): readonly string[] {
  const changed = drift.some(({ deleted }) => !deleted);
  const deleted = drift.some((entry) => entry.deleted);
  return [
    ...(changed ? ['Into Git with pull --drift, or put back with apply --revert-drift ADDR (or all).'] : []),
    ...(deleted ? ['Deleted ones come back with apply --recreate.'] : []),
  ];
}

/** The report as text: the verdict, what happened to each resource, and the command to type next. */
export function renderReport(report: ApplyReport, style: Style): string {
  return finish([
    paint(style, 'bold', reportVerdict(report)),
    '',
    ...GROUPS.flatMap((group) => groupLines(report, group, style)),
    ...driftLines(report, style),
    ...(report.next === '' ? [] : [`${paint(style, 'bold', 'Next: ')}${visible(report.next)}`]),
  ]);
}
