/** Calling what a preview staged, from a browser. */

interface TalkBase {
  readonly address: string;
  readonly name: string;
  /** Of the assistant, or of its temporary copy. */
  readonly remote_id: string;
  /** The staged version; null for a copy, whose main it is. */
  readonly version_id: string | null;
}

/** An assistant that a browser may call without credentials. */
export interface TalkOpen extends TalkBase {
  readonly status: 'open';
  /** What could still stand in the way; null when nothing does. */
  readonly caution: string | null;
}

/** One that takes no such calls. */
export interface TalkClosed extends TalkBase {
  readonly status: 'closed';
  readonly reason: string;
  /** What to write into the spec; null where nothing written helps. */
  readonly write: string | null;
}

export type TalkEntry = TalkOpen | TalkClosed;

/** Part of the report of `preview up --talk`. */
export interface TalkReport {
  /** The page, as an absolute path; null where nothing can be called and none was written. */
  readonly page: string | null;
  readonly assistants: readonly TalkEntry[];
}

export interface TalkPage {
  readonly project: string;
  readonly environment: string;
  readonly preview: string;
  readonly commit: string | null;
  readonly assistants: readonly TalkEntry[];
}
