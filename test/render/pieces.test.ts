import { describe, expect, test } from 'vitest';
import { ApiError, Failure } from '../../src/model/errors.ts';
import type { ApplyReport } from '../../src/model/report.ts';
import { shortTime } from '../../src/model/short-time.ts';
import { renderReport } from '../../src/render/report/report-text.ts';
import { renderDiagnostics, renderGithubAnnotations } from '../../src/render/terminal/diagnostics.ts';
import { failureJson, renderFailure } from '../../src/render/terminal/errors.ts';
import { liveProgress, plainProgress } from '../../src/render/terminal/progress.ts';
import { renderLease, renderStateList, renderStateShow } from '../../src/render/terminal/state-text.ts';
import { finish, PLAIN } from '../../src/render/terminal/style.ts';
import { quoted, visible } from '../../src/render/terminal/visible.ts';
import { displayWidth, padEnd, truncate, truncateStart, wrap } from '../../src/render/terminal/width.ts';
import { DIAGNOSTICS, PARTIAL_REPORT, STATE } from './sample-results.ts';

describe('shortTime', () => {
  test.each([
    ['2026-11-23T12:00:01.123Z', '2026-11-23 12:00 UTC'],
    ['2026-11-23T12:00:01.123456+00:00', '2026-11-23 12:00 UTC'],
    ['2026-11-23T12:00:01.123456', '2026-11-23 12:00 UTC'],
    ['2026-11-23T12:00:01+02:00', '2026-11-23T12:00:01+02:00'],
    ['soon', 'soon'],
  ])('of %j is %j', (time, text) => {
    expect(shortTime(time)).toBe(text);
  });
});

describe('displayWidth', () => {
  test.each([
    ['abc', 3],
    ['', 0],
    ['e\u0301', 1],
    ['漢字', 4],
    ['한글', 4],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['→…', 2],
    ['\u001b[31mred\u001b[39m', 3],
  ])('of %j is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  test('never cuts a character in two', () => {
    expect(truncate('漢字漢字', 5, '…')).toBe('漢字…');
    expect(truncateStart('漢字漢字', 4, '…')).toBe('…字');
    expect(truncate('👩‍👩‍👧👩‍👩‍👧', 3, '…')).toBe('👩‍👩‍👧…');
    expect(padEnd('漢', 4)).toBe('漢  ');
  });

  test('wraps at spaces and breaks words that are too long', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrap('漢字漢字', 4)).toEqual(['漢字', '漢字']);
  });
});

describe('visible', () => {
  test('keeps what people write', () => {
    for (const text of ['Grüße, señor', '漢字', '👩‍👩‍👧', '❤️', 'नमस्ते क्‍ष', 'می‌خواهم', 'e\u0301']) {
      expect(visible(text)).toBe(text);
    }
  });

  test('shows what hides, moves or reorders', () => {
    expect(visible('\u001b[31m\n\r\t\u0000\u007f\u009b')).toBe('\\x1b[31m\\n\\r\\t\\x00\\x7f\\x9b');
    expect(visible('a\u202eb\u2066c\u200bd\ufeffe\u00ad')).toBe('a\\u202eb\\u2066c\\u200bd\\ufeffe\\xad');
    expect(visible('x\u{e0041}\u200dy\ud800')).toBe('x\\u{e0041}\\u200dy\\ud800');
    expect(visible('a\u2028b')).toBe('a\\u2028b');
  });

  test('quotes so that the end of the string is certain', () => {
    expect(quoted('say "hi" \\')).toBe('"say \\"hi\\" \\\\"');
  });
});

test('finished text has no trailing spaces, no double blank line and one newline at its end', () => {
  expect(finish(['', 'a  ', '', '', 'b', ''])).toBe('a\n\nb\n');
});

describe('diagnostics', () => {
  test('are one a line, grouped by code, errors first, however narrow the terminal', () => {
    const lines = renderDiagnostics(DIAGNOSTICS, { ...PLAIN, width: 40 }).split('\n');
    expect(lines).toContain(
      'assistants/billing, old.yaml:12:3 warning FIELD_UNKNOWN 50% of this,\\nis old: very old',
    );
    const severities = lines.flatMap((line) => / (error|warning) [A-Z_]+ /.exec(line)?.[1] ?? []);
    expect(severities).toEqual(severities.toSorted());
    expect(lines.filter((line) => /^\S+:\d+:\d+ /.test(line))).toHaveLength(2);
    expect(lines.at(-2)).toBe('3 errors, 1 warning');
  });

  test('of an empty list are nothing', () => {
    expect(renderDiagnostics([], PLAIN)).toBe('');
    expect(renderGithubAnnotations([])).toBe('');
  });

  test('point at the column, also far right in a long line with wide characters', () => {
    const line = `${'漢'.repeat(20)}${'x'.repeat(200)}HERE`;
    const list = [
      {
        severity: 'error',
        code: 'TYPE_WRONG',
        message: 'm',
        position: { file: 'a.yaml', line: 1, column: 221 },
      },
    ] as const;
    const [, source = '', caret = ''] = renderDiagnostics(list, PLAIN, () => line).split('\n');
    expect(displayWidth(caret.slice(0, caret.indexOf('^')))).toBe(
      displayWidth(source.slice(0, source.indexOf('HERE'))),
    );
  });

  test('annotations follow the escaping rules of workflow commands', () => {
    const text = renderGithubAnnotations(DIAGNOSTICS);
    expect(text).toContain('file=assistants/billing%2C old.yaml,line=12,col=3,title=FIELD_UNKNOWN::');
    expect(text).toContain('::50%25 of this,%0Ais old: very old\n');
    expect(text.trimEnd().split('\n')).toHaveLength(4);
  });

  test('a message cannot start a workflow command of its own', () => {
    const list = [{ severity: 'error', code: 'TYPE_WRONG', message: 'a\r\n::set-output name=x::y' }] as const;
    expect(renderGithubAnnotations(list)).toBe('::error title=TYPE_WRONG::a%0A::set-output name=x::y\n');
  });
});

