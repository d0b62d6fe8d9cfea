import { execFile } from 'node:child_process';
import type { GitFinished } from './git-info.ts';

/** Runs git and feeds it text; otherwise as `RunGit`. */
export type FeedGit = (args: readonly string[], cwd: string, input?: string) => Promise<GitFinished>;

/** 256 MB: more than any state can be. */
const MAX_OUTPUT = 256 * 1024 * 1024;

/** Exit status that stands for "there is no git program", as in a shell. */
export const NO_PROGRAM = 127;

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

/**
 * A runner with the whole environment of the caller, so that credential helpers, proxies and configuration
 * given through variables keep working. Prompts are off, because nobody may be there to answer. A call that
 * takes longer than the time limit is ended. Never rejects.
 */
export function feedGit(
  environment: { readonly [name: string]: string | undefined },
  timeoutMs = 120_000,
): FeedGit {
  const inherited = Object.entries(environment).filter(([name]) => !CHOOSES_REPOSITORY.has(name));
  // Messages are recognised by their English text.
  const env = {
    ...Object.fromEntries(inherited),
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
    LANGUAGE: '',
  };
  return (args, cwd, input = '') =>
    new Promise((resolve) => {
      const options = { cwd, env, timeout: timeoutMs, maxBuffer: MAX_OUTPUT, windowsHide: true };
      const child = execFile('git', [...args], options, (error, stdout, stderr) => {
        const status: unknown = error?.code;
        const code = error === null ? 0 : typeof status === 'number' ? status : null;
        resolve({ code: status === 'ENOENT' ? NO_PROGRAM : code, stdout, stderr });
      });
      // A git that ends early closes its input; its exit status says why.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
}
