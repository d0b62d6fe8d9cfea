import type { Project } from '../../model/project.ts';
import type { Runtime } from '../../runtime.ts';
import { type FeedGit, feedGit } from '../../state/git/git-run.ts';
import { listedKeyVariables } from './key-variable.ts';

/** Git for a project: whatever it starts sees none of the project's API keys. */
export function gitFor(runtime: Runtime, project: Pick<Project, 'keyVariables'>): FeedGit {
  return feedGit(runtime.env, { withheld: [...project.keyVariables, ...listedKeyVariables(runtime.env)] });
}
