import { compareNaturally } from '../../model/natural-order.ts';
import type { ApplyReport, StepError, StepResult, StepStatus } from '../../model/report.ts';
import type { TestVerdict } from '../../model/runs.ts';
import { byteLength, code, details, fence, html, prose } from '../markdown/markdown.ts';
import { chooseSections, type Section, takeFitting } from '../markdown/markdown-sections.ts';
import { markerLine } from '../markdown/marker.ts';
import { cautionBlock } from '../plan/plan-markdown.ts';
import { testsText } from '../plan/review-markdown.ts';
import { actionWords, listSome } from '../terminal/plan-words.ts';
import { count } from '../terminal/style.ts';
import { runsSummary } from '../terminal/verdict-text.ts';
import { visible } from '../terminal/visible.ts';
import { truncate } from '../terminal/width.ts';
import { canaryWords, isPromotion, reportVerdict } from './report-text.ts';

/** What an apply did, as a comment or job summary: trouble first, within a budget of bytes. */

export interface ReportPlace {
  readonly project: string;
  readonly environment: string;
  /** Limits that `--override-limits` set aside, one sentence each. */
  readonly overridden?: readonly string[];
  readonly budget?: number;
}

const DEFAULT_BUDGET = 60_000;

/** The order of statuses, failures first, and their words. */
const ORDER: readonly StepStatus[] = ['failed', 'unknown', 'not_attempted', 'applied', 'skipped'];

const WORDS: { readonly [status in StepStatus]: string } = {
  failed: '❌ failed',
  unknown: '❔ unknown',
  not_attempted: '⏸️ not attempted',
  applied: '✅ applied',
  skipped: '➖ skipped, already as wanted',
};

function versionCell(result: StepResult): string {
  if (result.version_id === null) return '';
  const version = code(result.version_id);
  if (isPromotion(result)) return `${version}, promoted to main`;
  if (result.rollout !== undefined) return `${version}, ${canaryWords(result.rollout)}`;
  return result.action === 'create' ? version : `${version}, staged only`;
}

function row(result: StepResult): string {
  const id = result.remote_id === null ? '' : code(result.remote_id);
  return `| ${WORDS[result.status]} | ${actionWords(result)} | ${code(result.address)} | ${versionCell(result)} | ${id} |`;
}

function errorText(error: StepError): string {
  const facts = [
    ...(error.status === null || error.status === 0 ? [] : [`HTTP ${error.status}`]),
    ...(error.request_id === null ? [] : [`request ${code(truncate(error.request_id, 80, '…'))}`]),
  ];
  const problems = (error.problems ?? []).map(({ at, pointer, message }) => {
    const place = at === null ? '' : ` ${code(at)}`;
    return `- ${code(pointer)}${place}: ${prose(truncate(message, 400, '…'))}`;
  });
  return [
    `${code(error.code)}: ${prose(truncate(error.message, 2000, '…'))}`,
    ...(facts.length === 0 ? [] : [facts.join(', ')]),
    ...(problems.length === 0 ? [] : [problems.slice(0, 30).join('\n')]),
    ...(error.hint === null ? [] : [`Next: ${prose(truncate(error.hint, 600, '…'))}`]),
  ].join('\n\n');
}

function sectionsOf(results: readonly StepResult[]): readonly Section[] {
  return results.flatMap((result): Section[] => {
    const { error, tests = [] } = result;
    if (error === null && tests.length === 0) return [];
    const summary = `${result.status.replace('_', ' ')} <code>${html(result.address)}</code>`;
    const make = (): string =>
      details(summary, [...(error === null ? [] : [errorText(error)]), ...testsText(tests)].join('\n\n'));
    const size = (error?.message.length ?? 0) + 100 * tests.length;
    return [{ group: 'Details', name: result.address, rank: error === null ? 1 : 0, size, make }];
  });
}

function gateLine(tests: readonly TestVerdict[]): readonly string[] {
  if (tests.length === 0) return [];
  const passed = tests.filter(({ outcome }) => outcome === 'passed').length;
  const runs = runsSummary(tests);
  return [
    `**Gate:** ${passed} of ${count(tests.length, 'test')} passed.${runs === undefined ? '' : ` ${runs}`}`,
  ];
}

function table(results: readonly StepResult[], bytes: number): readonly string[] {
  if (results.length === 0) return [];
  const rows = results.map(row);
  const shown = takeFitting(rows, bytes);
  const rest = rows.length - shown.length;
  return [
    ['| | action | resource | version | id |', '|---|---|---|---|---|', ...shown].join('\n'),
    ...(rest > 0 ? [`${count(rest, 'more result')} left out of this table.`] : []),
  ];
}

/** GitHub Markdown of at most `budget` bytes (60,000 unless told), safe to post whatever the results contain. */
export function renderReportMarkdown(report: ApplyReport, place: ReportPlace): string {
  const budget = place.budget ?? DEFAULT_BUDGET;
  const { project, environment } = place;
  const results = report.results.toSorted(
    (a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || compareNaturally(a.address, b.address),
  );
  const head = [
    markerLine({ topic: 'apply', environment, project, digest: report.plan_digest }),
    `### Apply to ${prose(truncate(environment, 80, '…'))}: ${prose(truncate(reportVerdict(report), 400, '…'))}`,
    ...cautionBlock([
      ...results
        .filter(({ status }) => status === 'failed' || status === 'unknown')
        .map(({ address, status, error }) => `${address}: ${error?.message ?? status}`),
      ...(place.overridden ?? []).map((text) => `Limit overridden: ${text}`),
    ]),
    ...gateLine(results.flatMap(({ tests }) => tests ?? [])),
  ];
  const drifted = (report.drift ?? []).map(({ address }) => code(truncate(address, 80, '…')));
  const tail = [
    ...(drifted.length === 0
      ? []
      : [`Changed outside Git, left as it is (${drifted.length}): ${listSome(drifted)}.`]),
    `Plan ${code(report.plan_digest)} of ${code(truncate(project, 80, '…'))}.`,
    ...(report.next === '' ? [] : ['Next:', fence('sh', [visible(truncate(report.next, 2000, '…'))])]),
  ];
  const room = budget - byteLength([...head, ...tail].join('\n\n')) - 600;
  const rows = table(results, Math.floor(room * 0.6));
  const { text, left } = chooseSections(sectionsOf(results), room - byteLength(rows.join('\n\n')));
  const names = listSome(
    left.map((name) => code(truncate(name, 48, '…'))),
    6,
  );
  const note =
    left.length === 0
      ? []
      : [`_${count(left.length, 'section')} left out, because this would be too long:_ ${names}`];
  const whole = `${[...head, ...rows, text, ...note, ...tail].filter((part) => part !== '').join('\n\n')}\n`;
  return byteLength(whole) <= budget ? whole : `${head.slice(0, 2).join('\n\n')}\n`;
}
