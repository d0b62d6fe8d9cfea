/**
 * What a resolved spec is made of. A document may extend another of its kind and may have an overlay for the
 * environment, so a value can come from several places: the bases' specs and overlays, the document's own spec,
 * its own overlay. Each is a JSON Merge Patch (RFC 7386) onto what lies below it. Everything that asks where a
 * value was written asks these layers.
 */
import { type Address, parseAddress } from '../../model/address.ts';
import { type EnvironmentIdentity, environmentMatch, MATCH_ORDER } from '../../model/environment-match.ts';
import { isObject, type Json, type JsonObject, jsonAt, type Path, toPointer } from '../../model/json.ts';
import type { SpecDocument } from './documents.ts';
import type { Mount } from './inline-data.ts';
import { appendedItems, listOf, mergePatch, withoutBase } from './overlay.ts';
import type { SourceFile } from './source.ts';

export interface Layer {
  readonly document: SpecDocument;
  /** The environment, group or pattern whose overlay this is; undefined for a `spec`. */
  readonly overlay: string | undefined;
  /** Path of `value` in the document. */
  readonly prefix: Path;
  readonly value: JsonObject;
  /** Parts of the value that were read from other files. */
  readonly mounts: readonly Mount[];
}

/** Why the bases of a document cannot be followed. */
export type ChainProblem =
  | { readonly type: 'missing'; readonly target: string; readonly from: SpecDocument }
  | { readonly type: 'kind'; readonly target: string; readonly from: SpecDocument }
  | { readonly type: 'cycle'; readonly addresses: readonly Address[] };

export interface Chain {
  /** The document's bases, the farthest first, and the document itself last. */
  readonly documents: readonly SpecDocument[];
  readonly problem?: ChainProblem;
}

export type DocumentsByAddress = ReadonlyMap<Address, SpecDocument>;

/** The documents that a document builds upon. With a problem, those that could be found. */
export function chainOf(document: SpecDocument, all: DocumentsByAddress): Chain {
  const documents = [document];
  const met = new Set(documents);
  for (let at = document; at.body.extends !== undefined; ) {
    const target = String(at.body.extends);
    const parsed = parseAddress(target);
    if (parsed !== undefined && parsed.kind !== document.kind) {
      return { documents: documents.reverse(), problem: { type: 'kind', target, from: at } };
    }
    const base = parsed === undefined ? undefined : all.get(parsed.address);
    if (base === undefined) {
      return { documents: documents.reverse(), problem: { type: 'missing', target, from: at } };
    }
    if (met.has(base)) {
      const addresses = [...documents, base].map(({ address }) => address);
      return { documents: [document], problem: { type: 'cycle', addresses } };
    }
    documents.push(base);
    met.add(base);
    at = base;
  }
  return { documents: documents.reverse() };
}

/** The layers of a chain in one environment, the lowest first. */
export function layersOf({ documents }: Chain, environment: EnvironmentIdentity): readonly Layer[] {
  return documents.flatMap((document) => {
    const spec = isObject(document.body.spec) ? document.body.spec : {};
    const own: Layer = { document, overlay: undefined, prefix: ['spec'], value: spec, mounts: [] };
    const overlays = overlaysFor(document.body, environment).map(([name, value]): Layer => {
      return { document, overlay: name, prefix: ['environments', name], value, mounts: [] };
    });
    return [own, ...overlays];
  });
}

/** One on top of the other. A single layer keeps its nulls. */
export function mergeLayers(layers: readonly Layer[]): JsonObject {
  const [lowest, ...others] = layers;
  if (lowest === undefined) return {};
  return others.reduce((merged, layer) => mergePatch(merged, layer.value), lowestValue(lowest));
}

/** Few documents append at all: a look at the text is cheaper than one at every value. */
function lowestValue({ value, document, mounts }: Layer): JsonObject {
  return mounts.length > 0 || document.source.text.includes('$append') ? withoutBase(value) : value;
}

/** Where the value at a path of the merged spec was written. */
export interface WrittenAt {
  readonly layer: Layer;
  /** Path in the layer's value. */
  readonly path: Path;
}

/**
 * The highest layer that has the path, or that replaced what lies above it by something other than a mapping; for an
 * item of a list to which several layers append, the one that brought it. Undefined when no layer speaks of it.
 */
export function writtenAt(layers: readonly Layer[], path: Path): WrittenAt | undefined {
  const pathIn = pathInLayers(layers, path);
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const layer = layers[index];
    const found = layer === undefined ? undefined : pathIn(index);
    if (layer === undefined || found === undefined) continue;
    if (found.whole || found.replaced) return { layer, path: found.path };
  }
  return undefined;
}

/** The layer of {@link writtenAt}. */
export function layerAt(layers: readonly Layer[], path: Path): Layer | undefined {
  return writtenAt(layers, path)?.layer;
}

