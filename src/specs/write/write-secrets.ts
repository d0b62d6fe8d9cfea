import { setAtPath } from '../../canonical/edit.ts';
import { CREDENTIAL, credentialsIn } from '../../model/credentials.ts';
import { isArray, isObject, type Json, type JsonObject, jsonEqual, type Path } from '../../model/json.ts';
import type { ObjectShape } from '../../model/shape.ts';

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
  const known = new Set(credentialsIn(spec));
  const changed = setAtPath(shape, spec, keyed, live) ?? null;
  if (holds(live, isHiddenCredential) || credentialsIn(changed).some((text) => !known.has(text))) {
    const reason =
      'the live value holds a literal credential, which does not belong into a file: store it as an integration secret, and refer to that in the portal';
    return { reason, secret: true };
  }
  return holds(live, isHidden)
    ? { reason: 'the API does not show this secret; rotate it where it is stored' }
    : undefined;
}

function isHiddenCredential(value: Json): boolean {
  return jsonEqual(value, CREDENTIAL);
}

function isHidden(value: Json): boolean {
  return isObject(value) && Object.hasOwn(value, '$sensitive');
}

function holds(value: Json, wanted: (value: Json) => boolean): boolean {
  if (wanted(value)) return true;
  const inner = isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return inner.some((each) => holds(each, wanted));
}
