import { hash } from 'node:crypto';
import { asSent } from '../canonical/as-sent.ts';
import { missingValues } from '../canonical/differences.ts';
import { holdsJustSent, holdsSent } from '../canonical/holds-sent.ts';
import { type Learned, learnForms, withLater } from '../canonical/own-form.ts';
import { isSameWord } from '../canonical/own-spelling.ts';
import { requestBody } from '../canonical/payload.ts';
import type { Kind } from '../model/address.ts';
import { ApiError, Failure } from '../model/errors.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { type Json, type JsonObject, stableStringify, toPointer } from '../model/json.ts';
import { KINDS } from '../model/kinds.ts';
import type { RemoteResource, Written } from '../model/remote.ts';
import type { ObjectShape } from '../model/shape.ts';
import type { CreateStep, StepBase } from '../model/step.ts';
import { bindResource, logIntent } from './bind.ts';
import { type ApplyContext, type Done, resolveIds } from './context.ts';
import { updateMembers, withoutMembers } from './members.ts';
import { pollUntil, sendOrFind } from './read-back.ts';

/**
 * Milliseconds to wait before each look-up of a create whose reply was lost, because lists may lag behind a write.
 */
const LOOK_UP_DELAYS_MS = [0, 1_000, 2_000];

/** Waits before a listing that changed while it was read is read again. */
const LAG_DELAYS_MS = [1_000, 3_000];

/** How many replays of deleted resources are followed before the create fails. */
const MAX_REPLAYS = 10;

/**
 * The same for every attempt at one create, by any process: derived from the state's lineage, the address, the
 * body and the ids that the address had in former lives. The API replays the first success for 24 hours instead
 * of creating a twin; a resource that was deleted since must not be taken for the new one.
 */
export function idempotencyKey(
  lineage: string,
  address: string,
  body: JsonObject,
  formerIds: readonly string[],
): string {
  const text = stableStringify([lineage, address, body, [...formerIds].sort()]);
  return `actl-${hash('sha256', text, 'hex').slice(0, 48)}`;
}

/** A resource, and the reply to the create of our own that made it; undefined when it was found by looking. */
interface Made {
  readonly resource: RemoteResource;
  readonly reply: RemoteResource | undefined;
}

/** Creates the resource, or finds the one that an earlier attempt made whose outcome was not known. */
export async function createResource(
  context: ApplyContext,
  step: CreateStep,
): Promise<Done | { readonly found: RemoteResource }> {
  const shape = SHAPES[step.kind];
  const spec = resolveIds(context, step, step.createSpec);
  const body = requestBody(shape, withoutMembers(step.kind, spec), spec);
  const made = await createLiving(context, step, body);
  const created = await withMembers(context, step, spec, made.resource);
  const { live, learned, missing } = await answered(context, step, spec, { ...made, resource: created });
  if (made.reply === undefined && missing.length > 0) {
    // Found by its name: what it says otherwise may be the API's own form, which only a reply can tell.
    await bindResource(context, { ...step, base: null }, live, undefined);
    return { found: live };
  }
  await bindResource(context, step, live, undefined, { learned });
  if (missing.length > 0) throw notStuck(step, live.id, missing);
  return { remoteId: live.id, versionId: live.versionId ?? null, promoted: false, wrote: true };
}

/** A resource that gets members is bound before they are assigned, so that a crash in between loses neither. */
async function withMembers(
  context: ApplyContext,
  step: CreateStep,
  spec: JsonObject,
  made: RemoteResource,
): Promise<RemoteResource> {
  if (withoutMembers(step.kind, spec) === spec) return made;
  const base = step.base === null ? null : withoutMembers(step.kind, step.base);
  await bindResource(context, { ...step, base }, made, undefined);
  const wrote = await updateMembers(context, step, made.id, { present: made.config, wanted: spec });
  return wrote ? ((await context.api.get(step.kind, made.id)) ?? made) : made;
}

/**
 * Creates the resource and makes sure that it exists. A replayed reply may describe a resource that was deleted
 * since: then the create is sent with a new key. An unmarked reply is checked too where an earlier run may have sent
 * the same create.
 */
