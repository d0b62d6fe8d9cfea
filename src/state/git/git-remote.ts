import { Failure } from '../../model/errors.ts';
import { gitFailure } from './git-errors.ts';
import type { GitFinished } from './git-info.ts';
import type { FeedGit } from './git-run.ts';

/**
 * The few things that state needs of Git: read a file at a remote ref, make a commit without touching index,
 * work tree or branches, and move a remote ref only when it is still where it was expected. Works from any
 * clone: shallow, detached, bare.
 */
export interface GitRemote {
  /** Human-readable place of a ref. */
  place(ref: string): string;
  /** Commit ids by ref; refs that do not exist are left out. */
  list(refs: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** A file at a commit that `list` found; undefined when the ref moved meanwhile and the commit is gone. */
  read(ref: string, commit: string, path: string): Promise<string | undefined>;
  /** The last commits up to one that `list` found, newest first; `at` is RFC 3339. */
  log(ref: string, commit: string, last: number): Promise<readonly LoggedCommit[]>;
  /** Makes a commit in the local object database and returns its id. Nothing refers to it yet. */
  commit(content: CommitContent): Promise<string>;
  /** Moves, makes (`from` undefined) or removes (`to` undefined) a ref; `moved` when it was not at `from`. */
  move(ref: string, from: string | undefined, to: string | undefined): Promise<'done' | 'moved'>;
}

export interface LoggedCommit {
  readonly id: string;
  readonly at: string;
  readonly message: string;
}

export interface CommitContent {
  readonly parent: string | undefined;
  readonly message: string;
  readonly author: string;
  readonly when: Date;
  /** The whole tree: text by path. */
  readonly files: ReadonlyMap<string, string>;
}

export interface GitRemoteOptions {
  readonly git: FeedGit;
  /** A folder inside the repository. */
  readonly root: string;
  /** Name of a configured remote; an address or a path is refused. */
  readonly remote: string;
  readonly randomUuid: () => string;
}

/** No tidying up: state is no work of the clone's user. */
const QUIET = ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false'];

/** What Git says of a file that a commit does not hold. */
const NOT_THERE = /not a valid object name|does not exist in|exists on disk, but not in/i;

const REF = /^refs\/(?!.*(\.\.|\/\/|\.lock$|\/$|\/\.))[A-Za-z0-9._/-]+$/;

/** Letters, digits and what else names of remotes are made of: no address, no path that leads anywhere. */
const REMOTE = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._/-]*$/;

/**
 * Rejects a ref that could be taken for an option, and a remote that is no name. The project file belongs to
 * whoever writes a branch: an address in it would choose where the state and the forge's credential go.
 */
export function checkRemote(remote: string, ref: string): void {
  const problem = !REF.test(ref)
    ? `state.ref must be a full name like refs/assistantctl/production, not ${ref}`
    : !REMOTE.test(remote)
      ? 'state.remote must be the name of a remote of the clone, and neither an address nor a path'
      : undefined;
  if (problem === undefined) return;
  throw new Failure('usage', problem, {
    code: 'GIT_REMOTE_INVALID',
    hint: 'write the name of a remote, as in `state: { backend: git, remote: origin }`',
  });
}

