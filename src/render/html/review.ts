import type { BlastRadius } from '../../model/blast-radius.ts';
import type { GraphNode, ResourceGraph } from '../../model/graph.ts';
import type { TestVerdict } from '../../model/runs.ts';
import { renderSvg } from '../graph/svg.ts';
import { kindWords, type Marks, RELATION_WORDS } from '../graph/words.ts';
import { numbersReached, reachedBecause, touchedGraph } from '../plan/plan-extra.ts';
import { count } from '../terminal/style.ts';
import { outcomeText, runsSummary } from '../terminal/verdict-text.ts';
import { codeMarkup, escapeMarkup } from './escape.ts';

/** The parts of the page that the plan alone does not know. */

const MAX_ROWS = 200;
const MAX_NODES = 150;

export function section(id: string, title: string, body: string): string {
  return body === '' ? '' : `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`;
}

function list(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join('');
  const rest = rows.length - MAX_ROWS;
  const more = rest > 0 ? `<p class="note">and ${count(rest, 'more row')}</p>` : '';
  return `<div class="card scroll"><table class="list"><thead><tr>${head}</tr></thead><tbody>${rows.slice(0, MAX_ROWS).join('')}</tbody></table>${more}</div>`;
}

export function radiusMarkup(radius: BlastRadius | undefined): string {
  if (radius === undefined) return '';
  const rows = radius.assistants.map((assistant) => {
    const numbers = assistant.phone_numbers;
    const phones =
      numbers === null ? '<span class="unset">not known</span>' : numbers.map(codeMarkup).join(' ');
    return `<tr><th scope="row">${codeMarkup(assistant.address)}</th><td>${reachedBecause(assistant, codeMarkup)}</td><td>${phones}</td></tr>`;
  });
  const numbers = numbersReached(radius).length;
  const phones = numbers === 0 ? '' : `, ${count(numbers, 'phone number')}`;
  const notes = radius.notes.map((note) => `<p class="note">${escapeMarkup(note)}</p>`).join('');
  if (rows.length === 0) return section('reach', 'Who hears it', notes);
  const lead = `<p class="meta">${count(rows.length, 'assistant')}${phones}</p>`;
  return section(
    'reach',
    'Who hears it',
    `${lead}${list(['assistant', 'why', 'phone numbers'], rows)}${notes}`,
  );
}

function legend(nodes: readonly GraphNode[]): string {
  const kinds = [...new Set(nodes.map(({ kind }) => kind))].sort();
  const items = kinds.map((kind) => `<li class="${kind}"><i></i>${kindWords(kind)}</li>`).join('');
  return `<ul class="legend">${items}</ul>`;
}

/** The drawing of what is touched, and the same as text for those who cannot see it. */
export function graphMarkup(graph: ResourceGraph | undefined, marks: Marks): string {
  if (graph === undefined || marks.size === 0) return '';
  const touched = touchedGraph(graph, marks);
  if (touched.edges.length === 0 || touched.nodes.length > MAX_NODES) return '';
  const lines = touched.edges.map(
    ({ from, to, relation }) => `<li>${codeMarkup(from)} ${RELATION_WORDS[relation]} ${codeMarkup(to)}</li>`,
  );
  return section(
    'graph',
    'What is touched',
    `<div class="card"><div class="graphbox" tabindex="0" role="region" aria-label="graph">${renderSvg(touched, { marks, embedded: true })}</div>${legend(touched.nodes)}<details class="whole"><summary>the same in words</summary><ul>${lines.join('')}</ul></details></div>`,
  );
}

function verdictRow(verdict: TestVerdict): string {
  const broken = verdict.rubric
    .filter(({ status }) => status !== 'passed')
    .map(({ name, criteria }) => escapeMarkup(criteria === null ? name : `${name}: ${criteria}`));
  const why = verdict.problem === null ? broken.join('<br>') : escapeMarkup(verdict.problem);
  const conversation = verdict.conversation_id === null ? '' : codeMarkup(verdict.conversation_id);
  const log =
    verdict.logs.length === 0 || verdict.outcome === 'passed'
      ? ''
      : `<details class="whole"><summary>end of the log</summary><pre tabindex="0">${verdict.logs.map((line) => escapeMarkup(line)).join('\n')}</pre></details>`;
  const words = verdict.runs === undefined && verdict.remembered ? 'passed before' : verdict.outcome;
  const runs = verdict.runs === undefined ? '' : `<br>${escapeMarkup(outcomeText(verdict))}`;
  return `<tr><td><span class="pill ${verdict.outcome}">${words}</span></td><th scope="row">${codeMarkup(verdict.address ?? verdict.name)}</th><td>${why}${runs}${log}</td><td>${conversation}</td></tr>`;
}

export function testsMarkup(verdicts: readonly TestVerdict[] | undefined): string {
  if (verdicts === undefined || verdicts.length === 0) return '';
  const sorted = verdicts.toSorted(
    (a, b) => Number(a.outcome === 'passed') - Number(b.outcome === 'passed') || (a.name < b.name ? -1 : 1),
  );
  const passed = verdicts.filter(({ outcome }) => outcome === 'passed').length;
  const runs = runsSummary(verdicts);
  const lead = `<p class="meta">${passed} of ${verdicts.length} passed${runs === undefined ? '' : ` · ${escapeMarkup(runs)}`}</p>`;
  return section(
    'tests',
    'Tests',
    lead + list(['result', 'test', 'why', 'conversation'], sorted.map(verdictRow)),
  );
}
