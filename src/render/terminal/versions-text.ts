import type { Json } from '../../model/json.ts';
import type { FieldChange } from '../../model/plan.ts';
import { shortTime } from '../../model/short-time.ts';
import type { MainRecord } from '../../model/state.ts';
import type { VersionRow } from '../../model/version-record.ts';
import { fieldLines } from './field-text.ts';
import { columns, count, finish, paint, paragraph, type Style } from './style.ts';
import { yamlLines } from './value.ts';
import { visible } from './visible.ts';

/** All versions as a table, newest first, and below it who made which of them main, and why. */
export function renderVersions(
  address: string,
  rows: readonly VersionRow[],
  mains: readonly MainRecord[],
  style: Style,
): string {
  const table = columns(
    [
      ['VERSION', 'NAME', 'CREATED', ''],
      ...rows.map((row) => [
        visible(row.version_id),
        visible(row.name ?? '-'),
        visible(row.created_at === null ? '-' : shortTime(row.created_at)),
        visible(row.marks.join(', ')),
      ]),
    ],
    style,
  );
  return finish([
    paint(style, 'bold', `${visible(address)}: ${count(rows.length, 'version')}`),
    ...table.map((row, index) => (index === 0 ? paint(style, 'dim', row) : row)),
    '',
    ...(mains.length === 0 ? [] : [paint(style, 'bold', 'Main so far')]),
    ...columns(
      mains
        .toReversed()
        .map(({ version_id, at, by, reason, undone }) => [
          `  ${visible(shortTime(at))}`,
          visible(version_id),
          visible(by === '' ? '-' : by),
          visible(undone === true ? `${reason} (rolled back)` : reason),
        ]),
      style,
    ),
  ]);
}

/** One version whole. */
export function renderVersion(address: string, row: VersionRow, config: Json, style: Style): string {
  const marks = row.marks.length === 0 ? '' : `  (${row.marks.join(', ')})`;
  const facts = [
    ...(row.name === null ? [] : [row.name]),
    ...(row.created_at === null ? [] : [shortTime(row.created_at)]),
  ];
  return finish([
    paint(style, 'bold', `${visible(address)} ${visible(row.version_id)}${visible(marks)}`),
    ...(facts.length === 0 ? [] : paragraph(style, facts.join(', '), 2, 'dim')),
    ...yamlLines(config).map((line) => `  ${visible(line)}`),
  ]);
}

/** What differs between two sides, field by field as in a plan. */
export function renderVersionDiff(
  title: { readonly address: string; readonly from: string; readonly to: string },
  fields: readonly FieldChange[],
  style: Style,
): string {
  const head = `${title.address}: from ${title.from} to ${title.to}`;
  if (fields.length === 0) return finish(paragraph(style, `${head}: no difference.`, 0));
  return finish([
    ...paragraph(style, `${head}: ${count(fields.length, 'field')}`, 0, 'bold'),
    ...fields.flatMap((field) => fieldLines(style, field, 2)),
  ]);
}

/** What a prune removed and what it had to leave. */
export function renderPrune(
  address: string,
  result: {
    readonly deleted: readonly string[];
    readonly kept: readonly VersionRow[];
    readonly dryRun?: boolean;
  },
  style: Style,
): string {
  const spared = result.kept.filter(({ marks }) => marks.length > 0).length;
  return finish([
    ...paragraph(
      style,
      result.deleted.length === 0
        ? `${address}: nothing to delete; ${count(result.kept.length, 'version')} kept.`
        : `${address}: ${count(result.deleted.length, 'version')} ${result.dryRun === true ? 'would be deleted' : 'deleted'}, ${result.kept.length} kept${spared > 0 ? ` (${spared} in use)` : ''}.`,
      0,
    ),
    ...result.deleted.map((id) => `  - ${visible(id)}`),
  ]);
}
