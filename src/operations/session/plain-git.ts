import type { Runtime } from '../../runtime.ts';
import { type FeedGit, feedGit, type GitRunOptions } from '../../state/git/git-run.ts';

/** Git without a project around it, with the settings and the environment that every call has. */
export function runGit(env: Runtime['env'], options: GitRunOptions = {}): FeedGit {
  return feedGit(env, options);
}
