import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** The repository with an SDK of its own; everything else is linked. */
async function withSdk(change: (sdk: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), 'assistantctl-freshness-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true });
  for (const name of ['src', 'schemas', 'test', 'package.json', 'tsconfig.json'])
    await symlink(join(ROOT, name), join(folder, name));
  await mkdir(join(folder, 'node_modules'));
  for (const name of ['typescript', 'yaml', '@types', '@typescript', '.bin'])
    await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name)).catch(
      () => undefined,
    );
  await cp(join(ROOT, 'node_modules/telnyx'), join(folder, 'node_modules/telnyx'), { recursive: true });
  await change(join(folder, 'node_modules/telnyx/resources/ai/assistants'));
  return spawnSync(process.execPath, ['scripts/freshness.mjs', '--installed'], {
    cwd: folder,
    encoding: 'utf8',
  });
}

async function edit(file: string, before: RegExp, after: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  expect(text).toMatch(before);
  await writeFile(file, text.replace(before, after));
}

it('the installed SDK has nothing that is missing here', () => {
  const ran = spawnSync(process.execPath, ['scripts/freshness.mjs', '--installed'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect([ran.status, ran.stderr]).toEqual([0, '']);
}, 60_000);

it('names a value and a route that only a newer SDK has', async () => {
  const ran = await withSdk(async (assistants) => {
    await edit(
      join(assistants, 'assistants.d.ts'),
      /'deepgram\/flux' \|/g,
      "'vendor/new-stt' | 'deepgram/flux' |",
    );
    await edit(join(assistants, 'assistants.js'), /'\/ai\/assistants\/import'/, "'/ai/assistants/levitate'");
  });
  expect(ran.status).toBe(1);
  expect(ran.stderr).toContain('value transcription.model: vendor/new-stt');
  expect(ran.stderr).toContain('route POST /ai/assistants/levitate');
}, 60_000);
