import { beforeEach, describe, expect, it } from 'vitest';
import type { EmulatorHandle } from '../../src/emulator/contract/contract.ts';
import { inDashboard, liveId } from '../e2e/harness.ts';
import { type Bench, openBench } from './bench.ts';

let bench: Bench;
let server: EmulatorHandle;

beforeEach(async () => {
  bench = await openBench();
  server = bench.server;
});

async function text(...args: readonly string[]): Promise<string> {
  const ran = await bench.cli(args);
  expect([ran.code, ran.stderr.replace(/^(note:|conversation) .*\n/gm, '')]).toEqual([0, '']);
  return ran.stdout;
}

async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  return JSON.parse(await text(...args, '--format', 'json'));
}

describe('assistants', () => {
  it('are listed and shown by address or id, with what leads to them', async () => {
    const id = await liveId(server, 'Front desk');
    await inDashboard(server, 'POST', `/ai/assistants/${id}`, { enabled_features: ['telephony'] });
    const listed = await text('assistant', 'list');
    expect(listed).toContain('assistant/front-desk');
    expect(listed).toContain(id);
    const { assistants } = await json('assistant', 'list');
    expect(assistants).toContainEqual(expect.objectContaining({ id, address: 'assistant/front-desk' }));
    const shown = await text('assistant', 'show', 'assistant/front-desk');
    expect(shown).toContain('TeXML application');
    expect(shown).toContain('Be brief.');
    const whole = await json('assistant', 'show', id);
    expect(whole).toMatchObject({
      id,
      address: 'assistant/front-desk',
      phone_numbers: [],
      texml_application: { name: `ai-${id}` },
      notes: [],
      config: { greeting: 'Hello.' },
    });
    expect(await text('assistant', 'texml', 'assistant/front-desk')).toMatch(/^<\?xml|^<Response/);
    expect((await json('assistant', 'texml', id)).texml).toContain('<');
  });

  it('are shown also where numbers and applications may not be looked up', async () => {
    const id = await liveId(server, 'Front desk');
    await inDashboard(server, 'POST', `/ai/assistants/${id}`, { enabled_features: ['telephony'] });
    server.setFaults(({ path }) =>
      path.startsWith('/phone_numbers') || path.startsWith('/texml_applications')
        ? { kind: 'status', status: 403 }
        : undefined,
    );
    const shown = await json('assistant', 'show', id);
    expect(shown).toMatchObject({ phone_numbers: null, texml_application: { name: null } });
    expect(shown.notes).toHaveLength(2);
  });

  it('get and lose tags, and say that a managed one drifts', async () => {
    const changed = await bench.cli(['assistant', 'tags', 'assistant/billing', '--add', 'vip', 'eu']);
    expect(changed).toMatchObject({ code: 0, stdout: 'eu\nvip\n' });
    expect(changed.stderr).toContain('drift');
    expect(await json('assistant', 'tags')).toEqual({ assistant_id: null, tags: ['eu', 'vip'] });
    expect(await text('assistant', 'tags', 'assistant/billing', '--remove', 'eu')).toBe('vip\n');
    expect(await text('assistant', 'tags', 'assistant/billing')).toBe('vip\n');
  });

  it('are copied', async () => {
    const original = await liveId(server, 'Billing');
    const copy = await json('assistant', 'clone', 'assistant/billing');
    expect(copy.copy_of).toBe(original);
    expect(copy.id).not.toBe(original);
    expect(await text('assistant', 'clone', 'assistant/billing')).toContain('pull --adopt');
  });

  it('get better instructions proposed and keep their own', async () => {
    const before = server.requests.length;
    const better = await text('assistant', 'enhance', 'assistant/billing', '--wish', 'Be warm.');
    expect(better).toBe('You explain invoices.\n\nBe warm.\n');
    await bench.project.write('draft.md', 'You bill.');
    expect(await json('assistant', 'enhance', 'assistant/billing', '--file', 'draft.md')).toMatchObject({
      instructions: 'You bill.\n\nBe clear and brief.',
    });
    const writes = server.requests.slice(before).filter(({ method }) => method !== 'GET');
    expect(writes.map(({ path }) => path.split('/').at(-1))).toEqual(['enhance', 'enhance']);
  });

  it('send a message', async () => {
    const numbers = ['--from', '+13125550100', '--to', '+13125550101'];
    expect(await text('assistant', 'sms', 'assistant/billing', ...numbers)).toContain('+13125550101');
    const sent = await json('assistant', 'sms', 'assistant/billing', ...numbers, '--text', 'Hi');
    expect(sent.conversation_id).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('chat', () => {
  const piped = (stdin: string, ...args: readonly string[]) =>
    bench.cli(['assistant', 'chat', 'assistant/billing', ...args], { stdin });

  it('takes one message a line from a pipe, in one conversation', async () => {
    const talked = await piped('Hello\n\nMy invoice?\n');
    expect(talked).toMatchObject({
      code: 0,
      stdout: 'Billing: you said "Hello".\nBilling: you said "My invoice?".\n',
    });
    const chats = server.requests.filter(({ path }) => path.endsWith('/chat'));
    expect(chats).toHaveLength(2);
    const [first, second] = chats.map(({ body }) => (body as { conversation_id: string }).conversation_id);
    expect(first).toBe(second);
    expect(talked.stderr).toBe(`conversation ${first}\n`);
    const again = await piped('', '--message', 'Still there?', '--conversation', String(first));
    expect(again.stdout).toBe('Billing: you said "Still there?".\n');
  });

  it('is one JSON document', async () => {
    const talked = await piped('Hello\nBye\n', '--format', 'json');
    const { turns, conversation_id: id } = JSON.parse(talked.stdout);
    expect(turns).toEqual([
      { message: 'Hello', reply: 'Billing: you said "Hello".' },
      { message: 'Bye', reply: 'Billing: you said "Bye".' },
    ]);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    const silent = await piped('\n', '--format', 'json');
    expect(JSON.parse(silent.stdout)).toMatchObject({ turns: [], conversation_id: null });
  });

  it('streams to a terminal, and asks again in one piece where the API cannot', async () => {
    const talk = () =>
      bench.cli(['assistant', 'chat', 'assistant/billing', '--message', 'Hi'], { isTTY: true });
    expect((await talk()).stdout).toBe('Billing: you said "Hi".\n');
    server.setFaults(({ body }) =>
      JSON.stringify(body ?? null).includes('"stream":true') ? { kind: 'status', status: 422 } : undefined,
    );
    expect((await talk()).stdout).toBe('Billing: you said "Hi".\n');
    const streams = server.requests
      .filter(({ path }) => path.endsWith('/chat'))
      .map(({ body }) => (body as { stream?: boolean }).stream ?? false);
    expect(streams).toEqual([true, true, false]);
  });
});

describe('tools, events, integrations and the rest', () => {
  it('a tool is tested with arguments as its only assistant would', async () => {
    const said = await json('tool', 'test', 'tool/lookup', '--arg', 'order=17', 'n:=3', '--var', 'tier=gold');
    expect(said).toMatchObject({ success: true, status_code: 200, request: { body: { order: '17', n: 3 } } });
    expect(said.assistant_id).toBe(await liveId(server, 'Front desk'));
    const call = server.requests.findLast(({ path }) => path.endsWith('/test'));
    expect(call?.body).toEqual({ arguments: { order: '17', n: 3 }, dynamic_variables: { tier: 'gold' } });
    expect(await text('tool', 'attach', 'tool/lookup', 'assistant/billing')).toContain('attached');
    const unclear = await bench.cli(['tool', 'test', 'tool/lookup']);
    expect(unclear.code).toBe(3);
    expect(unclear.stderr).toContain('--assistant');
    const chosen = ['--assistant', 'assistant/billing'];
    expect(await text('tool', 'test', 'tool/lookup', ...chosen)).toContain('The tool answered.');
    expect(await json('tool', 'detach', 'tool/lookup', 'assistant/billing')).toMatchObject({
      attached: false,
    });
  });

  it('a webhook that fails ends with exit 9', async () => {
    const data = { content_type: 'text/html', request: {}, response: 'no', status_code: 500, success: false };
    server.setFaults(({ path }) =>
      path.endsWith('/test') ? { kind: 'status', status: 200, body: { data } } : undefined,
    );
    const failed = await bench.cli(['tool', 'test', 'tool/lookup']);
    expect(failed.code).toBe(9);
    expect(failed.stdout).toContain('500');
  });

  it('an event is scheduled, listed, shown and cancelled', async () => {
    const numbers = ['--from', '+13125550100', '--to', '+13125550101', '--at', '2039-01-31T09:00:00+02:00'];
    const created = await json(
      ...['event', 'create', 'assistant/billing', '--channel', 'sms_chat', '--text', 'Hi', '--var', 'a=b'],
      ...numbers,
    );
    const event = created.event as { scheduled_event_id: string; scheduled_at_fixed_datetime: string };
    expect(event.scheduled_at_fixed_datetime).toBe('2039-01-31T07:00:00.000Z');
    const id = event.scheduled_event_id;
    expect(await text('event', 'list', 'assistant/billing')).toContain(id);
    const none = await json('event', 'list', 'assistant/billing', '--channel', 'phone_call');
    expect(none.events).toEqual([]);
    expect(await text('event', 'show', 'assistant/billing', id)).toContain('sms_chat');
    expect(await text('event', 'cancel', 'assistant/billing', id)).toContain('cancelled');
    expect(await text('event', 'list', 'assistant/billing')).toBe('Nothing is scheduled.\n');
    const call = ['--channel', 'phone_call', '--max-retries', '2', '--retry-interval', '60'];
    expect(await text('event', 'create', 'assistant/billing', ...call, ...numbers)).toContain('2039-01-31');
  });

  it('an integration is found by name and disconnected by it', async () => {
    expect(await text('integration', 'list')).toContain('hubspot');
    expect(await text('integration', 'show', 'integration/hubspot')).toContain('search_contacts');
    const { connections } = await json('integration', 'connections');
    const [first] = connections as { id: string; integration: string }[];
    expect(first?.integration).toBe('hubspot');
    expect(await text('integration', 'connections', String(first?.id))).toContain('hubspot');
    expect(await text('integration', 'disconnect', 'hubspot')).toContain(String(first?.id));
    const gone = await bench.cli(['integration', 'disconnect', 'hubspot']);
    expect(gone.code).toBe(3);
  });

  it('MCP servers and canaries are shown', async () => {
    const body = { name: 'CRM', type: 'http', url: 'https://acme.example/mcp' };
    const made = await inDashboard(server, 'POST', '/ai/mcp_servers', body);
    const { id } = (await made.json()) as { id: string };
    expect(await text('mcp', 'list')).toContain('CRM');
    expect(await json('mcp', 'show', id)).toMatchObject({ id, name: 'CRM', address: null });
    expect(await text('canary', 'show', 'assistant/billing')).toContain('no canary deploy');
    const billing = `/ai/assistants/${await liveId(server, 'Billing')}`;
    const version = await inDashboard(server, 'POST', billing, { promote_to_main: false });
    const { version_id } = (await version.json()) as { version_id: string };
    const rules = [{ serve: { rollout: [{ version_id, weight: 10 }] } }];
    await inDashboard(server, 'POST', `${billing}/canary-deploys`, { rules });
    const { canary } = await json('canary', 'show', 'assistant/billing');
    expect(canary).toMatchObject({ rules });
    expect(await text('canary', 'show', 'assistant/billing')).toContain(version_id);
  });
});
