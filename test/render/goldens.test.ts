import { describe, expect, test } from 'vitest';
import { ApiError, Failure } from '../../src/model/errors.ts';
import { renderPlanMarkdown } from '../../src/render/plan/plan-markdown.ts';
import { renderPlan } from '../../src/render/plan/plan-text.ts';
import { renderReport } from '../../src/render/report/report-text.ts';
import { renderDiagnostics, renderGithubAnnotations } from '../../src/render/terminal/diagnostics.ts';
import { renderFailure } from '../../src/render/terminal/errors.ts';
import { renderLease, renderStateList, renderStateShow } from '../../src/render/terminal/state-text.ts';
import type { Style } from '../../src/render/terminal/style.ts';
import { displayWidth } from '../../src/render/terminal/width.ts';
import { buildPlan } from './builders.ts';
import { expectGolden } from './golden.ts';
import { HOSTILE_PLAN } from './hostile.ts';
import { CONFLICT_PLAN, RICH_PLAN } from './sample-plans.ts';
import { APPLIED_REPORT, DIAGNOSTICS, PARTIAL_REPORT, STATE } from './sample-results.ts';

const STYLES: { readonly [name: string]: Style } = {
  'plain-60': { color: false, width: 60, unicode: true },
  'plain-100': { color: false, width: 100, unicode: true },
  'color-100': { color: true, width: 100, unicode: true },
  'ascii-100': { color: false, width: 100, unicode: false },
};

const SOURCE = 'kind: assistant\n  modell: x\ntool_ids: [{ $ref: tool/lookup-ordr }]\n';

describe.each(Object.entries(STYLES))('%s', (name, style) => {
  test('a plan with everything in it', () => {
    expectGolden(`plan-rich-${name}`, renderPlan(RICH_PLAN, style, { file: 'plan.json', protected: true }));
  });

  test('a plan with conflicts', () => {
    expectGolden(`plan-conflict-${name}`, renderPlan(CONFLICT_PLAN, style));
  });

  test('a plan with hostile text', () => {
    expectGolden(`plan-hostile-${name}`, renderPlan(HOSTILE_PLAN, style));
  });

  test('a report of a partial apply', () => {
    expectGolden(`report-partial-${name}`, renderReport(PARTIAL_REPORT, style));
  });

  test('diagnostics with source lines', () => {
    const source = (file: string): string | undefined => (file.includes('front-desk') ? SOURCE : undefined);
    expectGolden(`diagnostics-${name}`, renderDiagnostics(DIAGNOSTICS, style, source));
  });

  test('state', () => {
    const shown = renderStateShow(STATE, 'assistant/front-desk', style) ?? '';
    const lease = renderLease(
      {
        id: 'l1',
        holder: 'ci',
        host: 'runner-4',
        pid: 4711,
        run: '42',
        acquired_at: '2026-11-22T12:00:00Z',
        expires_at: '2026-11-22T12:05:00Z',
      },
      style,
    );
    expectGolden(`state-${name}`, [renderStateList(STATE, style), shown, lease].join('\n'));
  });

  test('failures', () => {
    const api = new ApiError(
      'partial',
      'The API refused the body of assistant/billing.',
      {
        method: 'POST',
        path: '/ai/assistants',
        status: 422,
        requestId: 'req-8c1d',
        problems: [{ code: '10015', message: 'must be one of the voices', pointer: '/voice_settings/voice' }],
        effect: 'none',
      },
      { code: 'API_422', hint: 'Correct assistants/billing.yaml:9:12.' },
    );
    const spec = new Failure('spec', 'The specs have errors.', {
      code: 'SPEC_INVALID',
      diagnostics: DIAGNOSTICS,
    });
    expectGolden(`failure-${name}`, [renderFailure(api, style), renderFailure(spec, style)].join('\n'));
  });
});

test('Markdown', () => {
  expectGolden('plan-rich-markdown', renderPlanMarkdown(RICH_PLAN));
  expectGolden('plan-conflict-markdown', renderPlanMarkdown(CONFLICT_PLAN));
  expectGolden('plan-hostile-markdown', renderPlanMarkdown(HOSTILE_PLAN));
});

test('GitHub annotations', () => {
  expectGolden('annotations', renderGithubAnnotations(DIAGNOSTICS));
});

test('an applied report', () => {
  expectGolden('report-applied', renderReport(APPLIED_REPORT, { color: false, width: 100, unicode: true }));
});

test('an empty plan says so in its first line', () => {
  const text = renderPlan(buildPlan(), { color: false, width: 100, unicode: true });
  expect(text.split('\n')[0]).toBe('Nothing to do: 14 resources match.');
  expect(text).not.toContain('Next:');
});

test('fields and prompts of a plan stay within the width', () => {
  const style: Style = { color: false, width: 60, unicode: true };
  const lines = renderPlan(RICH_PLAN, style).split('\n');
  // Commands, heads and paths are never broken, so that they can be copied.
  const breakable = lines.filter((line) => /^ {6,}/.test(line));
  expect(breakable.length).toBeGreaterThan(20);
  expect(Math.max(...breakable.map(displayWidth))).toBeLessThanOrEqual(60);
});
