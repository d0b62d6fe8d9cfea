import { describe, expect, test } from 'vitest';
import type { StepResult } from '../../src/model/report.ts';
import { byteLength } from '../../src/render/markdown/markdown.ts';
import { renderPlanMarkdown } from '../../src/render/plan/plan-markdown.ts';
import { renderReportMarkdown } from '../../src/render/report/report-markdown.ts';
import { buildChange, buildPlan, field } from './builders.ts';
import { expectGolden } from './golden.ts';
import { CONTROL, HOSTILE } from './hostile.ts';
import { REVIEW } from './review-samples.ts';
import { RICH_PLAN } from './sample-plans.ts';
import { APPLIED_REPORT, PARTIAL_REPORT } from './sample-results.ts';

const PLACE = { project: 'northwind-voice', environment: 'production' };

test('goldens', () => {
  expectGolden('report-partial-markdown', renderReportMarkdown(PARTIAL_REPORT, PLACE));
  expectGolden('report-applied-markdown', renderReportMarkdown(APPLIED_REPORT, PLACE));
  expectGolden('plan-review-markdown', renderPlanMarkdown(RICH_PLAN, REVIEW));
});

test('trouble comes first', () => {
  const rows = renderReportMarkdown(PARTIAL_REPORT, PLACE).match(
    /^\| .*? (failed|unknown|not attempted|applied|skipped)/gm,
  );
  expect(rows?.[0]).toContain('failed');
  expect(rows?.at(-1)).toContain('skipped');
});

describe('a report of a thousand results full of hostile text', () => {
  const results = Array.from(
    { length: 1000 },
    (_, index): StepResult => ({
      address: `tool/number-${index}`,
      action: 'create',
      status: index % 3 === 0 ? 'failed' : 'applied',
      remote_id: HOSTILE,
      version_id: null,
      promoted: false,
      error:
        index % 3 === 0
          ? {
              kind: 'partial',
              code: 'TYPE_WRONG',
              message: HOSTILE.repeat(20),
              status: 422,
              request_id: HOSTILE,
              hint: HOSTILE,
            }
          : null,
    }),
  );
  const report = { ...PARTIAL_REPORT, results, next: HOSTILE };

  test.each([2_000, 10_000, 60_000])('keeps to %i bytes', (budget) => {
    const text = renderReportMarkdown(report, { ...PLACE, environment: HOSTILE, budget });
    expect(byteLength(text)).toBeLessThanOrEqual(budget);
    expect(text).not.toMatch(CONTROL);
    expect(text.match(/^<details>/gm)?.length ?? 0).toBe(text.match(/^<\/details>$/gm)?.length ?? 0);
  });
});

test('small differences are shown before large ones when not all fit', () => {
  const prompt = (words: string): string =>
    Array.from({ length: 120 }, (_, line) => `${words} line ${line}`).join('\n');
  const changes = [
    buildChange('assistant/aaa-rewritten', {
      fields: [field('/instructions', prompt('old'), prompt('quite new'))],
    }),
    buildChange('assistant/zzz-touched', {
      fields: [field('/instructions', prompt('old'), prompt('old').replace('line 60', 'row 60'))],
    }),
  ];
  const text = renderPlanMarkdown(buildPlan({ changes }, { update: 2 }), { budget: 2_600 });
  expect(text).toContain('+ old row 60');
  expect(text).not.toContain('quite new line');
  expect(text).toContain('`assistant/aaa-rewritten` is shown by `assistantctl plan --env production`');
});

test('errors stand before changes, warnings after them', () => {
  const plan = buildPlan(
    {
      changes: [buildChange('tool/a', { fields: [field('/x', 1, 2)] })],
      diagnostics: [
        { severity: 'warning', code: 'TYPE_WRONG', message: 'A warning.' },
        { severity: 'error', code: 'REF_KIND', message: 'An error.' },
      ],
    },
    { update: 1 },
  );
  const text = renderPlanMarkdown(plan);
  const order = ['REF_KIND', '| change |', '<details open>', 'TYPE_WRONG'].map((part) => text.indexOf(part));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(order[0]).toBeGreaterThan(0);
});
