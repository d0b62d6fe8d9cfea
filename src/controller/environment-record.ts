import { type EnvironmentStatus, unknownEnvironment } from '../model/controller-status.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Failure } from '../model/errors.ts';
import type { Log } from './hosts.ts';
import type { RememberedAttempt } from './memory.ts';
import type { Metrics } from './metrics.ts';
import type { Look } from './reconcile.ts';

export interface RecordOptions {
  readonly environment: string;
  readonly now: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** How an environment is, for `/status`, the page, the metrics and the log: what is new in it is logged once. */
export interface EnvironmentRecord {
  status(): EnvironmentStatus;
  show(change: Partial<Pick<EnvironmentStatus, 'applied_commit' | 'applied_at' | 'rollouts'>>): void;
  /** When the next attempt is made by itself, in milliseconds of the clock; undefined: when something moves. */
  pause(until: number | undefined): void;
  /** A look at specs and account. */
  seen(look: Look): void;
  /** An apply begins to write. */
  applying(commit: string): void;
  /** The commit is in effect. */
  good(commit: string): void;
  /** Another replica, or a person, is at work. */
  standby(failure: Failure, code: number): void;
  failed(failure: Failure, how: FailedAttempt): void;
  /** What was found before, by this process or another one, still holds: it waits for a person. */
  waits(attempt: RememberedAttempt): void;
}

export interface FailedAttempt {
  readonly commit: string;
  readonly code: number;
  /** It is not tried again before a person did something. */
  readonly waits: boolean;
  readonly retryAt: number | undefined;
}

export function createRecord({ environment, now, log, metrics }: RecordOptions): EnvironmentRecord {
  let status = unknownEnvironment(environment);
  /** Commit and code of the failure that the log names last; one that is tried again is not named again. */
  let said = '';
  const iso = (at: number): string => new Date(at).toISOString();
  const update = (change: Partial<EnvironmentStatus>): void => {
    status = { ...status, ...change };
    metrics.waits(environment, status.phase === 'waiting');
  };
  metrics.begin(environment);
  return {
    status: () => status,
    show: update,
    pause: (until) => update({ next_at: until === undefined ? null : iso(until) }),
    seen: ({ plan, appliedCommit, appliedAt, pending, drift }) => {
      metrics.found(environment, { drifted: drift.length, holds: plan.holds?.length ?? 0 });
      if (status.drift.resources.length === 0 && drift.length > 0) {
        log('drift', { environment, resources: drift });
      }
      update({
        applied_commit: appliedCommit,
        applied_at: appliedAt,
        pending,
        plan_digest: pending.length === 0 ? null : plan.plan_digest,
        drift: { looked_at: iso(now()), resources: drift },
      });
    },
    applying: (commit) => {
      log('applying', { environment, commit });
      update({ phase: 'applying', tried_commit: commit, tried_at: iso(now()) });
    },
    good: (commit) => {
      metrics.good(environment);
      if (status.phase !== 'in-effect') log('in-effect', { environment, commit });
      said = '';
      const nothing = { reason: null, next_at: null, pending: [], plan_digest: null };
      update({ phase: 'in-effect', exit_code: 0, ...nothing });
    },
    standby: (failure, code) => {
      const reason = shownReason(failure);
      if (status.phase !== 'standby') log('standby', { environment, ...reason });
      said = '';
      update({ phase: 'standby', reason, exit_code: code, next_at: null });
    },
    failed: (failure, { commit, code, waits, retryAt }) => {
      const reason = shownReason(failure);
      const saying = `${commit} ${reason.code}`;
      if (said !== saying) {
        log(waits ? 'waiting' : 'failed', { environment, commit, exit_code: code, ...reason });
      }
      said = saying;
      update({
        phase: waits ? 'waiting' : 'failing',
        reason,
        exit_code: code,
        tried_commit: commit,
        tried_at: iso(now()),
        next_at: retryAt === undefined ? null : iso(retryAt),
      });
    },
    waits: ({ commit, code, reason }) => {
      const known = status.reason?.code === reason.code && status.tried_commit === commit;
      if (status.phase === 'waiting' && known) return;
      log('waiting', { environment, commit, exit_code: code, ...reason });
      said = `${commit} ${reason.code}`;
      update({ phase: 'waiting', reason, exit_code: code, tried_commit: commit });
    },
  };
}

const MOST_PLACES = 3;

/** One line: a failure's other lines are for a terminal. Errors of documents are named by place and code, without values. */
export function shownReason(failure: Failure): { readonly code: string; readonly message: string } {
  const { code, message, diagnostics } = failure;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const places = errors.slice(0, MOST_PLACES).map(placeOf).join(', ');
  const more = errors.length > MOST_PLACES ? ` and ${errors.length - MOST_PLACES} more` : '';
  const line = message.split('\n')[0] ?? '';
  return { code, message: places === '' ? line : `${line}: ${places}${more}` };
}

function placeOf({ position, address, code }: Diagnostic): string {
  const place = position === undefined ? address : `${position.file}:${position.line}:${position.column}`;
  return place === undefined ? code : `${place} ${code}`;
}
