import { isArray, isObject, type Json } from '../../model/json.ts';
import type { EmulatedWorld } from './contract.ts';
import { badRequest } from './errors.ts';
import { text } from './fields.ts';

const PLACEHOLDER = /\{\{#integration_secret\}\}([^{]*)\{\{\/integration_secret\}\}/g;

function* secretNames(value: Json, name: string): Generator<string> {
  if (typeof value === 'string') {
    if (name.endsWith('_ref') && value !== '') yield value;
    for (const [, identifier] of value.matchAll(PLACEHOLDER)) yield (identifier ?? '').trim();
  } else if (isArray(value)) for (const item of value) yield* secretNames(item, name);
  else if (isObject(value)) for (const [key, inner] of Object.entries(value)) yield* secretNames(inner, key);
}

/** With the quirk `secretsCheck`, refuses a body that names an integration secret which does not exist. */
export function checkSecrets(world: EmulatedWorld, body: Json): void {
  if (!world.quirks.secretsCheck) return;
  const known = new Set(world.store.all('integration_secrets').map((secret) => text(secret, 'identifier')));
  for (const name of secretNames(body, '')) {
    if (!known.has(name)) throw badRequest(`Integration secret '${name}' not found.`);
  }
}
