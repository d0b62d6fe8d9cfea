import type { FeedGit } from './git-run.ts';

/** How a commit stands to another one. In a clone without the whole history a "no" proves nothing. */
export interface HistoryRelation {
  readonly relation: 'contains' | 'behind' | 'parted' | 'unknown';
  /** Why it cannot be told. */
  readonly why?: string;
}

/** Commits that a shallow clone is deepened by, again and again until the question is answered. */
const DEEPER = [50, 500, 5000];

/**
 * Whether the heads together contain a commit, are contained in it, or neither. A shallow clone is deepened first,
 * and what it does not show counts as unknown.
 */
export async function standingTo(
  git: FeedGit,
  root: string,
  heads: readonly string[],
  commit: string,
): Promise<HistoryRelation> {
  if (heads.includes(commit)) return { relation: 'contains' };
  for (const more of [0, ...DEEPER]) {
    if (more > 0 && !(await deepen(git, root, more, [...heads, commit]))) break;
    const known = await judge(git, root, heads, commit);
    if (known.relation !== 'unknown' || !(await isShallow(git, root))) return known;
  }
  return { relation: 'unknown', why: 'the clone is shallow and does not reach back far enough' };
}

async function judge(
  git: FeedGit,
  root: string,
  heads: readonly string[],
  commit: string,
): Promise<HistoryRelation> {
  for (const head of heads) {
    if ((await parentsOf(git, root, head)).includes(commit)) return { relation: 'contains' };
  }
  if (!(await hasCommit(git, root, commit))) {
    return { relation: 'unknown', why: `the commit ${commit.slice(0, 12)} is not in this clone` };
  }
  for (const head of heads) {
    if (await isAncestor(git, root, commit, head)) return { relation: 'contains' };
  }
  for (const head of heads) {
    if (await isAncestor(git, root, head, commit)) return { relation: 'behind' };
  }
  const shallow = await isShallow(git, root);
  return shallow ? { relation: 'unknown', why: 'the clone is shallow' } : { relation: 'parted' };
}

/** As the commit itself names them, also where the clone does not have them. */
export async function parentsOf(git: FeedGit, root: string, commit: string): Promise<readonly string[]> {
  const { code, stdout } = await git(['cat-file', 'commit', commit], root);
  if (code !== 0) return [];
  const [head = ''] = stdout.split('\n\n', 1);
  return head.split('\n').flatMap((line) => /^parent ([0-9a-f]{40,64})$/.exec(line)?.[1] ?? []);
}

async function hasCommit(git: FeedGit, root: string, commit: string): Promise<boolean> {
  return (await git(['cat-file', '-e', `${commit}^{commit}`], root)).code === 0;
}

async function isAncestor(git: FeedGit, root: string, older: string, newer: string): Promise<boolean> {
  return (await git(['merge-base', '--is-ancestor', older, newer], root)).code === 0;
}

export async function isShallow(git: FeedGit, root: string): Promise<boolean> {
  return (await git(['rev-parse', '--is-shallow-repository'], root)).stdout.trim() === 'true';
}

/** False when there is nothing to deepen, or no remote answers. */
async function deepen(git: FeedGit, root: string, by: number, commits: readonly string[]): Promise<boolean> {
  if (!(await isShallow(git, root))) return false;
  const remote = await remoteOf(git, root);
  if (remote === undefined) return false;
  const fetch = ['fetch', '--quiet', '--no-tags', `--deepen=${by}`, remote];
  // Not every server hands out commits by their id.
  const named = await git([...fetch, ...commits], root);
  return named.code === 0 || (await git(fetch, root)).code === 0;
}

/** `origin`, else the only one. */
export async function remoteOf(git: FeedGit, root: string): Promise<string | undefined> {
  const { code, stdout } = await git(['remote'], root);
  const names = code === 0 ? stdout.split('\n').filter((name) => name !== '') : [];
  return names.includes('origin') ? 'origin' : names.length === 1 ? names[0] : undefined;
}

/** Full id of a commit that a person or a pipeline names; fetched where the clone does not have it. */
export async function resolveCommit(git: FeedGit, root: string, name: string): Promise<string | undefined> {
  const known = await verify(git, root, name);
  if (known !== undefined) return known;
  const remote = await remoteOf(git, root);
  if (remote === undefined || name.startsWith('-')) return undefined;
  const wanted = name.startsWith(`${remote}/`) ? name.slice(remote.length + 1) : name;
  // A depth would make a whole clone a shallow one.
  const depth = (await isShallow(git, root)) ? ['--depth=1'] : [];
  const fetched = await git(['fetch', '--quiet', '--no-tags', ...depth, remote, wanted], root);
  return fetched.code === 0 ? await verify(git, root, 'FETCH_HEAD') : undefined;
}

async function verify(git: FeedGit, root: string, name: string): Promise<string | undefined> {
  const { code, stdout } = await git(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`],
    root,
  );
  return code === 0 ? stdout.trim().split('\n').at(-1) : undefined;
}

/** The tree that a merge of two commits makes; undefined when they conflict or this git cannot tell. */
export async function mergedTree(
  git: FeedGit,
  root: string,
  ours: string,
  theirs: string,
): Promise<string | undefined> {
  const { code, stdout } = await git(['merge-tree', '--write-tree', ours, theirs], root);
  const tree = stdout.split('\n', 1)[0]?.trim();
  return code === 0 && tree !== undefined && /^[0-9a-f]{40,64}$/.test(tree) ? tree : undefined;
}

/** The last commit that both contain. */
export async function commonCommit(
  git: FeedGit,
  root: string,
  a: string,
  b: string,
): Promise<string | undefined> {
  const { code, stdout } = await git(['merge-base', a, b], root);
  return code === 0 ? stdout.trim().split('\n')[0] : undefined;
}

/** Commits that are looked through when nothing says where to stop. */
const MOST_COMMITS = 200;

/**
 * The commits of a branch from `to` back to `from`, without it, the newest first. Undefined where the clone cannot
 * tell: it is shallow, or lacks one of them.
 */
export async function firstParentLine(
  git: FeedGit,
  root: string,
  from: string | undefined,
  to: string,
): Promise<readonly string[] | undefined> {
  if (await isShallow(git, root)) return undefined;
  const range = from === undefined ? [`--max-count=${MOST_COMMITS}`, to] : [`${from}..${to}`];
  const { code, stdout } = await git(['rev-list', '--first-parent', ...range, '--'], root);
  return code === 0 ? stdout.split('\n').filter((line) => line !== '') : undefined;
}
