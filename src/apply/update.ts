import { asSent, formsWithin } from '../canonical/as-sent.ts';
import { missingValues } from '../canonical/differences.ts';
import { applyEdits, orderLike, setAtPath } from '../canonical/edit.ts';
import {
  isComplete,
  type Learned,
  learnForms,
  type WriteAndReply,
  withLater,
} from '../canonical/own-form.ts';
import { holdsHiddenSecret, partialBody, requestBody } from '../canonical/payload.ts';
import { pathInTwin, valueAtPath, withReferences } from '../canonical/walk.ts';
import { ApiError, Failure } from '../model/errors.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { isObject, type Json, type JsonObject, type Path, toPointer } from '../model/json.ts';
import { KINDS } from '../model/kinds.ts';
import type { ValueForm } from '../model/own-form.ts';
import type { RemoteResource } from '../model/remote.ts';
import { type EditStep, type PromoteStep, plannedId, type StepBase } from '../model/step.ts';
import { bindBegun, bindResource, logIntent } from './bind.ts';
import { type ApplyContext, type Done, resolveIds } from './context.ts';
import { notStuck } from './create.ts';
import { isMembership, updateMembers, withoutMembers } from './members.ts';
import { sendOrFind } from './read-back.ts';
import { sendBack } from './send-unknown-fields.ts';
import { explainingStored } from './stored-value.ts';
import { remainingEdits } from './verify.ts';

/** What a resource is to become: the freshly read configuration with the remaining edits applied. */
export interface Target {
  /** In request shape, ids resolved. */
  readonly config: JsonObject;
  readonly spec: JsonObject;
  /** Paths that this step changes, into `config` or, where it removes something, into what was read. */
  readonly paths: readonly Path[];
  /** What was read, in the API's own form. */
  readonly before: JsonObject;
  /** Own forms that were known before. */
  readonly forms: readonly ValueForm[];
  /** No apply wrote the resource before. */
  readonly adopted: boolean;
}

/** What the API made of a write to the target, as a reply to it shows. */
export function learnTarget(step: StepBase, target: Target, got: JsonObject): Learned {
  return learnForms(SHAPES[step.kind], writeOf(step, target, got), target.forms);
}

function writeOf(step: StepBase, { config, spec, before, adopted }: Target, got: JsonObject): WriteAndReply {
  const own = (side: JsonObject): JsonObject => withoutMembers(step.kind, side);
  return { guide: own(spec), sent: own(config), got, before: own(before), adopted };
}

/** Reads the resource again; gone is a `Failure('stale')`. */
export async function readAgain(
  context: ApplyContext,
  step: EditStep | PromoteStep,
): Promise<RemoteResource> {
  const id = context.ids.get(step.address) ?? plannedId(step) ?? '';
  const live = await context.api.get(step.kind, id);
  if (live !== undefined) return live;
  throw new Failure('stale', `${step.address} (${id}) was deleted since it was planned`, {
    code: 'GONE_MEANWHILE',
    hint: 'plan again',
  });
}

/** Undefined when the live configuration already is what the step wants. */
export function targetOf(context: ApplyContext, step: EditStep, live: RemoteResource): Target | undefined {
  const shape = SHAPES[step.kind];
  const { spec } = step;
  const known = context.bindings.get(step.address);
  const forms = known?.forms ?? [];
  const sent = asSent(shape, live.config, formsWithin(shape, forms, spec), spec);
  const symbolic = withReferences(shape, sent, context.refs);
  const edits = remainingEdits(shape, step, symbolic);
  if (edits.length === 0 && step.reorder.length === 0) return undefined;
  const paths = [...edits.map((edit) => edit.path), ...step.reorder];
  const edited = orderLike(shape, applyEdits(shape, symbolic, edits), spec, paths);
  const config = resolveIds(context, step, edited);
  // Edits speak of addresses; what is written and read back speaks of ids.
  const resolved = (path: Path): Path =>
    pathInTwin(shape, edited, config, path) ?? pathInTwin(shape, symbolic, sent, path) ?? path;
  const target = {
    config,
    spec: resolveIds(context, step, spec),
    paths: paths.map(resolved),
    before: live.config,
    forms,
    adopted: (known?.base ?? null) === null,
  };
  requireNoLoss(step, target);
  return target;
}

/** True when a resource holds every value that the step sets, and none that it removes. */
export function holdsTarget(
  step: EditStep,
  target: Target,
  live: JsonObject,
  forms: readonly ValueForm[] = [],
): boolean {
  const { config, paths } = target;
  const shape = SHAPES[step.kind];
  const sent = asSent(shape, live, forms);
  const wanted = asSent(shape, config, forms);
  return (
    missingValues(shape, wanted, sent, paths).length === 0 && stillThere(step, target, sent).length === 0
  );
}

