import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { commandReference } from '../../src/cli/program.ts';
import { allCommands } from '../../src/model/command-info.ts';
import { ROOT, readPage } from './markdown.ts';

test('docs/reference and docs/codes.md are what npm run docs writes', async () => {
  const run = promisify(execFile)(process.execPath, ['scripts/docs.mjs', '--check'], { cwd: ROOT });
  await expect(run).resolves.toMatchObject({ stdout: '' });
});

const commands = allCommands(await commandReference());

describe('docs/reference/commands.md', () => {
  const page = readPage('docs/reference/commands.md');
  const runnable = commands.filter(({ subcommands }) => subcommands.length === 0);

  test.each(runnable.map((info) => [info.path.join(' '), info] as const))(
    '%s with all it takes',
    (name, info) => {
      const section = page.split(`\n## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
      for (const { flags, global } of info.options) {
        if (!global) expect(section).toContain(`\`${flags.replaceAll('|', '\\|')}\``);
      }
      for (const argument of info.arguments) expect(section).toContain(argument.name);
    },
  );

  test('every command and option says what it does', () => {
    const silent = commands.flatMap(({ path, summary, options }) => [
      ...(summary === '' ? [path.join(' ')] : []),
      ...options
        .filter(({ description }) => description === '')
        .map(({ flags }) => `${path.join(' ')} ${flags}`),
    ]);
    expect(silent).toEqual([]);
  });
});

describe('docs/reference/fields.md', () => {
  const page = readPage('docs/reference/fields.md');

  test('describes every document', () => {
    for (const name of ['assistant', 'tool', 'mcp_server', 'test'])
      expect(page).toContain(`## Document: ${name}\n`);
  });

  test('no field is without a meaning', () => {
    expect(page.match(/^\| .*\|\s*\|$/gm) ?? []).toEqual([]);
  });
});
