import { realpath } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { validateAll } from '../specs/load/load.ts';
import { findProjectRoot, PROJECT_FILE } from '../specs/project/project.ts';
import type { Host } from './host.ts';

export interface Validation {
  readonly documents: number;
  readonly environments: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** Where the project lies in the checkout of a pipeline, with a slash at the end; empty when it is the checkout itself. */
  readonly prefix: string;
  /** The project file, relative to the checkout. */
  readonly projectFile: string;
}

/** Checks project file and specs offline; problems are values, all of them at once. */
export async function validateProject(host: Host): Promise<Validation> {
  const root = await findProjectRoot(host.runtime.cwd, host.flags.project);
  const { documents, environments, diagnostics } = await validateAll(root, host.flags.env);
  const prefix = await repositoryPrefix(host.runtime.env, root);
  return { documents, environments, diagnostics, prefix, projectFile: `${prefix}${PROJECT_FILE}` };
}

async function repositoryPrefix(env: Host['runtime']['env'], root: string): Promise<string> {
  const checkout = env.GITHUB_WORKSPACE || env.CI_PROJECT_DIR;
  if (!checkout) return '';
  const [from, to] = await Promise.all([checkout, root].map((path) => realpath(path).catch(() => path)));
  const path = relative(from ?? '', to ?? '').replaceAll('\\', '/');
  return path === '' || path.startsWith('..') || isAbsolute(path) ? '' : `${path}/`;
}
