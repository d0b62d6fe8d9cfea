import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MAIN, SPECS } from '../e2e/harness.ts';
import { temporary } from './pipeline.ts';

export const PROJECT = `project: acme
default_environment: production
environments:
  production: { protected: true, api_key_env: TELNYX_API_KEY }
retry: { attempts: 2, budget: 1s }
`;
export const KEY = 'KEY_TEST_PIPELINE';
export const TITLE = '$(touch pwned) `touch pwned` "; touch pwned; "';

/** A repository as a forge keeps it, with a project and the pipeline that `init` writes for it. */
export interface Repository {
  readonly folder: string;
  git(...args: readonly string[]): string;
  commit(files: Readonly<Record<string, string>>): Promise<string>;
  /** A fresh clone at a commit or branch. */
  checkout(what?: string): Promise<string>;
}

export async function repository(
  ci: 'github' | 'gitlab',
  project = PROJECT,
  files: Readonly<Record<string, string>> = SPECS,
): Promise<Repository> {
  const folder = await temporary('origin');
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  git('init', '--quiet', '--initial-branch', 'main');
  const commit = async (files: Readonly<Record<string, string>>): Promise<string> => {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', 'change');
    return git('rev-parse', 'HEAD');
  };
  await commit({ 'assistantctl.yaml': project, ...files });
  execFileSync(process.execPath, [MAIN, 'init', '--ci', ci], { cwd: folder });
  await commit({});
  return {
    folder,
    git,
    commit,
    checkout: async (what = 'main') => {
      const clone = await temporary('clone');
      execFileSync('git', ['clone', '--quiet', folder, clone]);
      execFileSync('git', ['checkout', '--quiet', what], { cwd: clone });
      return clone;
    },
  };
}
