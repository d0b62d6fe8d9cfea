import { withoutUnknown } from '../canonical/payload.ts';
import { ApiError } from '../model/errors.ts';
import { isObject, type JsonObject, jsonEqual } from '../model/json.ts';
import type { ObjectShape } from '../model/shape.ts';

/**
 * Sends a body that carries the live configuration back. If the API refuses it and it holds fields that nobody
 * knows, those are read-only for all we can tell, and the rest is sent without them.
 */
export async function sendBack<Result>(
  shape: ObjectShape,
  body: JsonObject,
  spec: JsonObject,
  send: (body: JsonObject) => Promise<Result>,
): Promise<Result> {
  try {
    return await send(body);
  } catch (error) {
    const refused = error instanceof ApiError && (error.status === 400 || error.status === 422);
    const known = refused ? withoutUnknown(shape, body, spec) : body;
    if (!refused || !isObject(known) || jsonEqual(known, body)) throw error;
    return await send(known);
  }
}
