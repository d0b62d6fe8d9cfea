import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { validateAll } from '../../src/specs/load/load.ts';
import { parseYaml, syntaxProblems } from '../../src/specs/yaml/yaml-parse.ts';
import { brief, findings, makeProject, TOOL } from './support.ts';

/** Far above what each takes; it only tells slow from never. */
const GUARD_MS = 5000;
const MIB = 1_048_576;

const BOMB = `kind: tool
a: &a [x, x, x, x, x, x, x, x, x]
${['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
  .map((name, index) => {
    const before = String.fromCharCode('a'.charCodeAt(0) + index);
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`;
  })
  .join('\n')}
`;

describe('files that would hurt', () => {
  test.each([
    [
      'a file of 10 MiB',
      `a: |\n${`  ${'x'.repeat(1022)}\n`.repeat(10 * 1024)}`,
      ['1:1 error FILE_TOO_LARGE'],
    ],
    ['10,000 brackets', '['.repeat(10_000) + ']'.repeat(10_000), ['1:129 error YAML_TOO_DEEP']],
    ['10,000 dashes on a line', `${'- '.repeat(10_000)}x`, ['1:256 error YAML_TOO_DEEP']],
    ['an alias bomb', BOMB, ['6:8 error YAML_ALIAS_BOMB']],
    ['UTF-16', Buffer.from(`\uFEFF${TOOL}`, 'utf16le'), ['1:1 error FILE_NOT_UTF8']],
    ['Latin-1', Buffer.from('kind: tool\nname: Caf\xe9\n', 'latin1'), ['2:10 error FILE_NOT_UTF8']],
    ['a cut UTF-8 sequence at the end', Buffer.from('a: é').subarray(0, 4), ['1:4 error FILE_NOT_UTF8']],
    ['a NUL byte', 'kind: tool\na: \0\n', ['2:4 error FILE_NUL']],
  ])(
    '%s',
    async (_, content, expected) => {
      expect(await findings(content)).toEqual(expected);
    },
    GUARD_MS,
  );

  test.each([
    ['a megabyte of commas', `a: [${'1,'.repeat(MIB / 2)}]`],
    ['a megabyte of quotes', '"'.repeat(MIB)],
    ['a megabyte of question marks', '? '.repeat(MIB / 2)],
    ['a megabyte of anchors', '&a '.repeat(MIB / 3)],
    ['a megabyte of closing brackets', ']'.repeat(MIB)],
    ['a megabyte of document starts', '---\n'.repeat(MIB / 4)],
    ['a megabyte of colons', ':\n'.repeat(MIB / 2)],
    ['50,000 keys', `a:\n${Array.from({ length: 50_000 }, (_, index) => `  k${index}: 1`).join('\n')}`],
  ])(
    '%s is answered in time',
    async (_, content) => {
      const found = await findings(content);
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThan(20);
    },
    GUARD_MS,
  );

  test('aliases in moderation are fine', async () => {
    const text = `${TOOL}environments: { local: &o { timeout_ms: 100 }, production: *o }\n`;
    expect(await findings(text)).toEqual([]);
  });

  test(
    'a pipe instead of a file does not block',
    async () => {
      const root = makeProject({});
      execFileSync('mkfifo', [join(root, 'assistants/a.yaml')]);
      const { diagnostics } = await validateAll(root);
      expect(diagnostics.map(brief)).toEqual(['assistants/a.yaml:1:1 error FILE_UNREADABLE']);
    },
    GUARD_MS,
  );
});

test.each([
  ['name: [a, b\n', 'the ] that closes a [ above is missing, or not indented'],
  ['voice_settings: { voice: v\n', 'the } that closes a { above is missing, or not indented'],
  ['name: x\n bad: y\n', 'the indentation does not fit the lines above'],
])('the message says what is wrong with %j', (line, message) => {
  const text = `kind: assistant\nspec:\n  ${line}`;
  const problems = parseYaml(text).documents.flatMap((document) => syntaxProblems(document, text));
  expect(problems.map((problem) => problem.message)).toContain(message);
});
