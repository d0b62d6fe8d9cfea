import { restorable } from '../../canonical/archived.ts';
import { referredKinds } from '../../canonical/walk.ts';
import { withoutMissing } from '../../canonical/without-missing.ts';
import type { Address } from '../../model/address.ts';
import { parseAddress } from '../../model/address.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import type { State } from '../../model/state.ts';
import { restorePlan } from '../../plan/restore.ts';
import { findAddress } from '../address-argument.ts';
import { requireApproval } from '../apply/approval.ts';
import type { Executed } from '../apply/executed.ts';
import { sameCommand, withRetry } from '../apply/retry-command.ts';
import type { ConfirmPlan, Host } from '../host.ts';
import { compareWithLive } from '../plan/make-plan.ts';
import { boundOtherwise } from '../session/bindings.ts';
import { gather } from '../session/inputs.ts';
import { withSession } from '../session/locked-run.ts';
import { openState } from '../session/open-state.ts';
import { archivedConfig, leftOut, missingOf, presentIds, unknownReferences } from './restoring.ts';

export interface RestoreRequest {
  readonly at?: string;
  /** Environment whose protection was lifted by name. */
  readonly approve?: string;
  /** Whether `confirm` really asks somebody. */
  readonly asksPerson: boolean;
  readonly confirm: ConfirmPlan;
}

/**
 * Creates a deleted resource again from its archived form and binds it without a base, so that the next plan
 * compares two sides only. A spec of that address changes nothing: the next apply lays it over what came back.
 */
export async function restoreResource(host: Host, text: string, request: RestoreRequest): Promise<Executed> {
  const address = await findAddress(host, text);
  const kind = parseAddress(address)?.kind ?? 'assistant';
  const inputs = await gather(host);
  requireApproval(inputs.project.environment, { approve: request.approve, otherwise: request.asksPerson });
  const store = openState(host.runtime, inputs.project);
  return await withSession(host, inputs, async ({ connection, session, execute, save }) => {
    const state = session.current();
    const archived = await archivedConfig(store, state, address, request.at);
    const options = { prune: false, recreate: false, take: null, targets: [] };
    const { planned, account } = await compareWithLive(host, inputs, connection, state, options);
    refuseBound(address, state, new Set(account.resources.map(({ id }) => id)));
    const present = presentIds(state, account);
    const { config: whole, lostSecrets, missingIds } = restorable(SHAPES[kind], archived, present);
    const missing = await missingOf(connection.api, referredKinds(SHAPES[kind], whole), missingIds);
    // A test is about an assistant: without that there is nothing to restore.
    if (missing.size > 0 && kind === 'test') throw unknownReferences(address, [...missing], state);
    const { config, left } = withoutMissing(SHAPES[kind], whole, missing);
    if (left.length > 0) host.note(leftOut(address, left, missing, state));
    const formerId = state?.deleted.findLast((copy) => copy.address === address)?.remote_id;
    const restoring = restorePlan(planned, { address, kind, config, formerId });
    await request.confirm(inputs.project, restoring.plan);
    const executed = await execute(restoring, { promote: true });
    const at = request.at === undefined ? [] : ['--at', request.at];
    const { environment } = inputs.project;
    const again = sameCommand(environment, ['state', 'restore', address, ...at]);
    const outcome = withRetry(executed, { plan: restoring.plan, environment, again });
    if (lostSecrets.length > 0) {
      host.note(`warning: secrets are never kept; set again by hand: ${lostSecrets.join(', ')}\n`);
    }
    const unsaved = await save();
    const shown = { ...outcome, skipped: [], saved: undefined, desired: inputs.desired, unsaved };
    return shown;
  });
}

function refuseBound(address: Address, state: State | undefined, live: ReadonlySet<string>): void {
  const id = state?.resources[address]?.remote_id;
  if (id !== undefined && live.has(id)) throw boundOtherwise(address, address, id);
}
