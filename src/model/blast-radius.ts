/**
 * The assistants and phone numbers that a plan reaches. Shown beside the plan and not part of its digest, because
 * phone numbers and canaries change without a change of the specs.
 */
export interface BlastRadius {
  readonly assistants: readonly ReachedAssistant[];
  /** Assistants whose main would move while a canary deploy that is not ours is open: apply refuses them. */
  readonly foreign_canaries: readonly string[];
  /** What could not be looked up, one sentence each. */
  readonly notes: readonly string[];
}

export interface ReachedAssistant {
  /** Address, or `<id> (<name>)` of an assistant that no spec describes. */
  readonly address: string;
  readonly remote_id: string | null;
  /**
   * `changed` by the plan itself, `uses` a shared tool or MCP server whose change takes effect at once, or
   * `hands_over` calls to an assistant that is reached.
   */
  readonly how: 'changed' | 'uses' | 'hands_over';
  /** The tools used, or the assistants handed over to. */
  readonly through: readonly string[];
  /** E.164 numbers whose calls it answers; null when they are not known. */
  readonly phone_numbers: readonly string[] | null;
}
