/**
 * Takes what was changed outside Git back into the files it came from: a field into the spec or overlay that
 * wrote it, a long text into its file, a variable into the project file. What cannot go back without changing
 * something else is left, with the reason.
 */
import { unixLines } from '../../canonical/canonical.ts';
import { setAtPath, shapeAt } from '../../canonical/edit.ts';
import { valueAtPath } from '../../canonical/walk.ts';
import type { Address } from '../../model/address.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import {
  fromPointer,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  jsonAt,
  jsonEqual,
  type Path,
} from '../../model/json.ts';
import { escapePlaceholders } from '../../model/placeholders.ts';
import type { LeftField, WrittenField } from '../../model/pull.ts';
import type { SpecDocument } from '../documents/documents.ts';
import { writtenPath } from '../documents/keyed-path.ts';
import { type Layer, layerAt, sourceOf, writtenAt } from '../documents/layers.ts';
import type { OpenSpecs } from '../load/load.ts';
import { editYaml, withValue } from '../yaml/edit-yaml.ts';
import { type Files, openFiles } from './edited-files.ts';
import { restoreVariables, restoreVariablesInText } from './restore-variables.ts';
import { type Refusal, secretRefusal } from './write-secrets.ts';

/** What was changed outside Git in one resource; `live` null stands for "not there". */
export interface DriftedResource {
  readonly address: Address;
  readonly fields: readonly { readonly path: string; readonly git: Json; readonly live: Json }[];
}

export interface WrittenBack {
  /** New texts of files, by their path relative to the project. */
  readonly texts: ReadonlyMap<string, string>;
  readonly updated: readonly { readonly address: Address; readonly fields: readonly WrittenField[] }[];
  readonly left: readonly LeftField[];
}

/** Texts of more lines than this are read more easily in a file of their own. */
const LONGEST_INLINE = 5;

type Outcome = { readonly written: WrittenField } | Refusal;

/** Where values go that several accounts share. */
export interface WriteTarget {
  /** True when the value of a layer is to be written as the overlay of the environment instead. */
  readonly intoOverlay: (address: Address, layer: Layer, path: Path) => boolean;
  /** Documents that are for the environment from now on. */
  readonly joining?: readonly Address[];
}

const AS_WRITTEN: WriteTarget = { intoOverlay: () => false };

/** Edits the texts of the specs' files in memory. */
export function writeBack(
  specs: OpenSpecs,
  drifted: readonly DriftedResource[],
  target: WriteTarget = AS_WRITTEN,
): WrittenBack {
  const files = openFiles(specs);
  for (const address of target.joining ?? []) joinEnvironment(specs, files, address);
  const left: LeftField[] = [];
  const updated = drifted.flatMap(({ address, fields }) => {
    const resource = specs.resolved.resources.get(address);
    const layers = specs.resolved.layers.get(address) ?? [];
    const own = layers.at(-1)?.document;
    if (resource === undefined || own === undefined) return [];
    const intoOverlay = (layer: Layer, path: Path) => target.intoOverlay(address, layer, path);
    const shape = SHAPES[resource.kind];
    const place: Place = { specs, files, layers, shape, spec: resource.spec, intoOverlay };
    const written: WrittenField[] = [];
    for (const { path, git, live } of fields) {
      const outcome = writeField(place, fromPointer(path), live === null ? undefined : live, path);
      if ('reason' in outcome) {
        const shown = outcome.secret === true ? { $sensitive: true } : live;
        left.push({ address, path, git, live: shown, reason: outcome.reason });
      } else {
        written.push(outcome.written);
        const next = setAtPath(place.shape, place.spec, fromPointer(path), live === null ? undefined : live);
        place.spec = isObject(next) ? next : place.spec;
      }
    }
    return written.length === 0 ? [] : [{ address, fields: written }];
  });
  return { texts: files.edited(), updated, left };
}

