/** The checked project file for one chosen environment; defaults are filled in. */
export interface Project {
  readonly name: string;
  /** Absolute path of the folder that holds `assistantctl.yaml`. */
  readonly root: string;
  /** Specs folder relative to the root. */
  readonly specs: string;
  readonly environments: readonly string[];
  readonly environment: Environment;
  /** The other environments of the project. */
  readonly sisters: readonly Environment[];
  /** Names of the variables with API keys of all environments: no program that is started may see them. */
  readonly keyVariables: readonly string[];
  readonly limits: Limits;
  readonly concurrency: number;
  /** Milliseconds a saved plan stays valid. */
  readonly planTtlMs: number;
  readonly retry: RetryPolicy;
  readonly unknownFields: 'error' | 'allow';
}

export interface Environment {
  readonly name: string;
  readonly target: 'emulator' | 'api';
  readonly apiKeyEnv: string;
  /** From the project file; the cli falls back to `TELNYX_BASE_URL` and then to the public address. */
  readonly baseUrl: string | undefined;
  readonly protected: boolean;
  /** Fingerprint of the account that its key must belong to. */
  readonly account: string | undefined;
  /** Resources whose document is gone are deleted without being asked for by a flag. */
  readonly prune: boolean;
  readonly state:
    | { readonly backend: 'file' }
    | { readonly backend: 'git'; readonly remote: string; readonly ref: string };
  readonly drift: DriftPolicy;
  readonly variables: { readonly [name: string]: string };
}

export type DriftPolicy = 'report' | 'revert' | 'fail';

export interface Limits {
  readonly maxDeletes: number;
  readonly maxChangePercent: number;
  /** The percentage is judged only when at least this many resources are bound. */
  readonly minResources: number;
}

export interface RetryPolicy {
  readonly attempts: number;
  readonly budgetMs: number;
}
