import { partialBody, withoutUnknown } from '../canonical/payload.ts';
import { ApiError } from '../model/errors.ts';
import { isObject, type JsonObject, jsonEqual } from '../model/json.ts';
import type { ObjectShape } from '../model/shape.ts';

/** True when the API refused the request because of its content. */
export function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status === 400 || error.status === 422);
}

/**
 * Sends a body that carries the live configuration back, and less of it as long as the API refuses: without the
 * fields that nobody knows, which are read-only for all we can tell; then, where leaving a field out means to keep
 * it, with the `changed` fields alone. What is live need not be accepted a second time: it may refer to something
 * that was deleted since, or name a model that is no longer offered.
 */
export async function sendBack<Result>(
  shape: ObjectShape,
  body: JsonObject,
  spec: JsonObject,
  send: (body: JsonObject) => Promise<Result>,
  changed?: ReadonlySet<string>,
): Promise<Result> {
  const known = withoutUnknown(shape, body, spec);
  const stripped = isObject(known) ? known : body;
  const least = changed === undefined ? stripped : partialBody(stripped, changed);
  const bodies = [body, stripped, least];
  const lesser = bodies.filter(
    (one, index) => !bodies.slice(0, index).some((other) => jsonEqual(one, other)),
  );
  for (;;) {
    try {
      return await send(lesser.shift() ?? least);
    } catch (error) {
      if (!isRefusal(error) || lesser.length === 0) throw error;
    }
  }
}
