/** Where each value of a resolved spec comes from. */
import { hideSecrets } from '../../canonical/canonical.ts';
import { shapeAt } from '../../canonical/edit.ts';
import type { Address } from '../../model/address.ts';
import type { Position } from '../../model/diagnostic.ts';
import type { Explained, ExplainedVariable, Overridden } from '../../model/explained.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import {
  fromPointer,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  jsonAt,
  type Path,
  toPointer,
} from '../../model/json.ts';
import type { Shape } from '../../model/shape.ts';
import { filePaths } from '../documents/file-references.ts';
import type { TableEntry } from '../documents/for-each.ts';
import { createInclude } from '../documents/include.ts';
import { writtenPath } from '../documents/keyed-path.ts';
import { type Layer, mergeLayers, sourceOf, writtenAt } from '../documents/layers.ts';
import { appendedItems } from '../documents/overlay.ts';
import { positionAt } from '../documents/source.ts';
import { type EachEntry, interpolate, variableNames } from '../documents/variables.ts';
import { PROJECT_FILE, positionsInProject } from '../project/project.ts';
import type { OpenSpecs } from './load.ts';

/**
 * Every value at or below a pointer with its origin; defaults of the API only for what the pointer names.
 * Undefined when the specs have no such resource; empty when there is neither a value nor a default.
 */
export function explainSpec(
  specs: OpenSpecs,
  address: Address,
  pointer: string,
): readonly Explained[] | undefined {
  const resource = specs.resolved.resources.get(address);
  const layers = specs.resolved.layers.get(address);
  if (resource === undefined || layers === undefined) return undefined;
  const shape = SHAPES[resource.kind];
  const wanted = fromPointer(pointer);
  const found = writtenPath(shape, resource.spec, wanted);
  if (found.length < wanted.length) {
    const at = [...found, ...wanted.slice(found.length)];
    return defaultsOf(staticShape(shape, at), at);
  }
  const explaining: Explaining = { specs, address, layers, shape, spec: resource.spec };
  const ignored = resource.lifecycle.ignoreChanges.flatMap((each) => {
    const path = writtenPath(shape, resource.spec, fromPointer(each));
    return path.length < fromPointer(each).length ? [] : [{ pointer: each, path }];
  });
  return leavesOf(jsonAt(resource.spec, found), found).map((path) => {
    const under = ignored.find((each) => each.path.every((part, index) => part === path[index]));
    const explained = explainValue(explaining, path);
    return under === undefined ? explained : { ...explained, ignored: under.pointer };
  });
}

interface Explaining {
  readonly specs: OpenSpecs;
  readonly address: Address;
  readonly layers: readonly Layer[];
  readonly shape: Shape;
  readonly spec: JsonObject;
}

function explainValue(explaining: Explaining, path: Path): Explained {
  const { specs, layers, shape, spec } = explaining;
  const value = jsonAt(spec, path) ?? null;
  const shown = hideSecrets(shapeAt(shape, spec, path), value, path);
  const written = writtenAt(layers, path);
  const own = layers.at(-1)?.document;
  if (written === undefined || own === undefined)
    return { pointer: toPointer(path), value: shown, origin: null };
  const { layer } = written;
  const { source } = sourceOf(layer, written.path);
  const raw = jsonAt(layer.value, written.path);
  const each = layer.document.each ?? own.each;
  const appended = appendedItems(raw ?? null) !== undefined;
  const read = appended ? appendedTexts(explaining, path) : textsOf(specs, raw, source.file, each);
  const files = read.flatMap(({ file }) => (file === undefined ? [] : [file]));
  const [first, second] = files;
  const texts = read.map(({ text }) => text);
  const overrides = appended ? [] : overriddenBy(explaining, layer, path);
  return {
    pointer: toPointer(path),
    value: shown,
    origin: {
      ...placeOf(layer, explaining),
      position: positionIn(specs, layer, written.path),
      ...(first === undefined || second !== undefined ? {} : { text_file: first }),
      ...(second === undefined ? {} : { text_files: files }),
      ...(source === layer.document.source ? {} : { data_file: source.file }),
      ...(each !== undefined && texts.some((text) => text.includes('${each.'))
        ? { entry: { key: each.key, position: entryPosition(specs, each) } }
        : {}),
      ...(overrides.length === 0 ? {} : { overrides }),
      variables: explainVariables(specs, texts),
    },
  };
}

function placeOf(
  { document, overlay }: Layer,
  { layers, address }: Explaining,
): Pick<Overridden, 'source' | 'base' | 'overlay'> {
  const isBase = document !== layers.at(-1)?.document;
  return {
    source: isBase ? 'base' : overlay === undefined ? 'spec' : 'overlay',
    ...(document.address === address ? {} : { base: document.address }),
    ...(overlay === undefined ? {} : { overlay }),
  };
}

