import { knownDifferences, sameValue } from '../canonical/differences.ts';
import { setAtPath, shapeAt } from '../canonical/edit.ts';
import { partialBody, requestBody } from '../canonical/payload.ts';
import { valueAtPath } from '../canonical/walk.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { isObject, type Json, type JsonObject, type Path } from '../model/json.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { Shape } from '../model/shape.ts';
import type { ApplyContext } from './context.ts';
import { isRefusal, sendBack } from './send-unknown-fields.ts';

const SHAPE = SHAPES.assistant;

export interface StagedCandidate {
  readonly main: RemoteResource;
  /** Main's configuration with the planned edits, ids resolved. */
  readonly wanted: JsonObject;
  /** Paths that the plan changes. */
  readonly planned: readonly Path[];
  /** The newest version that is neither main nor an attempt of ours: what the API may have built on instead. */
  readonly source: RemoteResource | undefined;
}

/** A value that says "nothing" where leaving a field out says "keep": its default, or the empty value of its type. */
function cleared(shape: Shape, value: Json): Json | undefined {
  if ((shape.t === 'scalar' || shape.t === 'opaque') && shape.default !== undefined) return shape.default;
  if (typeof value === 'string') return '';
  if (Array.isArray(value)) return [];
  return isObject(value) ? {} : undefined;
}

/** The wanted configuration with explicit empties where the staged version has something and main has nothing. */
function withExplicitEmpties(wanted: JsonObject, staged: JsonObject, paths: readonly Path[]): JsonObject {
  let result: Json | undefined = wanted;
  for (const path of paths) {
    const leaked = valueAtPath(SHAPE, staged, path);
    if (leaked === undefined || valueAtPath(SHAPE, wanted, path) !== undefined) continue;
    // What a user may name has no empty value: null is the word for removal on a server that merges.
    const ownName = shapeAt(SHAPE, staged, path.slice(0, -1)).t === 'map';
    const empty = ownName ? null : cleared(shapeAt(SHAPE, staged, path), leaked);
    if (empty !== undefined) result = setAtPath(SHAPE, result, path, empty);
  }
  return isObject(result) ? result : wanted;
}

/**
 * Where a version differs from what was wanted. What the API filled in by itself is not counted: a value that
 * nobody sent and that stands in no version it could have come from.
 */
export function leaks(candidate: StagedCandidate, config: JsonObject): readonly Path[] {
  const { main, wanted, source } = candidate;
  return knownDifferences(SHAPE, wanted, config).filter((path) => {
    const wasThere = valueAtPath(SHAPE, main.config, path) !== undefined;
    if (wasThere || valueAtPath(SHAPE, wanted, path) !== undefined) return true;
    const value = valueAtPath(SHAPE, config, path);
    const origin = source === undefined ? undefined : valueAtPath(SHAPE, source.config, path);
    return (
      value === undefined || (origin !== undefined && sameValue(shapeAt(SHAPE, config, path), value, origin))
    );
  });
}

/** In a block that main does not have, and that was sent whole, the API's own filling looks like a leak. */
function isNewBlock({ main, planned, wanted }: StagedCandidate, path: Path): boolean {
  const [top = ''] = path;
  return (
    main.config[top] === undefined &&
    planned.some(([name]) => name === top) &&
    valueAtPath(SHAPE, wanted, path) === undefined
  );
}

/**
 * Where a staged version still differs from what was wanted, after attempts to put it right in place. A
 * difference means that the API built the version on something else than main and kept values of that.
 */
export async function correctLeaks(
  context: ApplyContext,
  candidate: StagedCandidate,
  versionId: string,
  staged: JsonObject,
): Promise<readonly Path[]> {
  const { main, wanted } = candidate;
  let leaked = leaks(candidate, staged);
  // Whole blocks put a server right that replaces them; one that merges needs to be told what to empty.
  for (const depth of ['blocks', 'members'] as const) {
    if (leaked.length === 0) return [];
    const emptied = leaked.flatMap((path) =>
      depth === 'blocks' ? [path].filter(({ length }) => length === 1) : entriesOf(path, staged),
    );
    const corrected = withExplicitEmpties(wanted, staged, emptied);
    const names = new Set(leaked.flatMap((path) => path.slice(0, 1)));
    const body = partialBody(requestBody(SHAPE, corrected, wanted), names);
    if (Object.keys(body).length === 0) continue;
    try {
      await sendBack(SHAPE, body, {}, (sent) => context.api.updateVersion(main.id, versionId, sent));
    } catch (error) {
      // Not every value can be emptied: an enumeration has no word for "nothing".
      if (isRefusal(error)) continue;
      throw error;
    }
    const again = await context.api.getVersion(main.id, versionId);
    if (again === undefined) return leaked;
    leaked = leaks(candidate, again.config);
  }
  return leaked.filter((path) => !isNewBlock(candidate, path));
}

/** A map that should be empty is emptied name by name. */
function entriesOf(path: Path, staged: JsonObject): readonly Path[] {
  const value = valueAtPath(SHAPE, staged, path);
  return isObject(value) && shapeAt(SHAPE, staged, path).t === 'map'
    ? Object.keys(value).map((name) => [...path, name])
    : [path];
}
