import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { filesBelow, ignoreWorkingFiles, wouldOverwrite } from '../init-disk.ts';
import { GITIGNORE_LINE, projectSlug, WORKFLOW } from '../init-files.ts';

const SAMPLES = ['assistants', 'schemas'];
const PROJECT_FILE = 'assistantctl.yaml';
const WORKFLOW_FILE = join('.github', 'workflows', 'assistantctl.yml');

/** Writes a project that validates, plans and applies as it is; existing files are kept unless `--force`. */
export async function initProject(
  context: Context,
  dir: string | undefined,
  flags: { readonly force?: boolean },
): Promise<number> {
  const { cwd, packageRoot } = context.runtime;
  const target = resolve(cwd, dir ?? context.flags.project ?? '.');
  const samples = (await Promise.all(SAMPLES.map((folder) => filesBelow(join(packageRoot, folder))))).flat();
  const copies = samples.map((file) => relative(packageRoot, file));
  const written = [PROJECT_FILE, ...copies, WORKFLOW_FILE];
  const existing = written.filter((file) => existsSync(join(target, file)));
  if (existing.length > 0 && flags.force !== true) throw wouldOverwrite(target, existing);

  for (const file of copies) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await cp(join(packageRoot, file), join(target, file));
  }
  const sample = await readFile(join(packageRoot, PROJECT_FILE), 'utf8');
  await writeFile(
    join(target, PROJECT_FILE),
    sample.replace(/^project: .*$/m, `project: ${projectSlug(basename(target))}`),
  );
  await mkdir(dirname(join(target, WORKFLOW_FILE)), { recursive: true });
  await writeFile(join(target, WORKFLOW_FILE), WORKFLOW);
  const ignoring = await ignoreWorkingFiles(join(target, '.gitignore'));

  const lines = [...written, ...(ignoring ? [`.gitignore (${GITIGNORE_LINE})`] : [])].sort();
  const enter = dir === undefined ? [] : [`cd ${dir}`];
  context.print(`Wrote ${lines.length} files in ${target}:\n${lines.map((line) => `  ${line}\n`).join('')}`);
  context.print(
    `\nNext, with neither key nor network:\n${[...enter, 'assistantctl plan', 'assistantctl apply'].map((line) => `  ${line}\n`).join('')}`,
  );
  return EXIT_DONE;
}