interface Place {
  readonly specs: OpenSpecs;
  readonly files: Files;
  /** With what was written back so far, as is `spec`. */
  layers: readonly Layer[];
  readonly shape: (typeof SHAPES)[keyof typeof SHAPES];
  /** The resolved spec. */
  spec: JsonObject;
  readonly intoOverlay: (layer: Layer, path: Path) => boolean;
}

function writeField(place: Place, keyed: Path, live: Json | undefined, pointer: string): Outcome {
  const { shape, layers } = place;
  const refusal = secretRefusal(shape, place.spec, keyed, live);
  if (refusal !== undefined) return refusal;
  const target = targetPath(place, keyed);
  const old = valueAtPath(shape, place.spec, keyed);
  const record = target.findIndex((_, depth) => isArray(jsonAt(place.spec, target.slice(0, depth))));
  // A list is written by one layer as a whole.
  const anchor = record < 0 ? target : target.slice(0, record);
  const layer = layerAt(layers, anchor) ?? newHome(layers, anchor);
  const own = layers.at(-1)?.document;
  if (layer === undefined || own === undefined) return { reason: 'the document has no spec' };
  const table = tableReason(own);
  if (table !== undefined) return { reason: table };
  if (layer.overlay !== place.specs.project.environment.name && place.intoOverlay(layer, anchor)) {
    return writeOverlay(place, keyed, anchor, live, pointer);
  }
  const composed = composedReason(layers, anchor);
  if (composed !== undefined) return { reason: composed };
  if (layer.document !== own) return override(place, keyed, anchor, live, pointer);

  const raw = jsonAt(layer.value, target);
  const { variables } = place.specs.project.environment;
  const text = endedLike(place, keyed, raw, old, live);
  const included = isObject(raw) && typeof raw.$file === 'string' ? raw.$file : undefined;
  if (included !== undefined && typeof text === 'string')
    return writeText(place, layer, included, text, pointer);
  if (text === undefined) {
    const hides =
      record < 0 && layers.some((each) => each !== layer && jsonAt(each.value, target) !== undefined);
    return writeYaml(place, layer, target, hides ? null : undefined, pointer);
  }
  const spelled = restoreVariables(raw, old, text, variables);
  if ('value' in spelled) return writeYaml(place, layer, target, spelled.value, pointer);
  if ('variable' in spelled) return writeVariable(place, spelled.variable, spelled.text, pointer);
  return { reason: lostReason(spelled.lost) };
}

/** A document that a table repeats is one for all its entries. */
function tableReason({ each }: SpecDocument): string | undefined {
  if (each === undefined) return undefined;
  return `the document stands for every entry of a table; edit the entry ${each.key} in ${each.source.file}, or the document, by hand`;
}

/** Why a value cannot be edited in its document: it is put together from several places, or shared by several. */
function composedReason(layers: readonly Layer[], path: Path): string | undefined {
  const written = writtenAt(layers, path);
  if (written === undefined) return undefined;
  const { layer } = written;
  const { source } = sourceOf(layer, written.path);
  if (source !== layer.document.source)
    return `the value is read from ${source.file}; edit that file by hand`;
  const raw = jsonAt(layer.value, written.path);
  const appended = written.path.includes('$append') || (isObject(raw) && raw.$append !== undefined);
  if (appended) return 'the list is put together by $append; edit its parts by hand';
  const parts = isObject(raw) ? isArray(raw.$file) : isArray(raw) && raw.some(isFile);
  return parts ? 'the text is put together from several files; edit them by hand' : undefined;
}

function isFile(value: Json): boolean {
  return isObject(value) && value.$file !== undefined;
}

/** The place in the resolved spec, list steps as indexes; a new element goes to the end of its list. */
function targetPath({ shape, spec }: Place, keyed: Path): Path {
  const found = writtenPath(shape, spec, keyed);
  const list = jsonAt(spec, found);
  const rest = keyed.slice(found.length);
  if (rest.length === 0 || !isArray(list)) return [...found, ...rest];
  return [...found, String(list.length), ...rest.slice(1)];
}