interface PathInLayer {
  readonly path: Path;
  /** The layer has it all. */
  readonly whole: boolean;
  /** The layer has something else than a mapping on the way to it. */
  readonly replaced: boolean;
}

/**
 * A path of the merged spec as a path of each layer's value, as far as that goes. Undefined where it leads to an item
 * of a list that a lower layer brought.
 */
export function pathInLayers(
  layers: readonly Layer[],
  path: Path,
): (index: number) => PathInLayer | undefined {
  const lengths = new Map<number, readonly number[]>();
  return (index) =>
    pathInLayer(layers[index], path, (depth) => {
      const known = lengths.get(depth) ?? lengthsBelow(layers, path.slice(0, depth));
      lengths.set(depth, known);
      return known[index] ?? 0;
    });
}

function pathInLayer(
  layer: Layer | undefined,
  path: Path,
  lengthBelow: (depth: number) => number,
): PathInLayer | undefined {
  let value: Json | undefined = layer?.value;
  const found: string[] = [];
  let depth = 0;
  for (; depth < path.length; depth += 1) {
    const part = path[depth] ?? '';
    if (!isObject(value)) break;
    const items = appendedItems(value);
    if (items !== undefined) {
      const at = Number(part) - lengthBelow(depth);
      if (!(at >= 0)) return undefined;
      found.push('$append', String(at));
      value = items[at];
    } else if (Object.hasOwn(value, part)) {
      found.push(part);
      value = value[part];
    } else break;
  }
  const whole = depth === path.length;
  return {
    path: [...found, ...path.slice(depth)],
    whole,
    // A file that is read as a text stands for one.
    replaced: !whole && depth > 0 && (!isObject(value) || value.$file !== undefined),
  };
}

const knownLengths = new WeakMap<readonly Layer[], Map<string, readonly number[]>>();

/**
 * How many items a list has below each of the layers, before that layer appends to it. Worked out once for each list:
 * every item of a long chain asks for it.
 */
function lengthsBelow(layers: readonly Layer[], path: Path): readonly number[] {
  const known = knownLengths.get(layers) ?? new Map<string, readonly number[]>();
  knownLengths.set(layers, known);
  const pointer = toPointer(path);
  const lengths = known.get(pointer) ?? countBelow(layers, path);
  known.set(pointer, lengths);
  return lengths;
}

function countBelow(layers: readonly Layer[], path: Path): readonly number[] {
  let merged: JsonObject = {};
  return layers.map((layer, index) => {
    const length = listOf(jsonAt(merged, path))?.length ?? 0;
    const part = { ...layer, value: onlyFirst(layer.value, path) };
    merged = index === 0 ? lowestValue(part) : mergePatch(merged, part.value);
    return length;
  });
}

/** The one field of a value that a path leads into. */
function onlyFirst(value: JsonObject, [name]: Path): JsonObject {
  if (name === undefined) return value;
  const field = Object.hasOwn(value, name) ? value[name] : undefined;
  return field === undefined ? {} : { [name]: field };
}

/** Where a path of a layer's value stands in which file. */
export function sourceOf(
  { document, prefix, mounts }: Layer,
  path: Path,
): { readonly source: SourceFile; readonly index: number; readonly path: Path; readonly skipped: number } {
  const inside = mounts
    .filter((mount) => mount.path.every((part, at) => path[at] === part))
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (inside === undefined) {
    const full = [...prefix, ...path];
    return { source: document.source, index: document.index, path: full, skipped: prefix.length };
  }
  const depth = inside.path.length;
  return { source: inside.source, index: 0, path: path.slice(depth), skipped: -depth };
}

/** The patches that a document has for an environment: those of patterns first, then of groups, then its own. */
function overlaysFor(
  body: JsonObject,
  environment: EnvironmentIdentity,
): readonly (readonly [string, JsonObject])[] {
  const overlays = isObject(body.environments) ? Object.entries(body.environments) : [];
  const found = overlays.flatMap(([entry, patch]) => {
    const match = environmentMatch(entry, environment);
    if (match === undefined || !isObject(patch)) return [];
    const rank = MATCH_ORDER.indexOf(match) + (match === 'group' ? groupRank(entry, environment) : 0);
    return [{ entry, patch, rank }];
  });
  return found.sort((a, b) => a.rank - b.rank).map(({ entry, patch }) => [entry, patch]);
}

/** Between 0 and 1: a later group of the environment comes after an earlier one. */
function groupRank(entry: string, { groups }: EnvironmentIdentity): number {
  return groups.indexOf(entry) / (groups.length + 1);
}

/** True when the document has overlays at all. */
export function hasOverlays(body: JsonObject): boolean {
  return isObject(body.environments) && Object.keys(body.environments).length > 0;
}
