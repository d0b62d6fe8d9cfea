import { compareWithMain, newly } from '../../model/comparison.ts';
import type { RubricVerdict, RunCount, TestOutcome, TestVerdict } from '../../model/runs.ts';
import {
  count,
  type Glyphs,
  glyphs,
  type Ink,
  number,
  paint,
  paragraph,
  type Style,
  usableWidth,
} from './style.ts';
import { visible } from './visible.ts';
import { displayWidth } from './width.ts';

/** Results of tests for a terminal: what passed in a line each, what did not with everything that helps. */

interface Look {
  readonly ink: Ink;
  readonly word: string;
  readonly sign: (signs: Glyphs) => string;
}

const LOOKS: { readonly [outcome in TestOutcome]: Look } = {
  passed: { ink: 'green', word: 'passed', sign: (signs) => signs.done },
  failed: { ink: 'red', word: 'failed', sign: (signs) => signs.failed },
  error: { ink: 'red', word: 'could not be run', sign: (signs) => signs.failed },
  timeout: { ink: 'red', word: 'no result in time', sign: (signs) => signs.failed },
  missing: { ink: 'red', word: 'was deleted', sign: (signs) => signs.failed },
  interrupted: { ink: 'yellow', word: 'interrupted', sign: () => '?' },
};

/** `1.5 s`, `340 ms`, `2 min 5 s`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${number(Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${number(Math.floor(ms / 60_000))} min ${Math.floor((ms % 60_000) / 1_000)} s`;
}

/** What a test is called: its name, and its address where it has a spec. */
export function testTitle(verdict: Pick<TestVerdict, 'name' | 'address'>): string {
  return verdict.address === null ? verdict.name : `${verdict.name} (${verdict.address})`;
}

/** `failed`, `passed before, on this content`, `2 of 3 runs passed, on main 3 of 3, newly failing`, … */
export function outcomeText(verdict: TestVerdict): string {
  const { main_runs: main, outcome, remembered, runs } = verdict;
  const one = LOOKS[outcome].word;
  const ended = outcome === 'passed' || outcome === 'failed';
  const words = ended && runs !== undefined && runs.total > 1 ? runsText(runs) : one;
  const change = newly(verdict);
  const beside = [
    ...(main === undefined || main.total === 0 ? [] : [`on main ${mainWords(main)}`]),
    ...(change === undefined ? [] : [`newly ${change}`]),
  ];
  return [`${words}${remembered ? ' before, on this content' : ''}`, ...beside].join(', ');
}

/** `passed`, `failed`, `2 of 3`. */
export function mainWords({ passed, total }: RunCount): string {
  if (total === 1) return passed === 1 ? 'passed' : 'failed';
  return `${number(passed)} of ${number(total)}`;
}

function runsText({ passed, total }: RunCount): string {
  return `${number(passed)} of ${count(total, 'run')} passed`;
}

/** `17 of 20 runs passed (85 %), on main 19 of 20 (95 %), newly failing: 1.`; undefined where each ran once, here alone. */
export function runsSummary(verdicts: readonly TestVerdict[]): string | undefined {
  const { runs, main, newly_failing: failing, newly_passing: passing } = compareWithMain(verdicts);
  const weighed = verdicts.some((verdict) => (verdict.runs?.total ?? 0) > 1);
  if (runs.total === 0 || (!weighed && main === null)) return undefined;
  const parts = [
    `${runsText(runs)} (${percentOf(runs)})`,
    ...(main === null
      ? []
      : [`on main ${number(main.passed)} of ${number(main.total)} (${percentOf(main)})`]),
    ...(failing.length === 0 ? [] : [`newly failing: ${number(failing.length)}`]),
    ...(passing.length === 0 ? [] : [`newly passing: ${number(passing.length)}`]),
  ];
  return `${parts.join(', ')}.`;
}

function percentOf({ passed, total }: RunCount): string {
  return `${Math.round((passed / total) * 1000) / 10} %`;
}

