import { removeCanary, setCanary } from '../../apply/canary.ts';
import { rolloutKey } from '../../apply/rollout.ts';
import { type Address, parseAddress } from '../../model/address.ts';
import { type ErrorKind, Failure } from '../../model/errors.ts';
import { isOpen, type Rollout } from '../../model/rollout.ts';
import type { RolloutEntry } from '../../model/rollout-report.ts';
import type { Binding, State } from '../../model/state.ts';
import { fieldsTakenBack } from '../../plan/holds.ts';
import {
  moveRollout,
  type RolloutDeps,
  type RolloutMoved,
  type RolloutSubject,
} from '../../release/rollout.ts';
import { heldAt, type Order } from '../../release/rollout-decision.ts';
import type { Host } from '../host.ts';
import { notBound } from '../session/bindings.ts';
import type { Inputs } from '../session/inputs.ts';
import type { Work } from '../session/locked-run.ts';
import { holderName } from '../session/open-state.ts';
import { analyse } from './analysis.ts';
import { planOfMoves, readBound, readVersion, stateOf } from './promotions.ts';

/** The open rollouts among the addresses or, without any, all of them. */
export function openRollouts(
  state: State | undefined,
  addresses: readonly Address[],
): readonly RolloutSubject[] {
  const chosen = addresses.length > 0 ? addresses : Object.keys(state?.resources ?? {}).sort();
  return chosen.flatMap((text) => {
    const address = parseAddress(text)?.address;
    const binding = address === undefined ? undefined : state?.resources[address];
    if (address === undefined || binding === undefined) {
      throw notBound(address ?? `assistant/${text}`, state);
    }
    return isOpen(binding.rollout) ? [{ address, binding, rollout: binding.rollout }] : [];
  });
}

export interface Moved {
  readonly entry: RolloutEntry;
  /** What the exit code is made of; null for success. */
  readonly exitKind: ErrorKind | null;
  readonly failure: Failure | undefined;
}

/** Moves one rollout and reports what became of it; a failure of one does not keep the others from moving. */
export async function moveOne(
  host: Host,
  inputs: Inputs,
  work: Work,
  subject: RolloutSubject,
  order: { readonly order: Order; readonly reason?: string | undefined },
): Promise<Moved> {
  const deps = depsOf(host, inputs, work);
  try {
    const moved = await moveRollout(subject, order.order, deps, order.reason);
    return { entry: entryOf(subject, moved), exitKind: exitKindOf(moved, order.order), failure: undefined };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const entry = entryOf(subject, undefined);
    const found = error.message;
    return { entry: { ...entry, action: 'failed', found }, exitKind: error.kind, failure: error };
  }
}

/** An abort that was asked for is what was to be done; one that the analysis or the deadline called for is a failed gate. */
function exitKindOf({ action }: RolloutMoved, order: Order): ErrorKind | null {
  if (action === 'aborted') return order === 'abort' ? null : 'gate';
  return action === 'paused' ? 'inconclusive' : null;
}

function depsOf(host: Host, inputs: Inputs, work: Work): RolloutDeps {
  const { session, connection } = work;
  const canaryDeps = { api: connection.api, sleep: host.runtime.sleep };
  const idOf = (address: Address): string | undefined => session.current()?.resources[address]?.remote_id;
  return {
    api: connection.api,
    clock: host.runtime.clock,
    setCanary: (assistantId, rules, key) => setCanary(canaryDeps, assistantId, rules, key),
    removeCanary: (assistantId) => removeCanary(canaryDeps, assistantId),
    openingKey: ({ address, rollout }) => rolloutKey(session.current()?.lineage ?? '', address, rollout),
    save: (address, binding) => session.record({ op: 'bind', address, binding }),
    holdOf: ({ binding, rollout }, reason) => {
      const [taken, kept] = [rollout.candidate.base, binding.base];
      const fields = taken === null || kept === null ? [] : fieldsTakenBack(taken, kept);
      if (fields.length === 0) return undefined;
      const at = host.runtime.clock().toISOString();
      return { fields, at, by: holderName(host.runtime), reason, cause: 'abort' };
    },
    judge: (subject, held) => analyse(host, inputs, work, subject, held, idOf),
    promote: (subject, reason) => promote(host, inputs, work, subject, reason),
  };
}

/** The same promotion as every other: planned, checked, recorded and read back. */
async function promote(
  host: Host,
  inputs: Inputs,
  work: Work,
  { address, rollout }: RolloutSubject,
  reason: string,
): Promise<Binding> {
  const state = stateOf(work, inputs.project, address);
  const bound = await readBound(work, state, address);
  const version = await readVersion(work, bound, rollout.candidate.version_id);
  const { candidate } = rollout;
  const { main } = bound;
  const binding = { ...bound.binding, candidate };
  const move = {
    address,
    binding,
    main,
    version,
    reason,
    rollback: false,
    release: undefined,
    endsRollout: true,
  };
  const planned = planOfMoves(host, inputs, work, state, [move], []);
  const { results, exitKind } = await work.execute(planned, { promote: true });
  if (exitKind === null) return work.session.current()?.resources[address] ?? binding;
  const error = results.find((result) => result.error !== null)?.error;
  throw new Failure(exitKind, error?.message ?? `${address} was not promoted`, {
    code: error?.code ?? 'NOT_PROMOTED',
    ...(error?.hint != null && { hint: error.hint }),
  });
}

/** What to print of a rollout, after a move or as it stands. */
export function entryOf(
  { address, binding, rollout: before }: RolloutSubject,
  moved: RolloutMoved | undefined,
): RolloutEntry {
  const rollout: Rollout = moved?.rollout ?? before;
  const promoted = moved?.action === 'promoted';
  const over = promoted || rollout.phase === 'aborted';
  return {
    address,
    remote_id: binding.remote_id,
    version_id: promoted ? (moved.binding.main_version_id ?? '') : rollout.candidate.version_id,
    action: moved?.action ?? 'none',
    phase: promoted ? 'promoted' : rollout.phase,
    step: rollout.step + 1,
    steps: rollout.steps.map(({ weight, hold_ms }) => ({ weight, hold_ms })),
    weight: over ? (promoted ? 100 : 0) : (rollout.steps[rollout.step]?.weight ?? 0),
    started_at: rollout.started_at,
    since: rollout.since,
    next_at: over ? null : new Date(heldAt(rollout)).toISOString(),
    deadline_at: rollout.deadline_at,
    reason: moved?.reason ?? rollout.reason,
    found: null,
  };
}
