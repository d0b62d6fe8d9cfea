import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject, type Json } from '../../model/json.ts';
import type { Reply, RequestInfo } from '../contract/contract.ts';
import { badRequest, invalid, notFound } from '../contract/errors.ts';

/** Largest accepted body: 8 MB. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** What arrived, before anything is decided about it. */
export interface Arrived extends RequestInfo {
  /** Decoded segments below the base path; undefined when the path is outside of it or badly encoded. */
  readonly segments: readonly string[] | undefined;
  /** The query as sent. */
  readonly search: string;
  readonly bytes: Buffer;
  readonly tooLarge: boolean;
  readonly keys: readonly string[];
}

async function readBody(
  request: IncomingMessage,
): Promise<{ readonly bytes: Buffer; readonly tooLarge: boolean }> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) continue;
    length += part.length;
    if (length <= MAX_BODY_BYTES) parts.push(part);
  }
  const tooLarge = length > MAX_BODY_BYTES;
  return { bytes: tooLarge ? Buffer.alloc(0) : Buffer.concat(parts), tooLarge };
}

function decodeSegments(pathname: string, base: string): readonly string[] | undefined {
  if (!pathname.startsWith(`${base}/`)) return undefined;
  try {
    return pathname
      .slice(base.length + 1)
      .split('/')
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function tryJson(bytes: Buffer): Json | undefined {
  try {
    return bytes.length === 0 ? undefined : JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Reads a request to its end. Square brackets in the query may be percent-encoded or not. */
export async function receive(request: IncomingMessage, base: string): Promise<Arrived> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const { bytes, tooLarge } = await readBody(request);
  const segments = decodeSegments(url.pathname, base);
  const keys = request.headersDistinct['idempotency-key'] ?? [];
  const headers = Object.entries(request.headersDistinct).map(([name, values]) => [
    name,
    (values ?? []).join(', '),
  ]);
  return {
    method: request.method ?? 'GET',
    path: segments === undefined ? url.pathname : `/${segments.join('/')}`,
    query: Object.fromEntries(url.searchParams),
    body: tryJson(bytes),
    idempotencyKey: keys[0],
    headers: Object.fromEntries(headers),
    segments,
    search: url.search,
    bytes,
    tooLarge,
    keys,
  };
}

/** The body as an object. The AI endpoints answer 422 to what is no JSON object, the others 400. */
export function bodyObject(arrived: Arrived) {
  if (arrived.method === 'GET' || arrived.method === 'DELETE' || arrived.bytes.length === 0) return {};
  if (isObject(arrived.body)) return arrived.body;
  if (arrived.segments?.[0] !== 'ai') throw badRequest('The request body is not a JSON object.');
  if (arrived.body === undefined) {
    throw invalid([{ loc: ['body', 0], msg: 'JSON decode error', type: 'json_invalid' }]);
  }
  throw invalid([
    { loc: ['body'], msg: 'Input should be a valid dictionary', type: 'model_attributes_type' },
  ]);
}

/** The path segments; a path outside the base is a 404. */
export function segmentsOf(arrived: Arrived): readonly string[] {
  if (arrived.segments === undefined) throw notFound();
  return arrived.segments;
}

/** A reply in bytes. */
export interface Payload {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly Buffer[];
}

/** Serialises a reply; JSON and empty bodies carry their length, streams do not. */
export function encodeReply(reply: Reply, headers: Readonly<Record<string, string>>): Payload {
  const { status, json, raw } = reply;
  if (raw !== undefined) {
    const chunks = raw.chunks.map((chunk) => Buffer.from(chunk, 'utf8'));
    return { status, headers: { ...headers, 'content-type': raw.contentType }, chunks };
  }
  if (json === undefined) {
    return { status, headers: status === 204 ? headers : { ...headers, 'content-length': '0' }, chunks: [] };
  }
  const bytes = Buffer.from(JSON.stringify(json), 'utf8');
  const type = { 'content-type': 'application/json', 'content-length': String(bytes.length) };
  return { status, headers: { ...headers, ...type }, chunks: [bytes] };
}

/** Sends a payload; `cut` stops halfway through the body and closes the connection. */
export function send(response: ServerResponse, payload: Payload, cut = false): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(payload.status, payload.headers);
  if (cut) {
    const whole = Buffer.concat(payload.chunks);
    response.write(whole.subarray(0, Math.floor(whole.length / 2)), () => response.destroy());
    return;
  }
  const last = payload.chunks.at(-1);
  for (const chunk of payload.chunks.slice(0, -1)) response.write(chunk);
  response.end(last);
}
