import type { EnvironmentStatus } from '../model/controller-status.ts';
import type { RolloutEntry } from '../model/rollout-report.ts';
import { rolloutHappenings } from '../operations/events/happenings.ts';
import type { Host } from '../operations/host.ts';
import { moveRollouts, readRollouts } from '../operations/release/move-rollouts.ts';
import { gatherProject } from '../operations/session/inputs.ts';
import type { Runtime } from '../runtime.ts';
import { type Chronicle, shortHash } from './chronicle.ts';
import { failureOf } from './failures.ts';
import type { Log } from './hosts.ts';
import type { Metrics } from './metrics.ts';
import { backOffMs, isTimeFor } from './schedule.ts';

export interface RolloutStepsOptions {
  readonly runtime: Runtime;
  readonly environment: string;
  readonly inTree: <Result>(commit: string, work: (host: Host) => Promise<Result>) => Promise<Result>;
  readonly chronicle: Chronicle;
  readonly show: (change: Pick<EnvironmentStatus, 'rollouts'>) => void;
  readonly pace: () => { readonly intervalMs: number; readonly chance: number };
  readonly stop: AbortSignal;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Takes the steps of canary rollouts that are due. */
export interface RolloutSteps {
  /** One round with the documents of a commit. Never rejects; what cannot be done is tried again, later each time. */
  round(commit: string): Promise<void>;
}

export function rolloutSteps(options: RolloutStepsOptions): RolloutSteps {
  const { runtime, environment, inTree, chronicle, show, pace, stop, log, metrics } = options;
  let failures = 0;
  let retryAt: number | undefined;
  const now = (): number => runtime.clock().getTime();

  function later(): void {
    failures += 1;
    const { intervalMs, chance } = pace();
    retryAt = now() + backOffMs(failures, intervalMs, chance);
  }

  async function step(host: Host): Promise<void> {
    const open = (await readRollouts(host, [])).rollouts;
    metrics.found(environment, { rollouts: open.length });
    show({ rollouts: open.map(shown) });
    const due = open.some(({ next_at: at }) => at === null || Date.parse(at) <= now());
    if (!due || (retryAt !== undefined && !isTimeFor(retryAt, now()))) return;
    const { report, exitKind } = await moveRollouts(host, [], { order: 'tick' });
    for (const { address, action, found } of report.rollouts) {
      log('rollout', { environment, address, action, why: found });
    }
    if (exitKind === undefined || exitKind === 'gate') [failures, retryAt] = [0, undefined];
    else later();
    if (exitKind !== undefined) log('rollout-ended', { environment, kind: exitKind });
    const happenings = rolloutHappenings(report);
    if (happenings.length === 0) return;
    const moves = report.rollouts.map(({ address, action, step, since }) => [address, action, step, since]);
    const key = `rollout ${shortHash(JSON.stringify(moves))}`;
    await chronicle.tell({ host, project: await gatherProject(host) }, key, happenings);
  }

  return {
    round: async (commit) => {
      try {
        await inTree(commit, step);
      } catch (error) {
        const { code, message } = failureOf(error);
        if (stop.aborted || code === 'LOCK_HELD') return;
        if (failures === 0) log('rollouts-failed', { environment, code, message });
        later();
      }
    },
  };
}

function shown({
  address,
  weight,
  next_at,
  found,
  reason,
}: RolloutEntry): EnvironmentStatus['rollouts'][number] {
  return { address, weight, next_at, why: found ?? reason };
}
