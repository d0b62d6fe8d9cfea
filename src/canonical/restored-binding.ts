import { SHAPES } from '../model/generated/shapes.ts';
import { fromPointer, type JsonObject } from '../model/json.ts';
import type { ObjectShape } from '../model/shape.ts';
import type { Binding } from '../model/state.ts';
import { asSent } from './as-sent.ts';
import { extraElements, withoutPointers } from './edit.ts';
import { withReferences } from './walk.ts';

const SHAPE = SHAPES.assistant;

/** A restored assistant and what Git says of it. */
export interface Restored {
  /** As it was bound before it was deleted; undefined where nothing was. */
  readonly known: Pick<Binding, 'base' | 'foreign' | 'forms'> | undefined;
  /** As it was read. */
  readonly config: JsonObject;
  readonly spec: JsonObject;
  /** Live id → reference target. */
  readonly refs: ReadonlyMap<string, string>;
}

/**
 * What a restored assistant says counts as applied, as far as the spec speaks of it: what Git wants otherwise is then
 * a change of Git, whoever changed the assistant before it was deleted, and what the spec no longer has is taken out.
 * References are `{ $ref }`.
 */
export function restoredBase({ known, config, spec, refs }: Restored): Pick<Binding, 'foreign'> & {
  readonly base: JsonObject;
} {
  const live = withReferences(SHAPE, asSent(SHAPE, config, known?.forms, spec), refs);
  const base = Object.fromEntries(Object.entries(live).filter(([name]) => Object.hasOwn(spec, name)));
  const foreign = elementsNeverOwned(SHAPE, known, base, withReferences(SHAPE, spec, refs));
  return { base: withoutPointers(SHAPE, base, foreign.map(fromPointer), base), foreign };
}

/** Elements beyond the wanted ones that were foreign before, or of a field that no spec wrote before. */
export function elementsNeverOwned(
  shape: ObjectShape,
  known: Pick<Binding, 'base' | 'foreign'> | undefined,
  live: JsonObject,
  wanted: JsonObject,
): readonly string[] {
  if (known === undefined) return [];
  return extraElements(shape, live, wanted).filter((pointer) => {
    const [name = ''] = fromPointer(pointer);
    return (
      known.base?.[name] === undefined || known.foreign.some((one) => `${pointer}/`.startsWith(`${one}/`))
    );
  });
}