/** Where a field goes that no layer has: into the highest own layer that has the record around it. */
function newHome(layers: readonly Layer[], path: Path): Layer | undefined {
  const own = layers.filter(({ document }) => document === layers.at(-1)?.document);
  const around = [...own].reverse().find(({ value }) => {
    const parent = path.length < 2 ? undefined : jsonAt(value, path.slice(0, -1));
    return isObject(parent);
  });
  return around ?? own[0];
}

/** The document's `only` with the environment at its end; the same text where it cannot be edited. */
function joinEnvironment({ project, resolved }: OpenSpecs, files: Files, address: Address): void {
  const document = resolved.documents.get(address);
  if (document === undefined || document.each !== undefined || !isArray(document.body.only)) return;
  const { source, index, inherited, body } = document;
  const { name } = project.environment;
  // The resolved document is the one in which the environment is thought of already.
  const names = (isArray(body.only) ? body.only : []).filter((entry) => entry !== name);
  const edit = inherited.has('only')
    ? { path: ['only'], value: [...names, name] }
    : { path: ['only', String(names.length)], value: name };
  const edited =
    editYaml(files.read(source.file), index, edit) ??
    editYaml(files.read(source.file), index, { path: ['only'], value: [...names, name] });
  if (edited !== undefined) files.write(source.file, edited);
}

/** A value of one environment alone: a Merge Patch onto what the others share. */
function writeOverlay(
  place: Place,
  keyed: Path,
  anchor: Path,
  live: Json | undefined,
  pointer: string,
): Outcome {
  const { name } = place.specs.project.environment;
  const own = place.layers.at(-1)?.document;
  const changed = setAtPath(place.shape, place.spec, keyed, live);
  const before = jsonAt(place.spec, anchor);
  const after = isObject(changed) ? jsonAt(changed, anchor) : undefined;
  if (own === undefined) return { reason: 'the document has no spec' };
  const spelled = restoreVariables(undefined, undefined, patchBetween(before, after), {});
  const value = 'value' in spelled ? spelled.value : null;
  const known = place.layers.find(({ document, overlay }) => document === own && overlay === name);
  const layer = known ?? {
    document: own,
    overlay: name,
    prefix: ['environments', name],
    value: {},
    mounts: [],
  };
  if (known === undefined) place.layers = [...place.layers, layer];
  const file = typeof after === 'string' ? ownTextFile(place, own, keyed, after) : undefined;
  return writeYaml(place, layer, anchor, file === undefined ? value : { $file: file }, pointer);
}

/** A long text of one environment gets a file of its own, `prompts/<key>.<environment>.md`, where that name is free. */
function ownTextFile(place: Place, own: SpecDocument, keyed: Path, written: string): string | undefined {
  const text = unixLines(written);
  const scalar = shapeAt(place.shape, place.spec, keyed);
  const long = text.trimEnd().split('\n').length > LONGEST_INLINE && !text.includes('\r');
  if (scalar.t !== 'scalar' || scalar.text !== true || !long) return undefined;
  const folder = own.source.file.split('/').slice(0, -1);
  const field = keyed.join('-') === 'instructions' ? '' : `-${keyed.at(-1)}`;
  const name = `prompts/${own.key}${field}.${place.specs.project.environment.name}.md`;
  const body = escapePlaceholders(text.endsWith('\n') ? text : `${text}\n`);
  return place.files.create([...folder, name].join('/'), body) ? name : undefined;
}

/** What makes one value of another as a Merge Patch: objects member by member, null for what goes. */
function patchBetween(before: Json | undefined, after: Json | undefined): Json {
  if (after === undefined) return null;
  if (!isObject(before) || !isObject(after) || isFile(before)) return after;
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return Object.fromEntries([
    ...gone.map((name) => [name, null] as const),
    ...Object.keys(after)
      .filter((name) => !jsonEqual(before[name] ?? null, after[name] ?? null))
      .map((name) => [name, patchBetween(before[name], after[name])] as const),
  ]);
}

