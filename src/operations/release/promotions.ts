import { withConfirmedPromotion } from '../../canonical/confirmed-promotion.ts';
import { tokenOf } from '../../canonical/set-entries.ts';
import type { Address } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import type { GitInfo, Plan, Planned } from '../../model/plan.ts';
import type { Project } from '../../model/project.ts';
import type { RemoteResource } from '../../model/remote.ts';
import type { StepResult } from '../../model/report.ts';
import type { Binding, State } from '../../model/state.ts';
import { type Promotion, planPromotions } from '../../plan/promotions.ts';
import { fieldDigest } from '../../plan/review-units.ts';
import type { Host } from '../host.ts';
import { notBound } from '../session/bindings.ts';
import type { Work } from '../session/locked-run.ts';

/** A bound assistant as it is now. */
export interface Bound {
  readonly address: Address;
  /** As stored. */
  readonly known: Binding;
  /** With a move that turned out to be done. */
  readonly binding: Binding;
  readonly main: RemoteResource;
}

/** The state of the environment; fails when there is none. */
export function stateOf(work: Pick<Work, 'session'>, project: Project, address: Address | undefined): State {
  const state = work.session.current();
  if (state === undefined) {
    if (address !== undefined) throw notBound(address, undefined);
    throw new Failure('usage', `environment ${project.environment.name} was never applied`, {
      code: 'STATE_NONE',
      hint: `assistantctl apply --env ${project.environment.name}`,
    });
  }
  return state;
}

/** Only assistants have versions. */
export function requireAssistant(address: Address): Address {
  if (address.startsWith('assistant/')) return address;
  throw new Failure('usage', `${address} has no versions: only assistants have`, { code: 'KIND_MISMATCH' });
}

/** Reads the assistant behind an address. */
export async function readBound(
  work: Pick<Work, 'connection'>,
  state: State,
  address: Address,
): Promise<Bound> {
  const known = state.resources[address];
  if (known === undefined) throw notBound(address, state);
  const main = await work.connection.api.get('assistant', known.remote_id);
  if (main === undefined) {
    throw new Failure('stale', `${address} (${known.remote_id}) was deleted outside Git`, {
      code: 'GONE_MEANWHILE',
      hint: 'plan --recreate creates it again',
    });
  }
  return { address, known, binding: withConfirmedPromotion(known, main), main };
}

/** Reads a version; fails with `usage` when the assistant has none of that id. */
export async function readVersion(
  work: Pick<Work, 'connection'>,
  { address, main }: Pick<Bound, 'address' | 'main'>,
  id: string,
): Promise<RemoteResource> {
  const version = await work.connection.api.getVersion(main.id, id);
  if (version !== undefined) return version;
  throw new Failure('usage', `${address} has no version ${id}`, {
    code: 'VERSION_UNKNOWN',
    hint: `assistantctl versions list ${address}`,
    details: { address, version: id },
  });
}

/** The plan of some moves, ready to be executed. */
export function planOfMoves(
  host: Host,
  { project, git }: { readonly project: Project; readonly git: GitInfo | null },
  work: Work,
  state: State,
  moves: readonly Promotion[],
  bound: readonly Bound[],
): Planned {
  const now = host.runtime.clock();
  return planPromotions({
    project: { name: project.name, environment: project.environment.name },
    state,
    apiBase: work.connection.apiBase,
    git,
    tool: { name: 'assistantctl', version: host.runtime.version },
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + project.planTtlMs).toISOString(),
    moves,
    confirmed: bound.filter(({ known, binding }) => known !== binding),
  });
}

/**
 * The digests under which the fields of a move were reviewed: with a promotion what they become, with a rollback what
 * is taken back.
 */
export function digestsOfMove(
  plan: Plan,
  { address }: StepResult,
  side: 'before' | 'after',
): readonly string[] {
  const fields = plan.changes.find((change) => change.address === address)?.fields ?? [];
  return fields.map(({ path, [side]: value }) =>
    tokenOf(fieldDigest(plan, { address }, { path, before: null, after: value, origin: 'config' })),
  );
}
