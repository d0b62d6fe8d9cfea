import { setAtPath, shapeAt } from '../canonical/edit.ts';
import { partialBody, requestBody } from '../canonical/payload.ts';
import { valueAtPath } from '../canonical/walk.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { isObject, type Json, type JsonObject, type Path } from '../model/json.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { Shape } from '../model/shape.ts';
import type { ApplyContext } from './context.ts';
import { sendBack } from './tolerant.ts';
import { knownDifferences } from './verify.ts';

const SHAPE = SHAPES.assistant;

export interface Candidate {
  readonly main: RemoteResource;
  readonly staged: RemoteResource;
  readonly versionId: string;
  /** Main's configuration with the planned edits, ids resolved. */
  readonly wanted: JsonObject;
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
    const empty = cleared(shapeAt(SHAPE, staged, path), leaked);
    if (empty !== undefined) result = setAtPath(SHAPE, result, path, empty);
  }
  return isObject(result) ? result : wanted;
}

/**
 * Where a staged version still differs from what was wanted, after one attempt to put it right in place. A
 * difference means that the API built the version on something else than main and kept values of that.
 */
export async function correctLeaks(context: ApplyContext, candidate: Candidate): Promise<readonly Path[]> {
  const { main, staged, versionId, wanted } = candidate;
  const leaked = knownDifferences(SHAPE, wanted, staged.config);
  if (leaked.length === 0) return [];
  const corrected = withExplicitEmpties(wanted, staged.config, leaked);
  const names = new Set(leaked.flatMap((path) => path.slice(0, 1)));
  const body = partialBody(requestBody(SHAPE, corrected, wanted), names);
  if (Object.keys(body).length === 0) return leaked;
  await sendBack(SHAPE, body, {}, (sent) => context.api.updateVersion(main.id, versionId, sent));
  const again = await context.api.getVersion(main.id, versionId);
  return again === undefined ? leaked : knownDifferences(SHAPE, wanted, again.config);
}
