import type { Project } from '../../model/project.ts';
import type { Runtime } from '../../runtime.ts';
import { type FeedGit, feedGit } from '../../state/git/git-run.ts';

/** Git for a project: whatever it starts sees none of the project's API keys. */
export function gitFor(runtime: Runtime, project: Pick<Project, 'keyVariables'>): FeedGit {
  const listed = (runtime.env.ASSISTANTCTL_KEY_VARIABLES ?? '').split(/[\s,]+/).filter((name) => name !== '');
  return feedGit(runtime.env, { withheld: [...project.keyVariables, ...listed] });
}
