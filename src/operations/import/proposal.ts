/** What an import would write, held against what is there. Decides; writes nothing. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Conversion, convert } from '../../convert/convert.ts';
import type { ImportedFile } from '../../convert/source/source-file.ts';
import type { ConvertedResource, Reserved } from '../../convert/write/registry.ts';
import { type Address, toAddress } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import type { Platform } from '../../model/file-import.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import type { RemoteResource } from '../../model/remote.ts';
import { createLayout, type FileLayout, textFiles } from '../../pull/layout.ts';
import { type PlaceText, writtenSpec } from '../../pull/text-files.ts';
import { openSpecs } from '../../specs/load/load.ts';
import { loadProject } from '../../specs/project/project.ts';
import { documentText } from '../../specs/yaml/write-yaml.ts';

export interface FileImport {
  readonly from: readonly string[];
  readonly platform?: Platform;
  readonly out?: string;
  readonly overwrite: boolean;
}

/** Where documents go and against what they are checked. */
export interface ImportTarget {
  readonly root: string;
  /** Folder of the documents, relative to the root. */
  readonly folder: string;
  /** Absent where documents are written outside of any project. */
  readonly environment?: string;
}

/** Prompts of exports are often one long line; those too are easier to edit in a file of their own. */
const LONGEST_INLINE = 300;

/** A document with its text files. */
export interface ProposedDocument {
  readonly address: Address;
  readonly name: string;
  readonly file: string;
  readonly files: readonly { readonly file: string; readonly text: string }[];
}

export interface Proposal {
  readonly conversion: Conversion;
  readonly planned: readonly ProposedDocument[];
  /** Texts by file, relative to the root of the target. */
  readonly wanted: ReadonlyMap<string, string>;
  /** Those of the files that are there, as they are. */
  readonly present: ReadonlyMap<string, string>;
  /** Files that are there and say something else. */
  readonly changed: readonly string[];
  /** Documents whose key stands in another file of the project. */
  readonly elsewhere: readonly { readonly address: Address; readonly file: string }[];
}

/**
 * The proposal that harms nothing. Where another import, or somebody, has a tool or an insight of the same key for
 * something else, a new agent gets one of its own; the files of an agent that is there already are never guessed at.
 */
export async function chooseProposal(
  files: readonly ImportedFile[],
  request: FileImport,
  target: ImportTarget,
): Promise<Proposal> {
  const places = await placesOf(target);
  const first = await propose(files, request, target, places, []);
  const clashes = clashing(first);
  if (clashes.length === 0 || (request.overwrite && first.elsewhere.length === 0)) return first;
  const second = await propose(files, request, target, places, clashes);
  const isNew = !first.planned.some(({ address, file }) => isKnownAssistant(address, file, first, places));
  const adds = [...second.wanted.keys()].some((file) => !second.present.has(file));
  if (clashing(second).length === 0 && (isNew || !adds)) return second;
  if (first.elsewhere.length > 0) throw keyTaken(first.elsewhere);
  throw wouldReplace(first.changed);
}

function isKnownAssistant(
  address: Address,
  file: string,
  { present }: Proposal,
  places: ReadonlyMap<Address, string>,
): boolean {
  return address.startsWith('assistant/') && (places.has(address) || present.has(file));
}

function clashing({ planned, changed, elsewhere, conversion }: Proposal): readonly Reserved[] {
  const moved = new Set(elsewhere.map(({ address }) => address));
  const differing = planned.filter(
    ({ address, files }) => moved.has(address) || files.some(({ file }) => changed.includes(file)),
  );
  const addresses = new Set(differing.map(({ address }) => address));
  return conversion.resources.filter(({ kind, key }) => addresses.has(toAddress(kind, key)));
}

async function propose(
  files: readonly ImportedFile[],
  request: FileImport,
  target: ImportTarget,
  places: ReadonlyMap<Address, string>,
  reserved: readonly Reserved[],
): Promise<Proposal> {
  const conversion = convert(files, request.platform, reserved);
  if (conversion.resources.length === 0) throw nothingUseful(request, conversion);
  const layout = createLayout(target.folder, () => false);
  const planned = conversion.resources.map((resource) => document(resource, layout));
  const wanted = new Map(
    planned.flatMap((each) => each.files.map(({ file, text }) => [file, text] as const)),
  );
  const present = await presentFiles(target.root, [...wanted.keys()]);
  const changed = [...wanted].flatMap(([file, text]) =>
    present.has(file) && present.get(file) !== text ? [file] : [],
  );
  const elsewhere = planned.flatMap(({ address, file }) => {
    const place = places.get(address);
    return place === undefined || place === file ? [] : [{ address, file: place }];
  });
  return { conversion, planned, wanted, present, changed, elsewhere };
}

/** Where the documents of the project stand. */
async function placesOf(target: ImportTarget): Promise<ReadonlyMap<Address, string>> {
  if (target.environment === undefined) return new Map();
  const project = await loadProject(target.root, target.environment);
  if (!existsSync(join(project.root, project.specs))) return new Map();
  const { folder } = await openSpecs(project);
  return new Map(folder.documents.map(({ address, source }) => [address, source.file] as const));
}

function keyTaken(elsewhere: Proposal['elsewhere']): Failure {
  const list = elsewhere.map(({ address, file }) => `- ${address} in ${file}`).join('\n');
  return new Failure(
    'refused',
    `the project has documents of these keys in other files; nothing was written\n${list}`,
    {
      code: 'IMPORT_KEY_TAKEN',
      hint: 'rename or remove these documents, or import with --out into a project of its own',
      details: { addresses: elsewhere.map(({ address }) => address) },
    },
  );
}

/** Laid out like documents that were pulled. */
function document(resource: ConvertedResource, layout: FileLayout): ProposedDocument {
  const { kind, key, name, spec } = resource;
  const none = { versionId: undefined, versionName: undefined, createdAt: undefined };
  const like: RemoteResource = { kind, id: '', name, config: spec, ...none };
  const file = tidy(layout.fileFor(like, key));
  const texts = textFiles(layout, like, key, file);
  const body = { kind, key, spec: writtenSpec(SHAPES[kind], spec, sharing(texts.place), LONGEST_INLINE) };
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
    if (file === undefined) return undefined;
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

function nothingUseful(request: FileImport, { sources, unknown }: Conversion): Failure {
  if (sources.length > 0) return noAgent(request);
  return nothingFound(
    request,
    unknown.map(({ name }) => name),
  );
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
    hint: 'name the exported file itself, and the platform with --platform; documents of assistantctl are read where they are, and not imported',
    details: { skipped },
  });
}

function noAgent({ from }: FileImport): Failure {
  return new Failure('usage', `${from.join(', ')}: there are tools or tests, and no agent that has them`, {
    code: 'IMPORT_NOTHING',
    hint: 'name the file of the agent too: assistantctl import --from agent.json tests.json',
  });
}
