import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GitFinished } from './git-info.ts';

/** Runs git and feeds it text; otherwise as `RunGit`. */
export type FeedGit = (args: readonly string[], cwd: string, input?: string) => Promise<GitFinished>;

export interface GitRunOptions {
  /** Names of variables that no program started by git may see, beside those that begin with TELNYX. */
  readonly withheld?: readonly string[];
  readonly timeoutMs?: number;
  /** Ends the call. */
  readonly signal?: AbortSignal;
  /** An index file in place of the clone's own. */
  readonly index?: string;
}

/** 256 MB: more than any state can be. */
const MAX_OUTPUT = 256 * 1024 * 1024;

/** Exit status that stands for "there is no git program", as in a shell. */
export const NO_PROGRAM = 127;

/**
 * Settings of every call. Git runs programs that configuration names, and the files of a branch can look like a
 * bare repository with a configuration of its own: such a repository is not used, and nothing that a clone
 * configures to be run beside git is run (file monitor, hooks, `ext::` addresses).
 */
const SAFE = [
  'safe.bareRepository=explicit',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'protocol.ext.allow=never',
].flatMap((setting) => ['-c', setting]);

/** What a calling git sets for its own repository, as in a hook: that one is not ours. */
const CHOOSES_REPOSITORY: ReadonlySet<string> = new Set([
  'GIT_DIR',
  'GIT_COMMON_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_QUARANTINE_PATH',
  'GIT_PREFIX',
]);

/** Variables that hold API keys or secrets of ours, whatever the project file says. */
const OURS = /^(TELNYX|ASSISTANTCTL_(NOTIFY|WEBHOOK_SECRET))/i;

/**
 * A runner with the environment of the caller, so that credential helpers, proxies and configuration given
 * through variables keep working, but without API keys. Prompts are off, because nobody may be there to answer.
 * A call that takes longer than the time limit is ended. Never rejects.
 */
export function feedGit(
  environment: { readonly [name: string]: string | undefined },
  { withheld = [], timeoutMs = 120_000, index, signal }: GitRunOptions = {},
): FeedGit {
  const kept = Object.entries(environment).filter(
    ([name]) => !CHOOSES_REPOSITORY.has(name) && !OURS.test(name) && !withheld.includes(name),
  );
  // Messages are recognised by their English text.
  const env = {
    ...Object.fromEntries(kept),
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
    LANGUAGE: '',
    ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
  };
  return (args, cwd, input = '') => {
    const bare = bareLayout(cwd);
    if (bare !== undefined) {
      return Promise.resolve({
        code: 128,
        stdout: '',
        stderr: `fatal: cannot use bare repository '${bare}'\n`,
      });
    }
    return new Promise((resolve) => {
      const options = {
        cwd,
        env,
        timeout: timeoutMs,
        maxBuffer: MAX_OUTPUT,
        windowsHide: true,
        ...(signal !== undefined && { signal }),
      };
      const child = execFile('git', [...SAFE, ...args], options, (error, stdout, stderr) => {
        const status: unknown = error?.code;
        const code = error === null ? 0 : typeof status === 'number' ? status : null;
        resolve({ code: status === 'ENOENT' ? NO_PROGRAM : code, stdout, stderr });
      });
      // A git that ends early closes its input; its exit status says why.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
  };
}

/**
 * The nearest folder from `cwd` upwards that git would take for a bare repository before it meets a clone. Git
 * before 2.38 does not know `safe.bareRepository`.
 */
function bareLayout(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const has = (name: string): boolean => existsSync(join(folder, name));
    if (has('.git')) return undefined;
    if (has('HEAD') && (has('commondir') || (has('objects') && has('refs')))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
