import { randomUUID } from 'node:crypto';
import { applyPlan } from '../../src/apply/apply.ts';
import { removeCanary, setCanary } from '../../src/apply/canary.ts';
import { rolloutKey } from '../../src/apply/rollout.ts';
import type { LiveApi } from '../../src/live/telnyx/api.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Binding, StateSession } from '../../src/model/state.ts';
import { planPromotions } from '../../src/plan/promotions.ts';
import {
  moveRollout,
  type RolloutDeps,
  type RolloutMoved,
  type RolloutSubject,
} from '../../src/release/rollout.ts';
import type { Judgement, Order } from '../../src/release/rollout-decision.ts';
import type { World } from '../support/world.ts';

export const ADDRESS = 'assistant/front-desk';

export const CANARY: JsonObject = {
  strategy: 'canary',
  canary: {
    steps: [
      { weight: 10, hold: '10m' },
      { weight: 50, hold: '10m' },
    ],
    deadline: '2h',
  },
};

export const PROMOTIONS = { promotions: { [ADDRESS]: CANARY } };

export function specs(instructions: string) {
  return { [ADDRESS]: { name: 'Front desk', model: 'openai/gpt-4o', instructions } };
}

/** The process ends here: this call and every later one fail. */
export class Crash extends Error {}

/** Dies before or after the n-th call of an API method or record of the state, counted from 0. */
export function crashAt(n: number, when: 'before' | 'after') {
  let calls = 0;
  let dead = false;
  const guard =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      if (dead) throw new Crash();
      const mine = calls;
      calls += 1;
      if (mine === n && when === 'before') {
        dead = true;
        throw new Crash();
      }
      const result = await call(...args);
      if (mine === n) {
        dead = true;
        throw new Crash();
      }
      return result;
    };
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (object, name, receiver) => {
        const value: unknown = Reflect.get(object, name, receiver);
        const plain = name === 'current' || name === 'close' || name === 'requestCount';
        return typeof value === 'function' && !plain ? guard(value.bind(object)) : value;
      },
    });
  return { wrap, crashed: () => dead };
}

export interface TickChoices {
  readonly order?: Order;
  /** Minutes from now at which the tick happens. */
  readonly minutes?: number;
  readonly judgement?: Judgement;
  readonly wrap?: <T extends object>(target: T) => T;
  readonly reason?: string;
}

const GO: Judgement = { verdict: 'go', reason: '' };

/** One move of the rollout as the command makes it, at a time of our choosing. */
export async function move(world: World, choices: TickChoices = {}): Promise<RolloutMoved> {
  const session = await world.store.open('test');
  try {
    const binding = session.current()?.resources[ADDRESS];
    if (binding?.rollout === undefined) throw new Error('no rollout is open');
    const subject = { address: ADDRESS, binding, rollout: binding.rollout } as const;
    const wrap = choices.wrap ?? (<T extends object>(target: T): T => target);
    const deps = depsOf(wrap(world.api), wrap(session), choices);
    return await moveRollout(subject, choices.order ?? 'tick', deps, choices.reason);
  } finally {
    await session.close();
  }
}

function depsOf(
  api: LiveApi,
  session: StateSession,
  { minutes = 0, judgement = GO }: TickChoices,
): RolloutDeps {
  const canary = { api, sleep: () => Promise.resolve() };
  const clock = () => new Date(Date.now() + minutes * 60_000);
  return {
    api,
    clock,
    setCanary: (id, rules, key) => setCanary(canary, id, rules, key),
    removeCanary: (id) => removeCanary(canary, id),
    holdOf: () => undefined,
    openingKey: ({ address, rollout }) => rolloutKey('lineage', address, rollout),
    save: (address, binding) => session.record({ op: 'bind', address, binding }),
    judge: async () => judgement,
    promote: (subject) => promote(api, session, subject, clock),
  };
}

async function promote(
  api: LiveApi,
  session: StateSession,
  { address, binding, rollout }: RolloutSubject,
  clock: () => Date,
): Promise<Binding> {
  const state = session.current();
  const main = await api.get('assistant', binding.remote_id);
  const version = await api.getVersion(binding.remote_id, rollout.candidate.version_id);
  if (state === undefined || main === undefined || version === undefined)
    throw new Error('nothing to promote');
  const candidate = rollout.candidate;
  const planned = planPromotions({
    project: { name: 'test', environment: 'local' },
    state,
    apiBase: 'http://api.test/v2',
    git: null,
    tool: { name: 'assistantctl', version: '0.1.0' },
    createdAt: clock().toISOString(),
    expiresAt: clock().toISOString(),
    moves: [
      {
        address,
        binding: { ...binding, candidate },
        main,
        version,
        reason: 'rollout',
        rollback: false,
        release: undefined,
        endsRollout: true,
      },
    ],
    confirmed: [],
  });
  const outcome = await applyPlan(planned, {
    api,
    session,
    newState: () => state,
    versionPrefix: 'nogit',
    promote: true,
    concurrency: 4,
    clock,
    sleep: () => Promise.resolve(),
    stop: new AbortController().signal,
    onProgress: () => {},
    who: randomUUID(),
  });
  if (outcome.exitKind !== null) throw new Error(outcome.results[0]?.error?.message ?? 'not promoted');
  return session.current()?.resources[address] ?? binding;
}

export async function rolloutOf(world: World): Promise<Rollout | undefined> {
  return (await world.store.load())?.resources[ADDRESS]?.rollout;
}

export async function mainInstructions(world: World): Promise<unknown> {
  return (await world.api.get('assistant', await world.bound(ADDRESS)))?.config.instructions;
}

/** Share of the candidate in the open canary; undefined when there is none. */
export async function share(world: World): Promise<number | undefined> {
  const canary = await world.api.canary(await world.bound(ADDRESS));
  const rules = canary?.rules as { serve: { rollout: { weight: number }[] } }[] | undefined;
  return rules?.[0]?.serve.rollout[0]?.weight;
}

export async function versionCount(world: World): Promise<number> {
  return (await world.api.listVersions(await world.bound(ADDRESS))).length;
}
