/**
 * Integration secrets and storage buckets that specs name. No document manages them. The API accepts any name and
 * fails only when a call needs the thing, so a plan warns beforehand of names that do not exist.
 */
import { childShape, fittingShape } from '../canonical/walk.ts';
import type { DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { type Interruptible, runToEnd } from '../model/interruptible.ts';
import { type Json, type Path, toPointer } from '../model/json.ts';
import type { Inventory, RemoteAccount } from '../model/remote.ts';
import type { Shape } from '../model/shape.ts';

type Thing = 'secret' | 'bucket';

/** One thing that specs name: where first, and by how many resources. */
interface Mention {
  readonly what: Thing;
  readonly name: string;
  readonly address: string;
  readonly pointer: string;
  readonly resources: number;
}

interface Collector {
  readonly mentions: Map<string, Mention>;
  readonly address: string;
}

/** The way to a value, from its end: a path is only put together where something is mentioned. */
type Way = { readonly name: string; readonly above: Way } | undefined;

function pathOf(way: Way): Path {
  return way === undefined ? [] : [...pathOf(way.above), way.name];
}

/** How the platform's templates name a secret inside a text. */
const SECRET_IN_TEXT = /\{\{#integration_secret\}\}([^{]*)\{\{\/integration_secret\}\}/g;

/** Identifiers are plain words; anything else in a `*_ref` field is a template or an address. */
const IDENTIFIER = /^[A-Za-z0-9_][A-Za-z0-9_.:-]*$/;

function note({ mentions, address }: Collector, what: Thing, name: string, way: Way): void {
  const key = `${what} ${name}`;
  const known = mentions.get(key);
  if (known === undefined) {
    mentions.set(key, { what, name, address, pointer: toPointer(pathOf(way)), resources: 1 });
  } else if (known.address !== address) {
    mentions.set(key, { ...known, resources: known.resources + 1 });
  }
}

function collectText(into: Collector, shape: Shape, text: string, way: Way): void {
  if (shape.t === 'scalar' && shape.secretRef && IDENTIFIER.test(text)) note(into, 'secret', text, way);
  if (shape.t === 'scalar' && shape.bucket && text !== '') note(into, 'bucket', text, way);
  if (!text.includes('{{#integration_secret')) return;
  for (const [, name = ''] of text.matchAll(SECRET_IN_TEXT)) {
    if (name.trim() !== '') note(into, 'secret', name.trim(), way);
  }
}

function collect(into: Collector, shape: Shape, value: Json, way: Way): void {
  if (typeof value === 'string') collectText(into, shape, value, way);
  if (typeof value !== 'object' || value === null) return;
  const fitting = fittingShape(shape, value);
  for (const [name, entry] of Object.entries(value)) {
    if (typeof entry === 'object' || typeof entry === 'string') {
      collect(into, childShape(fitting, name, entry), entry, { name, above: way });
    }
  }
}

const collected = new WeakMap<DesiredState, readonly Mention[]>();

/** Computed twice for each desired state: while the account is read, and for the warnings. */
function* mentionsOf(desired: DesiredState): Interruptible<readonly Mention[]> {
  const known = collected.get(desired);
  if (known !== undefined) return known;
  const mentions = new Map<string, Mention>();
  for (const { address, kind, spec } of desired.resources.values()) {
    collect({ mentions, address }, SHAPES[kind], spec, undefined);
    yield;
  }
  const list = [...mentions.values()];
  collected.set(desired, list);
  return list;
}

/** What has to be looked up for {@link inventoryWarnings}: nothing that no spec names. */
export function* inventoryNeeds(
  desired: DesiredState,
): Interruptible<{ readonly secrets: boolean; readonly buckets: boolean }> {
  const mentions = yield* mentionsOf(desired);
  return {
    secrets: mentions.some(({ what }) => what === 'secret'),
    buckets: mentions.some(({ what }) => what === 'bucket'),
  };
}

/** The resources that name each integration secret, by its identifier. */
export function secretUsers(desired: DesiredState): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const { address, kind, spec } of desired.resources.values()) {
    const mentions = new Map<string, Mention>();
    collect({ mentions, address }, SHAPES[kind], spec, undefined);
    for (const { what, name } of mentions.values()) {
      if (what === 'secret') users.set(name, [...(users.get(name) ?? []), address]);
    }
  }
  return users;
}

/** A warning for each named thing that does not exist, and a note where that cannot be told. */
export function inventoryWarnings(desired: DesiredState, account: RemoteAccount): readonly Diagnostic[] {
  const { secrets, buckets } = account;
  if (secrets === undefined && buckets === undefined) return [];
  const warnings = runToEnd(mentionsOf(desired)).flatMap((mention) => {
    const inventory = mention.what === 'secret' ? secrets : buckets;
    const missing = inventory !== undefined && 'known' in inventory && !inventory.known.has(mention.name);
    return missing ? [missingThing(desired, mention)] : [];
  });
  return [
    ...warnings,
    ...unchecked('integration secrets', secrets),
    ...unchecked('storage buckets', buckets),
  ];
}

function missingThing(desired: DesiredState, mention: Mention): Diagnostic {
  const { what, name, pointer, address, resources } = mention;
  const position = desired.locate(address, pointer);
  const secret = what === 'secret';
  const who = resources === 1 ? address : `${address} and ${resources - 1} more`;
  const verb = resources === 1 ? (secret ? 'names' : 'searches') : secret ? 'name' : 'search';
  return {
    severity: 'warning',
    code: secret ? 'SECRET_MISSING' : 'BUCKET_MISSING',
    message: secret
      ? `${who} ${verb} the integration secret "${name}", which the account does not have`
      : `${who} ${verb} the bucket "${name}", which the account has not embedded`,
    address,
    pointer,
    ...(position !== undefined && { position }),
    hint: secret
      ? 'create it in the Telnyx portal under Integration Secrets, or correct its identifier'
      : 'embed the bucket in the Telnyx portal, or correct its name',
  };
}

function unchecked(what: string, inventory: Inventory | undefined): readonly Diagnostic[] {
  if (inventory === undefined || !('unavailable' in inventory)) return [];
  const message = `the ${what} that the specs name were not checked: ${inventory.unavailable}`;
  return [{ severity: 'info', code: 'INVENTORY_UNAVAILABLE', message }];
}
