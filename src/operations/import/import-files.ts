/**
 * Files of another platform to documents of this project, offline: no key, no network. Nothing is written before
 * it is known that nothing of the user's would be overwritten.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { findings } from '../../convert/report.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { FILE_IMPORT_FORMAT, type FileImportReport } from '../../model/file-import.ts';
import { openSpecs } from '../../specs/load/load.ts';
import { loadProject, PROJECT_FILE } from '../../specs/project/project.ts';
import type { Host } from '../host.ts';
import { replaceFile, writeNewFile } from '../pull/spec-files.ts';
import { gatherProject } from '../session/inputs.ts';
import { chooseProposal, type FileImport, type ImportTarget } from './proposal.ts';
import { readSources } from './read-sources.ts';

/** `render` makes the Markdown report; it is given so that this use case knows nothing of Markdown. */
export async function importFiles(
  host: Host,
  request: FileImport,
  render: (report: FileImportReport) => string,
): Promise<FileImportReport> {
  const { files, diagnostics } = readSources(host.runtime.cwd, request.from);
  const target = await targetOf(host, request.out);
  const { conversion, planned, wanted, present, changed } = await chooseProposal(files, request, target);
  const isNew = [...wanted.keys()].some((file) => !present.has(file)) || changed.length > 0;
  const report: FileImportReport = {
    format_version: FILE_IMPORT_FORMAT,
    ...findings(conversion),
    resources: planned.map(({ address, name, file }) => ({ address, name, file })),
    report: '',
    written: [],
    unchanged: [...wanted.keys()].filter((file) => present.get(file) === wanted.get(file)),
    diagnostics,
  };
  const reported = await writeReport(target.root, render(report), isNew, request.overwrite);
  for (const [file, text] of wanted) {
    if (!present.has(file)) await writeNewFile(target.root, file, text);
    else if (present.get(file) !== text) await replaceFile(target.root, file, text);
  }
  const written = [...wanted.keys()].filter((file) => present.get(file) !== wanted.get(file));
  return {
    ...report,
    report: reported.file,
    written: [...written, ...(reported.written ? [reported.file] : [])].toSorted(),
    diagnostics: [...diagnostics, ...(await problemsAfterwards(target))],
  };
}

/** The project around, the project that `--out` is, or a folder without a project. */
async function targetOf(host: Host, out: string | undefined): Promise<ImportTarget> {
  const { cwd } = host.runtime;
  const folder = out === undefined ? undefined : resolve(cwd, out);
  if (folder !== undefined && existsSync(join(folder, PROJECT_FILE))) {
    const project = await loadProject(folder, host.flags.env);
    return { root: folder, folder: project.specs, environment: project.environment.name };
  }
  try {
    const project = await gatherProject(host);
    const inside =
      folder === undefined ? project.specs : relative(project.root, folder).replaceAll('\\', '/');
    if (inside === '' || (!inside.startsWith('..') && !isAbsolute(inside))) {
      return {
        root: project.root,
        folder: inside === '' ? '.' : inside,
        environment: project.environment.name,
      };
    }
  } catch (error) {
    if (folder === undefined) throw error;
  }
  return { root: folder ?? cwd, folder: '.' };
}

/** The report of another import is kept beside it. */
async function writeReport(
  root: string,
  text: string,
  isNew: boolean,
  overwrite: boolean,
): Promise<{ readonly file: string; readonly written: boolean }> {
  for (let number = 1; ; number += 1) {
    const file = number === 1 ? 'IMPORT.md' : `IMPORT-${number}.md`;
    if (!existsSync(join(root, file))) {
      await writeNewFile(root, file, text);
      return { file, written: true };
    }
    const before = await readFile(join(root, file), 'utf8');
    if (before === text || !isNew) return { file, written: false };
    if (overwrite && number === 1) {
      await replaceFile(root, file, text);
      return { file, written: true };
    }
  }
}

/** The documents are read again, as the next command will; those that `--out` put elsewhere, where they stand. */
async function problemsAfterwards(target: ImportTarget): Promise<readonly Diagnostic[]> {
  if (target.environment === undefined) return [];
  const project = await loadProject(target.root, target.environment);
  const below = `${target.folder}/`.startsWith(`${project.specs}/`);
  const { desired } = await openSpecs(below ? project : { ...project, specs: target.folder });
  return desired.diagnostics.filter(({ severity }) => severity === 'error');
}
