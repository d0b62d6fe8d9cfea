import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startProxy } from '../support/proxy.ts';
import { account, leadingTo, testProject } from './harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** What `npm pack` makes, unpacked where no other package is near. */
async function installed(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assistantctl-package-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const { stdout } = await run('npm', pack, { cwd: root });
  await run('tar', ['-xzf', stdout.trim()], { cwd: folder });
  return join(folder, 'package');
}

test('the package runs on its own and says whose code it brings along', async () => {
  const folder = await installed();
  const cli = (...args: string[]) =>
    run(process.execPath, [join(folder, 'dist/main.js'), ...args], { cwd: folder });

  expect((await readdir(folder)).sort()).toEqual([
    ...['CHANGELOG.md', 'LICENSE', 'README.md', 'assistantctl.yaml', 'assistants', 'ci', 'dist', 'docs'],
    ...['package.json', 'schemas'],
  ]);
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  expect(manifest.dependencies).toBeUndefined();
  const notices = await readFile(join(folder, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  const named = notices.match(/^[@\w/.-]+(?= \d+\.\d+\.\d+ \()/gm);
  const needed = [
    'commander',
    'deep-diff',
    'diff',
    'undici',
    'yaml',
    '@dagrejs/dagre',
    'prom-client',
    'string-width',
  ];
  expect(named).toEqual(expect.arrayContaining(needed));
  // What only builds or tests it is not in it.
  for (const tool of ['ajv', 'vitest', 'typescript', 'rolldown', 'fast-check', 'telnyx']) {
    expect(named).not.toContain(tool);
  }

  await cli('init', 'project');
  const project = ['--project', 'project'];
  expect((await cli('validate', ...project)).stdout).toContain('valid');
  await cli('apply', ...project, '--yes');
  expect((await cli('plan', ...project, '--detailed-exitcode')).stdout).toContain('Nothing to do');
});

test('the built program reaches the API through a proxy', async () => {
  const server = await account();
  const proxy = await startProxy(new URL(server.url));
  const project = await testProject({
    ...leadingTo(server),
    TELNYX_BASE_URL: 'http://api.test.invalid/v2',
    // Plain http beyond this machine has to be allowed by name.
    ASSISTANTCTL_API_HOSTS: 'http://api.test.invalid:80',
    HTTP_PROXY: proxy.url,
  });
  const planned = await project.run('plan', '--env', 'account', '--format', 'json');
  expect(JSON.parse(planned.stdout).summary.create).toBe(4);
  expect(new Set(proxy.tunnels)).toEqual(new Set(['api.test.invalid:80']));
});
