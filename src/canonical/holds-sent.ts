import type { JsonObject } from '../model/json.ts';
import type { ObjectShape } from '../model/shape.ts';
import { learnForms } from './own-form.ts';
import { isReworded } from './own-spelling.ts';

/**
 * True when a live configuration still says all that a create sent, in its own words or in the server's. Both sides name
 * ids; secrets of what was sent may be digests. What was not sent is not looked at.
 */
export function holdsSent(shape: ObjectShape, sent: JsonObject, live: JsonObject): boolean {
  const { forms, lost } = learnForms(shape, { guide: sent, sent, got: live });
  return lost.length === 0 && forms.every(({ sent, got, how }) => how === 'dropped' || isReworded(sent, got));
}
