/** What a person asks for beside Git: an approval of a plan, or a command. Kept beside the state, taken once. */
export interface StoredRequest {
  readonly id: string;
  /** `approve`: `words` are digests of plans. `run`: `words` are a command and its arguments. */
  readonly kind: 'approve' | 'run';
  readonly words: readonly string[];
  readonly by: string;
  /** RFC 3339, UTC. */
  readonly at: string;
}

export interface RequestStore {
  /** Oldest first. */
  list(): Promise<readonly StoredRequest[]>;
  add(request: StoredRequest): Promise<void>;
  /** True for the one who takes it; false when somebody else did. */
  take(id: string): Promise<boolean>;
}