/** A value that a base wrote is not changed there, where others would change too, but overridden here. */
function override(place: Place, keyed: Path, anchor: Path, live: Json | undefined, pointer: string): Outcome {
  const changed = setAtPath(place.shape, place.spec, keyed, live);
  const value = isObject(changed) ? jsonAt(changed, anchor) : undefined;
  const layer = place.layers.find(
    ({ document, overlay }) => document === place.layers.at(-1)?.document && overlay === undefined,
  );
  if (layer === undefined) return { reason: 'the document has no spec' };
  const spelled = restoreVariables(undefined, undefined, value ?? null, {});
  return writeYaml(place, layer, anchor, 'value' in spelled ? spelled.value : null, pointer);
}

function writeYaml(
  place: Place,
  layer: Layer,
  path: Path,
  value: Json | undefined,
  pointer: string,
): Outcome {
  const { files } = place;
  const { source, index } = layer.document;
  const full = [...layer.prefix, ...path];
  const edited = editYaml(files.read(source.file), index, { path: full, value });
  const line = files.lineOf(layer.document, full);
  if (edited === undefined) {
    const reason = `${source.file}:${line} cannot be edited without changing other values (an anchor that is used elsewhere?); change it by hand`;
    return { reason };
  }
  files.write(source.file, edited);
  const next = withValue(layer.value, path, value);
  const changed = isObject(next) ? { ...layer, value: next } : layer;
  place.layers = place.layers.map((each) => (each === layer ? changed : each));
  return { written: { path: pointer, file: source.file, line } };
}

function writeText(place: Place, layer: Layer, included: string, live: string, pointer: string): Outcome {
  const { files, specs } = place;
  const found = files.include(layer.document.source.file, included);
  if (found === undefined) return { reason: `the file ${included} cannot be read` };
  const users = files.usersOf(found);
  if (users > 1) {
    return {
      reason: `${found} is included in ${users} places, and a change would reach them all; edit it by hand or give this document a file of its own`,
    };
  }
  const raw = files.read(found);
  const spelled = restoreVariablesInText(unixLines(raw), live, specs.project.environment.variables);
  if ('variable' in spelled) return writeVariable(place, spelled.variable, spelled.text, pointer);
  if (!('value' in spelled)) return { reason: lostReason(spelled.lost) };
  const text = String(spelled.value);
  files.write(found, raw.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text);
  return { written: { path: pointer, file: found, line: 1 } };
}

/** The live text is the template with another value: that value belongs to the variable, if nothing else uses it. */
function writeVariable({ files, specs }: Place, name: string, text: string, pointer: string): Outcome {
  const { name: environment } = specs.project.environment;
  const users = files.usesOfVariable(name);
  if (users !== 1) {
    return {
      reason: `the value comes from \${var.${name}}, which is used in ${users} places; set environments.${environment}.variables.${name} by hand, or write the value into the spec`,
    };
  }
  const path = ['environments', environment, 'variables', name];
  const value = escapePlaceholders(text);
  const edited = editYaml(files.read(files.projectFile), 0, { path, value });
  if (edited === undefined) return { reason: `\${var.${name}} cannot be set in ${files.projectFile}` };
  const line = files.projectLine(path);
  files.write(files.projectFile, edited);
  return { written: { path: pointer, file: files.projectFile, line } };
}

function lostReason(names: readonly string[]): string {
  const written = names.map((name) => `\${var.${name}}`).join(', ');
  return `Git writes ${written} here, and the live text has something else in its place; edit the spec or the variable by hand`;
}

/** Lines end as in files, and files and block texts end with a line break that the API may trim; it stays. */
function endedLike(
  { shape, spec }: Place,
  keyed: Path,
  raw: Json | undefined,
  old: Json | undefined,
  live: Json | undefined,
): Json | undefined {
  const scalar = shapeAt(shape, spec, keyed);
  const isText = scalar.t === 'scalar' && scalar.text === true;
  if (!isText || typeof live !== 'string') return live;
  const text = unixLines(live);
  const ended = typeof old === 'string' && old.endsWith('\n') && raw !== undefined;
  return ended && !text.endsWith('\n') ? `${text}\n` : text;
}
