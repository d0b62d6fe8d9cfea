import { asSent } from '../canonical/as-sent.ts';
import { knownDifferences, sameValue } from '../canonical/differences.ts';
import { setAtPath, shapeAt } from '../canonical/edit.ts';
import type { Learned } from '../canonical/own-form.ts';
import { partialBody, requestBody } from '../canonical/payload.ts';
import { valueAtPath } from '../canonical/walk.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { isObject, type Json, type JsonObject, type Path, toPointer } from '../model/json.ts';
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
  /** What the API made of what was sent for a version that now says this. */
  readonly learn: (config: JsonObject) => Learned;
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
export function carriedOver(candidate: StagedCandidate, config: JsonObject): readonly Path[] {
  const { main, wanted, source } = candidate;
  const { forms, lost } = candidate.learn(config);
  // In a set, what was sent may become one with what was there.
  const sent = asSent(SHAPE, wanted, forms);
  const carried = knownDifferences(SHAPE, sent, asSent(SHAPE, config, forms)).filter((path) => {
    const wasThere = valueAtPath(SHAPE, main.config, path) !== undefined;
    if (wasThere || valueAtPath(SHAPE, wanted, path) !== undefined) return true;
    const value = valueAtPath(SHAPE, config, path);
    const origin = source === undefined ? undefined : valueAtPath(SHAPE, source.config, path);
    return (
      value === undefined || (origin !== undefined && sameValue(shapeAt(SHAPE, config, path), value, origin))
    );
  });
  const known = new Set(carried.map(toPointer));
  const more = lost.map(({ path }) => path).filter((path) => !liesWithin(known, path));
  return [...carried, ...more];
}

function liesWithin(pointers: ReadonlySet<string>, path: Path): boolean {
  return path.some((_, index) => pointers.has(toPointer(path.slice(0, index + 1))));
}

/**
 * True for a path in a block that main lacks and that was sent whole: values that the API filled in there are not
 * carried over from another version.
 */
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
export async function correctCarryOver(
  context: ApplyContext,
  candidate: StagedCandidate,
  versionId: string,
  staged: JsonObject,
): Promise<{ readonly leaked: readonly Path[]; readonly config: JsonObject }> {
  const { main, wanted } = candidate;
  let config = staged;
  let leaked = carriedOver(candidate, staged);
  // A server that replaces blocks is corrected with whole blocks; one that merges needs explicit empty values.
  // Where a value that was only sent back comes back otherwise, leaving it out may leave it alone.
  for (const depth of ['blocks', 'members', 'without'] as const) {
    if (leaked.length === 0) return { leaked, config };
    const emptied = leaked.flatMap((path) =>
      depth === 'blocks' ? [path].filter(({ length }) => length === 1) : entriesOf(path, staged),
    );
    const sentBack = depth === 'without' ? onlySentBack(candidate, leaked) : [];
    if (depth === 'without' && sentBack.length === 0) continue;
    const corrected =
      depth === 'without' ? withoutPaths(wanted, sentBack) : withExplicitEmpties(wanted, staged, emptied);
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
    if (again === undefined) return { leaked, config };
    config = again.config;
    leaked = carriedOver(candidate, config);
  }
  return { leaked: leaked.filter((path) => !isNewBlock(candidate, path)), config };
}

/** Values inside of settings that the plan leaves as they are. */
function onlySentBack({ wanted, planned }: StagedCandidate, paths: readonly Path[]): readonly Path[] {
  const edited = new Set(planned.map(toPointer));
  return paths.filter(
    (path) => path.length > 1 && valueAtPath(SHAPE, wanted, path) !== undefined && !liesWithin(edited, path),
  );
}

function withoutPaths(wanted: JsonObject, paths: readonly Path[]): JsonObject {
  let result: Json | undefined = wanted;
  for (const path of paths) result = setAtPath(SHAPE, result, path, undefined);
  return isObject(result) ? result : wanted;
}

/** A map that should be empty is emptied name by name. */
function entriesOf(path: Path, staged: JsonObject): readonly Path[] {
  const value = valueAtPath(SHAPE, staged, path);
  return isObject(value) && shapeAt(SHAPE, staged, path).t === 'map'
    ? Object.keys(value).map((name) => [...path, name])
    : [path];
}
