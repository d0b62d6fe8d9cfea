import { withMain } from '../../canonical/confirmed-promotion.ts';
import { Failure } from '../../model/errors.ts';
import type { RemoteResource } from '../../model/remote.ts';
import { formerMains } from '../../plan/binding-versions.ts';
import { findAddress } from '../address-argument.ts';
import { requireApproval } from '../apply/approval.ts';
import type { Executed } from '../apply/executed.ts';
import { sameCommand, withRetry } from '../apply/retry-command.ts';
import type { ConfirmPlan, Host } from '../host.ts';
import { gatherProject } from '../session/inputs.ts';
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

export interface RollbackRequest {
  readonly to?: string;
  readonly reason?: string;
  /** Environment whose protection was lifted by name. */
  readonly approve?: string;
  /** Whether `confirm` really asks somebody. */
  readonly asksPerson: boolean;
  readonly confirm: ConfirmPlan;
}

/** How the reason of a version that a rollback made main begins. */
const ROLLBACK = 'rollback';

/** Moves main back in one call, without a gate, and says why. Reads no specs: those may be what is broken. */
export async function rollBack(host: Host, text: string, request: RollbackRequest): Promise<Executed> {
  const address = requireAssistant(await findAddress(host, text, ['assistant']));
  const project = await gatherProject(host);
  const inputs = { project, git: null };
  requireApproval(project.environment, { approve: request.approve, otherwise: request.asksPerson });
  return await withSession(host, inputs, async (work) => {
    const state = stateOf(work, project, address);
    const bound = await readBound(work, state, address);
    const version =
      request.to !== undefined
        ? await readVersion(work, bound, request.to)
        : isCutOff(bound)
          ? bound.main
          : await previous(work, bound);
    const isMain = version.versionId === bound.main.versionId;
    if (isMain) host.note(`${address}: version ${version.versionId ?? ''} is main already.\n`);
    const reason = request.reason === undefined ? ROLLBACK : `${ROLLBACK}: ${request.reason}`;
    const { binding, main } = bound;
    const moves = isMain
      ? []
      : [{ address, binding, main, version, reason, rollback: true, release: undefined }];
    const planned = planOfMoves(host, inputs, work, state, moves, [bound]);
    await request.confirm(project, planned.plan);
    const executed = await work.execute(planned, { promote: true });
    const to = request.to === undefined ? [] : ['--to', request.to];
    const again = sameCommand(project.environment, ['rollback', address, ...to]);
    const outcome = withRetry(executed, { plan: planned.plan, environment: project.environment, again });
    if (outcome.exitKind === null && !isMain) {
      host.note(
        'Where Git still describes what was rolled back, that change is held: applies leave it out until Git says something else.\n',
      );
    }
    const desired = { locate: () => undefined };
    const unsaved = await work.save();
    return {
      ...outcome,
      command: 'rollback',
      ...(request.reason !== undefined && { reason: request.reason }),
      results: outcome.results.map((result) => ({
        ...result,
        digests: digestsOfMove(planned.plan, result, 'before'),
      })),
      skipped: [],
      saved: undefined,
      desired,
      unsaved,
    };
  });
}

/**
 * A rollback that was killed had moved main, and this is the first command since. Typed again, it is brought to its
 * end; one version further back would be a version that nobody meant, and would lose what the first one holds.
 */
function isCutOff({ known, binding }: Bound): boolean {
  const { moving } = known;
  if (moving === undefined || known === binding) return false;
  const isRollback = moving.reason === ROLLBACK || moving.reason.startsWith(`${ROLLBACK}: `);
  return isRollback && binding.mains?.at(-1)?.reason === moving.reason;
}

/** The last recorded main before the present one that still exists. */
async function previous(work: Work, { address, binding, main }: Bound): Promise<RemoteResource> {
  const present = main.versionId;
  const record = { version_id: present ?? '', at: '', by: '', reason: 'found' };
  const mains = present === undefined ? (binding.mains ?? []) : withMain(binding.mains, record);
  for (const id of formerMains({ ...binding, mains }, present)) {
    const version = await work.connection.api.getVersion(main.id, id);
    if (version !== undefined) return version;
  }
  throw new Failure('usage', `no earlier main of ${address} is on record, or none of them exists any more`, {
    code: 'NO_EARLIER_MAIN',
    hint: `choose a version with --to; assistantctl versions list ${address} shows them`,
  });
}
