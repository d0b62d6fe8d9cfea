import { describe, expect, it } from 'vitest';
import { isArray, isObject, type JsonObject } from '../../src/model/json.ts';
import { PROJECT, type PullProject, pullProject } from './project.ts';

const ALLOWING = `${PROJECT}unknown_fields: allow\n`;

async function make(project: PullProject, path: string, body: JsonObject): Promise<string> {
  const reply = await project.dashboard('POST', path, body);
  const made = isObject(reply?.data) ? reply.data : reply;
  return String(made?.id);
}

/** Changes what is stored past the checks of the API, as if it had been saved before the rule was made. */
function tamper({ server }: PullProject, change: (config: JsonObject) => JsonObject): void {
  for (const key of server.store.ids('versions')) {
    const version = server.store.get('versions', key) ?? {};
    const config = isObject(version.config) ? version.config : {};
    server.store.put('versions', key, { ...version, config: change(config) });
  }
  server.store.commit();
}

async function quiet(project: PullProject): Promise<void> {
  expect((await project.cli('validate')).code).toBe(0);
  const { body } = await project.json('plan');
  expect(body.changes).toEqual([]);
  project.writes();
  expect((await project.cli('apply', '--yes')).code).toBe(0);
  expect(project.writes()).toEqual([]);
  expect((await project.cli('drift')).code).toBe(0);
}

describe('an account that breaks a rule of validate', () => {
  it('is adopted with a note, and the rest of the project goes on', async () => {
    const project = await pullProject();
    const pay = await make(project, '/ai/tools', {
      type: 'pay',
      display_name: 'Pay',
      pay: { connector_name: 'cards' },
    });
    const till = { name: 'Till', instructions: 'You take payments.', tool_ids: [pay] };
    await make(project, '/ai/assistants', { ...till, telephony_settings: { disable_dtmf: true } });
    tamper(project, (config) => ({ ...config, telephony_settings: { disable_dtmf: false } }));
    await make(project, '/ai/assistants', { name: 'Desk', instructions: 'You answer.' });

    const { code, body } = await project.json('pull', '--adopt');
    expect(code).toBe(0);
    expect(JSON.stringify(body.diagnostics)).toContain('/tool_ids/0');
    await quiet(project);
    await project.write(
      'assistants/desk.yaml',
      (await project.read('assistants/desk.yaml')).replace('You answer.', 'You answer well.'),
    );
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    expect(JSON.stringify(await project.dashboard('GET', '/ai/tools'))).toContain(pay);
  });
});

describe('what no document can say', () => {
  it('leaves no empty list or map behind where it was the only element', async () => {
    const project = await pullProject();
    const tool = {
      type: 'webhook',
      webhook: { name: 'find', description: 'Finds.', url: 'https://a.example/' },
    };
    await make(project, '/ai/assistants', {
      name: 'Desk',
      instructions: 'You answer.',
      tools: [tool],
      dynamic_variables: { city: 'Oslo' },
    });
    const config = {
      tools: [{ type: 'webhook', webhook: { name: 'find', description: 'Finds.' } }],
      dynamic_variables: { city: 2 ** 60 },
    };
    tamper(project, (stored) => ({ ...stored, ...config }));
    expect((await project.cli('pull', '--adopt')).code).toBe(0);
    const text = await project.read('assistants/desk.yaml');
    expect(text).not.toContain('tools');
    expect(text).not.toContain('dynamic_variables');
    await quiet(project);
    const { data } = (await project.dashboard('GET', '/ai/assistants')) ?? {};
    const [desk] = isArray(data) ? data : [];
    const id = isObject(desk) ? String(desk.id) : '';
    const live = await project.dashboard('GET', `/ai/assistants/${id}`);
    expect(live).toMatchObject({
      tools: [{ webhook: { name: 'find' } }],
      dynamic_variables: { city: 2 ** 60 },
    });
  });

  it('is skipped, and those who refer to it keep its id', async () => {
    const project = await pullProject();
    const tool = await make(project, '/ai/tools', {
      type: 'webhook',
      display_name: 'Look',
      webhook: { name: 'look', description: 'd', url: 'https://a.example' },
    });
    await make(project, '/ai/assistants', { name: 'Desk', instructions: 'You answer.', tool_ids: [tool] });
    const stored = project.server.store.get('tools', tool) ?? {};
    project.server.store.put('tools', tool, { ...stored, tool_definition: { name: 'look' } });
    project.server.store.commit();

    const { code, body } = await project.json('pull', '--adopt');
    expect(code).toBe(0);
    expect(JSON.stringify(body.diagnostics)).toContain('PULL_SKIPPED');
    expect(await project.read('assistants/desk.yaml')).toContain(tool);
    await quiet(project);
  });
});

