/**
 * Files of another platform to documents of this project, offline: no key, no network. Nothing is written before
 * it is known that nothing of the user's would be overwritten.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { convert } from '../../convert/convert.ts';
import { findings } from '../../convert/report.ts';
import type { ConvertedResource } from '../../convert/write/registry.ts';
import { type Address, toAddress } from '../../model/address.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { Failure } from '../../model/errors.ts';
import { FILE_IMPORT_FORMAT, type FileImportReport, type Platform } from '../../model/file-import.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import type { RemoteResource } from '../../model/remote.ts';
import { createLayout, type FileLayout, textFiles } from '../../pull/layout.ts';
import { type PlaceText, writtenSpec } from '../../pull/text-files.ts';
import { openSpecs } from '../../specs/load/load.ts';
import { loadProject, PROJECT_FILE } from '../../specs/project/project.ts';
import { documentText } from '../../specs/yaml/write-yaml.ts';
import type { Host } from '../host.ts';
import { replaceFile, writeNewFile } from '../pull/spec-files.ts';
import { gatherProject } from '../session/inputs.ts';
import { readSources } from './read-sources.ts';

export interface FileImport {
  readonly from: readonly string[];
  readonly platform?: Platform;
  readonly out?: string;
  readonly overwrite: boolean;
}

/** Where documents go and against what they are checked. */
interface Target {
  readonly root: string;
  /** Folder of the documents, relative to the root. */
  readonly folder: string;
  /** Absent where documents are written outside of any project. */
  readonly environment?: string;
}

/** A document with its text files. */
interface PlannedDocument {
  readonly address: Address;
  readonly name: string;
  readonly file: string;
  readonly files: readonly { readonly file: string; readonly text: string }[];
}

/** `render` makes the Markdown report; it is given so that this use case knows nothing of Markdown. */
export async function importFiles(
  host: Host,
  request: FileImport,
  render: (report: FileImportReport) => string,
): Promise<FileImportReport> {
  const { files, diagnostics } = readSources(host.runtime.cwd, request.from);
  const conversion = convert(files, request.platform);
  if (conversion.resources.length === 0)
    throw nothingFound(
      request,
      conversion.unknown.map(({ name }) => name),
    );
  const target = await targetOf(host, request.out);
  const layout = createLayout(target.folder, () => false);
  const planned = conversion.resources.map((resource) => document(resource, layout));
  const wanted = new Map(
    planned.flatMap(({ files: own }) => own.map(({ file, text }) => [file, text] as const)),
  );
  const present = await presentFiles(target.root, [...wanted.keys()]);
  const changed = [...wanted].filter(([file, text]) => present.has(file) && present.get(file) !== text);
  await refuseTaken(target, planned);
  if (changed.length > 0 && !request.overwrite) throw wouldReplace(changed.map(([file]) => file));
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

function nothingFound({ from, platform }: FileImport, skipped: readonly string[]): Failure {
  const seen =
    skipped.length === 0
      ? 'there is no JSON, YAML or Markdown file'
      : `looked into ${skipped.slice(0, 5).join(', ')}`;
  const what =
    platform === undefined ? 'an agent of Retell, Vapi, ElevenLabs or Bland' : `an agent of ${platform}`;
  return new Failure('usage', `${from.join(', ')}: nothing was recognised as ${what} (${seen})`, {
    code: 'IMPORT_NOTHING',
    hint: 'name the exported file itself, and the platform with --platform',
    details: { skipped },
  });
}

/** The project around, the project that `--out` is, or a folder without a project. */
async function targetOf(host: Host, out: string | undefined): Promise<Target> {
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

/** Laid out like documents that were pulled. */
function document(resource: ConvertedResource, layout: FileLayout): PlannedDocument {
  const { kind, key, name, spec } = resource;
  const none = { versionId: undefined, versionName: undefined, createdAt: undefined };
  const like: RemoteResource = { kind, id: '', name, config: spec, ...none };
  const file = tidy(layout.fileFor(like, key));
  const texts = textFiles(layout, like, key, file);
  const body = { kind, key, spec: writtenSpec(SHAPES[kind], spec, sharing(texts.place)) };
  const up = '../'.repeat(file.split('/').length - 1);
  const text = documentText(body, `yaml-language-server: $schema=${up}schemas/${kind}.schema.json`);
  const others = texts.files.map((each) => ({ file: tidy(each.file), text: each.text }));
  return { address: toAddress(kind, key), name, file, files: [{ file, text }, ...others] };
}

/** The condition of a step that is reached from everywhere stands in many edges: one file for all of them. */
function sharing(place: PlaceText): PlaceText {
  const conditions = new Map<string, string>();
  return (text, path) => {
    if (path.at(-1) !== 'prompt') return place(text, path);
    const file = conditions.get(text) ?? place(text, path);
    conditions.set(text, file);
    return file;
  };
}

function tidy(file: string): string {
  return file.replace(/^\.\//, '');
}

async function presentFiles(root: string, files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const file of files) {
    if (existsSync(join(root, file))) found.set(file, await readFile(join(root, file), 'utf8'));
  }
  return found;
}

/** An address that stands in another file was moved there by somebody, or is something else. */
async function refuseTaken(target: Target, planned: readonly PlannedDocument[]): Promise<void> {
  if (target.environment === undefined) return;
  const project = await loadProject(target.root, target.environment);
  if (!existsSync(join(project.root, project.specs))) return;
  const { folder } = await openSpecs(project);
  const places = new Map(folder.documents.map(({ address, source }) => [address, source.file] as const));
  const moved = planned.filter(({ address, file }) => places.has(address) && places.get(address) !== file);
  if (moved.length === 0) return;
  const list = moved.map(({ address }) => `- ${address} in ${places.get(address)}`).join('\n');
  throw new Failure('refused', `the project has documents of these keys in other files\n${list}`, {
    code: 'IMPORT_KEY_TAKEN',
    hint: 'rename or remove these documents, or import with --out into a project of its own',
    details: { addresses: moved.map(({ address }) => address) },
  });
}

function wouldReplace(files: readonly string[]): Failure {
  const shown = files.slice(0, 10).map((file) => `- ${file}`);
  const more = files.length > 10 ? [`- and ${files.length - 10} more`] : [];
  const list = [...shown, ...more].join('\n');
  return new Failure(
    'refused',
    `the import would replace files that are there; nothing was written\n${list}`,
    {
      code: 'IMPORT_OVERWRITES',
      hint: 'add --overwrite to replace them, or import elsewhere with --out',
      details: { files },
    },
  );
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

/** The documents are read again, as the next command will. */
async function problemsAfterwards(target: Target): Promise<readonly Diagnostic[]> {
  if (target.environment === undefined) return [];
  const project = await loadProject(target.root, target.environment);
  const { desired } = await openSpecs(project);
  return desired.diagnostics.filter(({ severity }) => severity === 'error');
}
