/**
 * Holds: what a rollback or an abort took back is left out of every apply while Git still says the same. A hold ends
 * when Git gives one of its fields another value, by a promotion, or by `--release-hold`.
 */

import { canonical, digest } from '../canonical/canonical.ts';
import { shapeAt } from '../canonical/edit.ts';
import { valueAtPath, withIds } from '../canonical/walk.ts';
import type { Address } from '../model/address.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import type { HeldField, Hold } from '../model/hold.ts';
import { fromPointer, type JsonObject, toPointer } from '../model/json.ts';
import type { FieldChange } from '../model/plan.ts';
import type { HeldChange } from '../model/review.ts';
import { shortTime } from '../model/short-time.ts';
import { type Step, withinThemselves } from '../model/step.ts';
import { compare } from './compare.ts';

const SHAPE = SHAPES.assistant;
const POLICY = { drift: 'report', take: null } as const;

/** The fields that are taken back when `kept` takes the place of `taken`, both as state keeps them. */
export function fieldsTakenBack(taken: JsonObject, kept: JsonObject): readonly HeldField[] {
  const { edits } = compare({ shape: SHAPE, desired: taken, base: kept, live: kept, foreign: [] }, POLICY);
  return edits.map(({ path }) => ({ path: toPointer(path), hash: valueHash(taken, toPointer(path)) }));
}

/** Ids stand for references, so that a document that is renamed is the same. */
function valueHash(config: JsonObject, pointer: string): string {
  const path = fromPointer(pointer);
  const value = valueAtPath(SHAPE, config, path);
  return digest(value === undefined ? ['absent'] : ['value', canonical(shapeAt(SHAPE, config, path), value)]);
}

/** True while Git says of every held field what it said when it was taken back. */
export function stillSaid(hold: Hold, desired: JsonObject, ids: ReadonlyMap<string, string>): boolean {
  const resolved = withIds(SHAPE, desired, (target) => ids.get(target));
  return hold.fields.every(({ path, hash }) => valueHash(resolved, path) === hash);
}

/** True where a change would write a held field again. */
export function writesHeld(hold: Hold, fields: readonly FieldChange[]): boolean {
  return fields.some(({ path }) =>
    hold.fields.some((held) => isAtOrBelow(path, held.path) || isAtOrBelow(held.path, path)),
  );
}

function isAtOrBelow(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}/`);
}

/** What cannot be done without the changes that are left out: deletions of what their live form still mentions. */
export function withoutHeld(
  steps: readonly Step[],
  held: ReadonlyMap<Address, Hold>,
): { readonly steps: readonly Step[]; readonly leftOut: ReadonlyMap<Address, readonly Address[]> } {
  const leftOut = new Map<Address, Address[]>([...held.keys()].map((address) => [address, [address]]));
  const missing = new Map<string, Address>();
  for (const step of steps) if (held.has(step.address)) missing.set(step.id, step.address);
  for (let grown = true; grown; ) {
    grown = false;
    for (const step of steps) {
      const cause = step.dependsOn.map((id) => missing.get(id)).find((found) => found !== undefined);
      if (step.action !== 'delete' || cause === undefined || missing.has(step.id)) continue;
      missing.set(step.id, cause);
      leftOut.get(cause)?.push(step.address);
      grown = true;
    }
  }
  return { steps: withinThemselves(steps.filter(({ id }) => !missing.has(id))), leftOut };
}

export function heldChange(address: Address, hold: Hold, held: readonly Address[]): HeldChange {
  const { fields, by, at, reason, cause } = hold;
  return { address, fields: fields.map(({ path }) => path), by, at, reason, cause, held };
}

/** Why, without the word that says once more what was done. */
export function whyText(reason: string): string {
  const why = reason.replace(/^rollback(?:: |$)/, '');
  return why === '' ? '' : ` (${why})`;
}

export function holdCaution({ address, by, at, reason, cause, fields, held }: HeldChange): Diagnostic {
  const did = cause === 'rollback' ? 'was rolled back' : 'had its rollout aborted';
  const who = by === '' ? '' : ` by ${by}`;
  const others = held.slice(1);
  const also = others.length === 0 ? '' : `; ${others.join(', ')} cannot be done without it`;
  return {
    severity: 'warning',
    code: 'HELD',
    caution: true,
    message: `${address} ${did}${who} at ${shortTime(at)}${whyText(reason)}. Git still says the same of ${fields.join(', ')}, so its change is held and left out${also}. assistantctl apply --release-hold ${address} brings it again`,
    address,
    hint: `change it in Git; or bring it again on purpose with: assistantctl apply --release-hold ${address}`,
  };
}