function headFacts(verdict: TestVerdict): string {
  return [
    ...(verdict.suite === null ? [] : [`suite ${verdict.suite}`]),
    ...(verdict.duration_ms > 0 ? [durationText(verdict.duration_ms)] : []),
    ...(verdict.attempts > 1 ? [`${number(verdict.attempts)} runs`] : []),
  ].join(', ');
}

/** The rubric items that speak against the version; all of them when none does. */
export function telling(rubric: readonly RubricVerdict[]): readonly RubricVerdict[] {
  const bad = rubric.filter(({ status }) => status !== 'passed');
  return bad.length > 0 ? bad : rubric;
}

function detailLines(verdict: TestVerdict, style: Style, indent: number): readonly string[] {
  const facts = [
    ...(verdict.conversation_id === null ? [] : [`conversation ${verdict.conversation_id}`]),
    ...(verdict.run_id === null ? [] : [`run ${verdict.run_id}`]),
  ];
  return [
    ...(verdict.problem === null ? [] : paragraph(style, verdict.problem, indent)),
    ...telling(verdict.rubric).flatMap(({ name, status, criteria }) => [
      ...paragraph(style, `${status}: ${name}`, indent),
      ...(criteria === null ? [] : paragraph(style, criteria, indent + 2, 'dim')),
    ]),
    ...(facts.length === 0 ? [] : paragraph(style, facts.join(', '), indent, 'dim')),
    ...(verdict.logs.length === 0
      ? []
      : [`${' '.repeat(indent)}${paint(style, 'dim', 'last lines of the log:')}`]),
    ...verdict.logs.flatMap((line) => paragraph(style, line, indent + 2, 'dim')),
  ];
}

/** One result, indented. */
export function verdictLines(verdict: TestVerdict, style: Style, indent: number): readonly string[] {
  const { ink, sign } = LOOKS[verdict.outcome];
  const facts = headFacts(verdict);
  const mark = paint(style, ink, sign(glyphs(style)));
  const [first = '', ...rest] = paragraph(
    style,
    `${testTitle(verdict)}: ${outcomeText(verdict)}`,
    indent + 2,
  );
  const head = [`${' '.repeat(indent)}${mark} ${first.trimStart()}`, ...rest];
  const fits = rest.length === 0 && displayWidth(first) + 2 + displayWidth(facts) <= usableWidth(style);
  const beside = `${head[0] ?? ''}  ${paint(style, 'dim', visible(facts))}`;
  return [
    ...(facts !== '' && fits ? [beside] : head),
    ...(facts !== '' && !fits ? paragraph(style, facts, indent + 4, 'dim') : []),
    ...(verdict.outcome === 'passed' ? [] : detailLines(verdict, style, indent + 4)),
  ];
}

/** `All 3 tests passed.`, `1 of 3 tests did not pass: 1 failed.` */
export function verdictSummary(verdicts: readonly TestVerdict[]): string {
  const runs = runsSummary(verdicts);
  return runs === undefined ? plainSummary(verdicts) : `${plainSummary(verdicts)} ${runs}`;
}

function plainSummary(verdicts: readonly TestVerdict[]): string {
  const bad = verdicts.filter(({ outcome }) => outcome !== 'passed');
  if (verdicts.length === 0) return 'No test was run.';
  if (bad.length === 0)
    return verdicts.length === 1 ? 'The test passed.' : `All ${count(verdicts.length, 'test')} passed.`;
  const words = Object.keys(LOOKS)
    .map((outcome) => [outcome, bad.filter((verdict) => verdict.outcome === outcome).length] as const)
    .filter(([, amount]) => amount > 0)
    .map(([outcome, amount]) => `${number(amount)} ${outcome}`);
  return `${number(bad.length)} of ${count(verdicts.length, 'test')} did not pass: ${words.join(', ')}.`;
}
