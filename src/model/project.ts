import type { JsonObject } from './json.ts';

/** The checked project file for one chosen environment; defaults are filled in. */
export interface Project {
  readonly name: string;
  /** Absolute path of the folder that holds `assistantctl.yaml`. */
  readonly root: string;
  /** Specs folder relative to the root. */
  readonly specs: string;
  readonly environments: readonly string[];
  readonly environment: Environment;
  /** Names of the variables with API keys of all environments: no program that is started may see them. */
  readonly keyVariables: readonly string[];
  readonly limits: Limits;
  readonly concurrency: number;
  /** Milliseconds a saved plan stays valid. */
  readonly planTtlMs: number;
  readonly retry: RetryPolicy;
  readonly unknownFields: 'error' | 'allow';
  /** What the file writes for the project as a whole that decides how applies go; as written. */
  readonly settings: JsonObject;
  /** Milliseconds from a plan to its merge in which its review counts. */
  readonly reviewTtlMs: number;
}

export interface Environment {
  readonly name: string;
  readonly target: 'emulator' | 'api';
  readonly apiKeyEnv: string;
  /** From the project file; the cli falls back to `TELNYX_BASE_URL` and then to the public address. */
  readonly baseUrl: string | undefined;
  readonly protected: boolean;
  readonly state:
    | { readonly backend: 'file' }
    | { readonly backend: 'git'; readonly remote: string; readonly ref: string };
  readonly drift: DriftPolicy;
  readonly variables: { readonly [name: string]: string };
  /** What the file writes for the environment that decides how applies go; as written. */
  readonly settings: JsonObject;
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
