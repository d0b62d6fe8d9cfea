import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { type ApplyOutcome, applyPlan } from '../../src/apply/apply.ts';
import type { ApplyDeps } from '../../src/apply/context.ts';
import type { EmulatorHandle, EmulatorOptions } from '../../src/emulator/contract/contract.ts';
import { startEmulator } from '../../src/emulator/server/server.ts';
import type { ClientOptions } from '../../src/live/http/client.ts';
import { createApi, type LiveApi } from '../../src/live/telnyx/api.ts';
import { confirm, fetchAccount, vanishedVersions } from '../../src/live/telnyx/fetch.ts';
import type { Lifecycle } from '../../src/model/desired.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { kindsToList } from '../../src/model/kinds.ts';
import type { Planned, PlanOptions } from '../../src/model/plan.ts';
import type { DriftPolicy } from '../../src/model/project.ts';
import type { RemoteAccount } from '../../src/model/remote.ts';
import { STATE_FORMAT, type State, type StateSession, type StateStore } from '../../src/model/state.ts';
import { waitingVersions } from '../../src/plan/binding-versions.ts';
import { planWithReads } from '../../src/plan/confirm-drift.ts';
import { makePlan } from '../../src/plan/plan.ts';
import type { Unchanged } from '../../src/plan/unchanged.ts';
import { createGate } from '../../src/release/gate.ts';
import type { RunTestsDeps } from '../../src/release/run-tests.ts';
import { fileStore } from '../../src/state/file/file-store.ts';
import { desiredState, type Specs } from './specs.ts';

export const NO_OPTIONS: PlanOptions = { prune: false, recreate: false, take: null, targets: [] };

export interface PlanChoices extends Partial<PlanOptions> {
  readonly drift?: DriftPolicy;
  /** Read every assistant by id. */
  readonly whole?: boolean;
  readonly lifecycles?: { readonly [address: string]: Partial<Lifecycle> };
  readonly promotions?: { readonly [address: string]: JsonObject };
}

export interface ApplyChoices extends PlanChoices {
  readonly promote?: boolean;
  readonly replaceRollout?: boolean;
  readonly stop?: AbortSignal;
  readonly rerunTests?: boolean;
  /** Puts something between the apply and the outside world, for example a crash. */
  readonly wrap?: (parts: ApplyParts) => ApplyParts;
}

/** What an apply writes through. */
export interface ApplyParts {
  readonly api: ApplyDeps['api'];
  readonly session: StateSession;
}

/** The reconciler's parts on a real loopback API and real state files, without the command line. */
export interface World {
  readonly emulator: EmulatorHandle;
  readonly api: LiveApi;
  readonly store: StateStore;
  plan(specs: Specs, choices?: PlanChoices): Promise<Planned>;
  apply(specs: Specs, choices?: ApplyChoices): Promise<ApplyOutcome>;
  /** Sends a request past the reconciler, as a person in the dashboard would. */
  dashboard(method: string, path: string, body?: Json): Promise<JsonObject>;
  /** Write requests that arrived since the last call. */
  writes(): readonly string[];
  bound(address: string): Promise<string>;
  /** Removes everything that is remembered of the environment. */
  loseState(): Promise<void>;
}

const cleanups: (() => Promise<void>)[] = [];

