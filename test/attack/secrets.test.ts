import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { account, inDashboard, KEY, leadingTo, PROJECT_FILE, SPECS, testProject } from '../e2e/harness.ts';
import { bareRemote, git } from '../state/git-support.ts';

const SECRETS = {
  header: 'correcthorsebattery',
  functions: 'staplebatteryhorse',
  basic: 'dXNlcjpodW50ZXIycGFzcw==',
  url: 'SECRETKEY12345',
  field: 'hunter2pass',
  prompt: 'sk-proj-aB3dE5gH7jK9mN1pQ3sT5vW7yZ',
  sip: 'siphunter2',
};

function without(text: string): void {
  for (const [name, secret] of Object.entries(SECRETS)) {
    expect({ name, found: text.includes(secret) }).toEqual({ name, found: false });
  }
}

/** A person writes literal credentials into a tool and an assistant that Git manages. */
async function poisoned(state = '') {
  const server = await account();
  const project = await testProject(leadingTo(server), {
    ...SPECS,
    'assistantctl.yaml': PROJECT_FILE.replace('  guarded:', `${state}  guarded:`),
    '.gitignore': '.assistantctl/\n',
  });
  if (state !== '') {
    await git(project.folder, 'init', '-q', '-b', 'main');
    await git(project.folder, 'remote', 'add', 'origin', `file://${await bareRemote()}`);
  }
  expect((await project.run('apply', '--env', 'account')).code).toBe(0);
  const id = async (kind: string): Promise<string> => {
    const reply = await inDashboard(server, 'GET', `/ai/${kind}`);
    const { data } = (await reply.json()) as { data: { id: string; name?: string; display_name?: string }[] };
    return data.find((each) => each.name === 'Front desk' || each.display_name === 'Lookup')?.id ?? '';
  };
  await inDashboard(server, 'PATCH', `/ai/tools/${await id('tools')}`, {
    type: 'webhook',
    webhook: {
      name: 'lookup',
      description: 'Finds an order.',
      url: `https://acme.example/orders?key=${SECRETS.url}`,
      method: 'GET',
      headers: [
        { name: 'Ocp-Apim-Subscription-Key', value: SECRETS.header },
        { name: 'x-functions-key', value: `{{tenant}} ${SECRETS.functions}` },
        { name: 'Authorization', value: `Basic ${SECRETS.basic}` },
      ],
      preset_body_fields: { password: SECRETS.field },
    },
  });
  await inDashboard(server, 'POST', `/ai/assistants/${await id('assistants')}`, {
    instructions: `Use ${SECRETS.prompt} for the CRM.`,
    dynamic_variables: { crm_password: SECRETS.field, city: 'Chicago' },
    promote_to_main: true,
  });
  return { server, project };
}

async function everyFile(folder: string): Promise<string> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')));
  return texts.join('\n');
}

describe('credentials that somebody wrote into the live account', () => {
  it('are shown nowhere and pulled into no file', async () => {
    const { server, project } = await poisoned();
    const outputs: string[] = [];
    for (const args of [
      ['plan'],
      ['plan', '--format', 'json'],
      ['plan', '--format', 'markdown'],
      ['plan', '--format', 'html'],
      ['plan', '--out', 'saved.plan.json', '--verbose'],
      ['plan', '--verbose-bodies', '--refresh'],
      ['drift'],
      ['assistant', 'show', 'assistant/front-desk'],
      ['assistant', 'show', 'assistant/front-desk', '--format', 'json'],
      ['versions', 'list', 'assistant/front-desk'],
      ['mcp', 'list'],
      ['pull', '--drift'],
      ['apply', '--verbose-bodies', '--take', 'git'],
    ]) {
      const ran = await project.run(...args, '--env', 'account');
      expect([args, ran.code, ran.stderr]).not.toEqual([args, 1, ran.stderr]);
      outputs.push(ran.stdout, ran.stderr);
    }
    const all = outputs.join('\n');
    without(all);
    expect(all).not.toContain(KEY);
    expect(all).toContain('GET /ai/tools');
    without(await everyFile(join(project.folder, 'assistants')));
    without(await project.read('saved.plan.json'));
    without(await everyFile(join(project.folder, '.assistantctl')));
    expect(server.requests.length).toBeGreaterThan(10);
  });

  it('prints bodies only where they were asked for', async () => {
    const { project } = await poisoned();
    const lines = (text: string): number => text.split('\n').filter((line) => /^ {2}[<>] /.test(line)).length;
    const plain = await project.run('plan', '--env', 'account', '--verbose', '--refresh');
    expect(plain.stderr).toMatch(/^GET \/ai\/assistants\S* 200 \d+ ms/m);
    expect(lines(plain.stderr)).toBe(0);
    const wordy = await project.run('plan', '--env', 'account', '--verbose-bodies', '--refresh');
    expect(lines(wordy.stderr)).toBeGreaterThan(2);
  });

  it.each(['file', 'git'] as const)(
    'are in no copy of what was deleted, nor in its log (%s)',
    async (backend) => {
      const state = backend === 'git' ? '    state: { backend: git, remote: origin }\n' : '';
      const { project } = await poisoned(state);
      await project.remove('assistants/lookup.yaml');
      await project.edit('assistants/front-desk.yaml', '  tool_ids: [{ $ref: tool/lookup }]\n', '');
      const pruned = await project.run(
        'apply',
        '--env',
        'account',
        '--prune',
        '--take',
        'git',
        '--override-limits',
      );
      expect([pruned.code, pruned.stderr]).toEqual([0, pruned.stderr]);
      without(await everyFile(join(project.folder, '.assistantctl')));
      if (backend === 'git') {
        const log = await git(project.folder, 'ls-remote', 'origin');
        expect(log).toContain('refs/assistantctl/account');
        await git(project.folder, 'fetch', '-q', 'origin', 'refs/assistantctl/account');
        without(await git(project.folder, 'log', '-p', 'FETCH_HEAD'));
      }
      const restored = await project.run('state', 'restore', 'tool/lookup', '--env', 'account');
      expect(restored.stderr).toContain('set again by hand');
      expect(restored.stderr).toContain('/webhook/headers/0/value');
      expect(restored.stderr).toContain('/webhook/url');
    },
  );
});

describe('a server that repeats the key', () => {
  it('does not get it printed, wherever it puts it', async () => {
    const server = await account({
      faults: ({ method }) =>
        method === 'GET'
          ? undefined
          : {
              kind: 'status',
              status: 422,
              headers: { 'x-request-id': `req-${KEY}` },
              body: {
                detail: [{ loc: ['body', KEY], msg: `bad ${KEY}`, type: KEY }],
                errors: [{ code: KEY, title: KEY, detail: KEY, source: { pointer: `/${KEY}` } }],
              },
            },
    });
    const project = await testProject(leadingTo(server));
    for (const format of ['text', 'json', 'markdown']) {
      const ran = await project.run('apply', '--env', 'account', '--format', format, '--verbose-bodies');
      expect(ran.code).not.toBe(0);
      expect(ran.stdout + ran.stderr).not.toContain(KEY);
    }
  });
});
