import type { BlastRadius } from '../../model/blast-radius.ts';
import type { ResourceGraph } from '../../model/graph.ts';
import type { TestVerdict } from '../../model/runs.ts';
import { renderMermaid } from '../graph/mermaid.ts';
import type { Mark } from '../graph/words.ts';
import { code, details, fence, html, prose } from '../markdown/markdown.ts';
import type { Section } from '../markdown/markdown-sections.ts';
import { listSome } from '../terminal/plan-words.ts';
import { count } from '../terminal/style.ts';
import { outcomeText, runsSummary } from '../terminal/verdict-text.ts';
import { visible } from '../terminal/visible.ts';
import { truncate } from '../terminal/width.ts';
import { numbersReached, reachedBecause, touchedGraph } from './plan-extra.ts';

/** The parts of a review comment that the plan alone does not know: whom it reaches, test results, the graph. */

const MAX_ROWS = 50;
/** A drawing of more is a tangle, and GitHub refuses very long ones. */
const MAX_NODES = 40;
const MAX_LOG_LINES = 12;

function phoneCell(numbers: readonly string[] | null): string {
  if (numbers === null) return 'not known';
  return numbers.length === 0
    ? 'none'
    : listSome(
        numbers.map((number) => code(number)),
        6,
      );
}

/** One paragraph that says whom the plan reaches, and a table to unfold. */
export function blastRadiusText(radius: BlastRadius): readonly string[] {
  const { assistants, notes } = radius;
  const remarks = notes.map((note) => `_${prose(truncate(note, 300, '…'))}_`);
  if (assistants.length === 0) return remarks;
  const numbers = numbersReached(radius);
  const known = assistants.some(({ phone_numbers }) => phone_numbers !== null);
  const told =
    numbers.length === 0
      ? 'no phone number'
      : `${count(numbers.length, 'phone number')} (${listSome(
          numbers.map((number) => code(number)),
          6,
        )})`;
  const near = assistants.filter(({ how }) => how !== 'hands_over').length;
  const far = assistants.length - near;
  const handoffs = far === 0 ? '' : `, ${far} more by handoff`;
  const head = `**Blast radius:** ${count(near, 'assistant')}${handoffs}${known ? `; ${told}` : ''}.`;
  const rows = assistants.slice(0, MAX_ROWS).map((assistant) => {
    const phones = phoneCell(assistant.phone_numbers);
    return `| ${code(assistant.address)} | ${reachedBecause(assistant, code)} | ${phones} |`;
  });
  const rest = assistants.length - rows.length;
  const table = ['| assistant | why | phone numbers |', '|---|---|---|', ...rows].join('\n');
  const more = rest > 0 ? `\n\nand ${count(rest, 'more assistant')}` : '';
  return [head, details('who hears it', `${table}${more}`), ...remarks];
}

/** Transcripts of failing tests that are shown open. */
const MOST_OPEN_LOGS = 2;

const OUTCOME_SIGNS: { readonly [outcome in TestVerdict['outcome']]: string } = {
  passed: '✅',
  failed: '❌',
  error: '⚠️',
  timeout: '⌛',
  missing: '❔',
  interrupted: '⏹️',
};

function testRow(verdict: TestVerdict): string {
  const broken = verdict.rubric.filter(({ status }) => status !== 'passed');
  const why =
    verdict.problem ??
    broken.map(({ name, criteria }) => (criteria === null ? name : `${name}: ${criteria}`)).join('; ');
  const name = verdict.address ?? verdict.name;
  const weighed = verdict.runs !== undefined;
  const once = verdict.remembered ? 'passed before on the same content' : verdict.outcome;
  const passed = weighed ? outcomeText(verdict) : once;
  return `| ${OUTCOME_SIGNS[verdict.outcome]} | ${code(name)} | ${passed} | ${prose(truncate(why, 300, '…'))} |`;
}

/** The results of tests, those in trouble first and with the end of their log. */
export function testsText(verdicts: readonly TestVerdict[]): readonly string[] {
  if (verdicts.length === 0) return [];
  const bad = verdicts.filter(({ outcome }) => outcome !== 'passed');
  const good = verdicts.length - bad.length;
  const runs = runsSummary(verdicts);
  const head = `**Tests:** ${good} passed, ${bad.length} not passed.${runs === undefined ? '' : ` ${runs}`}`;
  const table = (rows: readonly TestVerdict[]): string =>
    ['| | test | result | why |', '|---|---|---|---|', ...rows.slice(0, MAX_ROWS).map(testRow)].join('\n');
  const logs = bad
    .filter(({ logs: lines }) => lines.length > 0)
    .slice(0, 5)
    .map((verdict, index) => {
      const lines = verdict.logs.slice(-MAX_LOG_LINES).map((line) => truncate(visible(line), 300, '…'));
      return details(
        `log of <code>${html(verdict.address ?? verdict.name)}</code>`,
        fence('text', lines),
        index < MOST_OPEN_LOGS,
      );
    });
  if (bad.length === 0) return [details(`${head} All of them:`.replaceAll('**', ''), table(verdicts))];
  return [head, table([...bad, ...verdicts.filter((verdict) => !bad.includes(verdict))]), ...logs];
}

/** The graph of what is touched; nothing when that is a single resource or too many to draw. */
export function graphSections(
  graph: ResourceGraph | undefined,
  marks: ReadonlyMap<string, Mark>,
): readonly Section[] {
  if (graph === undefined || marks.size === 0) return [];
  const touched = touchedGraph(graph, marks);
  if (touched.nodes.length > MAX_NODES || touched.edges.length === 0) return [];
  const make = (): string =>
    details(
      'graph of what is touched',
      fence('mermaid', renderMermaid(touched, marks).trimEnd().split('\n')),
    );
  return [{ group: 'Also', name: 'graph', rank: 2, size: 1, make }];
}
