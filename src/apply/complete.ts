import { asSent } from '../canonical/as-sent.ts';
import { differencesFrom } from '../canonical/differences.ts';
import { widenPath } from '../canonical/edit.ts';
import { elementsNeverOwned, restoredBase } from '../canonical/restored-binding.ts';
import { valueAtPath, withReferences } from '../canonical/walk.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { isArray, type JsonObject, jsonEqual, toPointer } from '../model/json.ts';
import { KINDS } from '../model/kinds.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { ObjectShape } from '../model/shape.ts';
import type { CreateStep, Edit, LinkStep, UpdateStep } from '../model/step.ts';
import { bindResource, bindRestoring, logIntent } from './bind.ts';
import type { ApplyContext } from './context.ts';
import { restoreAssistant } from './restore.ts';

/**
 * The update that brings a found resource to what the step wanted to create. An earlier create made it whose outcome was
 * not known, and it differs from the spec.
 */
export function completingStep(
  step: CreateStep,
  found: RemoteResource,
  refs: ReadonlyMap<string, string>,
): UpdateStep {
  const shape = SHAPES[step.kind];
  const { createSpec: spec, formerId: _formerId, ...rest } = step;
  const edits = editsTowards(
    shape,
    withReferences(shape, spec, refs),
    withReferences(shape, found.config, refs),
  );
  return { ...rest, action: 'update', remoteId: found.id, spec, edits, reorder: [] };
}

/** Edits of the differing fields alone: fields that the spec does not write stay. */
function editsTowards(shape: ObjectShape, wanted: JsonObject, live: JsonObject): readonly Edit[] {
  const edits = new Map<string, Edit>();
  for (const path of differencesFrom(shape, wanted, live)) {
    const wide = widenPath(shape, live, path);
    const [before, after] = [live, wanted].map((side) => valueAtPath(shape, side, wide));
    edits.set(toPointer(wide), { path: wide, before, after });
  }
  return [...edits.values()];
}

/** The update that brings a restored assistant to what Git says, its links to what does not exist yet aside. */
function restoringStep(context: ApplyContext, step: CreateStep, restored: RemoteResource): UpdateStep {
  const { createSpec, formerId: _formerId, ...rest } = step;
  const changes = restoringChanges(context, step, { restored, early: createSpec });
  return { ...rest, ...changes, action: 'update', remoteId: restored.id, reorder: [] };
}

/** A restored assistant holds something already: only a look at it tells what is left to link. */
export function relinkingStep(context: ApplyContext, step: LinkStep, restored: RemoteResource): LinkStep {
  return { ...step, ...restoringChanges(context, step, { restored, early: step.spec }) };
}

/**
 * What a restored assistant is to become. Elements that nobody's spec ever owned stay. What a create leaves to the link
 * step behind it (`early` is the spec without it) is left to that here as well; in lists it is taken out meanwhile,
 * because what it leads to may not be there yet.
 */
function restoringChanges(
  context: ApplyContext,
  step: CreateStep | LinkStep,
  sides: { readonly restored: RemoteResource; readonly early: JsonObject },
): Pick<LinkStep, 'spec' | 'edits' | 'base' | 'foreign'> {
  const shape = SHAPES.assistant;
  const known = context.bindings.get(step.address);
  const sent = asSent(shape, sides.restored.config, known?.forms, step.spec);
  const live = withReferences(shape, sent, context.refs);
  const spec = withReferences(shape, step.spec, context.refs);
  const early = withReferences(shape, sides.early, context.refs);
  const later = Object.keys(spec).filter((name) => !jsonEqual(spec[name], early[name]));
  const open = later.filter((name) => !isArray(live[name]) || sameField(shape, name, spec, live));
  const wanted = Object.fromEntries(
    Object.entries(spec)
      .filter(([name]) => !open.includes(name))
      .map(([name]) => [name, early[name] ?? []]),
  );
  const foreign = step.base === null ? [] : elementsNeverOwned(shape, known, live, wanted);
  const isForeign = ({ path }: Edit): boolean =>
    foreign.some((pointer) => `${toPointer(path)}/`.startsWith(`${pointer}/`));
  const asIs = Object.fromEntries(open.flatMap((name) => (name in live ? [[name, live[name] ?? null]] : [])));
  return {
    spec: wanted,
    edits: editsTowards(shape, wanted, live).filter((edit) => !isForeign(edit)),
    base: later.length === 0 ? step.base : { ...step.base, ...pick(wanted, later), ...asIs },
    foreign,
  };
}

function sameField(shape: ObjectShape, name: string, spec: JsonObject, live: JsonObject): boolean {
  return differencesFrom(shape, pick(spec, [name]), live).length === 0;
}

function pick(value: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
}

/**
 * The assistant that this address was bound to, brought back with its id, versions and application: what was deleted can
 * be restored for a while. Undefined where there is none, or where the API no longer can; it is created then. The state
 * learns of the restore before its request is sent: whatever interrupts this apply, the next one sees what Git wants
 * otherwise as changes of Git.
 */
export async function restoreFormer(
  context: ApplyContext,
  step: CreateStep,
): Promise<{ readonly completing: UpdateStep } | undefined> {
  const known = context.bindings.get(step.address);
  const id = step.formerId ?? known?.remote_id;
  if (KINDS[step.kind].update !== 'version' || id === undefined) return undefined;
  await bindRestoring(context, step, id);
  await logIntent(context, step, { action: 'restore', key: id });
  const restored = await restoreAssistant(context, id);
  if (restored === undefined) return undefined;
  // It may lead to itself: what is compared from here on knows its id as its address.
  context.ids.set(step.address, restored.id);
  context.refs.set(restored.id, step.address);
  const completing = restoringStep(context, step, restored);
  const { spec } = step;
  const base =
    step.base === null
      ? null
      : restoredBase({ known, config: restored.config, spec, refs: context.refs }).base;
  await bindResource(context, { ...step, base }, restored, undefined);
  context.restored.add(step.address);
  return { completing };
}