describe('failures', () => {
  const api = new ApiError(
    'unavailable',
    'No answer.',
    {
      method: 'POST',
      path: '/ai/tools',
      status: 0,
      effect: 'unknown',
      problems: [{ message: 'No answer.' }],
    },
    { code: 'API_UNREACHABLE', hint: 'Try again.', details: { attempts: 4 } },
  );

  test('as JSON have kind, code, message and details alone', () => {
    expect(failureJson(api)).toEqual({
      error: {
        kind: 'unavailable',
        code: 'API_UNREACHABLE',
        message: 'No answer.',
        details: {
          hint: 'Try again.',
          attempts: 4,
          request: {
            method: 'POST',
            path: '/ai/tools',
            status: 0,
            request_id: null,
            effect: 'unknown',
            problems: [{ message: 'No answer.' }],
          },
        },
      },
    });
  });

  test('say when a write may have happened, and say things once', () => {
    const text = renderFailure(api, PLAIN);
    expect(text).toContain('It is not known whether this request took effect.');
    expect(text.split('No answer.')).toHaveLength(2);
  });

  test('carry their diagnostics in both forms', () => {
    const failure = new Failure('spec', 'Bad specs.', { code: 'SPEC_INVALID', diagnostics: DIAGNOSTICS });
    expect(renderFailure(failure, PLAIN)).toContain('REF_DANGLING There is no tool/lookup-ordr.');
    expect(JSON.stringify(failureJson(failure))).toContain('"column":14');
  });
});

describe('reports', () => {
  const report = (parts: Partial<ApplyReport>): string =>
    renderReport({ ...PARTIAL_REPORT, ...parts }, PLAIN).split('\n')[0] ?? '';
  const results = PARTIAL_REPORT.results;

  test('never call a run with open ends applied', () => {
    expect(report({ outcome: 'applied' })).toMatch(/^Partly applied: /);
  });

  test('tell apart nothing done, nothing to do and refused', () => {
    expect(report({ outcome: 'nothing', results: [] })).toBe('Nothing to do: nothing was written.');
    expect(report({ outcome: 'refused', results: [] })).toBe('Refused: nothing was written.');
    expect(report({ results: results.filter((item) => item.status === 'failed') })).toBe(
      'Failed, nothing was applied: 1 failed.',
    );
    expect(report({ outcome: 'applied', results: results.slice(0, 2) })).toBe(
      'Applied: 2 updated, 1 promoted.',
    );
    expect(report({ outcome: 'applied', results: results.slice(5) })).toBe(
      'Applied: nothing needed a write; 1 resource already as wanted.',
    );
  });
});

describe('state', () => {
  test('hides digests of secrets', () => {
    const text = renderStateShow(STATE, 'tool/lookup-order', PLAIN);
    expect(text).toContain('value: (sensitive)');
    expect(text).not.toContain('sha256');
  });

  test('knows only addresses that are bound', () => {
    expect(renderStateShow(STATE, 'tool/none', PLAIN)).toBeUndefined();
    expect(renderStateShow(STATE, 'constructor', PLAIN)).toBeUndefined();
  });

  test('says when there is none', () => {
    expect(renderStateList(undefined, PLAIN)).toContain('never applied');
    expect(renderLease(undefined, PLAIN)).toBe('Not locked.\n');
  });
});

describe('progress', () => {
  test('is a line for logs', () => {
    expect(plainProgress({ phase: 'reading assistants', done: 3, total: 10, note: 'page\n3' }, PLAIN)).toBe(
      'reading assistants 3/10 (page\\n3)',
    );
    expect(plainProgress({ phase: 'reading', done: 0, total: 0 }, PLAIN)).toBe('reading');
  });

  test.each([20, 40, 60, 80, 200])('fits a terminal of %i columns', (width) => {
    const long = {
      phase: 'reading 漢字 '.repeat(9),
      done: 1234,
      total: 5678,
      note: 'assistant/front-desk '.repeat(9),
    };
    const short = { phase: 'reading', done: 12, total: 10, note: 'assistant/front-desk' };
    for (const state of [long, short]) {
      const line = liveProgress(state, { color: true, width, unicode: true });
      expect(displayWidth(line)).toBeLessThan(width);
      expect(line).not.toContain('\n');
    }
  });
});
