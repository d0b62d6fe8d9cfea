import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EmulatorHandle } from '../../src/emulator/contract/contract.ts';
import { account, inDashboard, KEY, leadingTo, liveId, testProject, writes } from './harness.ts';

// What reviewers read: Markdown, the page, the graph; with whom the change reaches.

/** The account with phone numbers, which the embedded API does not sell: everything else is passed on. */
async function withNumbers(
  server: EmulatorHandle,
  answer: (connection: string) => readonly [number, unknown],
) {
  const asked: string[] = [];
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (url.pathname.endsWith('/phone_numbers')) {
      const connection = url.searchParams.get('filter[connection_id]') ?? '';
      asked.push(connection);
      const [status, body] = answer(connection);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) =>
        typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name)
          ? [[name, value]]
          : [],
      ),
    );
    const base = new URL(server.url);
    const reply = await fetch(`${base.origin}${request.url}`, {
      method: request.method ?? 'GET',
      headers,
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    });
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(await reply.text());
  };
  const front = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done) => front.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => front.close(() => done())));
  const { port } = front.address() as AddressInfo;
  const path = new URL(server.url).pathname;
  return { env: { TELNYX_BASE_URL: `http://127.0.0.1:${port}${path}`, TELNYX_KEY_OF_ACCOUNT: KEY }, asked };
}

const page = (numbers: readonly string[]): readonly [number, unknown] => [
  200,
  {
    data: numbers.map((phone_number, index) => ({
      id: String(index),
      phone_number,
      record_type: 'phone_number',
    })),
    meta: { page_number: 1, page_size: 100, total_pages: 1, total_results: numbers.length },
  },
];

/** Turns on telephony, so that both assistants have a TeXML application. */
async function applied(env: Readonly<Record<string, string>>) {
  const project = await testProject(env);
  for (const file of ['assistants/front-desk.yaml', 'assistants/billing.yaml']) {
    await project.edit(file, '  model:', '  enabled_features: [telephony]\n  model:');
  }
  const result = await project.run('apply', '--env', 'account');
  expect(result.code, result.stderr).toBe(0);
  return project;
}

describe('blast radius', () => {
  it('names assistants, handoffs and phone numbers, and leaves the digest alone', async () => {
    const server = await account();
    const { env, asked } = await withNumbers(server, () => page(['+13125550100']));
    const project = await applied(env);
    await project.edit('assistants/billing.yaml', 'You explain invoices.', 'You explain invoices well.');
    const plain = JSON.parse((await project.run('plan', '--env', 'account', '--format', 'json')).stdout);
    expect(asked).toEqual([]);
    expect(plain.blast_radius).toBeUndefined();
    const before = writes(server).length;
    const full = await project.run(
      'plan',
      '--env',
      'account',
      '--format',
      'json',
      '--blast-radius',
      '--out',
      'plan.json',
    );
    const plan = JSON.parse(full.stdout);
    expect(plan.plan_digest).toBe(plain.plan_digest);
    expect(plan.blast_radius.assistants).toMatchObject([
      { address: 'assistant/billing', how: 'changed', through: [], phone_numbers: ['+13125550100'] },
      { address: 'assistant/front-desk', how: 'hands_over', through: ['assistant/billing'] },
    ]);
    expect(plan.blast_radius).toMatchObject({ foreign_canaries: [], notes: [] });
    expect(new Set(asked).size).toBe(2);
    const markdown = await project.run('plan', '--env', 'account', '--format', 'markdown');
    expect(markdown.stdout).toContain(
      '**Blast radius:** 1 assistant, 1 more by handoff; 1 phone number (`+13125550100`).',
    );
    expect(markdown.stdout).toContain('```mermaid\nflowchart LR');
    expect(writes(server)).toHaveLength(before);
    expect((await project.run('apply', 'plan.json', '--env', 'account')).code).toBe(0);
  });

  it.each([
    [403, { errors: [{ code: '10010', title: 'Not allowed', detail: 'no numbers for this key' }] }],
    [404, { errors: [{ code: '10005', title: 'Not found' }] }],
    [500, 'down'],
    [200, { data: 'nonsense' }],
  ])('a numbers API that answers %i costs a note, not the plan', async (status, body) => {
    const server = await account();
    const { env, asked } = await withNumbers(server, () => [status, body]);
    const project = await applied(env);
    await project.edit('assistants/billing.yaml', 'You explain invoices.', 'You explain invoices well.');
    const { code, stdout } = await project.run(
      'plan',
      '--env',
      'account',
      '--format',
      'json',
      '--blast-radius',
    );
    expect(code).toBe(0);
    const { blast_radius: radius } = JSON.parse(stdout);
    expect(radius.assistants).toHaveLength(2);
    expect(radius.assistants[0].phone_numbers).toBeNull();
    expect(radius.notes[0]).toContain('phone numbers could not be looked up');
    expect(new Set(asked).size).toBe(1);
  });

  it('warns of an open canary that is not ours', async () => {
    const server = await account();
    const project = await applied(leadingTo(server));
    const id = await liveId(server, 'Billing');
    const main = (await (await inDashboard(server, 'GET', `/ai/assistants/${id}`)).json()) as {
      version_id: string;
    };
    await inDashboard(server, 'POST', `/ai/assistants/${id}/canary-deploys`, {
      rules: [{ serve: { rollout: [{ version_id: main.version_id, weight: 10 }] } }],
    });
    await project.edit('assistants/billing.yaml', 'You explain invoices.', 'You explain invoices well.');
    const { stdout } = await project.run('plan', '--env', 'account', '--format', 'markdown');
    expect(stdout).toContain('assistant/billing has an open canary deploy that is not ours');
  });
});

