import { onTestFinished } from 'vitest';
import type { ClientOptions } from '../../src/live/http/client.ts';
import type { LogEntry } from '../../src/live/http/log.ts';
import { createApi, type LiveApi } from '../../src/live/telnyx/api.ts';
import { ApiError } from '../../src/model/errors.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import {
  type Responder,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from '../support/scripted-server.ts';

export const TEST_KEY = 'KEY_TEST_0123456789abcdef';

export interface Harness {
  readonly api: LiveApi;
  readonly server: ScriptedServer;
  readonly clock: FakeClock;
  readonly log: readonly LogEntry[];
}

/** A client on a scripted server; both end with the test. Jitter is fixed to its upper half. */
export async function harness(
  responder: Responder,
  options: Partial<ClientOptions> = {},
  scripted: ScriptedServerOptions = {},
): Promise<Harness> {
  const server = await startScriptedServer(responder, scripted);
  const clock = fakeClock();
  const log: LogEntry[] = [];
  const api = createApi({
    baseUrl: server.url,
    apiKey: TEST_KEY,
    retry: { attempts: 4, budgetMs: 30_000 },
    concurrency: 8,
    clock,
    random: () => 0.5,
    log: (line) => log.push(line),
    userAgent: 'assistantctl/0.0.0-test',
    ...options,
  });
  onTestFinished(async () => {
    await api.close();
    await server.close();
  });
  return { api, server, clock, log };
}

/** The `ApiError` a call rejects with; fails the test when it resolves or rejects otherwise. */
export async function rejection(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ApiError) return error;
  throw new Error(`expected an ApiError, got ${String(error)}`);
}

export function toolBody(id: string): { readonly [key: string]: unknown } {
  return {
    id,
    type: 'webhook',
    display_name: `Tool ${id}`,
    tool_definition: { name: id, url: 'https://example.com/hook' },
    timeout_ms: 5000,
    created_at: '2026-01-01T00:00:00Z',
  };
}