/** A changed setting is sent whole: a secret in it that only the API knows, and hides, would be destroyed. */
function requireNoLoss(step: EditStep, { config, spec, paths }: Target): void {
  const changed = [...new Set(paths.flatMap((path) => path.slice(0, 1)))];
  const lost = changed.filter((name) =>
    holdsHiddenSecret(SHAPES[step.kind], { [name]: config[name] ?? null }, spec),
  );
  if (lost.length === 0) return;
  const where = lost.map((name) => toPointer([name])).join(', ');
  throw new Failure(
    'refused',
    `${step.address} holds a secret in ${where} that the API hides and the spec does not write; sending ${where} would erase it`,
    {
      code: 'HIDDEN_SECRET',
      hint: 'write the secret into the spec, or make this change in the Telnyx portal',
    },
  );
}

/** Updates a resource without versions (PATCH or PUT), after reading it again and only where it differs. */
export async function updateResource(context: ApplyContext, step: EditStep): Promise<Done> {
  const shape = SHAPES[step.kind];
  const live = await readAgain(context, step);
  const target = targetOf(context, step, live);
  if (target === undefined) {
    await bindResource(context, step, live, live.config);
    return { remoteId: live.id, versionId: null, promoted: false, wrote: false };
  }
  const own = { ...target, paths: target.paths.filter((path) => !isMembership(step.kind, path)) };
  const written = own.paths.length === 0 ? undefined : await writeBody(context, step, live.id, own);
  const moved = await updateMembers(context, step, live.id, { present: live.config, wanted: target.config });
  const after = moved ? await context.api.get(step.kind, live.id) : undefined;
  const resource = after ?? written?.resource ?? live;
  const learned = written?.learned ?? { forms: target.forms, lost: [] };
  const sent = asSent(shape, resource.config, learned.forms);
  await bindResource(context, step, resource, live.config, { learned });
  const missing = [
    ...missingValues(shape, asSent(shape, target.config, learned.forms), sent, target.paths),
    ...[...stillThere(step, target, sent), ...learned.lost.map(({ path }) => path)].map(toPointer),
  ];
  if (missing.length > 0) throw notStuck(step, live.id, [...new Set(missing)]);
  return { remoteId: live.id, versionId: null, promoted: false, wrote: true };
}

/** A resource after a write, and what the reply to it taught. */
interface Answered {
  readonly resource: RemoteResource;
  readonly learned: Learned;
}

async function writeBody(
  context: ApplyContext,
  step: EditStep,
  id: string,
  target: Target,
): Promise<Answered> {
  const config = withoutMembers(step.kind, target.config);
  const whole = requestBody(SHAPES[step.kind], config, target.spec);
  const names = new Set(target.paths.flatMap((path) => path.slice(0, 1)));
  const body = KINDS[step.kind].update === 'PATCH' ? partialBody(whole, names) : whole;
  await bindBegun(context, step);
  await logIntent(context, step, { action: 'update' });
  const write = () => writeKnown(context, step, id, body, target);
  const written = await explainingStored(step, target, write);
  const left = stillThere(
    step,
    target,
    asSent(SHAPES[step.kind], written.resource.config, written.learned.forms),
  );
  if (left.length === 0) return written;
  // A server that merges keeps what a body leaves out; null is the word for removal there.
  let emptied: Json | undefined = body;
  for (const path of left) emptied = setAtPath(SHAPES[step.kind], emptied, path, null);
  if (!isObject(emptied)) return written;
  return writeKnown(context, step, id, emptied, target).catch((error: unknown) => {
    if (error instanceof ApiError && error.effect === 'none') return written;
    throw error;
  });
}

/** Paths that the step removes and that the API still returns. */
function stillThere(step: EditStep, target: Target, live: JsonObject): readonly Path[] {
  const shape = SHAPES[step.kind];
  return target.paths.filter((path) => {
    const present = valueAtPath(shape, live, path);
    return present !== undefined && present !== null && valueAtPath(shape, target.config, path) === undefined;
  });
}

/** Sends the update; after a lost or thin reply the resource is read, and written once more if need be. */
async function writeKnown(
  context: ApplyContext,
  step: EditStep,
  id: string,
  body: JsonObject,
  target: Target,
): Promise<Answered> {
  const shape = SHAPES[step.kind];
  const write = async (): Promise<Answered> => {
    const send = (sent: JsonObject) => context.api.update(step.kind, id, sent);
    const { resource } = await sendBack(shape, body, target.spec, send);
    // A reply about another resource says nothing about this one, and must not bind it.
    const reply = resource.id === id ? resource.config : {};
    // A reply that leaves fields out would show a removal that did not happen.
    const removes = target.paths.some((path) => valueAtPath(shape, target.config, path) === undefined);
    const learned = learnTarget(step, target, reply);
    if (resource.id === id && isComplete(learned) && !removes) return { resource, learned };
    const live = (await context.api.get(step.kind, id)) ?? { ...resource, id };
    return {
      resource: live,
      learned: withLater(
        shape,
        learned,
        { ...writeOf(step, target, reply), astray: resource.id !== id },
        live.config,
        target.forms,
      ),
    };
  };
  return sendOrFind(write, async () => {
    const live = await context.api.get(step.kind, id);
    return live !== undefined && holdsTarget(step, target, live.config, target.forms)
      ? { resource: live, learned: { forms: target.forms, lost: [] } }
      : undefined;
  });
}
