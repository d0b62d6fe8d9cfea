import { compareNaturally } from '../../model/natural-order.ts';
import type { ConflictEntry, Plan } from '../../model/plan.ts';
import { fieldLines, pathText, previewLines } from '../terminal/field-text.ts';
import { hunkLines } from '../terminal/hunk-text.ts';
import { pendingNote } from '../terminal/plan-headline.ts';
import { command, driftLeft } from '../terminal/plan-words.ts';
import {
  count,
  glyphs,
  labelled,
  number,
  paint,
  paragraph,
  type Style,
  usableWidth,
} from '../terminal/style.ts';
import { comparableText, inline, isMultiline } from '../terminal/value.ts';
import { visible } from '../terminal/visible.ts';
import { displayWidth } from '../terminal/width.ts';
import { type AlikeDrift, alikeDrift } from './alike.ts';

/** The parts of a plan that change nothing yet and that someone has to look at: conflicts, drift, released fields. */

type ConflictField = ConflictEntry['fields'][number];

function conflictField(field: ConflictField, style: Style): readonly string[] {
  const sides = [
    ['base', field.base],
    ['git ', field.git],
    ['live', field.live],
  ] as const;
  const short = sides.map(([name, value]) => `      ${name}  ${inline(value)}`);
  const fits = short.every((line) => displayWidth(line) <= usableWidth(style));
  if (fits && !sides.some(([, value]) => isMultiline(value)))
    return [`    ${pathText(field.path)}`, ...short];
  const width = usableWidth(style) - 8;
  const base = comparableText(field.base);
  const side = (name: string, text: string): readonly string[] => {
    const lines = hunkLines(style, base, text, { width, wrap: true });
    return [
      `      ${name}, against what was last applied:`,
      ...lines.map((line) => (line === '' ? '' : `        ${line}`)),
    ];
  };
  if (field.base === null) {
    return [
      `    ${pathText(field.path)}`,
      ...sides
        .slice(1)
        .flatMap(([name, value]) => [
          `      ${name}:`,
          ...previewLines(style, value, width).map((line) => `        ${line}`),
        ]),
    ];
  }
  return [
    `    ${pathText(field.path)}`,
    ...side('git', comparableText(field.git)),
    ...side('live', comparableText(field.live)),
  ];
}

function conflictLines(plan: Plan, style: Style): readonly string[] {
  if (plan.conflicts.length === 0) return [];
  const sorted = plan.conflicts.toSorted((a, b) => compareNaturally(a.address, b.address));
  const title = `Conflicts (${plan.conflicts.length}): changed in Git and, differently, outside Git`;
  return [
    paint(style, 'red', title),
    ...sorted.flatMap((entry) => [
      `  ${paint(style, 'red', '!')} ${paint(style, 'bold', visible(entry.address))}`,
      ...entry.fields.flatMap((field) => conflictField(field, style)),
    ]),
    labelled('Git wins:          ', command(plan, 'plan', '--take', 'git'), 4),
    labelled('leave live alone:  ', command(plan, 'plan', '--take', 'live'), 4),
    labelled('see both values:   ', pullCommand(plan, sorted), 4),
    '',
  ];
}

function pullCommand(plan: Plan, entries: readonly { readonly address: string }[]): string {
  const addresses = entries.length <= 5 ? entries.map((entry) => entry.address) : [];
  return command(plan, 'pull', '--drift', ...addresses);
}

function driftEntryLines({ entry, addresses }: AlikeDrift, style: Style): readonly string[] {
  const mark = `  ${paint(style, 'yellow', '*')} `;
  if (addresses.length > 1) {
    return [
      `${mark}${paint(style, 'bold', `${number(addresses.length)} resources alike`)}`,
      ...paragraph(style, addresses.join(', '), 4),
      ...entry.fields.flatMap((field) => fieldLines(style, { ...field, origin: 'config' }, 4)),
    ];
  }
  const head = `${mark}${paint(style, 'bold', visible(entry.address))}`;
  if (entry.deleted)
    return [`${head}  ${paint(style, 'dim', `(deleted outside Git, was ${visible(entry.remote_id)})`)}`];
  // The origin is the heading of this section, so that it need not be said for each field.
  return [head, ...entry.fields.flatMap((field) => fieldLines(style, { ...field, origin: 'config' }, 4))];
}

function driftLines(plan: Plan, style: Style): readonly string[] {
  const entries = driftLeft(plan);
  if (entries.length === 0) return [];
  const kept = entries.filter((entry) => !entry.deleted);
  const gone = entries.filter((entry) => entry.deleted);
  const revert = command(
    plan,
    'apply',
    '--revert-drift',
    kept.length === 1 ? (kept[0]?.address ?? '') : 'all',
  );
  return [
    paint(style, 'bold', `Changed outside Git (left as it is): ${count(entries.length, 'resource')}`),
    ...alikeDrift(entries).flatMap((entry) => driftEntryLines(entry, style)),
    ...(kept.length > 0 ? [labelled('bring it into Git: ', pullCommand(plan, kept), 4)] : []),
    ...(kept.length > 0 ? [labelled('put Git back:      ', revert, 4)] : []),
    ...(gone.length > 0 ? [labelled('create it again:   ', command(plan, 'plan', '--recreate'), 4)] : []),
    '',
  ];
}

function releasedLines(plan: Plan, style: Style): readonly string[] {
  if (plan.released.length === 0) return [];
  const { ellipsis } = glyphs(style);
  const rows = plan.released
    .toSorted((a, b) => compareNaturally(a.address, b.address))
    .flatMap((entry) => {
      const paths = entry.fields.map((field) => pathText(field.path));
      const shown = paths.length > 12 ? [...paths.slice(0, 12), ellipsis] : paths;
      return paragraph(style, `${entry.address}  ${shown.join(', ')}`, 4);
    });
  return [
    paint(
      style,
      'bold',
      'No longer managed: the specs stopped writing these fields; they are left as they are',
    ),
    ...rows,
    '',
  ];
}

function pendingLines(plan: Plan, style: Style): readonly string[] {
  const entries = (plan.pending ?? []).toSorted((a, b) => compareNaturally(a.address, b.address));
  if (entries.length === 0) return [];
  const title = `Pending (${entries.length}): begun by an earlier apply and still to be ended`;
  return [
    paint(style, 'bold', title),
    ...entries.flatMap((entry) => [
      `  ${paint(style, 'cyan', '=')} ${paint(style, 'bold', visible(entry.address))}`,
      ...paragraph(style, pendingNote(entry), 4, 'dim'),
      ...entry.fields.flatMap((field) => fieldLines(style, { ...field, origin: 'config' }, 4)),
    ]),
    '',
  ];
}

/** Conflicts, then drift that is left as it is, then released fields, then what is pending; each with the line to type next. */
export function attentionLines(plan: Plan, style: Style): readonly string[] {
  return [
    ...conflictLines(plan, style),
    ...driftLines(plan, style),
    ...releasedLines(plan, style),
    ...pendingLines(plan, style),
  ];
}
