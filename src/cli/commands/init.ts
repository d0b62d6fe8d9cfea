import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import type { CiSystem, PipelineFile } from '../init-ci.ts';
import { guessCi, namesOf, pipelineFiles, SAMPLE } from '../init-ci.ts';
import { filesBelow, ignoreWorkingFiles, wouldOverwrite } from '../init-disk.ts';
import { GITIGNORE_LINE, projectSlug } from '../init-files.ts';

const SAMPLES = ['assistants', 'schemas'];
const PROJECT_FILE = 'assistantctl.yaml';

export interface InitFlags {
  readonly force?: boolean;
  readonly ci?: CiSystem;
}

/**
 * Writes a project that validates, plans and applies as it is, with its pipeline; existing files are kept unless
 * `--force`. Where there is a project, `--ci` adds the pipeline alone.
 */
export async function initProject(
  context: Context,
  dir: string | undefined,
  flags: InitFlags,
): Promise<number> {
  const { cwd, packageRoot, version } = context.runtime;
  const target = resolve(cwd, dir ?? context.flags.project ?? '.');
  const ci = flags.ci ?? (await guessCi(context, target));
  const ciOnly = flags.ci !== undefined && flags.force !== true && existsSync(join(target, PROJECT_FILE));
  const names = ciOnly ? await namesOf(context, target) : { version, ...SAMPLE };
  const pipeline = await pipelineFiles(packageRoot, ci, target, names);
  const samples = ciOnly
    ? []
    : (await Promise.all(SAMPLES.map((folder) => filesBelow(join(packageRoot, folder))))).flat();
  const copies = samples.map((file) => relative(packageRoot, file));
  const written = [...(ciOnly ? [] : [PROJECT_FILE]), ...copies, ...pipeline.map(({ file }) => file)];
  const existing = written.filter((file) => existsSync(join(target, file)));
  if (existing.length > 0 && flags.force !== true) throw wouldOverwrite(target, existing);

  for (const file of copies) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await cp(join(packageRoot, file), join(target, file));
  }
  if (!ciOnly) await writeProjectFile(packageRoot, target);
  await writePipeline(target, pipeline);
  const ignoring = await ignoreWorkingFiles(join(target, '.gitignore'));

  const lines = [...written, ...(ignoring ? [`.gitignore (${GITIGNORE_LINE})`] : [])].sort();
  const noun = lines.length === 1 ? 'file' : 'files';
  context.print(`Wrote ${lines.length} ${noun} in ${target}:\n${indented(lines)}`);
  const enter = dir === undefined ? [] : [`cd ${dir}`];
  const next = ciOnly
    ? `\nNext: give the pipeline the secret ${names.keyVariable}, and commit.\n`
    : `\nNext, with neither key nor network:\n${indented([...enter, 'assistantctl plan', 'assistantctl apply'])}`;
  context.print(next);
  return EXIT_DONE;
}

async function writeProjectFile(packageRoot: string, target: string): Promise<void> {
  const sample = await readFile(join(packageRoot, PROJECT_FILE), 'utf8');
  const named = sample.replace(/^project: .*$/m, `project: ${projectSlug(basename(target))}`);
  await writeFile(join(target, PROJECT_FILE), named);
}

async function writePipeline(target: string, pipeline: readonly PipelineFile[]): Promise<void> {
  for (const { file, text } of pipeline) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await writeFile(join(target, file), text);
  }
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}\n`).join('');
}
