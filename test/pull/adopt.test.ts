import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { PROJECT, type PullProject, pullProject } from './project.ts';

async function create(project: PullProject, path: string, body: Json): Promise<string> {
  const made = await project.dashboard('POST', path, body);
  if (made === undefined) throw new Error(`POST ${path} was refused`);
  return String(made.id ?? made.test_id);
}

const assistant = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  instructions: 'Be kind.',
  ...more,
});

describe('pull --adopt', () => {
  it('fills what init --empty leaves, without a file written by hand', async () => {
    const project = await pullProject();
    await rm(join(project.folder, 'assistantctl.yaml'));
    await create(project, '/ai/assistants', assistant('Front desk'));
    expect(await project.cli('init', '--empty')).toMatchObject({ code: 0, err: '' });
    expect(await project.files()).not.toContain('assistants/billing.yaml');
    const made = await project.read('assistantctl.yaml');
    expect(made).toContain('default_environment: production');
    await project.write('assistantctl.yaml', made.replace('TELNYX_API_KEY', 'TELNYX_KEY'));
    expect(await project.cli('pull', '--adopt')).toMatchObject({ code: 0 });
    expect(await project.files()).toContain('assistants/front-desk.yaml');
    expect(await project.cli('validate')).toMatchObject({ code: 0, err: '' });
    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
  });

  it('writes what a person would have written', async () => {
    const project = await pullProject();
    const server = await create(project, '/ai/mcp_servers', {
      name: 'CRM',
      type: 'http',
      url: 'https://crm.example/mcp',
    });
    const tool = await create(project, '/ai/tools', {
      type: 'webhook',
      display_name: 'Look up order',
      webhook: {
        name: 'lookup',
        description: 'Finds an order.',
        url: 'https://crm.example/o',
        method: 'GET',
      },
    });
    const billing = await create(project, '/ai/assistants', assistant('Billing'));
    const prompt = `# Who you are\n\n${'You answer the phone.\n'.repeat(5)}`;
    const desk = await create(
      project,
      '/ai/assistants',
      assistant('Front desk', {
        instructions: prompt,
        enabled_features: ['telephony'],
        tool_ids: [tool],
        mcp_servers: [{ id: server, allowed_tools: ['search'] }],
        tools: [
          {
            type: 'handoff',
            handoff: { ai_assistants: [{ name: 'Billing', id: billing }], voice_mode: 'unified' },
          },
          { type: 'hangup', hangup: {} },
        ],
        voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart' },
      }),
    );
    await create(project, '/ai/assistants/tests', {
      name: 'Greets',
      destination: desk,
      instructions: 'Say hello.',
      rubric: [{ name: 'greets', criteria: 'It greets.' }],
      test_suite: 'Release gate',
    });
    const { code, body } = await project.json('pull', '--adopt');
    expect([code, body.diagnostics, body.plan]).toEqual([0, [], { changes: 0, drift: 0, conflicts: 0 }]);
    expect(await project.files()).toEqual([
      'assistantctl.yaml',
      'assistants/billing.yaml',
      'assistants/front-desk.yaml',
      'assistants/mcp-servers/crm.yaml',
      'assistants/prompts/front-desk.md',
      'assistants/tests/release-gate/greets.yaml',
      'assistants/tools/look-up-order.yaml',
    ]);
    expect(
      await project.read('assistants/front-desk.yaml'),
    ).toBe(`# yaml-language-server: $schema=../schemas/assistant.schema.json
kind: assistant
key: front-desk
spec:
  name: Front desk
  model: moonshotai/Kimi-K2.6
  instructions: { $file: prompts/front-desk.md }
  enabled_features: [telephony]
  tool_ids: [{ $ref: tool/look-up-order }]
  tools:
    - type: handoff
      handoff:
        ai_assistants:
          - id: { $ref: assistant/billing }
            name: Billing
        voice_mode: unified
    - type: hangup
  mcp_servers:
    - id: { $ref: mcp_server/crm }
      allowed_tools: [search]
  voice_settings:
    voice: Telnyx.KokoroTTS.af_heart
  transcription:
    model: deepgram/flux
    language: en
`);
    expect(await project.read('assistants/prompts/front-desk.md')).toBe(prompt);
    expect(await project.read('assistants/tests/release-gate/greets.yaml')).toContain(
      'destination: { $ref: assistant/front-desk }',
    );
  });

  it('tells twins apart by words and numbers, never by ids, and never touches a file that is there', async () => {
    const project = await pullProject({
      'assistants/desk.yaml': 'kind: assistant\nspec: { name: Other, instructions: Hi. }\n',
      'assistants/tools/look.yaml': '# not a document\n',
    });
    for (const name of ['Desk', 'Desk', 'مكتب', '', 'CON', 'Café “Straße”'])
      await create(project, '/ai/assistants', assistant(name));
    const webhook = { name: 'a', description: 'b', url: 'https://a.example' };
    await create(project, '/ai/tools', { type: 'webhook', display_name: 'Look', webhook });
    await create(project, '/ai/tools', { type: 'function', display_name: 'Look', function: { name: 'b' } });
    const { body } = await project.json('pull', '--adopt');
    const adopted = (body.adopted as JsonObject[]).map(({ address, files }) => `${address} ${files}`);
    expect(adopted.sort()).toEqual([
      'assistant/assistant assistants/assistant.yaml',
      'assistant/assistant-2 assistants/assistant-2.yaml',
      'assistant/cafe-strasse assistants/cafe-strasse.yaml',
      'assistant/con-assistant assistants/con-assistant.yaml',
      'assistant/desk-2 assistants/desk-2.yaml',
      'assistant/desk-3 assistants/desk-3.yaml',
      'tool/look assistants/tools/look-2.yaml',
      'tool/look-function assistants/tools/look-function.yaml',
    ]);
    expect(await project.read('assistants/tools/look.yaml')).toBe('# not a document\n');
    expect((await project.json('plan')).body.summary).toMatchObject({ adopt: 0, unmanaged: 1, create: 1 });
  });

  it('never writes a literal credential: a reference takes its place, and the live value stays', async () => {
    const project = await pullProject();
    const secret = 'Bearer abcdef0123456789abcdef';
    await create(project, '/ai/tools', {
      type: 'webhook',
      display_name: 'Look',
      webhook: {
        name: 'look',
        description: 'b',
        url: 'https://a.example',
        headers: [
          { name: 'Authorization', value: secret },
          { name: 'X-Ok', value: '{{#integration_secret}}a{{/integration_secret}}' },
        ],
      },
    });
    await create(
      project,
      '/ai/assistants',
      assistant('Desk', {
        instructions: `Use the key ${'sk-'}test1234567890abcdef12 at night.`,
        tools: [
          {
            type: 'transfer',
            transfer: {
              from: '+13125550100',
              targets: [{ name: 'a', to: 'sip:a@b.example', sip_auth_password: 'hunter2' }],
            },
          },
        ],
      }),
    );
    const { code, body } = await project.json('pull', '--adopt');
    expect([code, body.plan]).toEqual([0, { changes: 0, drift: 0, conflicts: 0 }]);
    const told = (body.diagnostics as JsonObject[]).map(({ code: each, address }) => `${each} ${address}`);
    expect(told.sort()).toEqual(['PULL_CREDENTIAL assistant/desk', 'PULL_CREDENTIAL tool/look']);
    expect(JSON.stringify(body)).not.toMatch(/abcdef0123|hunter2|sk-test/);
    const tool = await project.read('assistants/tools/look.yaml');
    expect(tool).toContain('value: Bearer {{#integration_secret}}look_authorization{{/integration_secret}}');
    expect(tool).toContain('/webhook/headers/Authorization/value');
    const desk = await project.read('assistants/desk.yaml');
    expect(desk).not.toMatch(/hunter2|sk-test/);
    expect(desk).toContain('/instructions');

    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
    const { data } = (await project.dashboard('GET', '/ai/tools')) as { data: JsonObject[] };
    expect(JSON.stringify(data)).toContain(secret);
    // Once the secret is stored, taking the line out makes the reference live.
    await project.write('assistants/tools/look.yaml', tool.replace(/lifecycle:[\s\S]*$/, ''));
    const plan = await project.json('plan', '--detailed-exitcode');
    expect(plan.code).toBe(2);
    expect(JSON.stringify(plan.body.changes)).toContain('look_authorization');
  });

  it('names integrations by the catalogue and insight groups by their documents', async () => {
    const project = await pullProject();
    const catalogue = (await project.dashboard('GET', '/ai/integrations')) as { data: JsonObject[] };
    const [first] = catalogue.data;
    const group = await project.dashboard('POST', '/ai/conversations/insight-groups', { name: 'Moods' });
    await create(
      project,
      '/ai/assistants',
      assistant('Desk', {
        integrations: [{ integration_id: first?.id ?? '' }],
        insight_settings: { insight_group_id: (group?.data as JsonObject | undefined)?.id ?? '' },
      }),
    );
    const { code, body } = await project.json('pull', '--adopt');
    expect([code, body.plan]).toEqual([0, { changes: 0, drift: 0, conflicts: 0 }]);
    const desk = await project.read('assistants/desk.yaml');
    expect(desk).toContain(`integration_id: { $ref: integration/${first?.name} }`);
    expect(desk).toContain('insight_group_id: { $ref: insight_group/moods }');
  });

  it('adopts what was named, by address or id, and leaves ids of others as they are', async () => {
    const project = await pullProject();
    const billing = await create(project, '/ai/assistants', assistant('Billing'));
    const desk = await create(
      project,
      '/ai/assistants',
      assistant('Desk', {
        tools: [{ type: 'handoff', handoff: { ai_assistants: [{ name: 'B', id: billing }] } }],
      }),
    );
    const first = await project.json('pull', '--adopt', desk);
    expect(first.body.adopted).toMatchObject([{ address: 'assistant/desk', remote_id: desk }]);
    expect(await project.read('assistants/desk.yaml')).toContain(`id: ${billing}`);
    const second = await project.json('pull', '--adopt', 'assistant/billing', 'assistant/desk');
    expect(second.body.adopted).toMatchObject([{ address: 'assistant/billing' }]);
    expect(second.body.diagnostics).toMatchObject([{ code: 'PULL_MANAGED', address: 'assistant/desk' }]);
    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
    for (const name of ['assistant/nobody', 'nonsense', 'tool/'])
      expect((await project.cli('pull', '--adopt', name)).code).toBe(3);
    const drift = await project.cli('pull', '--drift', 'nonsense');
    expect(drift.err).toContain('PULL_UNKNOWN');
  });

  it('keeps unknown fields where the project allows them, and otherwise says that it does not', async () => {
    const make = async (text: string) => {
      const project = await pullProject(
        { 'assistantctl.yaml': text },
        { quirks: { unknownFields: 'store' } },
      );
      await create(
        project,
        '/ai/assistants',
        assistant('Desk', { brand_new: { mood: 'calm', $file: 'x' }, newer: 1 }),
      );
      const { code, body } = await project.json('pull', '--adopt');
      expect([code, body.plan]).toEqual([0, { changes: 0, drift: 0, conflicts: 0 }]);
      return { body, text: await project.read('assistants/desk.yaml') };
    };
    const strict = await make(PROJECT);
    expect(strict.text).not.toContain('newer');
    expect(strict.body.diagnostics).toMatchObject([{ code: 'PULL_UNKNOWN_FIELD' }]);
    const open = await make(`${PROJECT}unknown_fields: allow\n`);
    expect(open.text).toContain('newer: 1');
    expect(open.text).not.toContain('brand_new');
  });

  it('writes nothing when names of specs and account cannot be matched', async () => {
    const project = await pullProject({
      'assistants/desk.yaml': 'kind: assistant\nspec: { name: Desk, instructions: Hi. }\n',
    });
    await create(project, '/ai/assistants', assistant('Desk'));
    await create(project, '/ai/assistants', assistant('Desk'));
    const { body } = await project.json('pull', '--adopt');
    expect(body.adopted).toEqual([]);
    expect(body.diagnostics).toMatchObject([{ code: 'NAME_AMBIGUOUS', severity: 'warning' }]);
  });

  it.each([
    [401, 4],
    [403, 4],
    [404, 8],
    [422, 8],
    [429, 8],
    [500, 8],
    [503, 8],
  ])('answers HTTP %i while it reads with exit %i and no file', async (status, code) => {
    const project = await pullProject();
    await create(project, '/ai/assistants', assistant('Desk'));
    project.server.setFaults(({ path }) =>
      path === '/ai/assistants' ? { kind: 'status', status } : undefined,
    );
    const pulled = await project.cli('pull', '--adopt');
    expect([pulled.code, await project.files()]).toEqual([code, ['assistantctl.yaml']]);
  });

  it('goes on without what the account does not have at all', async () => {
    const project = await pullProject();
    await create(project, '/ai/assistants', assistant('Desk'));
    project.server.setFaults(({ path }) =>
      /conversations|integrations/.test(path) ? { kind: 'status', status: 404 } : undefined,
    );
    const { code, body } = await project.json('pull', '--adopt');
    expect([code, (body.adopted as readonly Json[]).length]).toEqual([0, 1]);
    const codes = (body.diagnostics as JsonObject[]).map((diagnostic) => diagnostic.code);
    expect(codes).toEqual(['PULL_UNAVAILABLE', 'PULL_UNAVAILABLE']);
  });

  it('goes on without the kinds that the key may not read, and stops where a document names one', async () => {
    const project = await pullProject();
    await create(project, '/ai/assistants', assistant('Desk'));
    project.server.setFaults(({ path }) =>
      /^\/ai\/(mcp_servers|tools|integrations|conversations\/insights)$/.test(path)
        ? { kind: 'status', status: 403 }
        : undefined,
    );
    const { code, body } = await project.json('pull', '--adopt');
    expect([code, (body.adopted as readonly Json[]).length]).toEqual([0, 1]);
    const said = (body.diagnostics as JsonObject[]).map(({ message }) => String(message));
    expect(said.filter((message) => message.includes('403'))).toHaveLength(4);
    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
    await project.write(
      'assistants/m.yaml',
      'kind: mcp_server\nspec: { name: M, type: http, url: "https://m.example.com" }\n',
    );
    expect((await project.cli('pull', '--adopt')).code).toBe(4);
  });

  it('refuses broken specs and bad options before any request', async () => {
    const project = await pullProject({ 'assistants/a.yaml': 'kind: assistant\nspec: { nme: A }\n' });
    expect((await project.cli('pull', '--adopt')).code).toBe(3);
    expect((await project.cli('pull', '--format', 'xml')).code).toBe(3);
    expect(project.server.requests).toHaveLength(0);
  });
});
