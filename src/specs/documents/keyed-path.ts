import { keyedElements } from '../../canonical/keys.ts';
import { childShape, fittingShape } from '../../canonical/walk.ts';
import { isArray, isObject, type Json, type Path } from '../../model/json.ts';
import type { Shape } from '../../model/shape.ts';

/**
 * Follows a path whose list elements are named by key (as plans name them) or by index. The result names them
 * by index and ends where the value does: it is shorter than `path` when that does not exist in full.
 */
export function writtenPath(shape: Shape, value: Json, path: Path): Path {
  const found: string[] = [];
  let at: Json = value;
  let atShape = fittingShape(shape, value);
  for (const part of path) {
    const index = isArray(at) ? elementIndex(atShape, at, part) : undefined;
    const next: Json | undefined = isArray(at)
      ? index === undefined
        ? undefined
        : at[index]
      : isObject(at) && Object.hasOwn(at, part)
        ? at[part]
        : undefined;
    if (next === undefined) return found;
    found.push(index === undefined ? part : String(index));
    atShape = childShape(atShape, part, next);
    at = next;
  }
  return found;
}

function elementIndex(shape: Shape, items: readonly Json[], part: string): number | undefined {
  if (shape.t === 'list' && shape.by !== 'whole') {
    const element = keyedElements(shape, items).get(part);
    if (element !== undefined) return items.indexOf(element);
  }
  return /^\d+$/.test(part) && Number(part) < items.length ? Number(part) : undefined;
}
