import { restorable } from '../../canonical/archived.ts';
import type { Address } from '../../model/address.ts';
import { parseAddress } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import type { State } from '../../model/state.ts';
import { requireAddress } from '../../operations/address-argument.ts';
import { compareWithLive } from '../../operations/plan/make-plan.ts';
import { accessTo } from '../../operations/session/access.ts';
import { boundOtherwise } from '../../operations/session/bindings.ts';
import { gather } from '../../operations/session/inputs.ts';
import { withSession } from '../../operations/session/locked-run.ts';
import { openState } from '../../operations/session/open-state.ts';
import { archivedForm, presentIds, unknownReferences } from '../../operations/state/restoring.ts';
import { restorePlan } from '../../plan/restore.ts';
import type { Context } from '../context.ts';
import { showReport } from '../show-report.ts';

export interface RestoreFlags {
  readonly at?: string;
  readonly format: string;
}

/**
 * Creates a deleted resource again from its archived form and binds it without a base, so that the next plan
 * compares two sides only. Where a spec of that address exists, applying it is the way.
 */
export async function restoreState(context: Context, text: string, flags: RestoreFlags): Promise<number> {
  const address = requireAddress(text);
  const kind = parseAddress(address)?.kind ?? 'assistant';
  const inputs = await gather(context);
  if (inputs.desired.resources.has(address)) throw specExists(address, inputs.project.environment.name);
  const access = accessTo(inputs.project.environment, context.runtime.env);
  const store = openState(context.runtime, inputs.project);
  return await withSession(context, inputs, access, async ({ connection, session, execute, save }) => {
    const state = session.current();
    const archived = await archivedForm(store, state, address, flags.at);
    const options = { prune: false, recreate: false, take: null, targets: [] };
    const { planned, account } = await compareWithLive(context, inputs, connection, state, options);
    refuseBound(address, state, new Set(account.resources.map(({ id }) => id)));
    const { config, lostSecrets, missingIds } = restorable(
      SHAPES[kind],
      archived,
      presentIds(state, account),
    );
    if (missingIds.length > 0) throw unknownReferences(address, missingIds, state);
    const outcome = await execute(restorePlan(planned, { address, kind, config }), true);
    if (lostSecrets.length > 0) {
      context.note(`warning: secrets are never kept; set again by hand: ${lostSecrets.join(', ')}\n`);
    }
    const unsaved = await save();
    const shown = { ...outcome, skipped: [], saved: undefined, desired: inputs.desired, unsaved };
    return showReport(context, shown, flags.format);
  });
}

function refuseBound(address: Address, state: State | undefined, live: ReadonlySet<string>): void {
  const id = state?.resources[address]?.remote_id;
  if (id !== undefined && live.has(id)) throw boundOtherwise(address, address, id);
}

function specExists(address: Address, environment: string): Failure {
  return new Failure('refused', `${address} has a spec: applying it creates the resource`, {
    code: 'RESTORE_SPEC_EXISTS',
    hint: `assistantctl apply --env ${environment} --recreate; or restore from a commit that lacks the spec, to get back what it does not write`,
    details: { address },
  });
}
