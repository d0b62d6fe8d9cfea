import type { ApplyOutcome } from '../../apply/apply.ts';
import { applyPlan } from '../../apply/apply.ts';
import { Failure } from '../../model/errors.ts';
import type { GitInfo, Planned } from '../../model/plan.ts';
import type { StateSession } from '../../model/state.ts';
import { createGate } from '../../release/gate.ts';
import type { Host } from '../host.ts';
import { refuseOtherBackend } from '../state/other-backend.ts';
import { testing } from '../tests/test-clock.ts';
import { accessTo } from './access.ts';
import type { Connection } from './connect.ts';
import type { Inputs } from './inputs.ts';
import { type ApplyNote, emptyState, holderName, openState } from './open-state.ts';
import { type Leased, withConnection, withLease } from './opener.ts';
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
export interface Work extends Leased {
  readonly connection: Connection;
  /** Carries out what was released for it; from here on a signal waits for what is in flight. */
  execute(planned: Planned, options: ExecuteOptions): Promise<ApplyOutcome>;
}

/**
 * Takes the lease, opens the way to the API, runs the work and closes both, whatever happens. The lease comes
 * first: two applies of one environment must not even read at the same time.
 */
export async function withSession<Result>(
  host: Host,
  inputs: Pick<Inputs, 'project' | 'git'>,
  work: (work: Work) => Promise<Result>,
): Promise<Result> {
  const { project } = inputs;
  // A missing key ends the command before the lease is taken.
  accessTo(project.environment, host.runtime.env);
  const stop = host.interrupt().reading;
  let planDigest: string | null = null;
  let outcome: string | null = null;
  const note = (): ApplyNote => ({ commit: commitText(inputs.git), planDigest, outcome });
  const store = openState(host.runtime, project, { note, stop });
  const leased = async ({ session, save }: Leased): Promise<Result> => {
    await refuseOtherBackend(host, project, session.current());
    warnOfMissingState(host, project, session.current());
    noteUnfinished(host, session);
    const connected = async (connection: Connection): Promise<Result> => {
      const execute: Work['execute'] = async (planned, options) => {
        planDigest = planned.plan.plan_digest;
        const execution = { connection, session, planned, ...options };
        const applied = await carryOut(host, inputs, execution);
        outcome = outcomeWords(applied.results);
        return applied;
      };
      try {
        return await work({ connection, session, execute, save });
      } catch (cause) {
        throw connection.api.writeCount() > 0 ? afterWrites(cause) : cause;
      }
    };
    return await withConnection(host, project, connected, session.fence);
  };
  return await withLease(host, project, leased, { store });
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
      isProtected: project.environment.protected,
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
