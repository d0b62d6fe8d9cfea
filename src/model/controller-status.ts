/** What the controller knows of itself, as `/status` tells it: addresses and paths, never values. */
export interface ControllerStatus {
  readonly format_version: '1.0';
  readonly version: string;
  readonly started_at: string;
  readonly branch: string;
  readonly repository: RepositoryStatus;
  /** When what is done, in words and seconds. */
  readonly schedule: ScheduleStatus;
  readonly environments: readonly EnvironmentStatus[];
}

export interface RepositoryStatus {
  /** The commit that the branch is at, as far as the last fetch knows. */
  readonly commit: string | null;
  readonly fetched_at: string | null;
  /** Why the last fetch failed, or what is wrong with the project file of the commit; null when all is well. */
  readonly error: string | null;
}

export interface ScheduleStatus {
  readonly fetch_seconds: number;
  readonly drift_seconds: number;
}

/** `waiting`: a person has to do something. `standby`: another replica holds the lease. */
export type EnvironmentPhase = 'starting' | 'in-effect' | 'applying' | 'waiting' | 'failing' | 'standby';

export interface EnvironmentStatus {
  readonly environment: string;
  /** A round is under way. */
  readonly working: boolean;
  readonly phase: EnvironmentPhase;
  /** The commit that was applied last with success. */
  readonly applied_commit: string | null;
  readonly applied_at: string | null;
  /** The commit that was tried last. */
  readonly tried_commit: string | null;
  readonly tried_at: string | null;
  /** Exit code that the command line would have ended with. */
  readonly exit_code: number | null;
  /** What waits or failed, and why: code and sentence. */
  readonly reason: { readonly code: string; readonly message: string } | null;
  /** Next attempt; null when something has to move first. */
  readonly next_at: string | null;
  /** Digest of what waits to be applied, for `approve`; null when nothing does. */
  readonly plan_digest: string | null;
  readonly pending: readonly PendingChange[];
  readonly drift: { readonly looked_at: string | null; readonly resources: readonly DriftedPaths[] };
  readonly rollouts: readonly OpenRollout[];
}

export interface PendingChange {
  readonly address: string;
  readonly action: string;
  readonly paths: readonly string[];
}

export interface DriftedPaths {
  readonly address: string;
  readonly paths: readonly string[];
}

export interface OpenRollout {
  readonly address: string;
  readonly weight: number | null;
  readonly next_at: string | null;
  readonly why: string | null;
}

/** An environment that nobody has looked at yet. */
export function unknownEnvironment(environment: string): EnvironmentStatus {
  return {
    environment,
    working: false,
    phase: 'starting',
    applied_commit: null,
    applied_at: null,
    tried_commit: null,
    tried_at: null,
    exit_code: null,
    reason: null,
    next_at: null,
    plan_digest: null,
    pending: [],
    drift: { looked_at: null, resources: [] },
    rollouts: [],
  };
}
