import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach } from 'vitest';
import { readMarker } from '../../src/render/markdown/marker.ts';
import { account, leadingTo, type Ran, type TestProject } from '../e2e/harness.ts';
import { nearProject } from '../e2e/in-process.ts';

const execute = promisify(execFile);
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

export const PROJECT = `project: acme
environments:
  live: { api_key_env: TELNYX_KEY_OF_ACCOUNT }
limits: { max_deletes: 9, max_change_percent: 100 }
retry: { attempts: 2, budget: 1s }
`;

export function assistant(key: string, greeting = 'Hello.', more = ''): string {
  return `kind: assistant
key: ${key}
spec:
  name: ${key}
  model: openai/gpt-4o
  instructions: You are ${key}.
  greeting: ${greeting}
${more}`;
}

/** Where a team works: a clone of a bare remote, an account, and change requests. */
export interface Repository {
  readonly project: TestProject;
  readonly server: Awaited<ReturnType<typeof account>>;
  git(...args: readonly string[]): Promise<string>;
  /** Commits all files on the branch at hand. */
  commit(message: string): Promise<string>;
  /** A change request from `from`: its branch is planned against the target as a pipeline does it. */
  request(name: string, edit: () => Promise<void>, options?: RequestOptions): Promise<Request>;
  merge(request: Request, how?: 'squash' | 'merge' | 'rebase'): Promise<void>;
  /** Applies main with the sets of these requests. */
  apply(requests: readonly Request[], ...more: readonly string[]): Promise<Ran>;
  /** A file outside the clone with this text. */
  file(text: string): Promise<string>;
}

export interface RequestOptions {
  readonly from?: string;
  readonly target?: string;
}

export interface Request {
  readonly branch: string;
  readonly markdown: string;
  readonly ran: Ran;
  /** File with the comment. */
  readonly file: string;
}

export async function repository(files: Readonly<Record<string, string>>): Promise<Repository> {
  const server = await account();
  const project = await nearProject(leadingTo(server), { 'assistantctl.yaml': PROJECT, ...files });
  const outside = await mkdtemp(join(tmpdir(), 'assistantctl-reviewed-'));
  folders.push(outside);
  const git = async (...args: readonly string[]): Promise<string> => {
    const identity = ['-c', 'user.name=Kim', '-c', 'user.email=kim@acme.example', '-c', 'core.editor=true'];
    const { stdout } = await execute('git', [...identity, ...args], { cwd: project.folder });
    return stdout.trim();
  };
  const commit = async (message: string): Promise<string> => {
    await git('add', '--all');
    await git('commit', '--quiet', '--allow-empty', '--message', message);
    return await git('rev-parse', 'HEAD');
  };
  let count = 0;
  const file = async (text: string): Promise<string> => {
    count += 1;
    const path = join(outside, `${count}.md`);
    await writeFile(path, text);
    return path;
  };
  await project.write('.gitignore', '.assistantctl/\n');
  await git('init', '--quiet', '--initial-branch', 'main');
  await commit('begin');
  await git('init', '--quiet', '--bare', join(outside, 'remote.git'));
  await git('remote', 'add', 'origin', join(outside, 'remote.git'));
  await git('push', '--quiet', 'origin', 'main');

  const request: Repository['request'] = async (name, edit, { from = 'main', target = 'main' } = {}) => {
    await git('switch', '--quiet', '--create', name, from);
    await edit();
    await commit(name);
    const ran = await project.run('plan', '--env', 'live', '--base', target, '--format', 'markdown');
    const made = { branch: name, markdown: ran.stdout, ran, file: await file(ran.stdout) };
    await git('switch', '--quiet', 'main');
    return made;
  };
  const merge: Repository['merge'] = async ({ branch }, how = 'squash') => {
    if (how === 'squash') {
      await git('merge', '--quiet', '--squash', branch);
      await commit(`${branch} (squashed)`);
    } else if (how === 'merge') {
      await git('merge', '--quiet', '--no-ff', '--message', `Merge ${branch}`, branch);
    } else {
      await git('switch', '--quiet', branch);
      await git('rebase', '--quiet', 'main');
      await git('switch', '--quiet', 'main');
      await git('merge', '--quiet', '--ff-only', branch);
    }
  };
  return {
    project,
    server,
    git,
    commit,
    request,
    merge,
    file,
    apply: (requests, ...more) =>
      project.run(
        'apply',
        '--env',
        'live',
        ...requests.flatMap((made) => ['--reviewed', made.file]),
        ...(requests.length === 0 ? ['--reviewed', '/dev/null'] : []),
        ...more,
      ),
  };
}

/** Number of entries in the set of a comment. */
export function entries(markdown: string): number | undefined {
  return readMarker(markdown)?.review?.entries?.length;
}
