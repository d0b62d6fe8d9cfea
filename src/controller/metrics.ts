import { Counter, Gauge, Registry } from 'prom-client';

/** What is measured. Names and labels are a promise: docs/controller.md lists them. */
export interface Metrics {
  readonly lastGood: Gauge<'environment'>;
  readonly applies: Counter<'environment' | 'outcome'>;
  readonly drifted: Gauge<'environment'>;
  readonly openRollouts: Gauge<'environment'>;
  readonly holds: Gauge<'environment'>;
  readonly leaseHeld: Gauge<'environment'>;
  readonly requests: Counter<'environment' | 'status'>;
  readonly fetches: Counter<'outcome'>;
  text(): Promise<string>;
  readonly contentType: string;
}

/** `now` in seconds. */
export function createMetrics(now: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const environment = ['environment'] as const;
  const good = new Map<string, number>();
  const lastGood = new Gauge({
    name: 'assistantctl_seconds_since_last_good_reconcile',
    help: 'Seconds since an environment was last found or brought to what Git says',
    labelNames: environment,
    registers,
    collect() {
      for (const [name, at] of good) this.set({ environment: name }, Math.max(0, now() - at));
    },
  });
  const set = lastGood.set.bind(lastGood);
  // A gauge of the time that passed: it is told the moment and works out the rest when it is read.
  lastGood.set = ((labels: { environment: string }, value: number) => {
    if (value === 0) good.set(labels.environment, now());
    set(labels, value);
  }) as typeof lastGood.set;
  return {
    lastGood,
    applies: new Counter({
      name: 'assistantctl_applies_total',
      help: 'Applies by how they ended',
      labelNames: ['environment', 'outcome'] as const,
      registers,
    }),
    drifted: new Gauge({
      name: 'assistantctl_drifted_resources',
      help: 'Resources that somebody changed outside Git',
      labelNames: environment,
      registers,
    }),
    openRollouts: new Gauge({
      name: 'assistantctl_open_rollouts',
      help: 'Canary rollouts that are under way',
      labelNames: environment,
      registers,
    }),
    holds: new Gauge({
      name: 'assistantctl_holds',
      help: 'Changes that are left out because they were rolled back',
      labelNames: environment,
      registers,
    }),
    leaseHeld: new Gauge({
      name: 'assistantctl_lease_held',
      help: '1 while this process holds the lease of the environment',
      labelNames: environment,
      registers,
    }),
    requests: new Counter({
      name: 'assistantctl_api_requests_total',
      help: 'Requests to the API by the status of their reply; 0 where none came',
      labelNames: ['environment', 'status'] as const,
      registers,
    }),
    fetches: new Counter({
      name: 'assistantctl_fetches_total',
      help: 'Fetches of the branch by how they ended',
      labelNames: ['outcome'] as const,
      registers,
    }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
