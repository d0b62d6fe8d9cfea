import { describe, expect, it } from 'vitest';
import { atLevels, type Diagnostic } from '../../src/model/diagnostic.ts';
import { Failure } from '../../src/model/errors.ts';
import { compareNaturally } from '../../src/model/natural-order.ts';
import type { StepResult } from '../../src/model/report.ts';
import { renderPlanHtml } from '../../src/render/html/plan-page.ts';
import { renderPlanMarkdown } from '../../src/render/plan/plan-markdown.ts';
import { renderPlan } from '../../src/render/plan/plan-text.ts';
import { reportVerdict } from '../../src/render/report/report-text.ts';
import { remarkLines, renderDiagnostics } from '../../src/render/terminal/diagnostics.ts';
import { renderFailure } from '../../src/render/terminal/errors.ts';
import { fitScreen } from '../../src/render/terminal/fit.ts';
import { nextCommands } from '../../src/render/terminal/plan-words.ts';
import { columns, PLAIN } from '../../src/render/terminal/style.ts';
import { displayWidth } from '../../src/render/terminal/width.ts';
import { buildChange, buildPlan } from './builders.ts';

// What makes long output readable: groups, one hint, equal changes once, counts where eyes end up, whole words.

const warning = (code: Diagnostic['code'], address: string, hint?: string): Diagnostic => ({
  severity: 'warning',
  code,
  address,
  message: `${code.toLowerCase()} of ${address}`,
  ...(hint === undefined ? {} : { hint }),
});

const sameModel = (address: `assistant/${string}`) =>
  buildChange(address, {
    action: 'update',
    fields: [{ path: '/model', before: 'old', after: 'new', origin: 'config' }],
  });

describe('diagnostics', () => {
  it('of one code stand together and have one hint', () => {
    const list = [
      warning('SECRET_MISSING', 'tool/b', 'make it in the portal'),
      warning('NAME_TWICE', 'tool/a'),
      warning('SECRET_MISSING', 'tool/a', 'make it in the portal'),
    ];
    const text = renderDiagnostics(list, PLAIN);
    expect(text.match(/make it in the portal/g)).toHaveLength(1);
    expect(text).toMatch(/SECRET_MISSING.*\n.*SECRET_MISSING.*\n +hint/);
  });

  it('of a plan are cut to a few of each code', () => {
    const list = Array.from({ length: 12 }, (_, index) => warning('SECRET_MISSING', `tool/t-${index}`, 'h'));
    const lines = remarkLines(list, PLAIN);
    expect(lines[0]).toBe('warning SECRET_MISSING (12)');
    expect(lines).toHaveLength(8);
    expect(lines.join('\n')).toContain('and 7 more');
  });

  it('are silenced and raised by the project file, but errors stay', () => {
    const error: Diagnostic = { severity: 'error', code: 'REF_DANGLING', message: 'm' };
    const caution: Diagnostic = { severity: 'warning', code: 'TAKES_OVER', message: 'm', caution: true };
    const list = [
      warning('NAME_TWICE', 'tool/a'),
      warning('ONLY_EMPTY', 'tool/b'),
      warning('REF_BARE', 'tool/c'),
      error,
      caution,
    ];
    const levels = {
      NAME_TWICE: 'ignore',
      ONLY_EMPTY: 'error',
      REF_BARE: 'info',
      REF_DANGLING: 'ignore',
      TAKES_OVER: 'ignore',
    } as const;
    const found = atLevels(list, levels).map(({ code, severity }) => `${code} ${severity}`);
    expect(found).toEqual(['ONLY_EMPTY error', 'REF_BARE info', 'REF_DANGLING error', 'TAKES_OVER warning']);
    expect(atLevels([error], levels)[0]?.hint).toContain('stays an error');
  });
});

