import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import {
  type CiSystem,
  hasOrigin,
  type PipelinePlace,
  pipelineFiles,
  pipelinePlace,
  projectFacts,
  SAMPLE,
} from '../../operations/init/init-ci.ts';
import {
  filesBelow,
  ignoreWorkingFiles,
  requireFolder,
  wouldOverwrite,
  writingInto,
} from '../../operations/init/init-disk.ts';
import {
  GITIGNORE_LINE,
  named,
  projectSlug,
  withGitState,
  withoutSamples,
} from '../../operations/init/init-files.ts';
import type { PipelineFile } from '../../operations/init/pipelines/facts.ts';
import { shellWord } from '../../render/terminal/visible.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/** What is laid out: the sample company, the frame for an account that exists, or a pipeline for what is there. */
type Layout = 'samples' | 'empty' | 'pipeline';

const FOLDERS: { readonly [layout in Layout]: readonly string[] } = {
  samples: ['assistants', 'schemas'],
  empty: ['schemas'],
  pipeline: [],
};
const PROJECT_FILE = 'assistantctl.yaml';

/**
 * Writes a project that validates, plans and applies as it is, with its pipeline; existing files are kept unless
 * `--force`. Where there is a project, `--ci` adds the pipeline alone.
 */
export const initProject = defineCommand({
  usage: 'init [dir]',
  options: (command) =>
    command
      .option('--force', 'overwrite files that exist')
      .option('--empty', 'without samples: the frame for an account that exists, to be filled by pull')
      .addOption(new Option('--ci <system>', 'whose pipeline to write').choices(['github', 'gitlab']))
      .option('--package <spec>', 'what the pipeline installs: the address of a tarball, or a package'),
  run: async (context, [dir], flags) => {
    const { cwd, packageRoot } = context.runtime;
    const target = resolve(cwd, dir ?? context.flags.project ?? '.');
    await requireFolder(target);
    const layout = layoutOf(target, flags);
    const place = await pipelinePlace(context, target, flags.ci);
    const gitState = layout !== 'pipeline' && (await hasOrigin(context, target));
    const facts =
      layout === 'pipeline'
        ? await projectFacts(context, target)
        : { environments: [{ ...SAMPLE, gitState }] as const, canaries: false };
    const project = await projectFile(packageRoot, target, layout, gitState);
    const pipeline = pipelineFiles(place, { ...facts, packageSpec: flags.package ?? '' });
    const folders = FOLDERS[layout].map((folder) => filesBelow(join(packageRoot, folder)));
    const copies = (await Promise.all(folders)).flat().map((file) => relative(packageRoot, file));
    const shown = (file: string): string =>
      relative(target, join(place.repository, file)).replaceAll('\\', '/');
    const files = [...copies, ...project.map(({ file }) => file), ...pipeline.map(({ file }) => shown(file))];
    const existing = files.filter((file) => existsSync(join(target, file)));
    if (existing.length > 0 && flags.force !== true) throw wouldOverwrite(target, existing);

    const ignoring = await writingInto(target, async () => {
      for (const file of copies) {
        await mkdir(dirname(join(target, file)), { recursive: true });
        await cp(join(packageRoot, file), join(target, file));
      }
      await writeTexts(target, project);
      await writeTexts(place.repository, pipeline);
      return await ignoreWorkingFiles(join(target, '.gitignore'));
    });
    const lines = [...files, ...(ignoring ? [`.gitignore (${GITIGNORE_LINE})`] : [])].sort();
    const noun = lines.length === 1 ? 'file' : 'files';
    context.print(`Wrote ${lines.length} ${noun} in ${target}:\n${indented(lines)}`);
    const enter = target === resolve(cwd) ? [] : [`cd ${shellWord(dir ?? target)}`];
    const keys = [...new Set(facts.environments.map(({ keyVariable }) => keyVariable))];
    context.print(nextSteps(layout, enter, keys));
    context.print(pipelineSteps(place, pipeline, flags.package));
    return EXIT_DONE;
  },
});

function layoutOf(
  target: string,
  { ci, empty }: { readonly ci?: CiSystem; readonly empty?: boolean },
): Layout {
  if (ci !== undefined && existsSync(join(target, PROJECT_FILE))) return 'pipeline';
  return empty === true ? 'empty' : 'samples';
}

async function projectFile(
  packageRoot: string,
  target: string,
  layout: Layout,
  gitState: boolean,
): Promise<readonly PipelineFile[]> {
  if (layout === 'pipeline') return [];
  const sample = await readFile(join(packageRoot, PROJECT_FILE), 'utf8');
  const text = layout === 'empty' ? withoutSamples(sample, SAMPLE.name) : sample;
  const kept = gitState ? withGitState(text) : text;
  return [{ file: PROJECT_FILE, text: named(kept, projectSlug(basename(target))) }];
}

function nextSteps(layout: Layout, enter: readonly string[], keys: readonly string[]): string {
  const keyVariable = keys.join(', ');
  if (layout === 'pipeline') return `\nNext: give the pipeline the secret ${keyVariable}, and commit.\n`;
  return layout === 'empty'
    ? `\nNext, with the key of the account in ${keyVariable}:\n${indented([...enter, 'assistantctl pull --adopt', 'assistantctl plan'])}`
    : `\nNext, with neither key nor network:\n${indented([...enter, 'assistantctl plan', 'assistantctl apply'])}`;
}

/** What the pipeline still needs from a person. */
function pipelineSteps(
  { projectPath, ci }: PipelinePlace,
  files: readonly PipelineFile[],
  packageSpec: string | undefined,
): string {
  const lines = [
    ...(packageSpec === undefined
      ? ['Say in ASSISTANTCTL_PACKAGE what the pipeline installs: the address of a tarball that you trust.']
      : []),
    ...(ci === 'gitlab' && files.some(({ file }) => file.startsWith('.gitlab/'))
      ? [`Take it into .gitlab-ci.yml: include: [{ local: ${files[0]?.file ?? ''} }]`]
      : []),
    ...(projectPath === ''
      ? []
      : ['The pipeline lies at the top of the repository, where it is looked for.']),
  ];
  return lines.length === 0 ? '' : `\nFor the pipeline:\n${indented(lines)}`;
}

async function writeTexts(target: string, files: readonly PipelineFile[]): Promise<void> {
  for (const { file, text } of files) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await writeFile(join(target, file), text);
  }
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}\n`).join('');
}
