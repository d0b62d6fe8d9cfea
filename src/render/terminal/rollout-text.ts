import type { RolloutEntry, RolloutReport } from '../../model/rollout-report.ts';
import { shortTime } from '../../model/short-time.ts';
import { count, finish, glyphs, type Ink, paint, paragraph, type Style } from './style.ts';
import { visible } from './visible.ts';

const BAR = 20;

const WORDS: { readonly [action in RolloutEntry['action']]: string } = {
  none: 'open',
  opened: 'opened',
  advanced: 'next step',
  held: 'held',
  resumed: 'goes on',
  paused: 'paused',
  promoted: 'promoted',
  aborted: 'aborted',
  failed: 'stopped',
};

const INKS: { readonly [action in RolloutEntry['action']]?: Ink } = {
  advanced: 'green',
  opened: 'green',
  promoted: 'green',
  paused: 'yellow',
  aborted: 'red',
  failed: 'red',
};

/** Rollouts with how far each of them is; says so when there are none. */
export function renderRollouts(report: RolloutReport, style: Style): string {
  const { rollouts, environment } = report;
  if (rollouts.length === 0) return finish(paragraph(style, `No rollout is open in ${environment}.`, 0));
  const head = `${environment}: ${count(rollouts.length, 'rollout')}`;
  return finish([
    ...paragraph(style, head, 0, 'bold'),
    ...rollouts.flatMap((entry) => ['', ...lines(entry, style)]),
    ...(report.next === '' ? [] : ['', ...paragraph(style, `Next: ${report.next}`, 0)]),
  ]);
}

function lines(entry: RolloutEntry, style: Style): readonly string[] {
  const word = entry.action === 'none' && entry.phase !== 'open' ? entry.phase : WORDS[entry.action];
  const ink = entry.found === null ? INKS[entry.action] : 'red';
  const title = `${visible(entry.address)}  ${ink === undefined ? word : paint(style, ink, word)}`;
  const over = entry.phase === 'promoted' || entry.phase === 'aborted';
  const share = entry.phase === 'promoted' ? 100 : entry.phase === 'aborted' ? 0 : entry.weight;
  const place = over ? '' : `, step ${entry.step} of ${entry.steps.length}`;
  return [
    title,
    `  ${bar(share, style)} ${share} % on version ${visible(entry.version_id)}${place}`,
    ...(over || entry.next_at === null ? [] : [paint(style, 'dim', `  ${times(entry)}`)]),
    ...(entry.reason === null ? [] : paragraph(style, entry.reason, 2)),
    ...(entry.found === null ? [] : paragraph(style, entry.found, 2, 'red')),
  ];
}

function times({ since, next_at: next, deadline_at: deadline }: RolloutEntry): string {
  const until = next === null ? '' : `, held until ${shortTime(next)}`;
  return `since ${shortTime(since)}${until}${deadline === null ? '' : `, deadline ${shortTime(deadline)}`}`;
}

function bar(share: number, style: Style): string {
  const { full, empty } = glyphs(style);
  const filled = share === 0 ? 0 : Math.max(1, Math.round((share / 100) * BAR));
  return full.repeat(filled) + empty.repeat(BAR - filled);
}
