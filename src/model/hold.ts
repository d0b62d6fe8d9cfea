// Type aliases, because interfaces are not taken for JSON.

/** A field that somebody took back, with the hash of the value that it had. */
export type HeldField = { readonly path: string; readonly hash: string };

/**
 * A change that a rollback or an abort took back. Apply leaves it out until Git gives one of its fields another
 * value.
 */
export type Hold = {
  readonly fields: readonly HeldField[];
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly by: string;
  readonly reason: string;
  readonly cause: 'rollback' | 'abort';
};
