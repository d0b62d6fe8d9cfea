import type { Json, JsonObject } from '../model/json.ts';
import type { ObjectShape } from '../model/shape.ts';
import { learnForms } from './own-form.ts';
import { isNear, isReworded } from './own-spelling.ts';

/**
 * True when a live configuration still says all that a create sent, in its own words or in the server's. Both sides name
 * ids; secrets of what was sent may be digests. What was not sent is not looked at.
 */
export function holdsSent(shape: ObjectShape, sent: JsonObject, live: JsonObject): boolean {
  return says(shape, { sent, live }, isReworded);
}

/**
 * The same for what appeared right after the create: so soon nobody edited it, and its texts and words may be farther from
 * what was sent. Addresses and ids may not: with another one it is somebody else's.
 */
export function holdsJustSent(shape: ObjectShape, sent: JsonObject, live: JsonObject): boolean {
  return says(shape, { sent, live }, (one, other) => {
    if (isReworded(one, other) || (isWord(one) && isWord(other))) return true;
    return !isToken(one) && isNear(one, other);
  });
}

/** A plain word, for which a server may know another one. */
function isWord(value: Json): boolean {
  return typeof value === 'string' && /^[\p{L}_-]+$/u.test(value.trim());
}

/** A word, an address, an id: no text. */
function isToken(value: Json): boolean {
  return typeof value === 'string' && !/\s/.test(value.trim());
}

function says(
  shape: ObjectShape,
  { sent, live }: { readonly sent: JsonObject; readonly live: JsonObject },
  isSame: (sent: Json, got: Json) => boolean,
): boolean {
  const { forms, lost } = learnForms(shape, { guide: sent, sent, got: live });
  return lost.length === 0 && forms.every(({ sent, got, how }) => how === 'dropped' || isSame(sent, got));
}
