import { isMasked } from '../canonical/canonical.ts';
import { mapScalars } from '../canonical/walk.ts';
import type { Kind } from '../model/address.ts';
import { fromPointer, type JsonObject, type Path, toPointer } from '../model/json.ts';
import type { ObjectShape, Shape } from '../model/shape.ts';
import { type MinimalSpecOptions, minimalSpec, minimalValue } from './minimal-spec.ts';
import {
  inexpressiblePath,
  removablePath,
  shapeByParts,
  valueByParts,
  withEmptiedOwner,
  withField,
  withoutPaths,
} from './removable-paths.ts';

/** What the schema of a kind says against a spec; a missing field is named, a wrong value pointed at. */
export type SpecCheck = (
  kind: Kind,
  spec: JsonObject,
) => readonly { readonly pointer: string; readonly missing: string | undefined }[];

export interface ExpressibleSpec {
  readonly spec: JsonObject;
  /** Pointers of fields that no schema knows and that were therefore left out. */
  readonly unknown: readonly string[];
  /** Pointers of values that no valid document can hold. */
  readonly leftOut: readonly string[];
  /** How many secrets the API masks, so that nothing of them can be written. */
  readonly masked: number;
}

const MOST_REPAIRS = 1000;

/**
 * The spec of a live configuration that passes the schema: what can be left out is, what is required is kept, and
 * what no document can say is left to the dashboard. Undefined when nothing valid remains.
 */
export function expressibleSpec(
  shape: ObjectShape,
  kind: Kind,
  config: JsonObject,
  { keepUnknown, check }: { readonly keepUnknown: boolean; readonly check: SpecCheck },
): ExpressibleSpec | undefined {
  const unknown: string[] = [];
  const leftOut: string[] = [];
  const options: MinimalSpecOptions = { keepUnknown, onUnknown: (pointer) => unknown.push(pointer) };
  const quiet: MinimalSpecOptions = { keepUnknown, onUnknown: () => {} };
  let full = config;
  let spec = minimalSpec(shape, config, options);
  const drop = (path: Path): boolean => {
    const removable = removablePath(shape, spec, path);
    if (removable.length === 0) return false;
    leftOut.push(toPointer(removable));
    const whole = withEmptiedOwner(shape, spec, removable);
    // Both sides have the same elements in their lists, so that indexes move alike.
    spec = withoutPaths(spec, whole);
    full = withoutPaths(full, whole);
    return true;
  };
  for (let round = 0; round < MOST_REPAIRS; round += 1) {
    const mute = inexpressiblePath(shape, spec);
    if (mute !== undefined) {
      if (!drop(mute)) return undefined;
      continue;
    }
    const [problem] = check(kind, spec);
    if (problem === undefined) return { spec, unknown, leftOut, masked: maskedSecrets(shape, config) };
    const path = fromPointer(problem.pointer);
    if (problem.missing !== undefined) {
      const at = [...path, problem.missing];
      const entry = valueByParts(full, at);
      if (entry !== undefined && entry !== null) {
        const kept = minimalValue(shapeByParts(shape, full, at), entry, quiet);
        spec = withField(spec, path, problem.missing, kept);
        continue;
      }
    }
    if (!drop(path)) return undefined;
  }
  return undefined;
}

function maskedSecrets(shape: Shape, config: JsonObject): number {
  let count = 0;
  mapScalars(shape, config, 'secret', (value) => {
    if (value !== '' && value !== null && isMasked(value)) count += 1;
    return value;
  });
  return count;
}
