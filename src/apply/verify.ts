import { sameValue } from '../canonical/differences.ts';
import { extraElements, shapeAt } from '../canonical/edit.ts';
import { valueAtPath, withReferences } from '../canonical/walk.ts';
import { Failure } from '../model/errors.ts';
import { type JsonObject, toPointer } from '../model/json.ts';
import type { Shape } from '../model/shape.ts';
import type { Edit, EditStep, WriteStep } from '../model/step.ts';

/**
 * The edits that are still to be made on a freshly read configuration: those already in effect are dropped, and
 * a value that is neither what the plan saw nor what it wants is a `Failure('stale')`.
 */
export function remainingEdits(shape: Shape, step: EditStep, live: JsonObject): readonly Edit[] {
  const moved: string[] = [];
  const remaining = step.edits.filter((edit) => {
    const present = valueAtPath(shape, live, edit.path);
    const at = shapeAt(shape, live, edit.path);
    if (edit.after === undefined ? present === undefined : sameValue(at, present, edit.after)) return false;
    if (!sameValue(at, present, edit.before)) moved.push(toPointer(edit.path));
    return true;
  });
  if (moved.length === 0) return remaining;
  throw new Failure(
    'stale',
    `${step.address} was changed by someone else since it was planned: ${moved.join(', ')}`,
    {
      code: 'CHANGED_MEANWHILE',
      hint: 'plan again',
    },
  );
}

/** Elements that nobody's spec owns after a write: those known before, and those that the API itself added. */
export function foreignAfter(
  shape: Shape,
  step: WriteStep,
  refs: ReadonlyMap<string, string>,
  live: { readonly before: JsonObject | undefined; readonly after: JsonObject },
): readonly string[] {
  if (step.base === null) return [];
  const guide = step.base;
  const extras = (config: JsonObject) => extraElements(shape, withReferences(shape, config, refs), guide);
  const before = new Set(live.before === undefined ? [] : extras(live.before));
  return extras(live.after).filter((pointer) => step.foreign.includes(pointer) || !before.has(pointer));
}
