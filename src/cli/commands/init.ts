import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Failure } from '../../model/errors.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { GITIGNORE_LINE, projectSlug, WORKFLOW, withIgnored } from '../init-files.ts';

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
  await writeFile(join(target, PROJECT_FILE), sample.replace(/^project: .*$/m, `project: ${nameOf(target)}`));
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

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !join(entry.parentPath, entry.name).includes(join('schemas', 'src')))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Appends the line once; true when the file was changed. */
async function ignoreWorkingFiles(path: string): Promise<boolean> {
  const before = existsSync(path) ? await readFile(path, 'utf8') : '';
  const after = withIgnored(before);
  if (after !== before) await writeFile(path, after);
  return after !== before;
}

function nameOf(target: string): string {
  return projectSlug(basename(target));
}

function wouldOverwrite(target: string, existing: readonly string[]): Failure {
  const shown = existing.slice(0, 10).join(', ');
  const more = existing.length > 10 ? ` and ${existing.length - 10} more` : '';
  return new Failure('usage', `${target} already has ${shown}${more}; nothing was written`, {
    code: 'INIT_EXISTS',
    hint: 'choose another folder, or overwrite with --force',
    details: { files: existing },
  });
}