export function gitRemote(options: GitRemoteOptions): GitRemote {
  const { git, root, remote, randomUuid } = options;
  const run = (args: readonly string[], input?: string): Promise<GitFinished> =>
    git([...QUIET, ...args], root, input);
  const place = (ref: string): string => `${ref} at ${remote}`;

  let configured: Promise<void> | undefined;

  /** Git takes a name that no remote has for a path: a folder of the branch could become the remote. */
  async function requireRemote(): Promise<void> {
    if ((await run(['remote', 'get-url', remote])).code === 0) return;
    const inside = await run(['rev-parse', '--git-dir']);
    if (inside.code !== 0) throw gitFailure('the state cannot be read', root, inside);
    throw new Failure('usage', `the clone has no remote called ${remote}`, {
      code: 'GIT_REMOTE_MISSING',
      hint: 'check `state.remote` in assistantctl.yaml against `git remote -v`',
    });
  }

  async function list(refs: readonly string[]): Promise<ReadonlyMap<string, string>> {
    configured ??= requireRemote();
    await configured;
    const found = await run(['ls-remote', '--refs', '--', remote, ...refs]);
    if (found.code !== 0) throw gitFailure('the state cannot be read', place(refs[0] ?? ''), found);
    const pairs = found.stdout.split('\n').map((line) => line.split('\t'));
    return new Map(pairs.flatMap(([id, ref]) => (id && ref && refs.includes(ref) ? [[ref, id]] : [])));
  }

  function fetchRef(ref: string): Promise<GitFinished> {
    const quietly = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
    return run(['fetch', ...quietly, '--', remote, ref]);
  }

  async function read(ref: string, commit: string, path: string): Promise<string | undefined> {
    const known = await run(['cat-file', '-e', `${commit}^{tree}`]);
    if (known.code !== 0) {
      const fetched = await fetchRef(ref);
      const gone = /couldn't find remote ref/i.test(fetched.stderr);
      if (fetched.code !== 0 && !gone) throw gitFailure('the state cannot be fetched', place(ref), fetched);
      if ((await run(['cat-file', '-e', `${commit}^{tree}`])).code !== 0) return undefined;
    }
    const file = await run(['cat-file', 'blob', `${commit}:${path}`]);
    if (file.code === 0) return file.stdout;
    // Git that could not be run, or was ended, says nothing about what the commit holds.
    if (!NOT_THERE.test(file.stderr)) throw gitFailure('the state cannot be read', place(ref), file);
    throw new Failure('usage', `${place(ref)}: commit ${commit} holds no readable ${path}`, {
      code: 'STATE_CORRUPT',
      hint: `the ref must hold what assistantctl wrote; put it back to an earlier commit of its history`,
    });
  }

  async function log(ref: string, commit: string, last: number): Promise<readonly LoggedCommit[]> {
    const fields = '--format=%H%x00%cI%x00%B%x00';
    const read = (): Promise<GitFinished> => run(['log', '-z', `--max-count=${last}`, fields, commit, '--']);
    let found = await read();
    if (found.code !== 0) {
      await fetchRef(ref);
      found = await read();
    }
    if (found.code !== 0) throw gitFailure('the history cannot be read', place(ref), found);
    const parts = found.stdout.split('\0').filter((part) => part.trim() !== '');
    return Array.from({ length: Math.floor(parts.length / 3) }, (_, index) => ({
      id: (parts[index * 3] ?? '').trim(),
      at: parts[index * 3 + 1] ?? '',
      message: parts[index * 3 + 2] ?? '',
    }));
  }

  async function commit(content: CommitContent): Promise<string> {
    const temporary = `refs/assistantctl-unsaved/${randomUuid()}`;
    const made = await run(['fast-import', '--quiet', '--done'], importStream(content, temporary));
    await run(['update-ref', '-d', temporary]);
    const id = /^[0-9a-f]{40,64}$/m.exec(made.stdout)?.[0];
    if (made.code === 0 && id !== undefined) return id;
    throw gitFailure('the state cannot be committed', root, made);
  }

  async function move(
    ref: string,
    from: string | undefined,
    to: string | undefined,
  ): Promise<'done' | 'moved'> {
    const pushed = await run([
      ...['push', '--porcelain', '--no-verify', '--no-follow-tags', '--recurse-submodules=no', '--no-signed'],
      ...[`--force-with-lease=${ref}:${from ?? ''}`, '--', remote, `${to ?? ''}:${ref}`],
    ]);
    if (pushed.code === 0) return 'done';
    const lostRace =
      /\[rejected\] \(stale info\)|cannot lock ref|failed to update ref|reference already exists|fetch first|remote ref does not exist/i;
    const said = pushed.stdout + pushed.stderr;
    const impossible = /permission denied|exists; cannot create/i;
    if (lostRace.test(said) && !impossible.test(said)) return 'moved';
    throw gitFailure('the state cannot be pushed', place(ref), pushed);
  }

  return { place, list, read, log, commit, move };
}

/** Input of `git fast-import`: one process for a commit of any number of files, without index or work tree. */
function importStream(content: CommitContent, ref: string): string {
  const seconds = Math.floor(content.when.getTime() / 1000);
  const name = content.author.replace(/[<>\r\n]/g, ' ').trim() || 'assistantctl';
  const files = [...content.files].map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
  return [
    `commit ${ref}\nmark :1\n`,
    `committer ${name} <assistantctl@localhost> ${seconds} +0000\n`,
    data(content.message),
    content.parent === undefined ? '' : `from ${content.parent}\n`,
    'deleteall\n',
    ...files,
    'get-mark :1\ndone\n',
  ].join('');
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
