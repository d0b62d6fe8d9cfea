import { describe, expect, it } from 'vitest';
import { DEFAULT_QUIRKS, type Quirks } from '../../src/emulator/contract/quirks.ts';
import type { Specs } from '../support/specs.ts';
import { actions, isEmpty, startWorld } from '../support/world.ts';

const COMPANY: Specs = {
  'tool/lookup-order': {
    type: 'webhook',
    display_name: 'Look up order',
    timeout_ms: 8000,
    webhook: {
      name: 'lookup_order',
      description: 'Finds an order by its number.',
      url: 'https://orders.example.com/lookup',
      method: 'POST',
      headers: [
        { name: 'Authorization', value: 'Bearer {{#integration_secret}}orders{{/integration_secret}}' },
        { name: 'X-Tenant', value: 'northwind' },
      ],
      body_parameters: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
      messages: [
        { type: 'request_start', content: 'Let me look.' },
        { type: 'request_response_delayed', content: 'Still looking.', timing_ms: 3000 },
      ],
    },
  },
  'tool/transfer-billing': {
    type: 'handoff',
    display_name: 'Hand off to billing',
    handoff: {
      ai_assistants: [{ name: 'Billing', id: { $ref: 'assistant/billing' } }],
      voice_mode: 'unified',
    },
  },
  'mcp_server/crm': {
    name: 'CRM',
    type: 'http',
    url: 'https://crm.example.com/mcp',
    allowed_tools: ['search'],
  },
  'assistant/front-desk': {
    name: 'Front desk',
    instructions: 'You answer the phone of Northwind.\nBe brief.\n',
    greeting: 'Thanks for calling.',
    model: 'moonshotai/Kimi-K2.6',
    enabled_features: ['telephony'],
    tool_ids: [{ $ref: 'tool/lookup-order' }],
    mcp_servers: [{ id: { $ref: 'mcp_server/crm' }, allowed_tools: ['search'] }],
    tools: [
      {
        type: 'handoff',
        handoff: {
          ai_assistants: [{ name: 'Billing', id: { $ref: 'assistant/billing' } }],
          voice_mode: 'unified',
        },
      },
      { type: 'hangup', hangup: {} },
    ],
    dynamic_variables: { brand: 'Northwind', tier: 'gold' },
    tags: ['managed', 'voice'],
    voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart', voice_speed: 1.1 },
    telephony_settings: { time_limit_secs: 900, user_idle_timeout_secs: 30 },
  },
  'assistant/billing': {
    name: 'Billing',
    instructions: 'You settle bills.',
    tools: [
      {
        type: 'handoff',
        handoff: { ai_assistants: [{ name: 'Front desk', id: { $ref: 'assistant/front-desk' } }] },
      },
    ],
    tool_ids: [],
  },
  'assistant/night': {
    name: 'Night',
    instructions: 'You answer at night.',
    tool_ids: [{ $ref: 'tool/transfer-billing' }],
  },
  'test/refund': {
    name: 'Refund is refused politely',
    destination: { $ref: 'assistant/billing' },
    instructions: 'Ask for a refund.',
    rubric: [
      { name: 'Polite', criteria: 'Stays polite' },
      { name: 'Firm', criteria: 'Grants nothing' },
    ],
    test_suite: 'release-gate',
  },
};

