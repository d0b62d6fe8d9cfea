import { configDigest } from '../../canonical/canonical.ts';
import { contentDigest } from '../../canonical/confirmed-promotion.ts';
import type { Address } from '../../model/address.ts';
import type { FailureCode } from '../../model/codes/failure-codes.ts';
import { Failure } from '../../model/errors.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import { isOpen } from '../../model/rollout.ts';
import { managed } from '../../plan/create.ts';
import type { Promotion } from '../../plan/promotions.ts';
import { releaseOf } from '../../plan/release.ts';
import { findAddresses } from '../address-argument.ts';
import { requireApproval } from '../apply/approval.ts';
import type { Executed } from '../apply/executed.ts';
import { sameCommand, withRetry } from '../apply/retry-command.ts';
import type { ConfirmPlan, Host } from '../host.ts';
import { gather, type Inputs } from '../session/inputs.ts';
import { type Work, withSession } from '../session/locked-run.ts';
import {
  type Bound,
  digestsOfMove,
  planOfMoves,
  readBound,
  readVersion,
  requireAssistant,
  stateOf,
} from './promotions.ts';

export interface PromoteRequest {
  readonly version?: string;
  readonly approve?: string;
  readonly rerunTests?: boolean;
  readonly confirm: ConfirmPlan;
}

/** Moves main to versions that wait, or to the one that is named, behind the same gate as an apply. */
export async function promoteVersions(
  host: Host,
  texts: readonly string[],
  request: PromoteRequest,
): Promise<Executed> {
  const addresses = (await findAddresses(host, texts, ['assistant'])).map(requireAssistant);
  if (request.version !== undefined && addresses.length !== 1) {
    throw new Failure('usage', '--version needs exactly one address', { code: 'VERSION_NEEDS_ADDRESS' });
  }
  const inputs = await gather(host);
  const { environment } = inputs.project;
  requireApproval(environment, { approve: request.approve });
  return await withSession(host, inputs, (work) => run(host, inputs, work, addresses, request));
}

async function run(
  host: Host,
  inputs: Inputs,
  work: Work,
  addresses: readonly Address[],
  request: PromoteRequest,
): Promise<Executed> {
  const { project, desired } = inputs;
  const state = stateOf(work, project, addresses[0]);
  const waiting = [...desired.resources.keys()].filter(
    (address) => state.resources[address]?.candidate !== undefined,
  );
  const chosen = addresses.length > 0 ? addresses : waiting;
  const bound = await Promise.all(chosen.map((address) => readBound(work, state, address)));
  const moves: Promotion[] = [];
  for (const one of bound) {
    const move = await moveOf(inputs, work, one, request.version);
    if (move === undefined) host.note(`${one.address}: ${nothingWaits(one)}\n`);
    else moves.push(move);
  }
  const planned = planOfMoves(host, inputs, work, state, moves, bound);
  await request.confirm(project, planned.plan);
  const executed = await work.execute(planned, { promote: true, rerunTests: request.rerunTests === true });
  const version = request.version === undefined ? [] : ['--version', request.version];
  const again = sameCommand(project.environment, ['promote', ...addresses, ...version]);
  const outcome = withRetry(executed, { plan: planned.plan, environment: project.environment, again });
  const unsaved = await work.save();
  return {
    ...outcome,
    command: 'promote',
    results: outcome.results.map((result) => ({
      ...result,
      digests: digestsOfMove(planned.plan, result, 'after'),
    })),
    skipped: [],
    saved: undefined,
    desired,
    unsaved,
  };
}

function nothingWaits({ address, binding: { rollout } }: Bound): string {
  if (!isOpen(rollout)) return 'nothing waits to be promoted.';
  return `a rollout is open; assistantctl rollout promote ${address} ends it and promotes its version.`;
}

async function moveOf(
  inputs: Inputs,
  work: Work,
  bound: Bound,
  id: string | undefined,
): Promise<Promotion | undefined> {
  const { address, binding, main } = bound;
  const wanted = id ?? binding.candidate?.version_id;
  if (wanted === undefined) return undefined;
  const version =
    id === undefined ? await waitingVersion(inputs, work, bound) : await readVersion(work, bound, id);
  if (version.versionId === main.versionId) return undefined;
  const resource = inputs.desired.resources.get(address);
  const release = resource === undefined ? undefined : releaseOf(resource, inputs.desired);
  return { address, binding, main, version, reason: 'promote', rollback: false, release };
}

/** The candidate as it is, if it still is what Git wants and was built on what main is. */
async function waitingVersion({ desired }: Inputs, work: Work, { address, binding, main }: Bound) {
  const candidate = binding.candidate;
  const resource = desired.resources.get(address);
  const restage = 'apply again, which stages it afresh';
  const stale = (code: FailureCode, message: string, hint = restage): Failure =>
    new Failure('stale', `${address}: ${message}`, { code, hint, details: { address } });
  const id = candidate?.version_id ?? '';
  const spec = resource === undefined ? undefined : managed(resource, resource.spec);
  if (spec === undefined || configDigest(SHAPES.assistant, spec) !== candidate?.desired_digest) {
    const hint = `${restage}; or promote this one with --version ${id}`;
    throw stale('CANDIDATE_OUTDATED', `version ${id} was staged for another content than Git has now`, hint);
  }
  if (candidate.main_digest !== contentDigest(main.config)) {
    throw stale('MAIN_MOVED', `main was changed by someone else since version ${id} was staged`);
  }
  const version = await work.connection.api.getVersion(main.id, id);
  if (version === undefined) throw stale('VERSION_GONE', `version ${id} was deleted since it was staged`);
  if (contentDigest(version.config) !== candidate.content) {
    throw stale('VERSION_CHANGED', `version ${id} was edited since it was staged`);
  }
  return version;
}
