import type { ApplyOutcome } from '../../apply/apply.ts';
import { applyPlan } from '../../apply/apply.ts';
import { Failure } from '../../model/errors.ts';
import type { GitInfo, Planned } from '../../model/plan.ts';
import type { StateSession } from '../../model/state.ts';
import { createGate } from '../../release/gate.ts';
import type { Host } from '../host.ts';
import { refuseOtherBackend } from '../state/other-backend.ts';
import { testing } from '../tests/test-clock.ts';
import type { Access } from './access.ts';
import type { Connection } from './connect.ts';
import { connect } from './connect.ts';
import type { Inputs } from './inputs.ts';
import { type ApplyNote, emptyState, holderName, openState } from './open-state.ts';
import { noteUnfinished, outcomeWords, warnOfMissingState } from './state-notes.ts';

export interface ExecuteOptions {
  /** Without it versions are staged and main stays. */
  readonly promote: boolean;
  /** Run gate tests again that passed for the same content. */
  readonly rerunTests?: boolean;
  /** Nobody asked for the gate tests: none runs twice for one content. */
  readonly testsOnce?: boolean;
  /** Put a new rollout in the place of an open one. */
  readonly replaceRollout?: boolean;
}

/** What a command may do while it holds the lease of the environment. */
export interface Work {
  readonly connection: Connection;
  readonly session: StateSession;
  /** Carries out what was released for it; from here on a signal waits for what is in flight. */
  execute(planned: Planned, options: ExecuteOptions): Promise<ApplyOutcome>;
  /**
   * Ends the session ahead of the report; nothing is recorded after it. What kept the state from being saved is
   * returned, because the report must say it.
   */
  save(): Promise<Failure | undefined>;
}

/**
 * Takes the lease, opens the way to the API, runs the work and closes both, whatever happens. The lease comes
 * first: two applies of one environment must not even read at the same time.
 */
export async function withSession<Result>(
  host: Host,
  inputs: Pick<Inputs, 'project' | 'git'>,
  access: Access,
  work: (work: Work) => Promise<Result>,
): Promise<Result> {
  const { runtime } = host;
  // Before the lease is taken, so that a signal cannot leave it behind.
  const stop = host.interrupt().reading;
  let planDigest: string | null = null;
  let outcome: string | null = null;
  const note = (): ApplyNote => ({ commit: commitText(inputs.git), planDigest, outcome });
  const session = await openState(runtime, inputs.project, { note, stop }).open(holderName(runtime));
  host.observer?.leased(true);
  let saving: Promise<Failure | undefined> | undefined;
  const save: Work['save'] = () => {
    saving ??= unsaved(session);
    return saving;
  };
  try {
    await refuseOtherBackend(host, inputs.project, session.current());
    warnOfMissingState(host, inputs.project, session.current());
    noteUnfinished(host, session);
    const connection = await connect(host, inputs.project, access, session.fence);
    try {
      const execute: Work['execute'] = async (planned, options) => {
        planDigest = planned.plan.plan_digest;
        const execution = { connection, session, planned, ...options };
        const applied = await carryOut(host, inputs, execution);
        outcome = outcomeWords(applied.results);
        return applied;
      };
      return await work({ connection, session, execute, save });
    } catch (cause) {
      throw connection.api.writeCount() > 0 ? afterWrites(cause) : cause;
    } finally {
      await connection.close();
    }
  } finally {
    try {
      if (saving === undefined) await session.close();
    } finally {
      host.observer?.leased(false);
    }
  }
}

/** A plus says that the tree held more than the commit. */
export function commitText(git: GitInfo | null): string | null {
  return git === null ? null : `${git.commit}${git.dirty ? '+' : ''}`;
}

/** What was refused in the middle of the work is no refusal: requests that write had been sent. */
function afterWrites(cause: unknown): unknown {
  if (!(cause instanceof Failure) || cause.code !== 'LEASE_LOST' || cause.kind !== 'refused') return cause;
  const { code, hint, details, message } = cause;
  return new Failure('partial', `${message}; requests that write had been sent before`, {
    code,
    details,
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

async function unsaved(session: StateSession): Promise<Failure | undefined> {
  try {
    await session.close();
    return undefined;
  } catch (cause) {
    if (cause instanceof Failure) return cause;
    throw cause;
  }
}

interface Execution extends ExecuteOptions {
  readonly connection: Connection;
  readonly session: StateSession;
  readonly planned: Planned;
}

async function carryOut(
  host: Host,
  { project, git }: Pick<Inputs, 'project' | 'git'>,
  {
    connection,
    session,
    planned,
    promote,
    rerunTests = false,
    testsOnce = false,
    replaceRollout = false,
  }: Execution,
): Promise<ApplyOutcome> {
  const { runtime } = host;
  const interrupt = host.interrupt();
  interrupt.protectWrites();
  const progress = host.progress();
  try {
    return await applyPlan(planned, {
      api: connection.api,
      session,
      newState: () => emptyState(runtime, project, connection.apiBase, planned.plan.account),
      versionPrefix: git === null ? 'nogit' : `${git.commit.slice(0, 7)}${git.dirty ? '+' : ''}`,
      promote,
      replaceRollout,
      concurrency: project.concurrency,
      clock: runtime.clock,
      sleep: runtime.sleep,
      stop: interrupt.stop,
      onProgress: (event) => progress.show({ phase: 'applying', ...event }),
      who: holderName(runtime),
      gate: createGate({
        ...testing(host, connection.api),
        concurrency: project.concurrency,
        rerun: rerunTests,
        onlyOnce: testsOnce,
        onProgress: (address, event) => progress.show({ phase: `testing ${address}`, ...event }),
      }),
    });
  } finally {
    progress.end();
  }
}
