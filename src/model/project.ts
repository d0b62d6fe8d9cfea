import type { DiagnosticLevels } from './diagnostic.ts';
import type { JsonObject } from './json.ts';

/** The checked project file for one chosen environment; defaults are filled in. */
export interface Project {
  readonly name: string;
  /** Absolute path of the folder that holds `assistantctl.yaml`. */
  readonly root: string;
  /** Specs folder relative to the root. */
  readonly specs: string;
  readonly environments: readonly string[];
  /** The groups of each environment, in their order. */
  readonly groups: { readonly [environment: string]: readonly string[] };
  readonly environment: Environment;
  /** The other environments of the project. */
  readonly siblings: readonly Environment[];
  /** Names of the variables with API keys of all environments: no program that is started may see them. */
  readonly keyVariables: readonly string[];
  readonly limits: Limits;
  readonly concurrency: number;
  /** Milliseconds a saved plan stays valid. */
  readonly planTtlMs: number;
  readonly retry: RetryPolicy;
  /** Longest body of a reply. */
  readonly maxReplyBytes: number;
  readonly unknownFields: 'error' | 'allow';
  /** What becomes of warnings and remarks. */
  readonly diagnosticLevels: DiagnosticLevels;
  /** What the file writes for the project as a whole that decides how applies go; as written. */
  readonly settings: JsonObject;
  /** Milliseconds from a plan to its merge in which its review counts. */
  readonly reviewTtlMs: number;
  /** Globs of files below the specs folder that are no documents, relative to the root. */
  readonly ignore: readonly string[];
  /** Ids, names or `kind/name` of live resources that are never shown as unmanaged; `*` stands for anything. */
  readonly ignoreLive: readonly string[];
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
  /** Lists of assistants show the id of main, so that a plan learns from them what moved. */
  readonly listsShowMain: boolean;
  /** Behaviours of the embedded API that differ from its defaults; as written. */
  readonly quirks: JsonObject;
  /** Groups that the environment belongs to, in their order. */
  readonly groups: readonly string[];
  /** Values with all that they use worked out. */
  readonly variables: { readonly [name: string]: string };
  /** What the file writes for the environment that decides how applies go; as written. */
  readonly settings: JsonObject;
  readonly variableOrigins: { readonly [name: string]: VariableOrigin };
}

/** Where a variable of an environment was written. */
export interface VariableOrigin {
  /** Path in the project file. */
  readonly path: readonly string[];
  /** As written: it may use other variables. */
  readonly raw: string;
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