describe('a plan', () => {
  it('shows the same change of many resources once, with all their names', () => {
    const plan = buildPlan({
      changes: ['desk-10', 'desk-2', 'desk-1'].map((key) => sameModel(`assistant/${key}` as const)),
    });
    const text = renderPlan(plan, PLAIN);
    expect(text).toContain('3 resources alike');
    expect(text).toContain('assistant/desk-1, assistant/desk-2, assistant/desk-10');
    expect(text.match(/\/model/g)).toHaveLength(1);
  });

  it('says its counts again at the end when it is longer than the screen', () => {
    const plan = buildPlan({ changes: [sameModel('assistant/a')] });
    const count = (rows: number): number =>
      renderPlan(plan, { ...PLAIN, rows }).match(/Plan for /g)?.length ?? 0;
    expect(count(100)).toBe(1);
    expect(count(5)).toBe(2);
  });

  it('has no warning between its changes and its end', () => {
    const plan = buildPlan({
      changes: [sameModel('assistant/a')],
      diagnostics: [warning('NAME_TWICE', 'tool/a')],
    });
    const text = renderPlan(plan, PLAIN, { executing: true });
    expect(text.indexOf('warning NAME_TWICE')).toBeLessThan(text.indexOf('assistant/a'));
  });
});

describe('the next command', () => {
  const limit: Diagnostic = { severity: 'error', code: 'LIMIT_CHANGES', message: 'too many' };
  const open: Diagnostic = { severity: 'error', code: 'ROLLOUT_OPEN', message: 'open' };
  const empty: Diagnostic = { severity: 'error', code: 'SPECS_EMPTY', message: 'empty' };
  const plan = buildPlan({ changes: [sameModel('assistant/a')] });

  it.each([
    [[], 'assistantctl apply --env '],
    [[limit], ' --override-limits'],
    [[open], ' --replace'],
    [[limit, open], ' --override-limits --replace'],
  ])('is one that will not be refused: %j', (refusals, line) => {
    expect(nextCommands(plan, { refusals })[0]).toContain(line);
  });

  it('is none where something has to be written first', () => {
    expect(nextCommands(plan, { refusals: [empty] })).toEqual([]);
    expect(nextCommands(buildPlan({ diagnostics: [{ ...empty, code: 'NAME_AMBIGUOUS' }] }))).toEqual([]);
    const renamed = { ...plan, diagnostics: [warning('RENAMED', 'assistant/a')] };
    expect(nextCommands(renamed)).toEqual([]);
  });

  it('names what is taken over', () => {
    const change = buildChange('assistant/a', { action: 'adopt', takes_over: true });
    expect(nextCommands(buildPlan({ changes: [change] }))[0]).toContain('--take-over assistant/a');
  });
});

it('Markdown folds warnings in after the changes and shows equal changes once', () => {
  const changes = (['a', 'b', 'c'] as const).map((key) => sameModel(`assistant/${key}`));
  const plan = buildPlan({
    changes,
    diagnostics: [warning('NAME_TWICE', 'tool/a', 'h'), warning('NAME_TWICE', 'tool/b', 'h')],
  });
  const text = renderPlanMarkdown(plan);
  expect(text.indexOf('NAME_TWICE (2)')).toBeGreaterThan(text.indexOf('assistant/a'));
  expect(text.indexOf('<details><summary>2 warnings and remarks')).toBeGreaterThan(0);
  expect(text).toContain('and 2 alike');
});

it('the page shows equal changes once, with all their names', () => {
  const changes = (['a', 'b', 'c'] as const).map((key) => sameModel(`assistant/${key}`));
  const page = renderPlanHtml(buildPlan({ changes }));
  expect(page.match(/class="pill update"/g)).toHaveLength(1);
  expect(page).toContain('and 2 alike');
  expect(page).toContain('assistant/c');
});

