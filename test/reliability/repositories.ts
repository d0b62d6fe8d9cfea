import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach } from 'vitest';
import { PROJECT_FILE, SPECS, type TestProject, testProject } from '../e2e/harness.ts';

const execute = promisify(execFile);
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const GIT_ENV = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };

export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  return (await execute('git', [...who, ...args], { cwd: folder, env: GIT_ENV })).stdout.trim();
}

export async function bareRepository(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assistantctl-remote-'));
  folders.push(folder);
  await git(folder, 'init', '-q', '--bare', '-b', 'main');
  return folder;
}

/** Environment `account` with its state on a ref of `origin`, and a second environment beside it. */
export const GIT_PROJECT_FILE = `${PROJECT_FILE.replace(
  '  guarded:',
  `    state: { backend: git, remote: origin, ref: refs/assistantctl/account }
  other:
    api_key_env: TELNYX_KEY_OF_ACCOUNT
    state: { backend: git, remote: origin, ref: refs/assistantctl/other }
  guarded:`,
)}`;

/** A clone of the remote that holds the project, as a pipeline job has it. */
export async function cloneProject(
  remote: string,
  env: Readonly<Record<string, string>>,
  specs: Readonly<Record<string, string>> = SPECS,
): Promise<TestProject> {
  const project = await testProject({ GIT_CONFIG_NOSYSTEM: '1', ...env }, specs);
  await project.write('assistantctl.yaml', GIT_PROJECT_FILE);
  await project.write('.gitignore', '.assistantctl/\n');
  await git(project.folder, 'init', '-q', '-b', 'main');
  await git(project.folder, 'remote', 'add', 'origin', `file://${remote}`);
  await commitAll(project, 'specs');
  return project;
}

export async function commitAll(project: TestProject, message: string): Promise<void> {
  await git(project.folder, 'add', '-A');
  await git(project.folder, 'commit', '-q', '--allow-empty', '-m', message);
}
