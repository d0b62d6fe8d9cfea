/**
 * The place where changes are reviewed, as `comment` sees it: GitHub or GitLab. A *change* is a pull or a merge
 * request and is named by its number; a *post* is a comment or an issue.
 */

export type ForgeName = 'github' | 'gitlab';

export interface Post {
  readonly id: string;
  /** Login of who wrote it first. */
  readonly author: string;
  readonly body: string;
  readonly url: string;
  /** It was changed after it was written, or the forge does not tell both times. False where it tells none. */
  readonly edited: boolean;
  /** What the forge's other interface knows it by. */
  readonly node?: string;
}

/** A merged change. */
export interface MergedChange {
  readonly number: number;
  /** Commit of its branch that was merged. */
  readonly head: string;
  /** Branch that it was merged into. */
  readonly target: string;
  /** RFC 3339. */
  readonly mergedAt: string;
  /** The commit that its merge made on the target; undefined where the forge does not tell. */
  readonly commit: string | undefined;
  /** It came from another repository. */
  readonly fork: boolean;
}

/** Who changed a post last. */
export type LastEditor =
  | { readonly known: true /** Undefined: nobody. */; readonly login: string | undefined }
  | { readonly known: false };

/** An open change. */
export interface OpenChange {
  readonly number: number;
  readonly head: string;
}

export interface ChangeLink {
  readonly number: number;
  readonly url: string;
}

export interface ChangeText {
  readonly title: string;
  readonly body: string;
}

/** What stands in the list of checks of a commit. */
export interface CommitVerdict {
  /** Tells the verdicts of several environments and pipelines apart. */
  readonly name: string;
  readonly state: 'pending' | 'success' | 'failure' | 'neutral';
  /** One line; what is too long for the forge is cut off. */
  readonly title: string;
  /** Markdown below it, where the forge has room for that. */
  readonly summary?: string;
  /** Link to the run. */
  readonly run?: string | undefined;
}

/**
 * Every method rejects with `ApiError` after its retries. Codes that callers act on: FORGE_DENIED (401, 403, 404:
 * the token may not, or may not even know) and FORGE_TOO_LONG. Lists are complete over all pages or rejected.
 */
export interface Forge {
  readonly name: ForgeName;
  /** Characters that one post may have. */
  readonly longestBody: number;
  /** Login the token writes as; undefined where the forge does not tell this kind of token. */
  whoAmI(): Promise<string | undefined>;
  /** Commit that the change's branch stands on. */
  headOf(change: number): Promise<string>;
  /** Merged changes that a commit came from, the one that made it first. */
  mergedAs(commit: string): Promise<readonly number[]>;
  /** The same with what is known of them. */
  mergedChanges(commit: string): Promise<readonly MergedChange[]>;
  /** Commits of the target branch behind `to`, the newest first, down to `from` or 200 of them; without `from`. */
  commitsBetween(from: string | undefined, to: string): Promise<readonly string[]>;
  lastEditor(change: number, post: Post): Promise<LastEditor>;
  /** Open changes into a branch. */
  openChanges(target: string): Promise<readonly OpenChange[]>;
  /** The open change from a branch of the repository into another one. */
  openChangeFrom(branch: string, target: string): Promise<ChangeLink | undefined>;
  addChange(wanted: ChangeText & { readonly branch: string; readonly target: string }): Promise<ChangeLink>;
  editChange(change: number, text: ChangeText): Promise<ChangeLink>;
  /** Says on a commit how it was judged, or how far something is that is done with it. The last one of a name counts. */
  setVerdict(commit: string, verdict: CommitVerdict): Promise<void>;
  /** Oldest first. */
  comments(change: number): Promise<readonly Post[]>;
  addComment(change: number, body: string): Promise<Post>;
  /** Undefined when the comment is gone. */
  editComment(change: number, id: string, body: string): Promise<Post | undefined>;
  /** Resolves also when it was gone. */
  removeComment(change: number, id: string): Promise<void>;
  /** Open issues, oldest first. */
  issues(): Promise<readonly Post[]>;
  addIssue(title: string, body: string): Promise<Post>;
  /** Undefined when the issue is gone. */
  editIssue(id: string, edit: IssueEdit): Promise<Post | undefined>;
  close(): Promise<void>;
}

export interface IssueEdit {
  readonly body: string;
  readonly closed: boolean;
}
