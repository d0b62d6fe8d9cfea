import { describe, expect, it } from 'vitest';
import { OWN_FORMS, type OwnForm } from '../../src/emulator/contract/own-form.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Specs } from '../support/specs.ts';
import { comesToRest, startWorld, type World } from '../support/world.ts';

/** The API stores what it is sent in a form of its own: that is neither a failure, nor drift, nor a conflict. */

const TEXT = '“Hello”,\n\n\n\nit’s the café’s desk.\nAsk.';

/** Every field that some form rewrites, in every kind. `edit` makes the texts of a later commit. */
function account(edit = '', more: JsonObject = {}): Specs {
  return {
    'tool/hook': {
      type: 'webhook',
      display_name: 'Hook',
      webhook: {
        name: 'hook',
        description: `${TEXT}${edit}`,
        url: 'https://Crm.Example.com/hook',
        method: 'POST',
        headers: [{ name: 'X-Team', value: 'desk' }],
      },
    },
    'mcp_server/crm': {
      name: 'CRM',
      type: 'http',
      url: 'https://Mcp.Example.com/sse',
      allowed_tools: ['search', 'lookup', 'search'],
    },
    'insight/mood': { name: 'Mood', instructions: `${TEXT}${edit}` },
    'assistant/desk': {
      name: 'Desk',
      model: 'openai/gpt-4o',
      instructions: `${TEXT}${edit}`,
      greeting: 'Hello “you”',
      tags: ['VIP', 'Gold', 'VIP', 'apple'],
      dynamic_variables: { city: 'Café', ...more },
      transcription: { model: 'deepgram/nova-3', language: 'en' },
      voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart', voice_speed: 1.15 },
      mcp_servers: [{ id: { $ref: 'mcp_server/crm' } }],
      tool_ids: [{ $ref: 'tool/hook' }],
      tools: [
        {
          type: 'transfer',
          transfer: {
            from: '+13125550100',
            targets: [{ name: 'Sales', to: '+13125550101' }],
          },
        },
      ],
    },
    'test/hello': {
      name: 'Says hello',
      destination: { $ref: 'assistant/desk' },
      instructions: `${TEXT}${edit}`,
      rubric: [{ name: 'Polite', criteria: TEXT }],
    },
  };
}

async function applies(world: World, specs: Specs): Promise<void> {
  const report = await world.apply(specs);
  expect(report.results.filter(({ status }) => status !== 'applied')).toEqual([]);
  const { plan } = await world.plan(specs);
  expect([plan.changes, plan.drift, plan.conflicts]).toEqual([[], [], []]);
}

/** A live field as text, without the ids that inline tools get anew with each version. */
async function live(world: World, path: string, field: string): Promise<string> {
  const value = (await world.dashboard('GET', path))[field] ?? null;
  return JSON.stringify(value, (key, inner: unknown) => (key === 'tool_id' ? undefined : inner));
}

const FORMS = OWN_FORMS as readonly OwnForm[];

describe.each([...FORMS, 'all'] as const)('the own form %s', (form) => {
  const ownForm = form === 'all' ? FORMS : [form];

  it('is created, updated and edited in the dashboard', async () => {
    const world = await startWorld({ quirks: { ownForm } });
    await applies(world, account());
    await applies(world, account(' More.'));
    await applies(world, account(' More.', { city: 'Zürich', tries: 'three' }));
    const desk = account(' More.', { city: 'Zürich', tries: 'three' });
    const changed: Specs = {
      ...desk,
      'assistant/desk': { ...desk['assistant/desk'], tags: ['VIP', 'Silver'], model: 'openai/gpt-4.1' },
      'mcp_server/crm': { ...desk['mcp_server/crm'], url: 'https://Mcp.Example.com/Other' },
    };
    await applies(world, changed);
    const path = `/ai/assistants/${await world.bound('assistant/desk')}`;
    await world.dashboard('POST', path, { instructions: 'Somebody else.', tags: ['vip', 'silver', 'extra'] });
    const { plan } = await world.plan(changed);
    expect(plan.conflicts).toEqual([]);
    expect(plan.drift.map(({ address }) => address)).toEqual(['assistant/desk']);
    const drifted = plan.drift.flatMap(({ fields }) => fields.map(({ path }) => path));
    expect(drifted).toContain('/instructions');
    expect((await world.apply(changed, { drift: 'revert' })).exitKind).toBeNull();
    expect(await comesToRest(world, changed)).toBe(true);
  });

  it('is left as it is where a field leaves the spec while another changes', async () => {
    const world = await startWorld({ quirks: { ownForm } });
    await applies(world, account());
    const desk = account()['assistant/desk'];
    const optional = Object.keys(desk ?? {}).filter((name) => name !== 'name' && name !== 'instructions');
    const fields = form === 'all' ? optional : ['tags'];
    for (const [index, field] of fields.entries()) {
      const { [field]: _gone, ...rest } = desk ?? {};
      const path = `/ai/assistants/${await world.bound('assistant/desk')}`;
      const before = await live(world, path, field);
      await applies(world, { ...account(), 'assistant/desk': { ...rest, description: `Without ${field}.` } });
      expect([field, await live(world, path, field)]).toEqual([field, before]);
      await applies(world, {
        ...account(),
        'assistant/desk': { ...desk, description: `Again ${index}.` },
      });
    }
    const { model: _model, tags: _tags, greeting: _greeting, ...bare } = desk ?? {};
    await applies(world, {
      ...account(' More.'),
      'assistant/desk': {
        ...bare,
        instructions: 'Other.',
        tools: [{ type: 'transfer', transfer: { targets: [{ name: 'Sales', to: '+13125550101' }] } }],
        voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart' },
      },
      'mcp_server/crm': { name: 'CRM', type: 'http', url: 'https://Mcp.Example.com/two' },
    });
  });

  it('is adopted', async () => {
    const world = await startWorld({ quirks: { ownForm } });
    const { 'assistant/desk': desk, 'test/hello': _test, ...shared } = account();
    await applies(world, shared);
    const { tool_ids: _tools, mcp_servers: _servers, tools: _own, ...bare } = desk ?? {};
    await world.dashboard('POST', '/ai/assistants', { ...bare, greeting: 'Other' });
    await applies(world, account());
    await applies(world, account(' More.'));
  });

  it('waits for a promotion, and is promoted', async () => {
    const world = await startWorld({ quirks: { ownForm, promoteVersionId: 'copy' } });
    await applies(world, account());
    const staged = await world.apply(account(' More.'), { promote: false });
    expect(staged.exitKind).toBeNull();
    await applies(world, account(' More.'));
  });
});
