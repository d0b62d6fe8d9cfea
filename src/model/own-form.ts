import type { Json } from './json.ts';

// A type alias, because interfaces are not taken for JSON.

/**
 * A value that the API keeps otherwise than it was sent: an alias resolved, a number rounded, a text tidied up. It is
 * learned from the reply to a write of our own and from nothing else.
 */
export type ValueForm = {
  /** JSON Pointer into what came back; elements of lists by their keys. */
  readonly at: string;
  readonly sent: Json;
  /** What came back for it. */
  readonly got: Json;
  /**
   * `kept`: it came back as it was before, so that what was sent is not in force. `dropped`: nothing came back, for a
   * field that the schemas do not know.
   */
  readonly how?: 'kept' | 'dropped';
  /** The name under which an entry of a map was sent, where it came back under another one. */
  readonly sent_as?: string;
  /** A plan reported it, and an apply came after that: it is not reported again. */
  readonly told?: true;
};
