import { fromPointer, isObject, type Json, type JsonObject, jsonEqual, type Path } from '../model/json.ts';
import type { ValueForm } from '../model/own-form.ts';
import type { ObjectShape, Shape } from '../model/shape.ts';
import { differencesFrom } from './differences.ts';
import { setAtPath, shapeAt } from './edit.ts';
import { child, childShape, fittingShape, valueAtPath } from './walk.ts';

/**
 * What is live, with every value that is still what came back for a write read as what was sent. A value that `desired`
 * spells as the API does is left: it is no longer another word for anything.
 */
export function asSent(
  shape: ObjectShape,
  live: JsonObject,
  forms: readonly ValueForm[] | undefined,
  desired?: JsonObject,
): JsonObject {
  let result: Json | undefined = live;
  for (const { at, sent, got, how, sent_as: sentAs } of forms ?? []) {
    const path = fromPointer(at);
    const present = valueAtPath(shape, result, path);
    if (sentAs !== undefined) {
      const name = [...path.slice(0, -1), sentAs];
      const isSpelled = desired !== undefined && valueAtPath(shape, desired, path) !== undefined;
      if (present === undefined || isSpelled) continue;
      const both = valueAtPath(shape, result, name) !== undefined;
      result = setAtPath(shape, result, path, undefined);
      // Two names that the API makes one of: what was sent under the other is the same entry.
      if (!both) result = setAtPath(shape, result, name, jsonEqual(present, got) ? sent : present);
      continue;
    }
    if (how === 'dropped') {
      if (present === undefined && hasParent(shape, result, path))
        result = setAtPath(shape, result, path, sent);
      continue;
    }
    if (present === undefined || !isSameAt(shape, result, path, got, present)) continue;
    const written = desired === undefined ? undefined : valueAtPath(shape, desired, path);
    if (written !== undefined && isSameAt(shape, desired, path, got, written)) continue;
    result = setAtPath(shape, result, path, sent);
  }
  return isObject(result) ? result : live;
}

function hasParent(shape: ObjectShape, value: Json | undefined, path: Path): boolean {
  return path.length === 1 || isObject(valueAtPath(shape, value, path.slice(0, -1)));
}

/** True when two values at a path say the same. */
export function isSameAt(shape: ObjectShape, owner: Json | undefined, path: Path, a: Json, b: Json): boolean {
  return jsonEqual(a, b) || differencesFrom(shapeAt(shape, owner, path), a, b).length === 0;
}

/**
 * The forms of what a spec writes. A field that left the spec is nobody's word: what is live there is sent back as it is
 * spelled, because as it was once sent nobody would recognise it in the reply.
 */
export function formsWithin(
  shape: ObjectShape,
  forms: readonly ValueForm[],
  spec: JsonObject,
): readonly ValueForm[] {
  return forms.filter(({ at }) => isWritten(shape, spec, fromPointer(at)));
}

/** False where a field on the way is not written. Elements of a list or map that is written count, also missing ones. */
function isWritten(shape: Shape, spec: Json, path: Path): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  const fitting = fittingShape(shape, spec);
  const next = child(fitting, spec, name);
  if (next === undefined) return fitting.t !== 'object';
  return isWritten(childShape(fitting, name, next), next, rest);
}
