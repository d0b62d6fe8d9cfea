/**
 * The embedded API: a node:http server with the wire shapes of the Telnyx AI endpoints, for trying configurations
 * without a key, for tests and for demonstrations. Time, ids and everything else that a caller may want to hold
 * still come in through the options.
 */
import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  EmulatedWorld,
  EmulatorHandle,
  EmulatorOptions,
  FaultHook,
  RequestLogEntry,
} from '../contract/contract.ts';
import { DEFAULT_QUIRKS, type Quirks } from '../contract/quirks.ts';
import { DEFAULT_TIMINGS, type RunScript } from '../contract/run-scripts.ts';
import { recordForStaleLists } from '../contract/stale-lists.ts';
import { openEmulatorStore } from '../contract/store.ts';
import { stockAccount } from '../resources/stock.ts';
import { BASE_PATH, openExchange } from './exchange.ts';
import { openPipeline } from './pipeline.ts';
import { openRateWindow } from './rate-window.ts';
import { openRequestLog } from './request-log.ts';

const KEEP_ALIVE_MS = 60_000;

/**
 * Starts the embedded API and resolves when it listens. Rejects when the port is taken or the data file is not one of
 * its own.
 */
export async function startEmulator(options: EmulatorOptions): Promise<EmulatorHandle> {
  const store = openEmulatorStore(options.dataFile);
  let quirks: Quirks = { ...DEFAULT_QUIRKS, ...options.quirks };
  let scripts: readonly RunScript[] = options.scripts ?? [];
  let faults: FaultHook | undefined = options.faults;
  const world: EmulatedWorld = {
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
  recordForStaleLists(
    store,
    () => options.clock().getTime(),
    () => quirks.listLagMs,
  );
  stockAccount(world, store.isEmpty());
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);

  const log = openRequestLog(options.logSize ?? 10_000, options.onRequest);
  const respond = openExchange({
    admit: openPipeline(options, world),
    log,
    rate: openRateWindow(options.rateLimit, () => options.clock().getTime()),
    faults: () => faults,
    clock: options.clock,
    latencyMs: options.latencyMs ?? 0,
    stopped: stopping.signal,
  });

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
    url: `http://${shownHost}:${port}${BASE_PATH}`,
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

function address(value: AddressInfo | string | null): AddressInfo {
  if (value === null || typeof value === 'string') throw new Error('the server has no TCP address');
  return value;
}
