import type { TestVerdict } from '../../model/runs.ts';
import { outcomeText, telling } from '../terminal/verdict-text.ts';

/** Test results in the JUnit XML that CI systems read. */

/** What XML 1.0 does not allow in any form, and lone surrogates. */
const NOT_XML = /(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

const ESCAPES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

function attribute(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>"\n\r\t]/g, (character) => ESCAPES[character] ?? '');
}

function content(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>]/g, (character) => ESCAPES[character] ?? '');
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

function explanation(verdict: TestVerdict): string {
  return [
    ...(verdict.problem === null ? [] : [verdict.problem]),
    ...telling(verdict.rubric).map(
      ({ name, status, criteria }) => `${status}: ${name}${criteria === null ? '' : ` (${criteria})`}`,
    ),
    ...(verdict.conversation_id === null ? [] : [`conversation ${verdict.conversation_id}`]),
    ...(verdict.run_id === null ? [] : [`run ${verdict.run_id}`]),
    ...verdict.logs,
  ].join('\n');
}

function testCase(verdict: TestVerdict): string {
  const suite = verdict.suite ?? 'assistantctl';
  const head = `    <testcase name="${attribute(verdict.name)}" classname="${attribute(verdict.address ?? suite)}" time="${seconds(verdict.duration_ms)}"`;
  if (verdict.outcome === 'passed') return `${head}/>`;
  const tag = verdict.outcome === 'failed' ? 'failure' : 'error';
  const message = attribute(verdict.problem ?? outcomeText(verdict));
  return `${head}>\n      <${tag} message="${message}" type="${verdict.outcome}">${content(explanation(verdict))}</${tag}>\n    </testcase>`;
}

function counts(verdicts: readonly TestVerdict[]): string {
  const failures = verdicts.filter(({ outcome }) => outcome === 'failed').length;
  const bad = verdicts.filter(({ outcome }) => outcome !== 'passed').length;
  const time = verdicts.reduce((sum, { duration_ms }) => sum + duration_ms, 0);
  return `tests="${verdicts.length}" failures="${failures}" errors="${bad - failures}" time="${seconds(time)}"`;
}

/** One `<testsuite>` for each suite; tests without one are in `assistantctl`. Always well-formed XML 1.0. */
export function renderJunit(verdicts: readonly TestVerdict[]): string {
  const suites = new Map<string, TestVerdict[]>();
  for (const verdict of verdicts) {
    const name = verdict.suite ?? 'assistantctl';
    const members = suites.get(name);
    if (members === undefined) suites.set(name, [verdict]);
    else members.push(verdict);
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="assistantctl" ${counts(verdicts)}>`,
    ...[...suites].flatMap(([name, members]) => [
      `  <testsuite name="${attribute(name)}" ${counts(members)}>`,
      ...members.map(testCase),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}
