import type { Runtime } from '../../runtime.ts';
import { redactGitText } from '../../state/git/git-errors.ts';
import { type FeedGit, feedGit, type GitRunOptions } from '../../state/git/git-run.ts';

/** Git without a project around it, with the settings and the environment that every call has. */
export function runGit(env: Runtime['env'], options: GitRunOptions = {}): FeedGit {
  return feedGit(env, options);
}

/** What Git says, without the credentials that are part of an address. */
export function withoutGitSecrets(text: string): string {
  return redactGitText(text);
}
