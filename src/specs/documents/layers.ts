/**
 * What a resolved spec is made of. A document may extend another of its kind and may have an overlay for the
 * environment, so a value can come from several places: the bases' specs and overlays, the document's own spec,
 * its own overlay. Each is a JSON Merge Patch (RFC 7386) onto what lies below it. Everything that asks where a
 * value was written asks these layers.
 */
import { type Address, parseAddress } from '../../model/address.ts';
import { type EnvironmentIdentity, environmentMatch, MATCH_ORDER } from '../../model/environment-match.ts';
import { isObject, type JsonObject, type Path } from '../../model/json.ts';
import type { SpecDocument } from './documents.ts';
import { mergePatch } from './overlay.ts';

export interface Layer {
  readonly document: SpecDocument;
  /** The environment, group or pattern whose overlay this is; undefined for a `spec`. */
  readonly overlay: string | undefined;
  /** Path of `value` in the document. */
  readonly prefix: Path;
  readonly value: JsonObject;
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
    if (documents.includes(base)) {
      const addresses = [...documents, base].map(({ address }) => address);
      return { documents: [document], problem: { type: 'cycle', addresses } };
    }
    documents.push(base);
    at = base;
  }
  return { documents: documents.reverse() };
}

/** The layers of a chain in one environment, the lowest first. */
export function layersOf({ documents }: Chain, environment: EnvironmentIdentity): readonly Layer[] {
  return documents.flatMap((document) => {
    const spec = isObject(document.body.spec) ? document.body.spec : {};
    const own: Layer = { document, overlay: undefined, prefix: ['spec'], value: spec };
    const overlays = overlaysFor(document.body, environment).map(([name, value]): Layer => {
      return { document, overlay: name, prefix: ['environments', name], value };
    });
    return [own, ...overlays];
  });
}

/** One on top of the other. A single layer is returned as it is, its nulls included. */
export function mergeLayers(layers: readonly Layer[]): JsonObject {
  const [lowest, ...others] = layers;
  return others.reduce((merged, layer) => mergePatch(merged, layer.value), lowest?.value ?? {});
}

/**
 * The layer that wrote the value at a path: the highest one that has the path, or that replaced what lies above
 * it by something other than a mapping. Undefined when no layer speaks of it.
 */
export function layerAt(layers: readonly Layer[], path: Path): Layer | undefined {
  for (const layer of [...layers].reverse()) {
    let value: unknown = layer.value;
    let depth = 0;
    while (depth < path.length && isObject(value) && Object.hasOwn(value, path[depth] ?? '')) {
      value = value[path[depth] ?? ''];
      depth += 1;
    }
    if (depth === path.length || (depth > 0 && !isObject(value))) return layer;
  }
  return undefined;
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