describe('forms for reviewers', () => {
  it('plan --format html is one page, also beside another form', async () => {
    const project = await testProject();
    const printed = await project.run('plan', '--format', 'html', '--html', 'site/plan.html');
    expect(printed.code).toBe(0);
    expect(printed.stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(printed.stdout).toContain("content=\"default-src 'none'; style-src 'sha256-");
    expect(printed.stdout).not.toMatch(/<script|https?:\/\/(?!acme|www\.w3\.org)/);
    expect((await project.read('site/plan.html')).length).toBeGreaterThan(5000);
  });

  it('apply --format markdown reports what was done and overridden', async () => {
    const server = await account();
    const project = await testProject(leadingTo(server));
    const first = await project.run('apply', '--env', 'account', '--format', 'markdown');
    expect(first.stdout).toMatch(
      /^<!-- assistantctl:apply env=account project=acme digest=sha256:[0-9a-f]{64} -->\n/,
    );
    expect(first.stdout).toContain('### Apply to account: Applied: 4 created');
    await project.remove('assistants/greets.yaml');
    await project.edit('assistants/front-desk.yaml', 'Be brief.', 'Be kind.');
    await project.edit('assistants/billing.yaml', 'invoices', 'all invoices');
    await project.edit('assistants/lookup.yaml', 'Finds', 'Looks up');
    const planned = await project.run('plan', '--env', 'account', '--prune', '--format', 'markdown');
    expect(planned.stdout).toContain('> - apply refuses this: 4 of 4 managed resources (100 %) would change');
    const args = ['--env', 'account', '--prune', '--override-limits', '--format', 'markdown'];
    const second = await project.run('apply', ...args);
    expect(second.code, second.stderr).toBe(0);
    expect(second.stdout).toContain('> - Limit overridden: 4 of 4 managed resources');
  });

  it('shows test results that it is given, and refuses a file without any', async () => {
    const project = await testProject();
    const verdict = {
      address: 'test/greets',
      test_id: 't1',
      name: 'Greets',
      outcome: 'failed',
      rubric: [{ name: 'greets', criteria: 'The assistant greets.', status: 'failed' }],
      logs: ['caller: hello'],
    };
    await project.write('results.json', JSON.stringify({ results: [{ tests: [verdict] }] }));
    const shown = await project.run('plan', '--format', 'markdown', '--tests', 'results.json');
    expect(shown.stdout).toContain('**Tests:** 0 passed, 1 not passed.');
    expect(shown.stdout).toContain('greets: The assistant greets.');
    await project.write('empty.json', '{}');
    const refused = await project.run('plan', '--format', 'markdown', '--tests', 'empty.json');
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain('holds no test results');
  });
});

describe('graph', () => {
  it.each([
    ['mermaid', /^flowchart LR\n {2}n0\["assistant\/billing"\]\n/],
    ['dot', /^digraph assistants \{\n[\s\S]*"assistant\/billing" -> "assistant\/front-desk";/],
    ['svg', /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*<\/svg>\n$/],
  ])('%s needs neither key nor state', async (format, form) => {
    const project = await testProject();
    const { code, stdout, stderr } = await project.run('graph', '--env', 'account', '--format', format);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(form);
  });

  it('json names nodes and relations', async () => {
    const project = await testProject();
    const { nodes, edges } = JSON.parse((await project.run('graph', '--format', 'json')).stdout);
    expect(nodes).toContainEqual({ address: 'tool/lookup', kind: 'tool', name: 'Lookup' });
    expect(edges).toEqual([
      { from: 'assistant/billing', to: 'assistant/front-desk', relation: 'handoff' },
      { from: 'assistant/front-desk', to: 'assistant/billing', relation: 'handoff' },
      { from: 'assistant/front-desk', to: 'tool/lookup', relation: 'uses' },
      { from: 'test/greets', to: 'assistant/front-desk', relation: 'tests' },
    ]);
  });

  it('tells the tests that a promotion waits for', async () => {
    const project = await testProject();
    await project.edit(
      'assistants/front-desk.yaml',
      'kind: assistant\n',
      'kind: assistant\npromotion: { strategy: gated, gate: { tests: [{ $ref: test/greets }] } }\n',
    );
    const { edges } = JSON.parse((await project.run('graph', '--format', 'json')).stdout);
    expect(edges).toContainEqual({ from: 'test/greets', to: 'assistant/front-desk', relation: 'gates' });
  });

  it('ends with 3 and all problems when the specs are wrong', async () => {
    const project = await testProject();
    await project.edit('assistants/front-desk.yaml', 'tool/lookup', 'tool/nowhere');
    expect((await project.run('graph')).code).toBe(3);
  });
});
