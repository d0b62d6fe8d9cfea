import type { TestVerdict } from '../../model/runs.ts';
import { durationText, outcomeText, telling, testTitle, verdictSummary } from '../terminal/verdict-text.ts';
import { visible } from '../terminal/visible.ts';
import { code, details, fence, html, prose } from './markdown.ts';

/** Results of tests for a pull request: a table of all, and below it what speaks against the change. */

function row(verdict: TestVerdict): string {
  const word = verdict.outcome === 'passed' ? outcomeText(verdict) : `**${outcomeText(verdict)}**`;
  const time = verdict.duration_ms > 0 ? durationText(verdict.duration_ms) : '';
  const address = verdict.address === null ? '' : code(verdict.address);
  return `| ${prose(verdict.name)} | ${address} | ${word} | ${time} |`;
}

function rubricLines(verdict: TestVerdict): readonly string[] {
  return telling(verdict.rubric).map(
    ({ name, status, criteria }) =>
      `- ${status}: **${prose(name)}**${criteria === null ? '' : ` · ${prose(criteria)}`}`,
  );
}

function failure(verdict: TestVerdict): string {
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
    `<code>${html(testTitle(verdict))}</code> ${outcomeText(verdict)}`,
    body.join('\n').trimEnd(),
  );
}

/** The whole as Markdown, ending with one newline. Text from outside is inert in it. */
export function renderVerdictsMarkdown(title: string, verdicts: readonly TestVerdict[]): string {
  const bad = verdicts.filter(({ outcome }) => outcome !== 'passed');
  const parts = [
    `### ${prose(title)}`,
    verdictSummary(verdicts),
    ...(verdicts.length === 0
      ? []
      : [['| test | address | result | time |', '|---|---|---|---|', ...verdicts.map(row)].join('\n')]),
    ...bad.map(failure),
  ];
  return `${parts.join('\n\n')}\n`;
}
