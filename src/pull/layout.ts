/** Where adopted documents and their texts go. */
import { type Path, toPointer } from '../model/json.ts';
import { KINDS } from '../model/kinds.ts';
import type { RemoteResource } from '../model/remote.ts';
import { slug } from './names.ts';
import type { PlaceText } from './text-files.ts';

export interface TextFile {
  /** Relative to the project, with forward slashes. */
  readonly file: string;
  readonly text: string;
}

/** `files`: a file for each document. `compact`: one for all tools, one for each suite of tests, with their texts. */
export type LayoutStyle = 'files' | 'compact';

export interface FileLayout {
  /** Whether the texts of a resource stay in its document. */
  keepsTexts(resource: RemoteResource): boolean;
  /** The YAML file of a resource, relative to the project: a free one, or one that it shares. */
  fileFor(resource: RemoteResource, key: string): string;
  /** A free name for a text file beside a YAML file, relative to the project. */
  textFileFor(yamlFile: string, name: string): string;
}

/** Most characters of a test's texts; source: the public OpenAPI document. A line break at the end counts. */
const FULL_TEST_TEXTS: ReadonlySet<number> = new Set([1000, 5000]);

/** One folder for each kind but the assistants, one for each suite of tests. `isTaken` is asked for each name. */
export function createLayout(
  specs: string,
  isTaken: (file: string) => boolean,
  style: LayoutStyle = 'files',
): FileLayout {
  const isShared = ({ kind }: RemoteResource): boolean => style === 'compact' && kind !== 'assistant';
  const shared = new Map<string, string>();
  const given = new Set<string>();
  const free = (folder: string, name: string, extension: string): string => {
    for (let number = 1; ; number += 1) {
      const file = `${folder}/${number === 1 ? name : `${name}-${number}`}.${extension}`;
      if (given.has(file) || isTaken(file)) continue;
      given.add(file);
      return file;
    }
  };
  return {
    keepsTexts: isShared,
    fileFor: (resource, key) => {
      const home = folderOf(specs, resource);
      if (!isShared(resource)) return free(home, key, 'yaml');
      const file = shared.get(home) ?? free(folder(home), home.slice(home.lastIndexOf('/') + 1), 'yaml');
      shared.set(home, file);
      return file;
    },
    textFileFor: (yamlFile, name) => free(`${folder(yamlFile)}/prompts`, name, 'md'),
  };
}

/** Collects the text files of one document. */
export function textFiles(
  layout: FileLayout,
  resource: RemoteResource,
  key: string,
  yamlFile: string,
): { readonly files: readonly TextFile[]; readonly place: PlaceText } {
  const files: TextFile[] = [];
  const place: PlaceText = (text, path) => {
    if (layout.keepsTexts(resource)) return undefined;
    const file = layout.textFileFor(yamlFile, textName(resource, key, path));
    const full = resource.kind === 'test' && FULL_TEST_TEXTS.has([...text].length);
    files.push({ file, text: text.endsWith('\n') || full ? text : `${text}\n` });
    return file.slice(folder(yamlFile).length + 1);
  };
  return { files, place };
}

function folderOf(specs: string, { kind, config }: RemoteResource): string {
  if (kind === 'assistant') return specs;
  const folder = `${specs}/${slug(KINDS[kind].plural)}`;
  const suite = kind === 'test' && typeof config.test_suite === 'string' ? slug(config.test_suite) : '';
  return suite === '' ? folder : `${folder}/${suite}`;
}

/** The main text has the name of the document, others say what they are. */
function textName({ config }: RemoteResource, key: string, path: Path): string {
  if (path.length === 1 && path[0] === 'instructions') return key;
  const node = path[0] === 'conversation_flow' && path[1] === 'nodes' ? nodeName(config, path[2]) : '';
  const last = path.filter((part) => !/^\d+$/.test(part)).at(-1) ?? toPointer(path);
  const words = node === '' ? [slug(last)] : [node, ...(last === 'instructions' ? [] : [slug(last)])];
  return [key, ...words].filter((word) => word !== '').join('-');
}

function nodeName(config: RemoteResource['config'], index: string | undefined): string {
  const flow: unknown = config.conversation_flow;
  const nodes = typeof flow === 'object' && flow !== null && 'nodes' in flow ? flow.nodes : undefined;
  const node: unknown = Array.isArray(nodes) ? nodes[Number(index)] : undefined;
  const named = typeof node === 'object' && node !== null ? node : {};
  const name = 'name' in named && named.name !== '' ? named.name : 'id' in named ? named.id : '';
  return typeof name === 'string' ? slug(name) : '';
}

function folder(file: string): string {
  return file.slice(0, file.lastIndexOf('/'));
}
