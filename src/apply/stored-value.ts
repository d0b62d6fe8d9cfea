/**
 * The API checks the whole stored configuration again on every update. It may refuse one for a value that this apply did
 * not send: the message then says which value that is, and where it would be written.
 */
import { hideCredentials } from '../model/credentials.ts';
import { ApiError } from '../model/errors.ts';
import { fromPointer, type Json, type JsonObject, jsonAt, jsonEqual } from '../model/json.ts';
import type { StepBase } from '../model/step.ts';
import { isRefusal } from './send-unknown-fields.ts';

/** What an update was to send, and what was stored before. */
interface Sent {
  readonly config: JsonObject;
  readonly spec: JsonObject;
  readonly before: JsonObject;
}

const MOST_CHARACTERS = 80;

/** Runs an update; a refusal that is about stored values is told as that. */
export async function explainingStored<Result>(
  step: StepBase,
  sent: Sent,
  update: () => Promise<Result>,
): Promise<Result> {
  try {
    return await update();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw withStoredValues(step, sent, error) ?? error;
  }
}

function withStoredValues(step: StepBase, sent: Sent, error: ApiError): ApiError | undefined {
  const stored = error.problems.flatMap(({ pointer, message }) => {
    if (pointer === undefined || pointer === '/' || pointer === '') return [];
    const value = jsonAt(sent.before, fromPointer(pointer));
    const isOurs = value === undefined || !jsonEqual(value, jsonAt(sent.config, fromPointer(pointer)));
    return isOurs ? [] : [{ pointer, message, value }];
  });
  const [first] = stored;
  if (first === undefined) return undefined;
  const words = stored.map(
    ({ pointer, value, message }) => `${pointer} is ${shownAt(pointer, value)} (${message})`,
  );
  const { kind, method, path, status, requestId, problems, effect } = error;
  return new ApiError(
    kind,
    `${step.address}: the API refuses what it stores itself and this change does not touch: ${words.join('; ')}`,
    { method, path, status, requestId, problems, effect },
    {
      code: 'STORED_VALUE_REFUSED',
      hint: whatToWrite(step, sent, first.pointer),
      details: { pointers: stored.map(({ pointer }) => pointer) },
      cause: error,
    },
  );
}

function whatToWrite({ address }: StepBase, { spec }: Sent, pointer: string): string {
  const written = jsonAt(spec, fromPointer(pointer)) !== undefined;
  return written
    ? `the spec of ${address} writes it at spec${pointer}: write a value there that the API takes`
    : `no spec writes it: write spec${pointer} of ${address} with a value that the API takes, or correct it in the Telnyx portal`;
}

function shownAt(pointer: string, value: Json | undefined): string {
  const text = JSON.stringify(hideCredentials(value ?? null, fromPointer(pointer)));
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
}
