import { newly } from '../../model/comparison.ts';
import { previewOfCopy } from '../../model/preview.ts';
import type { TestVerdict } from '../../model/runs.ts';
import { durationText, outcomeText, telling, testTitle, verdictSummary } from '../terminal/verdict-text.ts';
import { visible } from '../terminal/visible.ts';
import { code, details, fence, html, prose } from './markdown.ts';

/** Results of tests for a pull request: a table of all, and below it what speaks against the change. */

function row(verdict: TestVerdict): string {
  const word = verdict.outcome === 'passed' ? outcomeText(verdict) : `**${outcomeText(verdict)}**`;
  const time = verdict.duration_ms > 0 ? durationText(verdict.duration_ms) : '';
  const address = verdict.address === null ? '' : code(verdict.address);
  return `| ${prose(plainName(verdict))} | ${address} | ${word} | ${time} |`;
}

/** The mark of a preview is of no use to a reader. */
function plainName({ name }: TestVerdict): string {
  return previewOfCopy(name) === undefined ? name : name.slice(0, name.lastIndexOf(' ['));
}

function rubricLines(verdict: TestVerdict): readonly string[] {
  return telling(verdict.rubric).map(
    ({ name, status, criteria }) =>
      `- ${status}: **${prose(name)}**${criteria === null ? '' : ` · ${prose(criteria)}`}`,
  );
}

function failure(verdict: TestVerdict, open = false): string {
  const facts = [
    ...(verdict.conversation_id === null ? [] : [`conversation ${code(verdict.conversation_id)}`]),
    ...(verdict.run_id === null ? [] : [`run ${code(verdict.run_id)}`]),
  ];
  const body = [
    ...(verdict.problem === null ? [] : [prose(verdict.problem), '']),
    ...rubricLines(verdict),
    '',
    ...(facts.length === 0 ? [] : [facts.join(', '), '']),
    ...(verdict.logs.length === 0 ? [] : [fence('text', verdict.logs.map(visible))]),
  ];
  return details(
    `<code>${html(testTitle({ ...verdict, name: plainName(verdict) }))}</code> ${outcomeText(verdict)}`,
    body.join('\n').trimEnd(),
    open,
  );
}

/** All results as a table. */
export function testTable(verdicts: readonly TestVerdict[]): string {
  return ['| test | address | result | time |', '|---|---|---|---|', ...verdicts.map(row)].join('\n');
}

/** Transcripts that are shown open. */
const MOST_OPEN = 3;
/** More are in the table alone. */
const MOST_FAILED = 20;

/** What did not pass, newly failing tests first, each with what helps; the first ones open. */
export function failedTests(verdicts: readonly TestVerdict[]): readonly string[] {
  const bad = verdicts.filter(({ outcome }) => outcome !== 'passed');
  const newFirst = bad.toSorted((a, b) => rank(a) - rank(b));
  return newFirst.slice(0, MOST_FAILED).map((verdict, index) => failure(verdict, index < MOST_OPEN));
}

function rank(verdict: TestVerdict): number {
  return newly(verdict) === 'failing' ? 0 : 1;
}

/** The whole as Markdown, ending with one newline. Text from outside is inert in it. */
export function renderVerdictsMarkdown(title: string, verdicts: readonly TestVerdict[]): string {
  const parts = [
    `### ${prose(title)}`,
    verdictSummary(verdicts),
    ...(verdicts.length === 0 ? [] : [testTable(verdicts)]),
    ...failedTests(verdicts),
  ];
  return `${parts.join('\n\n')}\n`;
}
