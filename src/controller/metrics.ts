import { Counter, Gauge, Registry } from 'prom-client';

/** What is measured. Names and labels are a promise: docs/controller.md lists them. */
export interface Metrics {
  /** The environment was found or brought to what Git says. */
  good(environment: string): void;
  applied(environment: string, outcome: ApplyWord): void;
  requested(environment: string, status: number): void;
  leased(environment: string, held: boolean): void;
  fetched(outcome: 'done' | 'failed'): void;
  found(environment: string, found: Measured): void;
  waits(environment: string, waits: boolean): void;
  /** The environment is looked after, from now on. */
  begin(environment: string): void;
  /** It is not any more. */
  end(environment: string): void;
  text(): Promise<string>;
  readonly contentType: string;
}

/** How an apply ended: the words of its report, and `failed` where there is none. */
export type ApplyWord = 'applied' | 'nothing' | 'partial' | 'refused' | 'failed';

export interface Measured {
  readonly drifted?: number;
  readonly rollouts?: number;
  readonly holds?: number;
}

const ENVIRONMENT = ['environment'] as const;
const APPLY_WORDS: readonly ApplyWord[] = ['applied', 'nothing', 'partial', 'refused', 'failed'];

/** `now` in seconds. */
export function createMetrics(now: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const lastGood = new Map<string, number>();
  const gauge = (name: string, help: string): Gauge<'environment'> =>
    new Gauge({ name: `assistantctl_${name}`, help, labelNames: ENVIRONMENT, registers });
  const sinceGood = new Gauge({
    name: 'assistantctl_seconds_since_last_good_reconcile',
    help: 'Seconds since an environment was last found or brought to what Git says; before that, since the start',
    labelNames: ENVIRONMENT,
    registers,
    collect() {
      for (const [environment, at] of lastGood) this.set({ environment }, Math.max(0, now() - at));
    },
  });
  const applies = new Counter({
    name: 'assistantctl_applies_total',
    help: 'Applies by how they ended',
    labelNames: ['environment', 'outcome'] as const,
    registers,
  });
  const drifted = gauge('drifted_resources', 'Resources that somebody changed outside Git');
  const openRollouts = gauge('open_rollouts', 'Canary rollouts that are under way');
  const holds = gauge('holds', 'Changes that are left out because they were rolled back');
  const leaseHeld = gauge('lease_held', '1 while this process holds the lease of the environment');
  const waiting = gauge('waiting', '1 while something waits for a person');
  const requests = new Counter({
    name: 'assistantctl_api_requests_total',
    help: 'Requests to the API by the status of their reply; 0 where none came',
    labelNames: ['environment', 'status'] as const,
    registers,
  });
  const fetches = new Counter({
    name: 'assistantctl_fetches_total',
    help: 'Fetches of the branch by how they ended',
    labelNames: ['outcome'] as const,
    registers,
  });
  for (const outcome of ['done', 'failed']) fetches.inc({ outcome }, 0);
  const gauges = [drifted, openRollouts, holds, leaseHeld, waiting];
  return {
    good: (environment) => void lastGood.set(environment, now()),
    applied: (environment, outcome) => applies.inc({ environment, outcome }),
    requested: (environment, status) => requests.inc({ environment, status: String(status) }),
    leased: (environment, held) => leaseHeld.set({ environment }, held ? 1 : 0),
    fetched: (outcome) => fetches.inc({ outcome }),
    found: (environment, found) => {
      if (found.drifted !== undefined) drifted.set({ environment }, found.drifted);
      if (found.rollouts !== undefined) openRollouts.set({ environment }, found.rollouts);
      if (found.holds !== undefined) holds.set({ environment }, found.holds);
    },
    waits: (environment, waits) => waiting.set({ environment }, waits ? 1 : 0),
    begin: (environment) => {
      lastGood.set(environment, now());
      for (const one of gauges) one.set({ environment }, 0);
      for (const outcome of APPLY_WORDS) applies.inc({ environment, outcome }, 0);
    },
    end: (environment) => {
      lastGood.delete(environment);
      for (const one of [sinceGood, ...gauges]) one.remove({ environment });
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
