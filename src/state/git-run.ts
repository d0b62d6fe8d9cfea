import { execFile } from 'node:child_process';
import type { GitFinished } from './git-info.ts';

/** Runs git and feeds it text; otherwise as `RunGit`. */
export type FeedGit = (args: readonly string[], cwd: string, input?: string) => Promise<GitFinished>;

/** 256 MB: more than any state can be. */
const MAX_OUTPUT = 256 * 1024 * 1024;

/** Exit status that stands for "there is no git program", as in a shell. */
export const NO_PROGRAM = 127;

/**
 * A runner with the whole environment of the caller, so that credential helpers, proxies and configuration
 * given through variables keep working. Prompts are off, because nobody may be there to answer. A call that
 * takes longer than the time limit is ended. Never rejects.
 */
export function feedGit(
  environment: { readonly [name: string]: string | undefined },
  timeoutMs = 120_000,
): FeedGit {
  // A repository chosen by a calling git hook is not ours, and messages are recognised by their English text.
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...inherited } = environment;
  const env = { ...inherited, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C', LANGUAGE: '' };
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
