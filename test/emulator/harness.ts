import { afterEach } from 'vitest';
import type { EmulatorHandle, EmulatorOptions } from '../../src/emulator/contract/contract.ts';
import { startEmulator } from '../../src/emulator/server/server.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { isObject } from '../../src/model/json.ts';

const started: EmulatorHandle[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((handle) => handle.close()));
});

export interface TestClock {
  (): Date;
  advance(ms: number): void;
}

/** A clock that stands still until it is advanced. */
export function testClock(start = '2026-07-28T22:58:13.827Z'): TestClock {
  let now = Date.parse(start);
  return Object.assign(() => new Date(now), {
    advance: (ms: number) => {
      now += ms;
    },
  });
}

/** Ids that look like UUIDs and count up. */
export function countingUuid(prefix = '0'): () => string {
  let next = 0;
  return () => {
    next += 1;
    return `${prefix.padStart(8, '0')}-0000-4000-8000-${String(next).padStart(12, '0')}`;
  };
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Json;
}

export interface TestServer {
  readonly handle: EmulatorHandle;
  readonly clock: TestClock;
  call(method: string, path: string, body?: Json, headers?: Record<string, string>): Promise<Answered>;
  /** Like `call`, but fails unless the status is 2xx, and answers the JSON object. */
  done(method: string, path: string, body?: Json, headers?: Record<string, string>): Promise<JsonObject>;
}

/**
 * A running emulator with a standing clock and counted ids, and without the platform's own objects unless a test asks
 * for them; closed after the test.
 */
export async function serve(options: Partial<EmulatorOptions> = {}): Promise<TestServer> {
  const clock = testClock();
  const quirks = { stockObjects: false, ...options.quirks };
  const handle = await startEmulator({ clock, randomUuid: countingUuid(), ...options, quirks });
  started.push(handle);
  const call: TestServer['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${handle.url}${path}`, {
      method,
      headers: { authorization: 'Bearer KEY_TEST_emulator', 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : null,
    };
  };
  return {
    handle,
    clock,
    call,
    done: async (method, path, body, headers) => {
      const answer = await call(method, path, body, headers);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      return isObject(answer.json) ? answer.json : {};
    },
  };
}

/** A member as text; fails when it is not. */
export function str(object: Json | undefined, ...path: readonly string[]): string {
  const value = at(object, ...path);
  if (typeof value !== 'string') throw new Error(`${path.join('.')} is ${JSON.stringify(value)}`);
  return value;
}

/** The value at a path of keys and indexes; undefined when there is none. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)];
    return isObject(inner) ? inner[key] : undefined;
  }, value);
}

export const MINIMAL = { name: 'Front desk', instructions: 'Be kind.' };
