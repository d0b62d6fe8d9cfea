import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyOf, isFlaky } from '../../src/model/history.ts';
import type { TestRun, TestVerdict } from '../../src/model/runs.ts';
import { renderVerdictsMarkdown } from '../../src/render/markdown/verdict-markdown.ts';
import { renderPlanMarkdown } from '../../src/render/plan/plan-markdown.ts';
import { renderPlan } from '../../src/render/plan/plan-text.ts';
import { renderJunit } from '../../src/render/report/junit.ts';
import { renderHistory } from '../../src/render/terminal/history-text.ts';
import { PLAIN } from '../../src/render/terminal/style.ts';
import { verdictLines, verdictSummary } from '../../src/render/terminal/verdict-text.ts';
import { buildPlan } from './builders.ts';

const VERDICT: TestVerdict = {
  address: 'test/refund',
  test_id: 't-1',
  name: 'Refund',
  suite: 'gate',
  outcome: 'failed',
  attempts: 2,
  run_id: 'r-1',
  conversation_id: 'c-1',
  rubric: [
    { name: 'polite', criteria: 'Stays polite.', status: 'passed' },
    { name: 'refuses', criteria: 'Refuses <the> refund & explains.', status: 'failed' },
  ],
  logs: ['caller: now!', 'assistant: fine.'],
  problem: null,
  duration_ms: 1_500,
  remembered: false,
};

describe('a result that is not green', () => {
  it('names test, rubric item, criterion, conversation and the last lines of the log', () => {
    const text = verdictLines(VERDICT, PLAIN, 0).join('\n');
    for (const part of [
      'Refund (test/refund): failed',
      '1.5 s, 2 runs',
      'failed: refuses',
      'Refuses <the> refund',
    ])
      expect(text).toContain(part);
    for (const part of ['conversation c-1', 'assistant: fine.']) expect(text).toContain(part);
    expect(text).not.toContain('polite');
    expect(verdictSummary([VERDICT, { ...VERDICT, outcome: 'passed' }])).toBe(
      '1 of 2 tests did not pass: 1 failed.',
    );
  });

  it('of several runs is counted, beside main, and what the version changes is said', () => {
    const weighed: TestVerdict = {
      ...VERDICT,
      runs: { passed: 2, total: 3 },
      main_runs: { passed: 3, total: 3 },
    };
    expect(verdictLines(weighed, PLAIN, 0).join('\n')).toContain(
      'Refund (test/refund): 2 of 3 runs passed, on main 3 of 3, newly failing',
    );
    const green: TestVerdict = {
      ...VERDICT,
      outcome: 'passed',
      runs: { passed: 3, total: 3 },
      remembered: true,
    };
    expect(verdictLines(green, PLAIN, 0).join('\n')).toContain('3 of 3 runs passed before, on this content');
    const summary =
      '1 of 2 tests did not pass: 1 failed. 5 of 6 runs passed (83.3 %), on main 3 of 3 (100 %), newly failing: 1.';
    expect(verdictSummary([weighed, green])).toBe(summary);
    const page = renderVerdictsMarkdown('Tests', [weighed, green]);
    expect(page).toContain('**2 of 3 runs passed, on main 3 of 3, newly failing**');
  });

  it('is inert in Markdown', () => {
    const hostile = { ...VERDICT, name: '</code></details> @team #1 | x', logs: ['```', '</details>'] };
    const page = renderVerdictsMarkdown('Tests', [hostile]);
    // GitHub links nothing inside `<code>`.
    expect(page.replace(/<code>.*?<\/code>/g, '')).not.toContain('@team');
    expect(page.match(/<\/details>/g)).toHaveLength(2);
    expect(page.split('\n').find((line) => line.startsWith('| ') && line.includes('team'))).toContain('\\|');
  });
});

describe('JUnit', () => {
  it('has a suite, a case and a failure', () => {
    const xml = renderJunit([VERDICT, { ...VERDICT, outcome: 'timeout', problem: 'no result' }]);
    expect(xml).toContain('<testsuites name="assistantctl" tests="2" failures="1" errors="1" time="3.000">');
    expect(xml).toContain('<testsuite name="gate" tests="2"');
    expect(xml).toContain('<failure message="failed" type="failed">');
    expect(xml).toContain('<error message="no result" type="timeout">');
    expect(xml).toContain('Refuses &lt;the&gt; refund &amp; explains.');
  });

  it('is well-formed whatever tests are called and say', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, line) => {
        const xml = renderJunit([{ ...VERDICT, name, logs: [line], suite: name }]);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML forbids
        expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
        expect(xml).not.toMatch(/\p{Cs}/u);
        expect(xml.replace(/<\/?(testsuites?|testcase|failure|\?xml)\b[^<>]*>/g, '')).not.toMatch(/[<>]/);
        expect(xml.replace(/&(amp|lt|gt|quot|#10|#13|#9);/g, '')).not.toContain('&');
      }),
      { numRuns: 80 },
    );
  });
});

describe('history', () => {
  const runs = (text: string): readonly TestRun[] =>
    [...text].map((letter, index) => ({
      runId: `r${index}`,
      testId: 't',
      status: letter === 'p' ? 'passed' : letter === 'f' ? 'failed' : 'running',
      rubric: [],
      logs: '',
      conversationId: undefined,
      suiteRunId: undefined,
      createdAt: undefined,
      completedAt: undefined,
    }));

  it.each([
    ['pppp', false],
    ['ffff', false],
    ['', false],
    ['pf', true],
    ['pfpp', true],
    ['pppfff', false],
    ['pppff', true],
    ['pppfffp', true],
  ])('%s flaky: %s', (text, flaky) => {
    expect(isFlaky([...text].map((letter) => letter === 'p'))).toBe(flaky);
  });

  it('counts the last runs that ended', () => {
    const test = { address: null, test_id: 't', name: 'T', suite: null } as const;
    expect(historyOf(test, runs('.ppfp'), 3)).toMatchObject({ passed: 2, failed: 1, pass_rate: 2 / 3 });
    expect(historyOf(test, runs('.'), 3)).toMatchObject({ pass_rate: null, flaky: false });
    expect(renderHistory([historyOf(test, runs('ppfp'), 9)], PLAIN)).toMatch(/75 % of 4 +✓✗✓✓ +flaky/);
  });
});

describe('what waits', () => {
  const plan = buildPlan({
    pending: [
      {
        address: 'assistant/desk',
        remote_id: 'assistant-1',
        what: 'promotion',
        version_id: '20260101T000000000000',
        since: '2026-01-01T10:00:00.000Z',
        fields: [{ path: '/greeting', before: 'Hello.', after: 'Good day.', origin: 'config' }],
        note: '',
      },
    ],
  });

  it.each([
    ['text', renderPlan(plan, PLAIN)],
    ['Markdown', renderPlanMarkdown(plan)],
  ])('is said in %s, with what it changes', (_, text) => {
    expect(text).toContain('1 staged, waiting for promote');
    expect(text).toContain('version 20260101T000000000000 since 2026-01-01 10:00 UTC');
    expect(text).toContain('Good day.');
  });

  it('names the command to type next', () => {
    expect(renderPlan(plan, PLAIN)).toContain('Next: assistantctl promote --env');
  });
});
