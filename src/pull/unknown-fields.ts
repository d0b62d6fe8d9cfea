import { SHAPES } from '../model/generated/shapes.ts';
import { fromPointer, isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import type { RemoteResource } from '../model/remote.ts';
import { minimalSpec } from './minimal-spec.ts';

export interface UnknownField {
  /** JSON Pointer into the spec. */
  readonly path: string;
  readonly live: Json;
}

/**
 * Fields of a live resource that no schema knows and its spec does not write: a project that allows unknown fields takes
 * them. Inside lists they belong to elements and stay where they are.
 */
export function unknownFields(resource: RemoteResource, spec: JsonObject): readonly UnknownField[] {
  const found: string[] = [];
  minimalSpec(SHAPES[resource.kind], resource.config, {
    keepUnknown: false,
    onUnknown: (pointer) => found.push(pointer),
  });
  return found.flatMap((path) => {
    const parts = fromPointer(path);
    const live = plainValue(resource.config, parts);
    const holder = plainValue(spec, parts.slice(0, -1));
    if (live === undefined || !isObject(holder) || plainValue(spec, parts) !== undefined) return [];
    return [{ path, live }];
  });
}

/** The value at a path through objects alone. */
function plainValue(value: JsonObject, path: readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const part of path) {
    if (!isObject(at) || isArray(at) || !Object.hasOwn(at, part)) return undefined;
    at = at[part];
  }
  return at;
}
