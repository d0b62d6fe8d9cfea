import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { CiSystem, InitFile } from '../../operations/init/init-ci.ts';
import { guessCi, namesOf, pipelineFiles, SAMPLE } from '../../operations/init/init-ci.ts';
import {
  filesBelow,
  ignoreWorkingFiles,
  requireFolder,
  wouldOverwrite,
  writingInto,
} from '../../operations/init/init-disk.ts';
import { GITIGNORE_LINE, named, projectSlug, withoutSamples } from '../../operations/init/init-files.ts';
import { shellWord } from '../../render/terminal/visible.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/** What is laid out: the sample company, the frame for an account that exists, or a pipeline for what is there. */
type Layout = 'samples' | 'empty' | 'pipeline';

const FOLDERS: { readonly [layout in Layout]: readonly string[] } = {
  samples: ['assistants', 'schemas'],
  empty: ['schemas'],
  pipeline: [],
};
const PROJECT_FILE = 'assistantctl.yaml';

export interface InitFlags {
  readonly force?: boolean;
  readonly empty?: boolean;
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
  await requireFolder(target);
  const layout = layoutOf(target, flags);
  const ci = flags.ci ?? (await guessCi(context, target));
  const names = layout === 'pipeline' ? await namesOf(context, target) : { version, ...SAMPLE };
  const made = [
    ...(await projectFile(packageRoot, target, layout)),
    ...(await pipelineFiles(packageRoot, ci, target, names)),
  ];
  const folders = FOLDERS[layout].map((folder) => filesBelow(join(packageRoot, folder)));
  const copies = (await Promise.all(folders)).flat().map((file) => relative(packageRoot, file));
  const files = [...copies, ...made.map(({ file }) => file)];
  const existing = files.filter((file) => existsSync(join(target, file)));
  if (existing.length > 0 && flags.force !== true) throw wouldOverwrite(target, existing);

  const ignoring = await writingInto(target, async () => {
    for (const file of copies) {
      await mkdir(dirname(join(target, file)), { recursive: true });
      await cp(join(packageRoot, file), join(target, file));
    }
    await writeTexts(target, made);
    return await ignoreWorkingFiles(join(target, '.gitignore'));
  });
  const lines = [...files, ...(ignoring ? [`.gitignore (${GITIGNORE_LINE})`] : [])].sort();
  const noun = lines.length === 1 ? 'file' : 'files';
  context.print(`Wrote ${lines.length} ${noun} in ${target}:\n${indented(lines)}`);
  const enter = target === resolve(cwd) ? [] : [`cd ${shellWord(dir ?? target)}`];
  context.print(nextSteps(layout, enter, names.keyVariable));
  return EXIT_DONE;
}

function layoutOf(target: string, { ci, force, empty }: InitFlags): Layout {
  if (ci !== undefined && force !== true && existsSync(join(target, PROJECT_FILE))) return 'pipeline';
  return empty === true ? 'empty' : 'samples';
}

async function projectFile(
  packageRoot: string,
  target: string,
  layout: Layout,
): Promise<readonly InitFile[]> {
  if (layout === 'pipeline') return [];
  const sample = await readFile(join(packageRoot, PROJECT_FILE), 'utf8');
  const text = layout === 'empty' ? withoutSamples(sample, SAMPLE.environment) : sample;
  return [{ file: PROJECT_FILE, text: named(text, projectSlug(basename(target))) }];
}

function nextSteps(layout: Layout, enter: readonly string[], keyVariable: string): string {
  if (layout === 'pipeline') return `\nNext: give the pipeline the secret ${keyVariable}, and commit.\n`;
  return layout === 'empty'
    ? `\nNext, with the key of the account in ${keyVariable}:\n${indented([...enter, 'assistantctl pull --adopt', 'assistantctl plan'])}`
    : `\nNext, with neither key nor network:\n${indented([...enter, 'assistantctl plan', 'assistantctl apply'])}`;
}

async function writeTexts(target: string, files: readonly InitFile[]): Promise<void> {
  for (const { file, text } of files) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await writeFile(join(target, file), text);
  }
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}\n`).join('');
}
