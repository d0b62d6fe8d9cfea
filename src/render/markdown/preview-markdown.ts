import type { TestComparison } from '../../model/comparison.ts';
import type { PreviewPart, PreviewReport } from '../../model/preview-report.ts';
import type { TalkReport } from '../../model/talk.ts';
import { fieldsText, sizeText, WHOLE } from '../plan/plan-sections.ts';
import { count } from '../terminal/style.ts';
import { durationText, verdictSummary } from '../terminal/verdict-text.ts';
import { visible } from '../terminal/visible.ts';
import { portalLink } from './links.ts';
import { byteLength, code, details, fence, html, prose } from './markdown.ts';
import { failedTests, testTable } from './verdict-markdown.ts';

/** A comment holds little more than this; the public limits of the two forges are above it. */
const BUDGET = 60_000;
/** Changes that are shown open, in bytes. */
const OPEN_BYTES = 6_000;

const SIGNS = { passed: '✅', failed: '❌', staged: '➖', partial: '❌', nothing: '➖' } as const;

/**
 * A preview's result for a pull request: the verdict, one table of what was staged, what speaks against it, the
 * changes. Text from outside is inert in it.
 */
export function renderPreviewMarkdown(report: PreviewReport): string {
  const { parts, tests, notes, next, talk } = report;
  const shown = parts.filter(({ address }) => !address.startsWith('test/'));
  const testCopies = parts.length - shown.length;
  const head = [
    `### ${SIGNS[report.outcome]} ${prose(headline(report))}`,
    ...(report.comparison === undefined ? [] : comparisonTable(report.comparison)),
    ...parts.flatMap((part) => (part.error === null ? [] : [`**${prose(part.error.message)}**`])),
    ...(tests.length === 0 ? [] : failedTests(tests)),
    ...(shown.length === 0
      ? []
      : [['| staged | resource | size | id |', '|---|---|---|---|', ...shown.map(row)].join('\n')]),
    ...(testCopies === 0 ? [] : [`${count(testCopies, 'test')} copied for the preview.`]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `> ${prose(note)}`).join('\n>\n')]),
    ...(talk === undefined ? [] : talkText(talk)),
    ...(tests.length === 0 ? [] : [details(`all ${html(count(tests.length, 'test'))}`, testTable(tests))]),
  ];
  const tail =
    next === '' ? [] : [`Look at it in the portal, ${talkHint(report)}and remove it: ${code(next)}`];
  let text = head.join('\n\n');
  let open = OPEN_BYTES;
  const room = BUDGET - byteLength(tail.join(''));
  for (const part of parts) {
    const body = part.fields.length === 0 ? '' : fieldsText(part.fields, WHOLE);
    if (body === '') continue;
    const opens = byteLength(body) <= open;
    const section = `\n\n${details(`Changes of <code>${html(part.address)}</code>`, body, opens)}`;
    if (byteLength(text) + byteLength(section) >= room) {
      text += `\n\nThe changes of ${code(part.address)} are too long for a comment.`;
      continue;
    }
    if (opens) open -= byteLength(body);
    text += section;
  }
  return `${[text, ...tail].join('\n\n')}\n`;
}

function headline({ preview, environment, outcome, tests }: PreviewReport): string {
  const head = `Preview ${preview} of ${environment}`;
  switch (outcome) {
    case 'nothing':
      return `${head}: the branch changes nothing`;
    case 'partial':
      return `${head}: not everything could be staged`;
    case 'staged':
      return `${head}: staged, no test was run`;
    case 'failed':
    case 'passed':
      return `${head}: ${verdictSummary(tests)}`;
    default:
      return outcome satisfies never;
  }
}

function comparisonTable(all: TestComparison): readonly string[] {
  const share = (passed: number, total: number): string =>
    total === 0 ? '' : `${passed} of ${total} (${Math.round((passed / total) * 100)} %)`;
  const names = (addresses: readonly string[]): string =>
    addresses.length === 0 ? 'none' : addresses.slice(0, 10).map(code).join(', ');
  const { main, main_duration_ms: mainMs } = all;
  const rows = [
    `| this branch | ${share(all.runs.passed, all.runs.total)} | ${names(all.newly_failing)} | ${names(all.newly_passing)} | ${durationText(all.duration_ms)} |`,
    ...(main === null
      ? []
      : [
          `| main | ${share(main.passed, main.total)} | | | ${mainMs === null ? '' : durationText(mainMs)} |`,
        ]),
  ];
  const table = [
    '| | runs passed | newly failing | newly passing | time |',
    '|---|---|---|---|---|',
    ...rows,
  ];
  return main === null ? ['_Nothing is known of these tests on main._'] : [table.join('\n')];
}

function row({ address, what, status, version_id: version, remote_id: id, fields }: PreviewPart): string {
  const word = what === 'version' ? 'candidate version' : 'temporary copy';
  const state = status === 'applied' || status === 'skipped' ? word : `${word}, ${status.replace('_', ' ')}`;
  const shown = version ?? id;
  const link = id === null || shown === null ? '' : portalLink(shown, { address, id, version });
  return `| ${state} | ${code(address)} | ${sizeText(fields)} | ${link} |`;
}

function talkText({ page, assistants }: TalkReport): readonly string[] {
  const closed = assistants.flatMap((entry) => (entry.status === 'closed' ? [entry] : []));
  return [
    ...(page === null ? [] : [`**Talk to it:** open ${code(page)} in a browser.`]),
    ...closed.map(({ address, reason, write }) => {
      const lines =
        write === null
          ? ''
          : `\n\n${fence(
              'yaml',
              write.split('\n').map((line) => visible(line)),
            )}`;
      return details(`${html(address)} cannot be called`, `${prose(reason)}${lines}`);
    }),
  ];
}

function talkHint({ preview, talk, parts }: PreviewReport): string {
  const version = parts.find(({ version_id: id }) => id !== null);
  if (talk?.page != null || version === undefined) return '';
  return `talk to it (${code(`preview up --id ${preview} --talk`)} or ${code(`assistant chat ${version.address} --version ${version.version_id}`)}), `;
}
