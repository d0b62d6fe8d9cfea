/**
 * Things that specs name and that nobody manages here: integration secrets and storage buckets. The API takes their
 * names as they come and fails when a call needs them; a plan therefore says beforehand which do not exist.
 */
import { childShape, fittingShape } from '../canonical/walk.ts';
import type { DesiredResource, DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { isArray, isObject, type Json, type Path, toPointer } from '../model/json.ts';
import type { Inventory, RemoteAccount } from '../model/remote.ts';
import type { Shape } from '../model/shape.ts';

interface Mention {
  readonly what: 'secret' | 'bucket';
  readonly name: string;
  readonly pointer: string;
}

/** How the platform's templates name a secret inside a text. */
const SECRET_IN_TEXT = /\{\{#integration_secret\}\}([^{]*)\{\{\/integration_secret\}\}/g;

/** Identifiers are plain words; anything else in a `*_ref` field is a template or an address. */
const IDENTIFIER = /^[A-Za-z0-9_][A-Za-z0-9_.:-]*$/;

function* mentionsIn(shape: Shape, value: Json, path: Path): Generator<Mention> {
  const pointer = toPointer(path);
  if (typeof value === 'string') {
    if (shape.t === 'scalar' && shape.secretRef && IDENTIFIER.test(value))
      yield { what: 'secret', name: value, pointer };
    if (shape.t === 'scalar' && shape.bucket && value !== '') yield { what: 'bucket', name: value, pointer };
    for (const [, name = ''] of value.matchAll(SECRET_IN_TEXT)) {
      if (name.trim() !== '') yield { what: 'secret', name: name.trim(), pointer };
    }
    return;
  }
  const fitting = fittingShape(shape, value);
  const children = isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  for (const [name, entry] of children) {
    yield* mentionsIn(childShape(fitting, String(name), entry), entry, [...path, String(name)]);
  }
}

function mentionsOf({ kind, spec }: DesiredResource): readonly Mention[] {
  return [...mentionsIn(SHAPES[kind], spec, [])];
}

/** What has to be looked up for {@link inventoryWarnings}: nothing that no spec names. */
export function inventoryWish(desired: DesiredState): {
  readonly secrets: boolean;
  readonly buckets: boolean;
} {
  const mentions = [...desired.resources.values()].flatMap(mentionsOf);
  return {
    secrets: mentions.some(({ what }) => what === 'secret'),
    buckets: mentions.some(({ what }) => what === 'bucket'),
  };
}

/** A warning for each place that names something that does not exist, and a note where that cannot be told. */
export function inventoryWarnings(desired: DesiredState, account: RemoteAccount): readonly Diagnostic[] {
  const { secrets, buckets } = account;
  if (secrets === undefined && buckets === undefined) return [];
  const warnings = [...desired.resources.values()].flatMap((resource) =>
    mentionsOf(resource).flatMap((mention) => {
      const inventory = mention.what === 'secret' ? secrets : buckets;
      const missing = inventory !== undefined && 'known' in inventory && !inventory.known.has(mention.name);
      return missing ? [missingThing(desired, resource, mention)] : [];
    }),
  );
  return [
    ...warnings,
    ...unchecked('integration secrets', secrets),
    ...unchecked('storage buckets', buckets),
  ];
}

function missingThing(desired: DesiredState, { address }: DesiredResource, mention: Mention): Diagnostic {
  const { what, name, pointer } = mention;
  const position = desired.locate(address, pointer);
  const secret = what === 'secret';
  return {
    severity: 'warning',
    code: secret ? 'SECRET_MISSING' : 'BUCKET_MISSING',
    message: secret
      ? `${address} names the integration secret "${name}", which the account does not have`
      : `${address} searches the bucket "${name}", which the account has not embedded`,
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
