import { isArray, isObject, type Json, jsonEqual } from '../model/json.ts';
import type { Shape } from '../model/shape.ts';
import { childShape, fittingShape } from './walk.ts';

/**
 * A fast comparison: true when every field that the spec writes has exactly that value live, lists in the same order.
 * False proves nothing; the caller then compares normal forms. In a quiet account this answers for nearly every
 * resource.
 */
export function holdsExactly(shape: Shape, live: Json | undefined, wanted: Json): boolean {
  if (live === wanted) return true;
  if (live === undefined || typeof wanted !== 'object' || wanted === null) return false;
  const fitting = fittingShape(shape, wanted);
  if (fitting.t === 'object' && isObject(wanted) && isObject(live)) {
    for (const name of Object.keys(wanted)) {
      const entry = wanted[name] ?? null;
      const shown = Object.hasOwn(live, name) ? live[name] : undefined;
      if (!holdsExactly(childShape(fitting, name, entry), shown, entry)) return false;
    }
    return true;
  }
  if (fitting.t === 'list' && isArray(wanted) && isArray(live)) {
    if (wanted.length !== live.length) return false;
    for (const [index, entry] of wanted.entries()) {
      if (!holdsExactly(fitting.item, live[index], entry)) return false;
    }
    return true;
  }
  return jsonEqual(live, wanted);
}
