import type { FileImportReport, ImportGroup, ImportPlace } from '../../model/file-import.ts';
import { code, prose } from './markdown.ts';

/** `IMPORT.md`: what became of each value of the imported files. The same import gives the same text. */
export function importMarkdown(report: FileImportReport): string {
  const parts = [
    '# Imported files',
    summary(report),
    todo(report),
    section('Lost', 'These values have no counterpart on Telnyx and are in no document.', report.lost),
    section(
      'Nearly the same',
      'These values were carried over, and mean or do something slightly different.',
      report.near,
    ),
    exact(report),
    documents(report),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function summary({
  summary: { exact: same, near, lost, percent_carried },
  sources,
  skipped,
}: FileImportReport): string {
  const rows = sources.map(
    (source) =>
      `| ${code(source.file)} | ${source.platform} | ${source.exact} | ${source.near} | ${source.lost} |`,
  );
  const others = skipped.length === 0 ? '' : `\n\nNothing was recognised in ${skipped.map(code).join(', ')}.`;
  return (
    [
      `${percent_carried} % of the values were carried over: ${same} as they are, ${near} nearly, ${lost} not.`,
      '',
      '| file | platform | exact | near | lost |',
      '|---|---|---|---|---|',
      ...rows,
    ].join('\n') + others
  );
}

function todo({ secrets, variables }: FileImportReport): string {
  if (secrets.length === 0 && variables.length === 0) return '';
  return [
    '## To do before the first call',
    ...(secrets.length === 0 ? [] : ['', 'Store these integration secrets in the Telnyx portal:', '']),
    ...secrets.map((secret) => `- ${code(secret.identifier)} (${place(secret)})`),
    ...(variables.length === 0
      ? []
      : [
          '',
          'Nothing in the files sets these variables. Whoever starts a call has to, or dynamic_variables:',
          '',
        ]),
    ...variables.map(({ name, used_by }) => `- ${code(`{{${name}}}`)} in ${used_by.map(code).join(', ')}`),
  ].join('\n');
}

function section(title: string, intro: string, groups: readonly ImportGroup[]): string {
  if (groups.length === 0) return '';
  return [`## ${title}`, intro, ...groups.map(groupText)].join('\n\n');
}

function groupText({ what, todo: next, places }: ImportGroup): string {
  return [
    `### ${prose(what)}`,
    '',
    `What to do: ${prose(next)}`,
    '',
    ...places.map((each) => `- ${place(each)}`),
  ].join('\n');
}

function place({ file, line, path, detail }: ImportPlace): string {
  const more = detail === undefined ? '' : `: ${code(detail)}`;
  return `${code(`${file}:${line}`)}${path === '' ? '' : ` ${code(path)}`}${more}`;
}

function exact({ sources }: FileImportReport): string {
  const lines = sources.filter(({ exact_lines }) => exact_lines !== '');
  if (lines.length === 0) return '';
  return [
    '## Exact',
    '',
    ...lines.map((each) => `- ${code(each.file)}, ${each.exact} values, lines ${each.exact_lines}`),
  ].join('\n');
}

function documents({ resources }: FileImportReport): string {
  return [
    '## Documents',
    '',
    ...resources.map(({ address, file, name }) => `- ${code(address)} ${prose(name)}: ${code(file)}`),
  ].join('\n');
}