/** Ends a world before the test does; what a property test needs between its cases. */
export async function endWorlds(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

afterEach(endWorlds);

export async function startWorld(
  options: Partial<EmulatorOptions> = {},
  client: Partial<Pick<ClientOptions, 'retry' | 'timeouts'>> = {},
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'assistantctl-world-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const emulator = await startEmulator({ clock: () => new Date(), randomUuid: randomUUID, ...options });
  cleanups.push(() => emulator.close());
  const api = createApi({
    baseUrl: emulator.url,
    apiKey: 'KEY_TEST_WORLD',
    retry: { attempts: 3, budgetMs: 2_000 },
    concurrency: 8,
    clock: impatientClock(),
    random: Math.random,
    userAgent: 'assistantctl/test',
    ...client,
  });
  cleanups.push(() => api.close());
  const store = storeIn(folder);
  let seen = 0;

  async function planWith(state: State | undefined, specs: Specs, choices: PlanChoices): Promise<Planned> {
    const { drift = 'report', lifecycles = {}, promotions = {}, ...flags } = choices;
    const desired = desiredState(specs, lifecycles, promotions);
    const listed = await fetchAccount(api, {
      kinds: kindsToList([...desired.resources.keys(), ...Object.keys(state?.resources ?? {})]),
      integrations: true,
    });
    const planOptions: PlanOptions = {
      prune: flags.prune ?? false,
      recreate: flags.recreate ?? false,
      take: flags.take ?? null,
      targets: flags.targets ?? [],
    };
    const plan = (account: RemoteAccount, unchanged: Unchanged) => {
      const input = {
        project: { name: 'test', environment: 'local', drift },
        desired,
        state,
        account,
        apiBase: 'http://api.test/v2',
        options: planOptions,
        git: null,
        tool: { name: 'assistantctl', version: '0.1.0' },
        createdAt: '2026-01-01T00:00:00.000Z',
        expiresAt: '2026-01-02T00:00:00.000Z',
      };
      const planned = makePlan({ ...input, unchanged });
      // What is known beforehand saves work and decides nothing.
      expect(planned).toEqual(makePlan(input));
      return planned;
    };
    const vanished = await vanishedVersions(api, waitingVersions(state));
    return (
      await planWithReads({
        desired,
        state,
        options: planOptions,
        whole: choices.whole ?? false,
        listed: { ...listed, vanished },
        confirm: (items) => confirm(api, items),
        plan,
      })
    ).planned;
  }

  return {
    emulator,
    api,
    store,
    plan: async (specs, choices = {}) => planWith(await store.load(), specs, choices),
    apply: async (specs, choices = {}) => {
      const session = await store.open('test');
      try {
        const planned = await planWith(session.current(), specs, choices);
        return await applyPlan(planned, {
          ...(choices.wrap?.({ api, session }) ?? { api, session }),
          newState: () => newState(planned.plan.account),
          versionPrefix: 'nogit',
          promote: choices.promote ?? true,
          replaceRollout: choices.replaceRollout ?? false,
          concurrency: 8,
          clock: () => new Date(),
          sleep: (ms) => new Promise((done) => setTimeout(done, Math.min(ms, 5))),
          stop: choices.stop ?? new AbortController().signal,
          onProgress: () => {},
          gate: createGate({ ...testing(api), concurrency: 4, rerun: choices.rerunTests ?? false }),
        });
      } finally {
        await session.close();
      }
    },
    dashboard: async (method, path, body) => {
      const reply = await fetch(`${emulator.url}${path}`, {
        method,
        headers: { authorization: 'Bearer KEY_TEST_DASHBOARD', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await reply.text();
      if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
      seen = emulator.requests.length;
      return text === '' ? {} : (JSON.parse(text) as JsonObject);
    },
    writes: () => {
      const fresh = emulator.requests.slice(seen).filter(({ method }) => method !== 'GET');
      seen = emulator.requests.length;
      return fresh.map(({ method, path }) => `${method} ${path}`);
    },
    loseState: async () => {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
    },
    bound: async (address) => {
      const binding = (await store.load())?.resources[address];
      if (binding === undefined) throw new Error(`${address} is not bound`);
      return binding.remote_id;
    },
  };
}

/** What test runs need, in a hurry. */
export function testing(api: LiveApi): Omit<RunTestsDeps, 'api' | 'onProgress'> & { readonly api: LiveApi } {
  return {
    api,
    newKey: randomUUID,
    clock: () => new Date(),
    sleep: (ms) => new Promise((done) => setTimeout(done, Math.min(ms, 20))),
    stop: new AbortController().signal,
  };
}

/** Real time with the waits left out: who sleeps finds himself later at once. */
function impatientClock(): ClientOptions['clock'] {
  let skipped = 0;
  const now = () => Date.now() + skipped;
  return {
    now,
    sleep: (ms, signal) => {
      const until = now() + ms;
      return new Promise((resolve) => {
        setImmediate(() => {
          if (signal?.aborted !== true) skipped = Math.max(skipped, until - Date.now());
          resolve();
        });
      });
    },
  };
}

function storeIn(folder: string): StateStore {
  return fileStore({
    path: join(folder, 'local.json'),
    clock: () => new Date(),
    sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
    randomUuid: randomUUID,
    identity: { host: 'here', pid: process.pid, run: null },
  });
}

function newState(account: string): State {
  return {
    format_version: STATE_FORMAT,
    lineage: randomUUID(),
    serial: 0,
    project: 'test',
    environment: 'local',
    api_base: 'http://api.test/v2',
    account,
    resources: {},
    deleted: [],
  };
}

/** What a plan would do, in short, for assertions. */
export function actions(planned: Planned): readonly string[] {
  return planned.plan.changes.map(({ action, address }) => `${action} ${address}`);
}

/** True when nothing is planned, drifted or in conflict, and an apply would not edit the state either. */
export function isEmpty({ plan, steps, stateEdits, confirms }: Planned): boolean {
  const left = [plan.changes, plan.drift, plan.conflicts, steps, stateEdits, confirms];
  return left.every(({ length }) => length === 0);
}

/**
 * True when a plan asks for nothing, and an apply that only takes note of something in the state (a form that was told,
 * a base that follows) sends no write and leaves nothing to note.
 */
export async function comesToRest(world: World, specs: Specs, choices: ApplyChoices = {}): Promise<boolean> {
  const { plan, steps } = await world.plan(specs, choices);
  if ([plan.changes, plan.drift, plan.conflicts, steps].some(({ length }) => length > 0)) return false;
  world.writes();
  await world.apply(specs, choices);
  return world.writes().length === 0 && isEmpty(await world.plan(specs, choices));
}
