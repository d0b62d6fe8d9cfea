import type { Address } from '../../model/address.ts';
import { type ErrorKind, Failure } from '../../model/errors.ts';
import { REPORT_FORMAT } from '../../model/report.ts';
import type { RolloutReport } from '../../model/rollout-report.ts';
import { observeRollout } from '../../release/rollout.ts';
import { describeObstacle } from '../../release/rollout-decision.ts';
import { findAddresses } from '../address-argument.ts';
import { requireApproval } from '../apply/approval.ts';
import type { Host } from '../host.ts';
import { gather, gatherProject, gatherWithErrors } from '../session/inputs.ts';
import { withSession } from '../session/locked-run.ts';
import { withAccount } from '../session/opener.ts';
import { requireAssistant } from './promotions.ts';
import { entryOf, type Moved, moveOne, openRollouts } from './rollouts.ts';

/** Worst first: what somebody has to look at decides the exit code. */
const WORST: readonly ErrorKind[] = [
  'interrupted',
  'internal',
  'auth',
  'partial',
  'stale',
  'refused',
  'usage',
  'unavailable',
  'gate',
  'inconclusive',
];

export interface RolloutRequest {
  /** `tick`: at most one step of each. `abort`: back to main. `promote`: to the end at once. */
  readonly order: 'tick' | 'abort' | 'promote';
  readonly reason?: string;
  readonly approve?: string;
  /** Called once nobody else is at work, before the first write; its failure ends the command. */
  readonly confirm?: () => Promise<void>;
}

export interface MovedRollouts {
  readonly report: RolloutReport;
  readonly failures: readonly Failure[];
  /** The worst of what happened; undefined when all went well. */
  readonly exitKind: ErrorKind | undefined;
}

/** Moves the open rollouts of some assistants, or with `tick` of all of them. */
export async function moveRollouts(
  host: Host,
  texts: readonly string[],
  { order, reason, approve, confirm = async () => {} }: RolloutRequest,
): Promise<MovedRollouts> {
  const addresses = await addressesOf(host, texts);
  const inputs = await (order === 'abort' ? gatherWithErrors(host) : gather(host));
  const { environment } = inputs.project;
  if (order !== 'tick') requireApproval(environment, { approve });
  return await withSession(host, inputs, async (work) => {
    const subjects = openRollouts(work.session.current(), addresses);
    if (order !== 'tick' && subjects.length === 0) throw noRollout(addresses);
    await confirm();
    const { protectWrites, stop } = host.interrupt();
    protectWrites();
    const moved: Moved[] = [];
    for (const subject of subjects) {
      if (stop.aborted) break;
      moved.push(await moveOne(host, inputs, work, subject, { order, reason }));
    }
    return outcomeOf(environment.name, moved, subjects.length);
  });
}

/** The open rollouts and what stands in their way. Takes no lease and writes nothing. */
export async function readRollouts(host: Host, texts: readonly string[]): Promise<RolloutReport> {
  const addresses = await addressesOf(host, texts);
  const project = await gatherProject(host);
  return await withAccount(host, project, async (connection, state) => {
    const rollouts = await Promise.all(
      openRollouts(state, addresses).map(async (subject) => {
        const { seen } = await observeRollout(subject, connection);
        return { ...entryOf(subject, undefined), found: describeObstacle(subject.rollout, seen) ?? null };
      }),
    );
    const environment = project.environment.name;
    const goesOn = rollouts.some(({ found }) => found === null);
    return {
      format_version: REPORT_FORMAT,
      environment,
      rollouts,
      next: goesOn ? tickLine(environment) : '',
    };
  });
}

function outcomeOf(environment: string, moved: readonly Moved[], open: number): MovedRollouts {
  const goesOn = moved.some(({ entry }) => entry.next_at !== null && entry.found === null);
  const kinds = new Set(moved.map(({ exitKind }) => exitKind));
  return {
    report: {
      format_version: REPORT_FORMAT,
      environment,
      rollouts: moved.map(({ entry }) => entry),
      next: goesOn ? tickLine(environment) : '',
    },
    failures: moved.flatMap(({ failure }) => failure ?? []),
    exitKind: moved.length < open ? 'interrupted' : WORST.find((kind) => kinds.has(kind)),
  };
}

function tickLine(environment: string): string {
  return `assistantctl rollout tick --env ${environment}`;
}

async function addressesOf(host: Host, texts: readonly string[]): Promise<readonly Address[]> {
  return (await findAddresses(host, texts, ['assistant'])).map(requireAssistant);
}

function noRollout(addresses: readonly Address[]): Failure {
  return new Failure('usage', `${addresses.join(', ')} has no open rollout`, {
    code: 'NO_ROLLOUT',
    hint: 'assistantctl rollout status lists those that are open',
  });
}
