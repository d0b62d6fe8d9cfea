import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { renderFailureMarkdown } from '../../src/render/markdown/failure-markdown.ts';
import { markerLine, readMarker, sameSubject, withoutMarkers } from '../../src/render/markdown/marker.ts';
import { renderCodeQuality, renderSarif } from '../../src/render/report/sarif.ts';
import { renderGithubAnnotations } from '../../src/render/terminal/diagnostics.ts';
import { shortenMarkdown } from '../../src/render/terminal/shorten.ts';

// What goes to forges besides plans: markers, failures, shortened texts and the reports of validate.

describe('marker', () => {
  const marker = {
    topic: 'plan',
    environment: 'production',
    project: 'acme',
    digest: `sha256:${'a'.repeat(64)}`,
  };

  test('is read back from the start of a text alone', () => {
    expect(readMarker(`${markerLine(marker)}\ntext`)).toEqual(marker);
    expect(readMarker(`\r\n${markerLine(marker)}`)).toEqual(marker);
    expect(readMarker(`quote: ${markerLine(marker)}`)).toBeUndefined();
    expect(readMarker('text')).toBeUndefined();
    expect(withoutMarkers(`${markerLine(marker)}\n\ntext`)).toBe('text');
  });

  test('holds whatever the names are', () => {
    const names = fc.string({ maxLength: 60 });
    fc.assert(
      fc.property(names, names, (environment, project) => {
        const written = { ...marker, environment, project };
        const line = markerLine(written);
        expect(line.indexOf('-->')).toBe(line.length - 3);
        const read = readMarker(line);
        expect(read !== undefined && sameSubject(read, written)).toBe(true);
      }),
    );
  });

  test('tells topics, environments and projects apart; an unknown project matches any', () => {
    expect(sameSubject(marker, { ...marker, digest: 'none' })).toBe(true);
    expect(sameSubject(marker, { ...marker, topic: 'drift' })).toBe(false);
    expect(sameSubject(marker, { ...marker, environment: 'staging' })).toBe(false);
    expect(sameSubject(marker, { ...marker, project: 'other' })).toBe(false);
    expect(sameSubject(marker, { ...marker, project: '-' })).toBe(true);
  });
});

describe('shortening', () => {
  it('closes what was open and says so', () => {
    const text = `<details><summary>x</summary>\n\n\`\`\`\`diff\n${'+ line\n'.repeat(100)}\`\`\`\`\n\n</details>\n`;
    const short = shortenMarkdown(text, 300, 'cut');
    expect(short.length).toBeLessThanOrEqual(300);
    expect(short).toMatch(/\n````\n\n<\/details>\n\n_cut_\n$/);
    expect(shortenMarkdown(text, text.length, 'cut')).toBe(text);
  });

  it('never exceeds its length and leaves no fence open', () => {
    const line = fc.constantFrom(
      '```',
      '````js',
      'text',
      '~~~',
      '<details>',
      '</details>',
      '```x',
      'a'.repeat(40),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.integer({ min: 60, max: 400 }), (lines, length) => {
        const short = shortenMarkdown(lines.join('\n'), length, 'cut');
        expect(short.length).toBeLessThanOrEqual(Math.max(length, 60));
        if (short.endsWith('_cut_\n')) expect(openFence(short)).toBe('');
      }),
    );
  });
});

