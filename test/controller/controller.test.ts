import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { account, finished, inDashboard, liveId, spawnCli, writes } from '../e2e/harness.ts';
import { DESK, git, inEffect, KEY, PROJECT, start, team } from './support.ts';

// The built controller as a process, with a bare remote and the embedded API as a server.

describe('the controller', { timeout: 120_000 }, () => {
  it('applies each commit of a branch it trusts, keeps the last good one, and follows a branch that was rewritten', async () => {
    const server = await account();
    const acme = await team(server.url);
    const running = start(acme, 'one', {}, '--trust-branch');
    const first = git(acme.clone, 'rev-parse', 'HEAD').trim();
    await running.until(inEffect(first));
    expect(await liveId(server, 'Desk')).toBeTruthy();

    // A broken commit waits for a person; what is live stays, and nothing is written.
    const before = writes(server).length;
    const broken = await acme.push({ 'assistants/desk.yaml': DESK('Help.', '  modell: x\n') });
    const waiting = await running.until(
      ({ tried_commit, phase }) => phase === 'waiting' && tried_commit === broken,
    );
    expect(waiting).toMatchObject({
      exit_code: 3,
      applied_commit: first,
      reason: { code: 'SPEC_INVALID' },
      next_at: null,
    });
    expect(writes(server)).toHaveLength(before);

    const mended = await acme.push({ 'assistants/desk.yaml': DESK('Help well.') });
    await running.until(inEffect(mended));

    git(acme.clone, 'reset', '--quiet', '--hard', first);
    const rewritten = await acme.push({ 'assistants/desk.yaml': DESK('Start over.') }, '--force');
    // Whoever trusts the branch trusts that it was rewritten.
    await running.until(inEffect(rewritten));

    running.child.kill('SIGTERM');
    expect((await finished(running.child)).code).toBe(143);
    expect(running.events.at(-1)?.event).toBe('stopped');
  });

  it('applies nothing that nobody reviewed, until the plan is approved by its digest without any key', async () => {
    const server = await account();
    const acme = await team(server.url);
    const running = start(acme, 'one', {});
    const waiting = await running.until(({ phase }) => phase === 'waiting');
    expect(waiting).toMatchObject({ exit_code: 6, reason: { code: 'UNREVIEWED' } });
    expect(waiting.pending).toMatchObject([{ address: 'assistant/desk', action: 'create' }]);
    expect(writes(server)).toEqual([]);

    // The log says of each commit that it waits, though the reason is the same.
    const second = await acme.push({ 'assistants/desk.yaml': DESK('Help well.') });
    await running.until(({ phase, tried_commit }) => phase === 'waiting' && tried_commit === second);
    const said = running.events.filter(({ event }) => event === 'waiting').map(({ commit }) => commit);
    expect(said).toEqual([waiting.tried_commit, second]);

    const planned = await finished(
      spawnCli(acme.clone, ['plan', '--format', 'json'], { TELNYX_API_KEY: KEY }),
    );
    const digest: string = JSON.parse(planned.stdout).plan_digest;
    const approved = await finished(spawnCli(acme.clone, ['approve', '--env', 'production', digest], {}));
    expect(approved.code, approved.stderr).toBe(0);
    await running.until(({ phase }) => phase === 'in-effect');
    // Taken once: nothing is left beside the state.
    const list = git(acme.remote, 'show', 'refs/assistantctl/production-requests:requests.json');
    expect(list).toBe('');
  });

  it('shows drift, does what it is asked for once, and changes nothing by HTTP', async () => {
    const server = await account();
    const acme = await team(server.url);
    const secret = 'TEST_WEBHOOK_SECRET';
    const running = start(acme, 'one', { ASSISTANTCTL_WEBHOOK_SECRET: secret }, '--trust-branch');
    await running.until(({ phase }) => phase === 'in-effect');
    const second = await acme.push({ 'assistants/desk.yaml': DESK('Help badly.') });
    await running.until(inEffect(second));
    const asked = await finished(
      spawnCli(
        acme.clone,
        [
          'request',
          '--env',
          'production',
          '--',
          'rollback',
          'assistant/desk',
          '--reason',
          'callers complain',
        ],
        {},
      ),
    );
    expect(asked.code, asked.stderr).toBe(0);
    for (let tries = 0; tries < 200 && !running.events.some(({ event }) => event === 'request'); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(running.events.find(({ event }) => event === 'request')).toMatchObject({ exitKind: null });
    const live = await liveId(server, 'Desk');
    const main = await (await inDashboard(server, 'GET', `/ai/assistants/${live}`)).json();
    expect(main).toMatchObject({ instructions: 'Help.' });

    await inDashboard(server, 'POST', `/ai/assistants/${live}`, {
      greeting: 'Howdy.',
      promote_to_main: true,
    });
    const url = await running.url();
    const page = await fetch(url);
    expect(page.headers.get('content-type')).toContain('text/html');
    const html = await page.text();
    expect(html).toContain('production');
    expect(html).not.toContain('Howdy.');
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('assistantctl_applies_total');
    expect((await fetch(`${url}/status`, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    const body = '{}';
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const hook = (headers: Record<string, string>) =>
      fetch(`${url}/webhook`, { method: 'POST', body, headers });
    expect((await hook({ 'x-hub-signature-256': signature })).status).toBe(202);
    expect((await hook({ 'x-hub-signature-256': 'sha256=0' })).status).toBe(401);
    expect((await hook({})).status).toBe(401);
  });

  it('runs twice for safety: one works, and when it is killed the other goes on', async () => {
    const server = await account();
    const acme = await team(server.url);
    const lease = { ASSISTANTCTL_LEASE: '2s' };
    const one = start(acme, 'one', lease, '--trust-branch');
    const two = start(acme, 'two', lease, '--trust-branch');
    const first = git(acme.clone, 'rev-parse', 'HEAD').trim();
    await one.until(inEffect(first));
    await two.until(inEffect(first));
    const creates = writes(server).filter((write) => write === 'POST /ai/assistants');
    expect(creates).toHaveLength(1);
    one.child.kill('SIGKILL');
    await finished(one.child);
    const next = await acme.push({ 'assistants/desk.yaml': DESK('Help well.') });
    await two.until(inEffect(next));
  });

  it('keeps what is live while the remote is gone, and says so', async () => {
    const server = await account();
    const acme = await team(server.url);
    const running = start(acme, 'one', {}, '--trust-branch');
    await running.until(({ phase }) => phase === 'in-effect');
    execFileSync('mv', [acme.remote, `${acme.remote}.away`]);
    for (let tries = 0; tries < 100 && (await running.status()).repository.error === null; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect((await running.status()).repository.error).toContain('cannot be fetched');
    expect((await fetch(`${await running.url()}/readyz`)).status).toBe(200);
    execFileSync('mv', [`${acme.remote}.away`, acme.remote]);
    const next = await acme.push({ 'assistants/desk.yaml': DESK('Help well.') });
    await running.until(inEffect(next));
  });

  it('refuses a state that other replicas cannot see, and works on the other environments', async () => {
    const [server, other] = await Promise.all([account(), account()]);
    const acme = await team(server.url);
    const lab = `  lab:\n    base_url: ${other.url}\nretry:`;
    const commit = await acme.push({ 'assistantctl.yaml': PROJECT(server.url).replace('retry:', lab) });
    const running = start(acme, 'one', {}, '--trust-branch');
    await running.until(inEffect(commit), 'production');
    const refused = await running.until(({ phase }) => phase === 'waiting', 'lab');
    expect(refused).toMatchObject({ exit_code: 3, reason: { code: 'CONTROLLER_STATE' } });
    expect(refused.reason?.message).toContain('another replica cannot see');
    expect(writes(other)).toEqual([]);
  });

  it('says once what is wrong with a project file, and does what is asked for meanwhile', async () => {
    const server = await account();
    const acme = await team(server.url);
    const running = start(acme, 'one', {}, '--trust-branch');
    await running.until(({ phase }) => phase === 'in-effect');
    const second = await acme.push({ 'assistants/desk.yaml': DESK('Help badly.') });
    await running.until(inEffect(second));
    const broken = await acme.push({ 'assistantctl.yaml': 'project: [' });
    await running.until(({ phase, tried_commit }) => phase === 'waiting' && tried_commit === broken);
    git(acme.clone, 'reset', '--quiet', '--hard', second);
    const words = ['request', '--env', 'production', '--', 'rollback', 'assistant/desk'];
    expect((await finished(spawnCli(acme.clone, words, {}))).code).toBe(0);
    for (let tries = 0; tries < 200 && !running.events.some(({ event }) => event === 'request'); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const live = `/ai/assistants/${await liveId(server, 'Desk')}`;
    expect(await (await inDashboard(server, 'GET', live)).json()).toMatchObject({ instructions: 'Help.' });
    expect(running.events.filter(({ event }) => event === 'round-failed')).toHaveLength(1);
    expect((await running.status()).repository.error).toContain('assistantctl.yaml');
  });

  it('tells nobody a token that is the user name of the repository', async () => {
    const denying = createServer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' });
      response.end();
    });
    await new Promise<void>((resolve) => denying.listen(0, '127.0.0.1', resolve));
    const { port } = denying.address() as AddressInfo;
    const acme = await team('http://127.0.0.1:9');
    const address = `http://TEST_TOKEN_OF_GIT@127.0.0.1:${port}/acme/voice.git`;
    const running = start(acme, 'one', {}, '--trust-branch', '--repo', address);
    for (let tries = 0; tries < 100 && (await running.status()).repository.error === null; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    denying.close();
    expect((await running.status()).repository.error).toContain('cannot be fetched');
    const told = [await running.status(), running.events, await (await fetch(await running.url())).text()];
    expect(JSON.stringify(told)).not.toContain('TEST_TOKEN_OF_GIT');
  });

  it('keeps a state file that the repository does not ignore', async () => {
    const server = await account();
    const acme = await team(server.url);
    await acme.push({
      '.gitignore': 'node_modules/\n',
      'assistantctl.yaml': PROJECT(server.url).replace(/^ {4}state:.*\n/m, ''),
    });
    const running = start(acme, 'one', {}, '--trust-branch', '--single');
    await running.until(({ phase }) => phase === 'in-effect');
    const next = await acme.push({ 'assistants/desk.yaml': DESK('Help well.') });
    await running.until(inEffect(next));
    // Without its state the second round would have had to take the assistant over.
    const updates = writes(server).filter((write) => write === 'POST /ai/assistants');
    expect(updates).toHaveLength(1);
    expect(running.events.filter(({ event }) => event === 'waiting')).toEqual([]);
    const state = join(acme.folder, 'one', '1', 'trees', 'all', '.assistantctl', 'state', 'production.json');
    expect(JSON.parse(await readFile(state, 'utf8')).resources).toHaveProperty('assistant/desk');
  });
});