async function createLiving(context: ApplyContext, step: CreateStep, body: JsonObject): Promise<Made> {
  const begun = context.session.pending.filter(
    ({ address, action }) => address === step.address && action === 'create',
  );
  const sent = [body, ...begun.flatMap((entry) => (entry.sent === undefined ? [] : [entry.sent]))];
  const found =
    begun.length > 0 ? await lookUp(context, step, { sent, holds: holdsSent, before: NOBODYS }) : undefined;
  if (found !== undefined) return { resource: found, reply: undefined };
  const repeated = begun.length > 0 || context.forgetful === true;
  const formerIds = [...(context.formerIds.get(step.address) ?? [])];
  for (let attempt = 1; attempt <= MAX_REPLAYS; attempt += 1) {
    const key = idempotencyKey(context.lineage, step.address, body, formerIds);
    await logIntent(context, step, { action: 'create', key, sent: body });
    const { resource, replayed, reply } = await createOnce(context, step, body, key);
    if (!(replayed || repeated) || formerIds.includes(resource.id)) return { resource, reply };
    const living = await pollUntil(context, () => context.api.get(step.kind, resource.id));
    if (living !== undefined) return { resource: living, reply };
    formerIds.push(resource.id);
  }
  throw new Failure('partial', `${step.address} was created, but none of what the API named can be read`, {
    code: 'CREATE_UNREADABLE',
    hint: `look in the Telnyx portal for ${formerIds.slice(-MAX_REPLAYS).join(', ')}`,
  });
}

async function createOnce(
  context: ApplyContext,
  step: CreateStep,
  body: JsonObject,
  key: string,
): Promise<Written & Made> {
  const send = async (): Promise<Written & Made> => {
    const written = await context.creating(step.kind).shared(() => context.api.create(step.kind, body, key));
    return { ...written, reply: written.resource };
  };
  return sendOrFind(send, async () => {
    const before = context.planned.liveIds;
    const resource = await lookUp(context, step, { sent: [body], holds: holdsJustSent, before });
    return resource && { resource, replayed: false, reply: undefined };
  });
}

interface SentCreates {
  readonly sent: readonly JsonObject[];
  /** Whether a live configuration is what one of them made. */
  readonly holds: typeof holdsSent;
  /** Ids of what was there before the first of them. */
  readonly before: ReadonlySet<string>;
}

/** What was there before a create of an earlier run is not known. */
const NOBODYS: ReadonlySet<string> = new Set();

/**
 * The unbound resource that one of the creates made. Its name alone does not make it ours: it has to hold what was sent.
 * Undefined when there is none. One of exactly that name that holds something else is a matter for a person.
 */
async function lookUp(
  context: ApplyContext,
  step: CreateStep,
  { sent, holds, before }: SentCreates,
): Promise<RemoteResource | undefined> {
  let others: readonly RemoteResource[] = [];
  const read = async (): Promise<RemoteResource | undefined> => {
    // Pages that are read while this very apply creates would not fit together.
    const listed = await context.creating(step.kind).alone(() => listSettled(context, step.kind));
    const bound = new Set(context.ids.values());
    const named = listed.filter(
      (resource) =>
        !bound.has(resource.id) &&
        !before.has(resource.id) &&
        sent.some((body) => isNamedLike(step, resource, body)),
    );
    // Lists leave fields out.
    const whole = await Promise.all(named.map(({ id }) => context.api.get(step.kind, id)));
    const living = whole.filter((resource) => resource !== undefined);
    const ours = living.filter(({ config }) => sent.some((body) => holds(SHAPES[step.kind], body, config)));
    if (ours.length > 1) throw severalFound(step, ours);
    others = living.filter(({ name }) => sent.some((body) => body[KINDS[step.kind].nameField] === name));
    return ours[0];
  };
  const found = await pollUntil(context, read, LOOK_UP_DELAYS_MS);
  if (found === undefined && others.length > 0) throw othersFound(step, others);
  return found;
}

/** A listing of its own. Lists may lag: then what this apply created shortly before still comes in between two pages. */
async function listSettled(context: ApplyContext, kind: Kind): Promise<readonly RemoteResource[]> {
  for (const delay of LAG_DELAYS_MS) {
    try {
      return await context.api.list(kind);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'LISTING_INCOMPLETE') throw error;
    }
    await context.sleep(delay);
  }
  return context.api.list(kind);
}

