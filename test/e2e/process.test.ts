import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { account, finished, leadingTo, spawnCli, testProject, writes } from './harness.ts';

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 10));
}

describe('the process', () => {
  it('prints the version of package.json', async () => {
    const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    const project = await testProject();
    expect(await project.run('--version')).toMatchObject({
      code: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
  });

  it('does not mind a reader that leaves early', async () => {
    const project = await testProject();
    const child = project.start(['plan']);
    child.stdout?.destroy();
    const ran = await finished(child);
    expect(ran).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  it('writes long output to a pipe completely', async () => {
    const project = await testProject();
    const long = 'A long line of instructions that goes on.\\n'.repeat(20_000);
    await project.write(
      'assistants/long.yaml',
      `kind: assistant\nspec: { name: Long, model: m, instructions: "${long}" }\n`,
    );
    const ran = await project.run('plan', '--format', 'json');
    expect(ran.stderr).toBe('');
    expect(ran.stdout.length).toBeGreaterThan(800_000);
    expect(JSON.parse(ran.stdout).summary.create).toBe(5);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s while reading exits %i at once and leaves no lock', async (signal, code) => {
    const server = await account({ faults: () => ({ kind: 'hang' }) });
    const project = await testProject(leadingTo(server));
    const child = project.start(['apply', '--env', 'account', '--format', 'json']);
    const over = finished(child);
    await until(() => server.requests.length > 0);
    child.kill(signal);
    const ran = await over;
    expect(ran).toMatchObject({ code, signal: null });
    expect(JSON.parse(ran.stdout).error.kind).toBe('interrupted');
    expect((await project.run('state', 'unlock', '--env', 'account')).stdout).toContain('Not locked');
  });

  it('a signal ends a probe with its code, and what it made is removed', async () => {
    const server = await account({ latencyMs: 5 });
    const project = await testProject(leadingTo(server));
    const asked = await project.run('doctor', '--probe', '--env', 'account');
    const [, fingerprint = ''] = /--account (acct-[0-9a-f-]+)/.exec(asked.stderr) ?? [];
    const child = project.start(['doctor', '--probe', '--account', fingerprint, '--env', 'account']);
    const over = finished(child);
    await until(() => writes(server).length > 5);
    child.kill('SIGTERM');
    const ran = await over;
    expect(ran).toMatchObject({ code: 143, signal: null });
    expect(ran.stdout).toContain('the probe was stopped');
    expect(server.store.all('assistants')).toEqual([]);
  });

  it('the first signal while writing finishes what is in flight, reports and keeps the state', async () => {
    const server = await account({ latencyMs: 150 });
    const project = await testProject(leadingTo(server));
    const child = project.start(['apply', '--env', 'account', '--format', 'json']);
    const over = finished(child);
    await until(() => writes(server).length > 0);
    child.kill('SIGTERM');
    const ran = await over;
    expect(ran.code).toBe(143);
    const report = JSON.parse(ran.stdout);
    const statuses = report.results.map((result: { status: string }) => result.status);
    expect(statuses).toContain('applied');
    expect(statuses).toContain('not_attempted');

    const rest = await project.run('apply', '--env', 'account');
    expect(rest.code).toBe(0);
    expect(writes(server).filter((line) => line === 'POST /ai/tools')).toHaveLength(1);
    expect((await project.run('plan', '--env', 'account', '--detailed-exitcode')).code).toBe(0);
  });

  it('the second signal ends it on the spot', async () => {
    const server = await account({
      faults: ({ method }) => (method === 'POST' ? { kind: 'hang' } : undefined),
    });
    const project = await testProject(leadingTo(server));
    const child = project.start(['apply', '--env', 'account']);
    const over = finished(child);
    await until(() => writes(server).length > 0);
    child.kill('SIGINT');
    await new Promise((done) => setTimeout(done, 200));
    child.kill('SIGINT');
    expect((await over).code).toBe(130);
  });

  it('colours only where it was asked to', async () => {
    const project = await testProject();
    const plain = await project.run('plan');
    expect(plain.stdout).not.toContain('\u001b');
    const colored = await finished(project.start(['plan'], { FORCE_COLOR: '1' }));
    expect(colored.stdout).toContain('\u001b[');
    const off = await finished(project.start(['plan', '--no-color'], { FORCE_COLOR: '1' }));
    expect(off.stdout).toBe(plain.stdout);
  });

  it('reports long work on stderr only', async () => {
    const server = await account({ latencyMs: 700 });
    const project = await testProject(leadingTo(server));
    const planned = await project.run('plan', '--env', 'account', '--format', 'json');
    expect(JSON.parse(planned.stdout).summary.create).toBe(4);
    expect(planned.stderr).toContain('reading the account');
    expect(planned.stderr).not.toContain('\u001b');
  });

  it('serves the embedded API until it is told to stop', async () => {
    const project = await testProject();
    const child = project.start([
      'emulator',
      '--data',
      'data.json',
      '--quirk',
      'reorder=true',
      '--latency',
      '1',
    ]);
    const over = finished(child);
    if (child.stdout === null) throw new Error('no stdout');
    const [line] = await once(child.stdout, 'data');
    const url = String(line).trim();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v2$/);
    const env = { TELNYX_BASE_URL: url, TELNYX_KEY_OF_ACCOUNT: 'KEY_TEST_ANY' };
    const applied = await finished(spawnCli(project.folder, ['apply', '--env', 'account'], env));
    expect(applied.code).toBe(0);
    const again = await finished(
      spawnCli(project.folder, ['plan', '--env', 'account', '--detailed-exitcode'], env),
    );
    expect(again.code).toBe(0);
    child.kill('SIGTERM');
    expect((await over).code).toBe(0);
    expect(await project.read('data.json')).toContain('Front desk');
  });

  it.each([
    ['--port', 'http'],
    ['--port', '70000'],
    ['--latency', '-1'],
    ['--scripts', 'missing.json'],
    ['--quirk', 'nonsense=1'],
  ])('refuses the emulator option %s %s', async (option, value) => {
    const project = await testProject();
    expect((await project.run('emulator', option, value)).code).toBe(3);
  });
});
