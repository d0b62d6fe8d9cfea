import { setAtPath } from '../canonical/edit.ts';
import { isArray, isObject, type Json, type JsonObject, type Path } from '../model/json.ts';
import type { ObjectShape } from '../model/shape.ts';
import { credentialsIn } from './credentials.ts';

/** Why a live value is not written back. */
export interface Refusal {
  readonly reason: string;
  /** The live value is a secret, which no report may repeat. */
  readonly secret?: true;
}

/** Secrets that the API hides cannot be written; what `validate` would refuse is not written in the first place. */
export function secretRefusal(
  shape: ObjectShape,
  spec: JsonObject,
  keyed: Path,
  live: Json | undefined,
): Refusal | undefined {
  if (live === undefined) return undefined;
  if (holdsSensitive(live))
    return { reason: 'the API does not show this secret; rotate it where it is stored' };
  const known = new Set(credentialsIn(spec));
  const changed = setAtPath(shape, spec, keyed, live) ?? null;
  if (credentialsIn(changed).every((text) => known.has(text))) return undefined;
  const reason =
    'the live value holds a literal credential, which does not belong into a file: store it as an integration secret, and refer to that in the portal';
  return { reason, secret: true };
}

function holdsSensitive(value: Json): boolean {
  if (isArray(value)) return value.some(holdsSensitive);
  if (!isObject(value)) return false;
  return Object.hasOwn(value, '$sensitive') || Object.values(value).some(holdsSensitive);
}