/** The fence that is open at the end of a text, by the rules of CommonMark. */
function openFence(text: string): string {
  return text.split('\n').reduce((open, line) => {
    const [, ticks = '', info = ''] = /^(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (ticks === '') return open;
    if (open === '') return ticks;
    return ticks.startsWith(open) && info === '' ? '' : open;
  }, '');
}

describe('failure', () => {
  it('shows what failed, where, and what to do, and obeys nothing', () => {
    const text = renderFailureMarkdown({
      title: 'Plan for production',
      exitCode: 3,
      log: 'not shown',
      error: {
        message: 'the specs have an error @all #1\n</details> <!-- x',
        details: {
          hint: 'assistantctl validate',
          diagnostics: [
            {
              severity: 'error',
              code: 'REF_DANGLING',
              message: 'no | pipe `tick`',
              position: { file: 'a.yaml', line: 1, column: 2 },
            },
          ],
        },
      },
    });
    expect(text).toContain('### Plan for production failed (exit code 3)');
    expect(text).toContain('`a.yaml:1:2`');
    expect(text).toContain('assistantctl validate');
    expect(text).not.toContain('</details>');
    expect(text).not.toContain('<!--');
    expect(text).not.toContain('@all');
    expect(text).not.toContain('not shown');
  });

  it('shows the end of the log when there is nothing else', () => {
    const log = `${'noise\n'.repeat(200)}\u001b[31merror\u001b[0m: \`\`\` the reason\n`;
    const text = renderFailureMarkdown({ title: 'Plan', exitCode: 1, error: undefined, log });
    expect(text).toContain('the reason');
    expect(text).toContain('````text');
    expect(text).not.toContain('\u001b');
    expect(text.split('\n').length).toBeLessThan(80);
  });
});

const problem = (index: number, severity: Diagnostic['severity'] = 'error'): Diagnostic => ({
  severity,
  code: 'FIELD_UNKNOWN',
  message: `problem ${index}`,
  position: { file: `assistants/a ${index}.yaml`, line: index + 1, column: 3 },
  hint: 'do this',
});

test('annotations: errors first, ten at most, the rest counted', () => {
  const list = [
    ...Array.from({ length: 8 }, (_, index) => problem(index, 'warning')),
    ...Array.from({ length: 5 }, (_, index) => problem(index + 20)),
  ];
  const lines = renderGithubAnnotations(list).trimEnd().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual([
    ...Array(5).fill('::error'),
    ...Array(5).fill('::warning'),
    'and',
  ]);
  expect(lines.at(-1)).toBe('and 3 more problems: assistantctl validate lists all of them');
});

const SOURCE = { version: '1.2.3', prefix: 'voice/', projectFile: 'voice/assistantctl.yaml' };
const LIST: readonly Diagnostic[] = [
  problem(1),
  { severity: 'info', code: 'SPECS_EMPTY', message: 'There is no document.' },
  problem(1),
];

test('SARIF names rules, levels, places and fingerprints', () => {
  const log = JSON.parse(renderSarif(LIST, SOURCE));
  expect(log.version).toBe('2.1.0');
  const [run] = log.runs;
  expect(run.tool.driver).toMatchObject({ name: 'assistantctl', semanticVersion: '1.2.3' });
  expect(run.tool.driver.rules).toEqual([{ id: 'FIELD_UNKNOWN' }, { id: 'SPECS_EMPTY' }]);
  expect(run.results.map((result: { level: string }) => result.level)).toEqual(['error', 'note', 'error']);
  expect(run.results[0]).toMatchObject({
    ruleId: 'FIELD_UNKNOWN',
    ruleIndex: 0,
    message: { text: 'problem 1\ndo this' },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'voice/assistants/a%201.yaml' },
          region: { startLine: 2, startColumn: 3 },
        },
      },
    ],
  });
  expect(run.results[1].locations[0].physicalLocation.artifactLocation.uri).toBe('voice/assistantctl.yaml');
  const prints = run.results.map((result: { partialFingerprints: object }) =>
    JSON.stringify(result.partialFingerprints),
  );
  expect(new Set(prints).size).toBe(3);
});

test('Code Quality has what GitLab requires, with fingerprints that survive a move', () => {
  const report = JSON.parse(renderCodeQuality(LIST, SOURCE));
  expect(report[0]).toMatchObject({
    description: 'problem 1\ndo this',
    check_name: 'FIELD_UNKNOWN',
    severity: 'critical',
    location: { path: 'voice/assistants/a 1.yaml', lines: { begin: 2 } },
  });
  expect(report.map((entry: { severity: string }) => entry.severity)).toEqual([
    'critical',
    'info',
    'critical',
  ]);
  const moved = LIST.map((entry) =>
    entry.position === undefined ? entry : { ...entry, position: { ...entry.position, line: 77 } },
  );
  const prints = (text: string) =>
    JSON.parse(text).map((entry: { fingerprint: string }) => entry.fingerprint);
  expect(prints(renderCodeQuality(moved, SOURCE))).toEqual(prints(renderCodeQuality(LIST, SOURCE)));
});
