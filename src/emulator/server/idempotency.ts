/**
 * `Idempotency-Key` as the public documents describe it: the record is found by key, method and path; the same body
 * bytes and query replay a successful reply for up to 24 hours, another request under the same key is a 422, and one
 * that is still running is a 409. Failures are not remembered. A record is committed together with the effect.
 */
import { createHash } from 'node:crypto';
import { isArray, isObject, type Json } from '../../model/json.ts';
import type { EmulatedWorld, Reply } from '../contract/contract.ts';
import { badRequest, conflict, telnyxError } from '../contract/errors.ts';
import { numeric, strings, text } from '../contract/fields.ts';

const FORM = /^[A-Za-z0-9_-]{1,255}$/;
const KEPT_MS = 24 * 60 * 60 * 1000;

export interface KeyedRequest {
  /** Every `Idempotency-Key` header line of the request. */
  readonly keys: readonly string[];
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: Buffer;
}

/** The right to run a keyed request: `finish` records its reply, `release` frees the key whatever happened. */
export interface Claim {
  readonly replay: Reply | undefined;
  finish(reply: Reply): void;
  release(): void;
}

const digest = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
};

function encode(reply: Reply): Json {
  return {
    status: reply.status,
    ...(reply.json === undefined ? {} : { json: reply.json }),
    ...(reply.raw === undefined ? {} : { type: reply.raw.contentType, chunks: reply.raw.chunks }),
  };
}

function decode(record: Json): Reply {
  if (!isObject(record)) return { status: 200 };
  const status = numeric(record, 'status', 200);
  if (isArray(record.chunks))
    return { status, raw: { contentType: text(record, 'type'), chunks: strings(record, 'chunks') } };
  return record.json === undefined ? { status } : { status, json: record.json };
}

/** Forgets records past their time. Nothing is written for that alone: it goes along with the next change. */
function forgetOld(world: EmulatedWorld): void {
  const limit = world.now().getTime() - KEPT_MS;
  for (const id of world.store.ids('idempotency')) {
    if (numeric(world.store.get('idempotency', id) ?? {}, 'at') <= limit)
      world.store.remove('idempotency', id);
  }
}

/** Claims keys for one server; the running ones are known to this process alone. */
export function openClaims(world: EmulatedWorld): (request: KeyedRequest) => Claim {
  forgetOld(world);
  const running = new Map<string, string>();
  return ({ keys, method, path, query, body }) => {
    const [key, ...others] = keys;
    if (key === undefined || others.length > 0 || !FORM.test(key)) {
      throw badRequest(
        'Idempotency-Key must be one value of 1 to 255 characters from A-Z, a-z, 0-9, _ and -.',
      );
    }
    const id = digest(key, method, path);
    const fingerprint = digest(query, body);
    const different = () =>
      telnyxError(
        422,
        '10027',
        'Unprocessable Entity',
        'This Idempotency-Key was used with a different request.',
      );
    const inFlight = running.get(id);
    if (inFlight !== undefined) {
      throw inFlight === fingerprint
        ? conflict('A request with this Idempotency-Key is still being processed.', '10036')
        : different();
    }
    const known = world.store.get('idempotency', id);
    const fresh = known !== undefined && numeric(known, 'at') > world.now().getTime() - KEPT_MS;
    if (fresh && text(known, 'fingerprint') !== fingerprint) throw different();
    running.set(id, fingerprint);
    return {
      replay: fresh ? decode(known.reply ?? null) : undefined,
      finish: (reply) => {
        world.store.put('idempotency', id, { fingerprint, at: world.now().getTime(), reply: encode(reply) });
      },
      release: () => {
        running.delete(id);
      },
    };
  };
}