/** True when a listed resource may be the one that a body made: the API may spell names in its own way. */
function isNamedLike(step: CreateStep, { name, config }: RemoteResource, body: JsonObject): boolean {
  const { nameField, identity } = KINDS[step.kind];
  return isSpelled(body[nameField], name) && identity.every((field) => isSpelled(body[field], config[field]));
}

/** A shorter name may be that of another resource: only a long one was cut off. */
const CUT_OFF_FROM = 20;

function isSpelled(sent: Json | undefined, got: Json | undefined): boolean {
  if (sent === got) return true;
  if (typeof sent !== 'string' || typeof got !== 'string') return false;
  return isSameWord(sent, got) || (got.length >= CUT_OFF_FROM && sent.startsWith(got));
}

function othersFound(step: CreateStep, others: readonly RemoteResource[]): Failure {
  const ids = others.map(({ id }) => id);
  const list = ids.join(', ');
  return new Failure(
    'partial',
    `the reply to creating ${step.address} was lost, and what has its name now (${list}) does not hold what was sent`,
    {
      code: 'OUTCOME_AMBIGUOUS',
      hint: `look at it in the Telnyx portal; if it is to be managed here: ${importLines(step, ids)}`,
      details: { ids },
    },
  );
}

function importLines({ address }: CreateStep, ids: readonly string[]): string {
  return ids.map((id) => `assistantctl state import ${address} ${id}`).join('   or   ');
}

function severalFound(step: CreateStep, candidates: readonly RemoteResource[]): Failure {
  const ids = candidates.map((candidate) => candidate.id);
  return new Failure(
    'partial',
    `the reply to creating ${step.address} was lost, and ${ids.length} resources now have its name: ${ids.join(', ')}`,
    {
      code: 'OUTCOME_AMBIGUOUS',
      hint: `say which one it is: ${importLines(step, ids)}`,
      details: { ids },
    },
  );
}

/**
 * What the API made of the create. A reply may leave out what a read has: only then is the resource read once more. What
 * it says otherwise is read of the version that the create made, for kinds with versions.
 */
async function answered(
  context: ApplyContext,
  step: CreateStep,
  spec: JsonObject,
  { resource, reply }: Made,
): Promise<{ live: RemoteResource; learned: Learned; missing: readonly string[] }> {
  const shape = SHAPES[step.kind];
  const body = withoutMembers(step.kind, spec);
  const write = { guide: body, sent: body };
  const first = reply === undefined ? undefined : learnForms(shape, { ...write, got: reply.config });
  if (
    first !== undefined &&
    first.lost.length + first.forms.length === 0 &&
    isSettled(shape, spec, resource) &&
    (KINDS[step.kind].update !== 'version' || resource.versionId !== undefined)
  ) {
    return { live: resource, learned: first, missing: [] };
  }
  const learnedFrom = (got: JsonObject, later: JsonObject): Learned => {
    const whole = { ...write, got };
    return withLater(shape, learnForms(shape, whole), whole, later);
  };
  const made = reply === undefined ? undefined : await madeVersion(context, step, reply);
  const said = made ?? reply;
  const live = (await context.api.get(step.kind, resource.id)) ?? resource;
  const learned = said === undefined ? { forms: [], lost: [] } : learnedFrom(said.config, live.config);
  const missing = [
    ...missingValues(shape, spec, asSent(shape, live.config, learned.forms)),
    ...learned.lost.map(({ path }) => toPointer(path)),
  ];
  return { live, learned, missing: [...new Set(missing)] };
}

function isSettled(shape: ObjectShape, spec: JsonObject, { config }: RemoteResource): boolean {
  return missingValues(shape, spec, config).length === 0;
}

async function madeVersion(
  context: ApplyContext,
  step: CreateStep,
  { id, versionId }: RemoteResource,
): Promise<RemoteResource | undefined> {
  if (KINDS[step.kind].update !== 'version' || versionId === undefined) return undefined;
  return context.api.getVersion(id, versionId);
}

/** The write went through and the API returns something else than what was sent. */
export function notStuck(step: StepBase, remoteId: string, pointers: readonly string[]): Failure {
  return new Failure(
    'partial',
    `${step.address} (${remoteId}) was written, but the API returns other values for ${pointers.join(', ')}`,
    {
      code: 'NOT_STUCK',
      hint: 'the next plan shows what it returns; write that into the spec, or put the field under lifecycle.ignore_changes',
      details: { pointers },
    },
  );
}
