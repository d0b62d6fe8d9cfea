/**
 * The embedded API: a node:http server with the wire shapes of the Telnyx AI endpoints, for trying configurations
 * without a key, for tests and for demonstrations. Time, ids and everything else that a caller may want to hold
 * still come in through the options.
 */
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  EmulatorHandle,
  EmulatorOptions,
  Fault,
  FaultHook,
  RequestLogEntry,
  World,
} from './contract.ts';
import { type Arrived, encodeReply, type Payload, receive, send } from './http.ts';
import { watchLag } from './lag.ts';
import { type Answer, failureAnswer, openPipeline } from './pipeline.ts';
import { DEFAULT_QUIRKS, type Quirks } from './quirks.ts';
import { openRateWindow } from './rate-window.ts';
import { openRequestLog } from './request-log.ts';
import { DEFAULT_TIMINGS, type RunScript } from './run-scripts.ts';
import { openStore } from './store.ts';

const BASE = '/v2';
const KEEP_ALIVE_MS = 60_000;

function requestId(index: number, at: Date): string {
  const hex = createHash('sha256').update(`${index}:${at.getTime()}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/**
 * Starts the embedded API and resolves when it listens. Rejects when the port is taken or the data file is not one of
 * its own.
 */
export async function startEmulator(options: EmulatorOptions): Promise<EmulatorHandle> {
  const store = openStore(options.dataFile);
  let quirks: Quirks = { ...DEFAULT_QUIRKS, ...options.quirks };
  let scripts: readonly RunScript[] = options.scripts ?? [];
  let faults: FaultHook | undefined = options.faults;
  const world: World = {
    store,
    get quirks() {
      return quirks;
    },
    get scripts() {
      return scripts;
    },
    timings: { ...DEFAULT_TIMINGS, ...options.runTimings },
    validateBody: options.validateBody,
    now: options.clock,
    uuid: options.randomUuid,
  };
  watchLag(
    store,
    () => options.clock().getTime(),
    () => quirks.listLagMs,
  );
  const admit = openPipeline(options, world);
  const log = openRequestLog(options.logSize ?? 10_000, options.onRequest);
  const rate = openRateWindow(options.rateLimit, () => options.clock().getTime());
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);

  /** False when the server stopped meanwhile. */
  const wait = async (ms: number): Promise<boolean> => {
    if (ms > 0) await sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
    return !stopping.signal.aborted;
  };

  const work = async (arrived: Arrived, index: number): Promise<Answer | undefined> => {
    try {
      rate.take();
      const admission = admit(arrived, index);
      try {
        return (await wait(options.latencyMs ?? 0)) ? admission.run() : undefined;
      } finally {
        admission.release();
      }
    } catch (error) {
      return (await wait(options.latencyMs ?? 0)) ? failureAnswer(error) : undefined;
    }
  };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const arrived = await receive(request, BASE);
    const index = log.arrive(arrived);
    const fault = faults?.(arrived, index);
    const common = { 'x-request-id': requestId(index, options.clock()) };
    const reply = (payload: Payload, cut = false): void => {
      log.answer(index, cut ? 0 : payload.status);
      send(response, payload, cut);
    };
    const encoded = ({ reply: body, headers }: Answer) =>
      encodeReply(body, { ...common, ...rate.headers(), ...headers });

    if (fault?.kind === 'reset-before') return drop(response);
    if (fault?.kind === 'hang' && fault.afterEffect !== true) return;
    if (fault?.kind === 'status' && fault.afterEffect !== true) return reply(scripted(fault, common));
    if (fault?.kind === 'delay' && !(await wait(fault.ms))) return;
    const answer = await work(arrived, index);
    if (answer === undefined || fault?.kind === 'hang') return;
    if (fault?.kind === 'reset-after') return drop(response);
    if (fault?.kind === 'status') return reply(scripted(fault, common));
    if (fault?.kind === 'garbage') return reply(garbage(common));
    reply(encoded(answer), fault?.kind === 'truncate');
  };

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    respond(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  }).catch((error: unknown) => {
    store.close();
    throw error;
  });
  const { port } = address(server.address());
  const host = options.host ?? '127.0.0.1';
  const shownHost = host.includes(':') ? `[${host}]` : host;

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    stopping.abort();
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await ended;
    store.close();
  };
  return {
    url: `http://${shownHost}:${port}${BASE}`,
    port,
    get requests(): readonly RequestLogEntry[] {
      return log.entries();
    },
    store,
    setScripts: (next) => {
      scripts = next;
    },
    setQuirks: (next) => {
      quirks = { ...quirks, ...next };
    },
    setFaults: (next) => {
      faults = next;
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

function drop(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

function scripted(
  fault: Extract<Fault, { kind: 'status' }>,
  common: Readonly<Record<string, string>>,
): Payload {
  const reply =
    fault.body === undefined ? { status: fault.status } : { status: fault.status, json: fault.body };
  return encodeReply(reply, { ...common, ...fault.headers });
}

function garbage(common: Readonly<Record<string, string>>): Payload {
  const raw = { contentType: 'application/json', chunks: ['<html><body>502 Bad Gateway'] };
  return encodeReply({ status: 200, raw }, common);
}

function address(value: AddressInfo | string | null): AddressInfo {
  if (value === null || typeof value === 'string') throw new Error('the server has no TCP address');
  return value;
}
