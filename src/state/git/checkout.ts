/**
 * Whether the files of a commit are all on disk. A sparse checkout, a submodule that was not fetched or a merge that was
 * not finished looks like documents that somebody took out.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunGit } from './git-info.ts';

export interface Checkout {
  /** Why documents may be missing that Git has, one sentence each. */
  readonly incomplete: readonly string[];
  /** Documents whose deletion is not committed. */
  readonly deleted: readonly string[];
}

const NAMED = 5;
const SUBMODULE = '160000';
const DOCUMENT = /\.ya?ml$/;
const DOCUMENT_IN_ANY_CASE = /\.ya?ml$/i;

/** Looks at what the index says of the folder; finds nothing where there is no repository. */
export async function readCheckout(root: string, specs: string, git: RunGit): Promise<Checkout> {
  const list = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { code, stdout } = await git([...args, '-z', '--', specs], root);
    return code === 0 ? stdout.split('\0').filter((entry) => entry !== '') : [];
  };
  const [tagged, staged, gone, removed] = await Promise.all([
    list('ls-files', '-t'),
    list('ls-files', '-s'),
    list('ls-files', '-d'),
    list('diff', '--cached', '--name-only', '--no-renames', '--diff-filter=D', '--relative'),
  ]);
  const entries = tagged.map((entry) => ({ tag: entry.slice(0, 1), file: entry.slice(2) }));
  const withTag = (tag: string): readonly string[] => [
    ...new Set(entries.filter((entry) => entry.tag === tag).map(({ file }) => file)),
  ];
  const submodules = staged
    .filter((entry) => entry.startsWith(SUBMODULE))
    .map((entry) => entry.slice(entry.indexOf('\t') + 1));
  const empty = (
    await Promise.all(submodules.map(async (folder) => ((await isEmpty(join(root, folder))) ? [folder] : [])))
  ).flat();
  const unmerged = withTag('M');
  const skipped = withTag('S').filter((file) => DOCUMENT_IN_ANY_CASE.test(file));
  const misspelt = entries.filter(({ file }) => DOCUMENT_IN_ANY_CASE.test(file) && !DOCUMENT.test(file));
  const incomplete = [
    sentence('not checked out (sparse checkout)', skipped),
    sentence('a submodule that was not fetched', empty),
    sentence('not merged', unmerged),
    sentence('not read because of the case of its extension', [...new Set(misspelt.map(({ file }) => file))]),
  ];
  const missing = gone.filter((file) => !unmerged.includes(file));
  return {
    incomplete: incomplete.filter((line) => line !== undefined),
    deleted: [...new Set([...missing, ...removed])].filter((file) => DOCUMENT.test(file)).sort(),
  };
}

async function isEmpty(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  return names.length === 0;
}

function sentence(what: string, files: readonly string[]): string | undefined {
  if (files.length === 0) return undefined;
  const rest = files.length - NAMED;
  const named = files.slice(0, NAMED).join(', ');
  return `${what}: ${rest > 0 ? `${named} and ${rest} more` : named}`;
}
