import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { MAIN } from '../e2e/harness.ts';
import { fakeRuntime } from './runtime.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SHELLS = ['bash', 'zsh', 'fish'] as const;

async function script(shell: string): Promise<string> {
  const runtime = fakeRuntime();
  expect(await run(['completion', shell], runtime)).toBe(0);
  return runtime.out();
}

test.each(SHELLS)('the %s script knows every command', async (shell) => {
  const text = await script(shell);
  for (const name of ['plan', 'apply', 'graph', 'state mv', 'test run']) expect(text).toContain(`'${name}`);
});

test('another shell is refused with the choices', async () => {
  const runtime = fakeRuntime();
  expect(await run(['completion', 'tcsh'], runtime)).toBe(3);
  expect(runtime.err()).toContain('bash, zsh or fish');
});

// Shells that the machine has are asked; bash is everywhere.
const present = SHELLS.filter((shell) => spawnSync(shell, ['--version']).status === 0);

/** What a shell offers for a line whose last word is being typed. */
const ASK: {
  readonly [shell in (typeof SHELLS)[number]]: (
    script: string,
    words: readonly string[],
  ) => readonly string[];
} = {
  bash: (file, words) => [
    '--norc',
    '-c',
    `source "${file}"; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _assistantctl; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  // Without a terminal zsh completes nothing itself; what it would be told is printed instead.
  zsh: (file, words) => [
    '-fc',
    `compdef() { :; }; compadd() { shift; print -rl -- "$@"; }; _describe() { print -rl -- \${items%%:*}; }; _files() { :; }
    source "${file}"; words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; _assistantctl`,
  ],
  fish: (file, words) => ['--no-config', '-c', `source "${file}"; complete -C '${words.join(' ')}'`],
};

describe.each(present)('%s offers', (shell) => {
  let folder: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assistantctl-completion-'));
    await symlink(MAIN, join(folder, 'assistantctl'));
    await writeFile(join(folder, 'script'), await script(shell));
    env = { PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`, HOME: folder };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function offered(...words: readonly string[]): Promise<readonly string[]> {
    const args = ASK[shell](join(folder, 'script'), ['assistantctl', ...words]);
    const { stdout, stderr } = await promisify(execFile)(shell, args, { cwd: ROOT, env });
    expect(stderr).toBe('');
    return stdout.split('\n').flatMap((line) => line.split('\t')[0] || []);
  }

  test('commands', async () => {
    expect(await offered('')).toEqual(expect.arrayContaining(['plan', 'apply', 'state', 'graph']));
  });

  test('subcommands behind an option with a value', async () => {
    expect(await offered('--env', 'local', 'state', '')).toEqual(
      expect.arrayContaining(['list', 'mv', 'unlock']),
    );
  });

  test('options', async () => {
    const options = await offered('plan', '--');
    expect(options).toEqual(expect.arrayContaining(['--prune', '--format', '--project']));
    expect(options).not.toContain('--approve');
  });

  test('choices of an option', async () => {
    expect([...(await offered('plan', '--format', ''))].sort()).toEqual(['html', 'json', 'markdown', 'text']);
  });

  test('environments of the project', async () => {
    expect([...(await offered('plan', '--env', ''))].sort()).toEqual(['local', 'production']);
  });

  test('addresses of the project', async () => {
    expect(await offered('plan', '--target', '')).toContain('assistant/front-desk');
    expect(await offered('state', 'show', '')).toContain('tool/lookup-order');
  });
});
