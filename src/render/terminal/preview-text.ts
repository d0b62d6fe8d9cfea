import { compareNaturally } from '../../model/natural-order.ts';
import type { PreviewPart, PreviewReport, PreviewTrace, PreviewTraces } from '../../model/preview-report.ts';
import type { StepStatus } from '../../model/report.ts';
import { shortTime } from '../../model/short-time.ts';
import type { TalkReport } from '../../model/talk.ts';
import { fieldLines } from './field-text.ts';
import { columns, count, finish, glyphs, type Ink, paint, paragraph, type Style } from './style.ts';
import { verdictLines, verdictSummary } from './verdict-text.ts';
import { visible } from './visible.ts';

const INKS: { readonly [status in StepStatus]: Ink } = {
  applied: 'green',
  skipped: 'dim',
  not_attempted: 'dim',
  unknown: 'yellow',
  failed: 'red',
};

/** `Preview pr-42 of staging: 2 versions and 1 copy staged; all 3 tests passed.` */
export function previewHeadline({ preview, environment, outcome, parts, tests }: PreviewReport): string {
  const head = `Preview ${preview} of ${environment}`;
  if (outcome === 'nothing') return `${head}: the branch changes nothing.`;
  if (outcome === 'partial') return `${head}: not everything could be staged.`;
  const staged = [
    amount(parts, 'version', 'version'),
    amount(parts, 'copy', 'temporary copy', 'temporary copies'),
  ].filter((text) => text !== '');
  return `${head}: ${staged.join(' and ')}. ${verdictSummary(tests)}`;
}

function amount(
  parts: readonly PreviewPart[],
  what: PreviewPart['what'],
  one: string,
  many?: string,
): string {
  const number = parts.filter((part) => part.what === what).length;
  if (number === 0) return '';
  return many === undefined || number === 1 ? count(number, one) : `${number} ${many}`;
}

/** What a preview staged and what its tests found. */
export function renderPreview(report: PreviewReport, style: Style): string {
  const { parts, tests, notes, removed, next, talk } = report;
  return finish([
    ...paragraph(style, previewHeadline(report), 0, 'bold'),
    ...parts.flatMap((part) => ['', ...partLines(part, style)]),
    ...(tests.length === 0 ? [] : ['', paint(style, 'bold', 'Tests')]),
    ...tests.flatMap((verdict) => verdictLines(verdict, style, 2)),
    ...(notes.length === 0
      ? []
      : ['', ...notes.flatMap((note) => paragraph(style, `note: ${note}`, 0, 'yellow'))]),
    ...(talk === undefined ? [] : ['', ...talkLines(talk, style)]),
    ...(removed === 0
      ? []
      : ['', ...paragraph(style, `${count(removed, 'trace')} of an earlier run removed`, 0, 'dim')]),
    ...(next === '' ? [] : ['', ...paragraph(style, `Next: ${next}`, 0)]),
  ]);
}

function talkLines({ page, assistants }: TalkReport, style: Style): readonly string[] {
  const open = assistants.filter(({ status }) => status === 'open').map(({ address }) => address);
  return [
    ...(page === null
      ? []
      : [
          ...paragraph(style, `Talk to ${open.join(', ')}: open this page in a browser`, 0),
          `  ${visible(page)}`,
        ]),
    ...assistants.flatMap((entry) => {
      if (entry.status === 'open')
        return entry.caution === null ? [] : paragraph(style, `${entry.address}: ${entry.caution}`, 2, 'dim');
      const write = entry.write === null ? [] : entry.write.split('\n').map((line) => `    ${line}`);
      return [
        ...paragraph(style, `${entry.address} cannot be called: ${entry.reason}`, 0, 'yellow'),
        ...(write.length === 0 ? [] : [...paragraph(style, 'to allow them, write:', 2), ...write]),
      ];
    }),
    ...(assistants.length === 0 ? ['No assistant was staged that could be called.'] : []),
  ];
}

function partLines(part: PreviewPart, style: Style): readonly string[] {
  const { done, failed, dot } = glyphs(style);
  const sign = part.status === 'failed' ? failed : part.status === 'applied' ? done : dot;
  const what =
    part.what === 'version' ? `version ${part.version_id ?? '-'}` : `copy ${part.remote_id ?? '-'}`;
  const status =
    part.status === 'applied' || part.status === 'skipped' ? '' : `  ${part.status.replace('_', ' ')}`;
  return [
    `${paint(style, INKS[part.status], sign)} ${visible(part.address)}  ${visible(what)}${status}`,
    ...part.fields.flatMap((field) => fieldLines(style, field, 4)),
    ...(part.error === null ? [] : paragraph(style, `${part.error.code}: ${part.error.message}`, 4, 'red')),
  ];
}

/** The traces of previews as a table. */
export function renderTraces({ traces, action, environment }: PreviewTraces, style: Style): string {
  const [kept, rest] = [
    traces.filter((trace) => trace.kept !== null),
    traces.filter((trace) => trace.kept === null),
  ];
  if (traces.length === 0) return finish([`No trace of a preview in ${environment}.`]);
  const word = action === 'removed' ? 'removed' : 'found';
  return finish([
    ...paragraph(style, `${environment}: ${count(rest.length, 'trace')} ${word}`, 0, 'bold'),
    ...columns(
      rest.toSorted((a, b) => compareNaturally(a.preview, b.preview)).map((trace) => ['', ...cells(trace)]),
      style,
    ),
    ...kept.flatMap((trace) => [
      '',
      ...paragraph(style, `not removed: ${cells(trace).join(' ')}`, 0, 'red'),
      ...paragraph(style, trace.kept ?? '', 2),
    ]),
  ]);
}

function cells(trace: PreviewTrace): readonly string[] {
  const {
    preview,
    what,
    kind,
    name,
    assistant,
    remote_id: id,
    version_id: version,
    created_at: created,
  } = trace;
  return [
    visible(preview),
    what === 'version' ? 'version' : kind.replace('_', ' '),
    visible(what === 'version' ? `${assistant ?? ''}: ${name}` : name),
    visible(version ?? id),
    created === null ? '' : visible(shortTime(created)),
  ];
}