const VARIANTS: { readonly [name: string]: Partial<Quirks> } = {
  plain: {},
  'staged on the newest version': { stagedBase: 'newest' },
  'merging server': { nested: 'merge', mcpPut: 'merge', testPut: 'merge' },
  'replacing server': { nested: 'replace', mcpPut: 'replace', testPut: 'replace' },
  'noisy replies': { extraFields: true, reorder: true, nullsForAbsent: true },
  'tool ids absent': { toolIdsInResponse: 'absent' },
  'tool ids null': { toolIdsInResponse: 'null' },
  'promotion copies the version': { promoteVersionId: 'copy' },
  'white space trimmed': { trimStrings: true },
  'strict about unknown fields': { unknownFields: 'reject', nullHandling: 'reject' },
  'unknown read-only fields': { extraFields: true, unknownFields: 'reject' },
  'thin replies': {
    replyLacksFields: ['tools', 'voice_settings', 'version_id', 'rubric', 'tool_definition', 'url'],
  },
  'texml id late': { texmlIdDelayMs: 200 },
  'listing lags': { listLagMs: 400 },
  'as the documents read before anybody measured': {
    nestedBlocks: {},
    nullHandling: 'clear',
    patchAlias: false,
    toolIdsInResponse: 'list',
    pagedAssistants: false,
    abbreviatedList: false,
    mcpList: 'array',
    pointerPrefix: '',
    deleteReferenced: 'allow',
    softDelete: false,
    checkStored: false,
    canaryLocks: false,
    phoneTestsOnVersions: true,
    stockObjects: false,
  },
  'blocks merge the other way round': {
    nested: 'merge',
    nestedBlocks: { telephony_settings: 'replace', dynamic_variables: 'replace' },
  },
  'lists without totals': { metaMissing: true },
  'pages of another size': { defaultPageSize: 7, metaMissing: true },
  'lists show the newest version': { listVersionId: 'newest' },
  'lists show no version': { listVersionId: 'absent' },
  'wrapped servers': { mcpWrapped: true },
  'unknown fields stored': { unknownFields: 'store' },
  'older versions count on delete': { deleteCounts: 'versions' },
  'in-use deletes refused': { deleteInUse: 'conflict' },
  'attaching makes a version': { attachMakesVersion: true },
  'updates end canaries': { updateDropsCanary: true },
  'older canaries': { legacyCanaryBody: true },
  'passwords masked': { maskSipPassword: true },
  'references unchecked': { referenceCheck: false },
  'another default model': { defaultModel: 'openai/gpt-4o' },
  'keys of no effect': { idempotencyIgnored: true },
  'replays unmarked': { replayUnmarked: true },
  'insights replaced and schemas as text': {
    insightPut: 'replace',
    jsonSchemaInResponse: 'text',
    assignTwice: 'conflict',
  },
};

it('every switch of the embedded API has a variant here, or a test of its own', () => {
  const tried = new Set(Object.values(VARIANTS).flatMap((quirks) => Object.keys(quirks)));
  const others = Object.keys(DEFAULT_QUIRKS).filter((name) => !tried.has(name));
  expect(others.sort()).toEqual(['ownForm', 'secretsCheck']);
});

describe.each(Object.entries(VARIANTS))('an account from nothing, API variant: %s', (_, quirks) => {
  it('comes out right from one apply, cycles included, and then plans to nothing', async () => {
    const world = await startWorld({ quirks });
    expect(actions(await world.plan(COMPANY)).filter((action) => action.startsWith('create'))).toHaveLength(
      7,
    );
    const report = await world.apply(COMPANY);
    expect(report.results.filter(({ status }) => status !== 'applied')).toEqual([]);
    const after = await world.plan(COMPANY);
    expect(after.plan.changes.concat()).toEqual([]);
    expect(isEmpty(after)).toBe(true);
    world.writes();
    const second = await world.apply(COMPANY);
    expect(second.outcome).toBe('nothing');
    expect(world.writes()).toEqual([]);
  });

  it('ships an edit as a promoted version and leaves what the spec does not write alone', async () => {
    const world = await startWorld({ quirks });
    await world.apply(COMPANY);
    const id = await world.bound('assistant/front-desk');
    const before = await world.dashboard('GET', `/ai/assistants/${id}`);
    await world.dashboard('POST', `/ai/assistants/${id}`, {
      description: 'set by hand',
      promote_to_main: true,
    });
    const edited = {
      ...COMPANY,
      'assistant/front-desk': {
        ...COMPANY['assistant/front-desk'],
        instructions: 'You answer the phone of Northwind.\nBe brief and warm.\n',
        tags: ['managed'],
        voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart', voice_speed: 1.2 },
      },
    };
    const report = await world.apply(edited);
    expect(report.results).toMatchObject([
      { address: 'assistant/front-desk', status: 'applied', promoted: true },
    ]);
    const live = await world.dashboard('GET', `/ai/assistants/${id}`);
    expect(live).toMatchObject({
      description: 'set by hand',
      greeting: 'Thanks for calling.',
      tags: ['managed'],
    });
    expect(live.created_at).toBe(before.created_at);
    expect(String(live.instructions).trim()).toBe('You answer the phone of Northwind.\nBe brief and warm.');
    expect(live.telephony_settings).toMatchObject({ time_limit_secs: 900, user_idle_timeout_secs: 30 });
    expect(isEmpty(await world.plan(edited))).toBe(true);
  });
});