describe('equal drift of many resources', () => {
  const drift = ['desk-1', 'desk-2', 'desk-3'].map((key) => ({
    address: `assistant/${key}` as const,
    remote_id: `assistant-${key}`,
    deleted: false,
    fields: [{ path: '/model', before: 'old', after: 'new', origin: 'drift' as const }],
  }));
  const plan = buildPlan({ drift });

  it.each([
    ['text', renderPlan(plan, PLAIN), '3 resources alike'],
    ['Markdown', renderPlanMarkdown(plan), 'and 2 alike'],
    ['HTML', renderPlanHtml(plan), 'and 2 alike'],
  ])('is shown once in %s, with all their names', (_format, text, words) => {
    expect(text).toContain(words);
    expect(text).toContain('assistant/desk-3');
    expect(text.match(/\/model/g)).toHaveLength(1);
  });
});

describe('a table on a screen', () => {
  const rows = [
    ['NAME', 'ID', 'UPDATED'],
    ['front-desk', 'assistant-b13cf07e-be1a-483d-ab39-40a249de8bce', '2026-11-29 02:07 UTC'],
    ['b', 'assistant-2', ''],
  ];

  it('that is too narrow goes on below, in columns and whole cells', () => {
    expect(columns(rows, { ...PLAIN, bounded: true, width: 70 })).toEqual([
      'NAME        ID\n    UPDATED',
      'front-desk  assistant-b13cf07e-be1a-483d-ab39-40a249de8bce\n    2026-11-29 02:07 UTC',
      'b           assistant-2',
    ]);
  });

  it('stays whole in files and pipes, for grep', () => {
    expect(columns(rows, { ...PLAIN, width: 70 }).join('')).not.toContain('\n');
  });
});

describe('a report', () => {
  const result: StepResult = {
    address: 'assistant/a',
    action: 'create',
    status: 'failed',
    remote_id: 'assistant-1',
    version_id: 'v1',
    promoted: false,
    error: null,
  };
  const report = { format_version: '1.0', plan_digest: 'sha256:x', outcome: 'partial', next: '' } as const;

  it('does not say that nothing was applied where something was made', () => {
    expect(reportVerdict({ ...report, results: [result] })).toBe('Partly applied: 1 failed.');
    const none = { ...result, remote_id: null };
    expect(reportVerdict({ ...report, results: [none] })).toBe('Failed, nothing was applied: 1 failed.');
  });

  it('counts as promoted what moved main, not what is new', () => {
    const made = { ...result, status: 'applied', promoted: true } as const;
    expect(reportVerdict({ ...report, outcome: 'applied', results: [made] })).toBe('Applied: 1 created.');
  });
});

it('a refusal that is one of its diagnostics is said once, with its place', () => {
  const position = { file: 'assistants/a.yaml', line: 2, column: 1 };
  const diagnostic: Diagnostic = { severity: 'error', code: 'RENAMED', message: 'a looks like b', position };
  const failure = new Failure('refused', 'a looks like b', { code: 'RENAMED', diagnostics: [diagnostic] });
  const text = renderFailure(failure, PLAIN);
  expect(text.match(/looks like/g)).toHaveLength(1);
  expect(text).toContain('at assistants/a.yaml:2:1');
});

it('names with numbers come in the order of their numbers', () => {
  const names = ['desk-10', 'desk-2', 'desk-01', 'desk-1', 'Desk', 'a9b10', 'a9b9'];
  expect(names.toSorted(compareNaturally)).toEqual([
    'Desk',
    'a9b9',
    'a9b10',
    'desk-01',
    'desk-1',
    'desk-2',
    'desk-10',
  ]);
});

describe('what is wider than the screen', () => {
  const text =
    '  \u001b[32m✓\u001b[39m assistant/front-desk  created  version 20261128T230000415000 (promoted) \u{1f680}日本語';

  it.each([40, 60, 80])('is broken at spaces to %d columns', (width) => {
    const lines = fitScreen(text, width).split('\n');
    expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
    const words = (shown: string): readonly string[] => shown.split(/\s+/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are what is taken away
    const plain = (shown: string): string => shown.replace(/\u001b\[\d+m/g, '').trim();
    expect(words(plain(lines.join(' ')))).toEqual(words(plain(text)));
  });

  it('stays whole where a word alone is too wide', () => {
    expect(fitScreen('x'.repeat(50), 40)).toContain('x'.repeat(50));
  });
});