/** What lower layers wrote at a path, the lowest first. */
function overriddenBy(explaining: Explaining, winner: Layer, path: Path): readonly Overridden[] {
  const { specs, layers, shape, spec } = explaining;
  return layers.slice(0, layers.indexOf(winner)).flatMap((layer) => {
    const written = writtenAt([layer], path);
    const raw = written === undefined ? undefined : jsonAt(layer.value, written.path);
    if (written === undefined || raw === undefined) return [];
    const value = hideSecrets(shapeAt(shape, spec, path), raw, path);
    return [{ ...placeOf(layer, explaining), position: positionIn(specs, layer, written.path), value }];
  });
}

/** The texts of a value to which several layers appended, each part read from where it was written. */
function appendedTexts({ specs, layers }: Explaining, path: Path): ReturnType<typeof textsOf> {
  const items = jsonAt(mergeLayers(layers), path);
  if (!isArray(items)) return [];
  return items.flatMap((item, index) => {
    const written = writtenAt(layers, [...path, String(index)]);
    if (written === undefined) return [];
    const { layer } = written;
    const each = layer.document.each ?? layers.at(-1)?.document.each;
    return textsOf(specs, item, sourceOf(layer, written.path).source.file, each);
  });
}

/** The texts that a value as written is made of, each with its file. */
function textsOf(
  specs: OpenSpecs,
  raw: Json | undefined,
  yamlFile: string,
  each: EachEntry | undefined,
): readonly { readonly text: string; readonly file?: string }[] {
  const { project } = specs;
  if (typeof raw === 'string') return [{ text: raw }];
  if (isArray(raw)) return raw.flatMap((part) => textsOf(specs, part, yamlFile, each));
  const include = createInclude(project.root);
  const scope = { variables: project.environment.variables, ...(each === undefined ? {} : { each }) };
  return (filePaths(raw ?? null) ?? []).flatMap((path) => {
    const included = include(yamlFile, interpolate(path, scope).text);
    return 'text' in included ? [included] : [];
  });
}

function positionIn({ folder }: OpenSpecs, layer: Layer, path: Path): Position {
  const { source, index, path: inFile } = sourceOf(layer, path);
  const located = folder.locate(source, index, inFile);
  return located === undefined ? layer.document.position : positionAt(source, located.start);
}

function entryPosition({ folder }: OpenSpecs, { source, index, path }: TableEntry): Position {
  return positionAt(source, folder.locate(source, index, path)?.keyOffset ?? 0);
}

/** Every variable that texts use, and those that their values use. */
function explainVariables({ project }: OpenSpecs, texts: readonly string[]): readonly ExplainedVariable[] {
  const { variables, variableOrigins } = project.environment;
  const found: string[] = [];
  const waiting = texts.flatMap(variableNames);
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const origin = Object.hasOwn(variableOrigins, name) ? variableOrigins[name] : undefined;
    if (origin === undefined || found.includes(name)) continue;
    found.push(name);
    waiting.push(...variableNames(origin.raw));
  }
  const paths = found.map((name) => variableOrigins[name]?.path ?? []);
  const positions = positionsInProject(project.root, paths);
  return found.map((name, index) => ({
    name,
    value: variables[name] ?? '',
    level: levelOf(paths[index] ?? []),
    position: positions[index] ?? { file: PROJECT_FILE, line: 1, column: 1 },
  }));
}

function levelOf([top, group]: Path): string {
  if (top === 'groups') return `group ${group}`;
  return top === 'variables' ? 'project' : 'environment';
}

/** Paths of the values that have one origin: scalars, references, empty collections. */
function leavesOf(value: Json | undefined, path: Path): readonly Path[] {
  if (isArray(value) && value.length > 0)
    return value.flatMap((item, index) => leavesOf(item, [...path, String(index)]));
  if (isObject(value) && Object.keys(value).length > 0 && typeof value.$ref !== 'string')
    return Object.entries(value).flatMap(([name, entry]) => leavesOf(entry, [...path, name]));
  return [path];
}

/** The documented defaults at or below a place that no document writes. */
function defaultsOf(shape: Shape | undefined, path: Path): readonly Explained[] {
  if (shape === undefined) return [];
  if (shape.t === 'object') {
    return Object.entries(shape.fields).flatMap(([name, field]) => defaultsOf(field, [...path, name]));
  }
  if ((shape.t !== 'scalar' && shape.t !== 'opaque') || shape.default === undefined) return [];
  const origin = { source: 'api_default' as const, variables: [] };
  return [{ pointer: toPointer(path), value: shape.default, origin }];
}

/** The shape at a path, whether there is a value or not. */
function staticShape(shape: Shape, path: Path): Shape | undefined {
  let result: Shape | undefined = shape;
  for (const part of path) {
    if (result?.t === 'list') result = result.item;
    else if (result?.t === 'object')
      result = Object.hasOwn(result.fields, part) ? result.fields[part] : undefined;
    else return undefined;
  }
  return result;
}
