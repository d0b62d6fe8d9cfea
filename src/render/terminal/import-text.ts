import type { FileImportReport, ImportGroup } from '../../model/file-import.ts';
import { diagnosticLines } from './diagnostics.ts';
import { columns, count, finish, paint, paragraph, type Style } from './style.ts';
import { visible } from './visible.ts';

/** How many groups are shown; the report has them all. */
const MOST_GROUPS = 6;

/** What an import from files wrote, and what it could not carry over. */
export function renderFileImport(report: FileImportReport, style: Style): string {
  const { summary, sources, resources, written, secrets, diagnostics } = report;
  const rows = sources.map(({ file, platform, exact, near, lost }) => [
    `  ${visible(file)}`,
    platform,
    `${exact} exact`,
    `${near} near`,
    `${lost} lost`,
  ]);
  const documents = resources.map(({ address, file }) => [`  + ${address}`, visible(file)]);
  const done =
    written.length === 0
      ? 'Nothing to write: all files are there already'
      : `Wrote ${count(written.length, 'file')}`;
  return finish([
    paint(
      style,
      'bold',
      `Imported ${count(resources.length, 'document')} from ${count(sources.length, 'file')}`,
    ),
    ...columns(rows),
    '',
    ...columns(documents, style),
    ...groupLines('Lost', report.lost, style),
    ...groupLines('Nearly the same', report.near, style),
    ...(secrets.length === 0
      ? []
      : [
          '',
          ...paragraph(
            style,
            `Store ${count(secrets.length, 'integration secret')}: ${secrets.map(({ identifier }) => identifier).join(', ')}`,
            0,
          ),
        ]),
    ...(diagnostics.length === 0 ? [] : ['', ...diagnosticLines(diagnostics, style)]),
    '',
    ...paragraph(
      style,
      `${done}. ${summary.percent_carried} % of the values were carried over; ${report.report} has every other one by file and line.`,
      0,
    ),
    ...paragraph(style, 'Next: assistantctl validate, then assistantctl plan', 0),
  ]);
}

function groupLines(title: string, groups: readonly ImportGroup[], style: Style): readonly string[] {
  if (groups.length === 0) return [];
  const shown = groups
    .slice(0, MOST_GROUPS)
    .flatMap(({ what, places }) => paragraph(style, `${places.length} × ${visible(what)}`, 2));
  const rest = groups.length - MOST_GROUPS;
  return [
    '',
    paint(style, 'bold', title),
    ...shown,
    ...(rest > 0 ? [`  and ${count(rest, 'other kind')}`] : []),
  ];
}
