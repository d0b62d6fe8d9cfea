import type { JsonObject } from './json.ts';

/** What a person asks for beside Git: an approval of a plan, or a command. Kept beside the state, done once. */
export interface StoredRequest {
  readonly id: string;
  /** `approve`: `words` are digests of plans. `run`: `words` are a command and its arguments. */
  readonly kind: 'approve' | 'run';
  readonly words: readonly string[];
  readonly by: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** A command that somebody has begun. */
  readonly taken?: TakenRequest;
  /** An approval that an apply has begun to use: what it allows, in the short form of a marker. */
  readonly entries?: string;
}

export interface TakenRequest {
  readonly by: string;
  /** The process, as `<scope>/<pid>`. */
  readonly process: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** The version that was main then; null where nothing is bound. Once main is another, the command took effect. */
  readonly main: string | null;
}

/** Everything that is kept beside the state of an environment. It may be written without the lease. */
export interface Sidecar {
  /** Oldest first. */
  readonly requests: readonly StoredRequest[];
  /** What the controller remembers for whoever works next; undefined where it never worked. */
  readonly memory: JsonObject | undefined;
}

export interface SidecarStore {
  read(): Promise<Sidecar>;
  /**
   * Writes what `change` makes of what is there; undefined from it means that there is nothing to write. True when it
   * was written. `change` is called again whenever somebody else wrote meanwhile.
   */
  write(change: (found: Sidecar) => Sidecar | undefined, note: WriteNote): Promise<boolean>;
}

/** For the history of the store, where it keeps one. */
export interface WriteNote {
  readonly author: string;
  readonly message: string;
}
