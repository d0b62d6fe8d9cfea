import type { Project } from '../../model/project.ts';
import type { Runtime } from '../../runtime.ts';
import { type FeedGit, feedGit } from '../../state/git/git-run.ts';
import { listedKeyVariables } from './key-variable.ts';

/** Git for a project: whatever it starts sees none of the project's API keys. `index`: instead of the clone's. */
export function gitFor(
  runtime: Runtime,
  project: Pick<Project, 'keyVariables'>,
  options: { readonly index?: string; readonly timeoutMs?: number } = {},
): FeedGit {
  const withheld = [...project.keyVariables, ...listedKeyVariables(runtime.env)];
  return feedGit(runtime.env, { withheld, ...options });
}
