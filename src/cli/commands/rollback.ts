import { withMain } from '../../canonical/confirmed-promotion.ts';
import { Failure } from '../../model/errors.ts';
import type { RemoteResource } from '../../model/remote.ts';
import { requireAddress } from '../../operations/address-argument.ts';
import {
  type Bound,
  planOfMoves,
  readBound,
  readVersion,
  requireAssistant,
  stateOf,
} from '../../operations/release/promotions.ts';
import { accessTo } from '../../operations/session/access.ts';
import { gatherProject } from '../../operations/session/inputs.ts';
import { type Work, withSession } from '../../operations/session/locked-run.ts';
import { formerMains } from '../../plan/mains.ts';
import { confirmPlan } from '../announce.ts';
import type { Context } from '../context.ts';
import { showReport } from '../show-report.ts';

export interface RollbackFlags {
  readonly to?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly format: string;
}

/** Moves main back in one call, without a gate, and says why. Reads no specs: those may be what is broken. */
export async function rollback(context: Context, text: string, flags: RollbackFlags): Promise<number> {
  const address = requireAssistant(requireAddress(text));
  const project = await gatherProject(context);
  const inputs = { project, git: null };
  const access = accessTo(project.environment, context.runtime.env);
  return await withSession(context, inputs, access, async (work) => {
    const state = stateOf(work, project, address);
    const bound = await readBound(work, state, address);
    const version =
      flags.to === undefined ? await previous(work, bound) : await readVersion(work, bound, flags.to);
    const isMain = version.versionId === bound.main.versionId;
    if (isMain) context.note(`${address}: version ${version.versionId ?? ''} is main already.\n`);
    const reason = flags.reason === undefined ? 'rollback' : `rollback: ${flags.reason}`;
    const { binding, main } = bound;
    const moves = isMain
      ? []
      : [{ address, binding, main, version, reason, rollback: true, release: undefined }];
    const planned = planOfMoves(context, inputs, work, state, moves, [bound]);
    await confirmPlan(context, project, planned.plan, flags);
    const outcome = await work.execute(planned, true);
    if (outcome.exitKind === null && !isMain) {
      context.note(
        'Where Git still describes what was rolled back, the next apply brings it back: revert the change in Git first.\n',
      );
    }
    const desired = { locate: () => undefined };
    const unsaved = await work.save();
    return showReport(context, { ...outcome, skipped: [], saved: undefined, desired, unsaved }, flags.format);
  });
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