describe('the platform’s own objects', () => {
  it('are not adopted, and documents do not name them', async () => {
    const project = await pullProject();
    const [tools, groups] = [
      await project.dashboard('GET', '/ai/tools'),
      await project.dashboard('GET', '/ai/conversations/insight-groups'),
    ].map((list) => (Array.isArray(list?.data) ? list.data : []));
    const [hangup, group] = [String(tools?.[0]?.id), String(groups?.[0]?.id)];
    await make(project, '/ai/assistants', {
      name: 'Desk',
      instructions: 'You answer.',
      tool_ids: [hangup],
      insight_settings: { insight_group_id: group },
    });
    const { code } = await project.json('pull', '--adopt');
    expect(code).toBe(0);
    expect(await project.files()).toEqual(['assistantctl.yaml', 'assistants/desk.yaml']);
    const text = await project.read('assistants/desk.yaml');
    expect(text).not.toContain(hangup);
    expect(text).not.toContain(group);
    await quiet(project);
  });

  it('beside others of an assistant or a group are neither in its document nor drift, and stay', async () => {
    const project = await pullProject();
    const idIn = async (path: string): Promise<string> => {
      const list = (await project.dashboard('GET', path))?.data;
      const [first] = isArray(list) ? list : [];
      return String(isObject(first) && first.id);
    };
    const hangup = await idIn('/ai/tools');
    const summary = await idIn('/ai/conversations/insights');
    const tool = await make(project, '/ai/tools', {
      type: 'webhook',
      display_name: 'Look',
      webhook: { name: 'look', description: 'd', url: 'https://a.example' },
    });
    const desk = { name: 'Desk', instructions: 'You answer.', tool_ids: [hangup, tool] };
    const assistant = await make(project, '/ai/assistants', desk);
    const mood = await make(project, '/ai/conversations/insights', { name: 'Mood', instructions: 'How?' });
    const group = await make(project, '/ai/conversations/insight-groups', { name: 'Mine' });
    for (const id of [summary, mood]) {
      const path = `/ai/conversations/insight-groups/${group}/insights/${id}/assign`;
      await project.dashboard('POST', path);
    }
    expect((await project.cli('pull', '--adopt')).code).toBe(0);
    await quiet(project);
    const file = await project.read('assistants/desk.yaml');
    expect(file).not.toContain(hangup);
    await project.write('assistants/desk.yaml', file.replace('You answer.', 'You answer well.'));
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    await quiet(project);
    const live = await project.dashboard('GET', `/ai/assistants/${assistant}`);
    expect(live).toMatchObject({
      tools: expect.arrayContaining([expect.objectContaining({ type: 'hangup' })]),
    });
  });

  it('are no match for a document of that name, unless a person says so', async () => {
    const project = await pullProject({
      'assistants/bye.yaml': 'kind: tool\nspec: { type: hangup, display_name: Default hangup, hangup: {} }\n',
    });
    const { code, body } = await project.json('plan');
    expect(code).not.toBe(0);
    expect(JSON.stringify(body)).toContain('STOCK_OBJECT');
    expect(JSON.stringify(body)).toContain('assistantctl state import tool/bye tool-');
    const id = project.server.store.ids('tools')[0] ?? '';
    expect((await project.cli('state', 'import', 'tool/bye', id)).code).toBe(0);
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    await project.write('assistants/bye.yaml', '');
    await project.write('assistants/desk.yaml', 'kind: assistant\nspec: { name: Desk, instructions: Hi. }\n');
    const pruned = await project.json('plan', '--prune');
    expect(JSON.stringify(pruned.body)).toContain('STOCK_KEPT');
    expect(pruned.body.summary).toMatchObject({ delete: 0 });
  });
});

describe('what nobody knew yesterday', () => {
  const STORING = { quirks: { unknownFields: 'store' } } as const;
  const NEW = {
    tuning: { future: 3 },
    voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart', breath: 'soft' },
  };

  it('is taken into specs that were adopted before, where the project allows it', async () => {
    const project = await pullProject({ 'assistantctl.yaml': ALLOWING }, STORING);
    const id = await make(project, '/ai/assistants', {
      name: 'Desk',
      instructions: 'You answer.',
      voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart' },
    });
    await project.cli('pull', '--adopt');
    await project.dashboard('POST', `/ai/assistants/${id}`, NEW);
    expect((await project.json('pull')).code).toBe(0);
    const text = await project.read('assistants/desk.yaml');
    expect(text).toContain('tuning');
    expect(text).toContain('breath: soft');
    await quiet(project);
  });

  it('passes as a value, and is adopted with its own fields', async () => {
    const project = await pullProject({ 'assistantctl.yaml': ALLOWING }, STORING);
    const tool = await make(project, '/ai/tools', {
      type: 'new_fancy',
      display_name: 'New',
      new_fancy: { free: true },
    });
    await make(project, '/ai/assistants', {
      name: 'Desk',
      instructions: 'You answer.',
      tool_ids: [tool],
      transcription: { model: 'vendor/new-stt' },
      telephony_settings: { noise_suppression: 'disabled' },
    });
    expect((await project.json('pull', '--adopt')).code).toBe(0);
    expect(await project.read('assistants/desk.yaml')).toContain('vendor/new-stt');
    await quiet(project);
  });

  it('an empty list on a flow node and an empty greeting are kept', async () => {
    const project = await pullProject();
    await make(project, '/ai/assistants', {
      name: 'Desk',
      instructions: 'You answer.',
      greeting: '',
      conversation_flow: {
        start_node_id: 'a',
        nodes: [{ id: 'a', instructions: 'Ask.', shared_tool_ids: [] }],
        edges: [],
      },
    });
    expect((await project.json('pull', '--adopt')).code).toBe(0);
    const text = await project.read('assistants/desk.yaml');
    expect(text).toContain('shared_tool_ids: []');
    expect(text).toContain('greeting: ""');
    await quiet(project);
  });
});
