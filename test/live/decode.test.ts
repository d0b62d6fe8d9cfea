import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/live/http/parse.ts';
import { decodeCanary, decodeIntegration, decodeResource } from '../../src/live/telnyx/decode.ts';
import { KIND_NAMES, type Kind } from '../../src/model/address.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';

const SERVER_FILLED = {
  id: 'assistant-1',
  created_at: '2026-01-01T00:00:00Z',
  version_id: '20260115T120000000000',
  version_created_at: '2026-01-15T12:00:00Z',
  version_name: 'abc 123',
  import_metadata: { import_provider: 'vapi', import_id: 'x' },
  related_mission_ids: [],
};

function config(kind: Kind, body: JsonObject): JsonObject | undefined {
  return decodeResource(kind, body)?.config;
}

function assistant(fields: JsonObject): JsonObject | undefined {
  return config('assistant', { ...SERVER_FILLED, ...fields });
}

describe('envelopes', () => {
  const body = { ...SERVER_FILLED, name: 'Front desk' };

  test.each<[string, Json]>([
    ['data', { data: body }],
    ['data beside meta', { data: body, meta: { took: 1 } }],
    ['data in data', { data: { data: body } }],
    ['the noun', { assistant: body }],
    ['the noun in data', { data: { assistant: body } }],
  ])('%s', (_, reply) => {
    expect(decodeResource('assistant', reply)).toEqual(decodeResource('assistant', body));
  });

  test('a reply without an id is none', () => {
    expect(decodeResource('assistant', { data: { name: 'Front desk', tags: {} } })).toBeUndefined();
    expect(decodeResource('assistant', { a: { b: { c: { d: body } } } })).toBeUndefined();
  });
});

describe('assistants', () => {
  test('what the server fills is taken apart from what was configured', () => {
    const body = { ...SERVER_FILLED, name: 'Front desk', instructions: 'Hi', tags: ['a'], description: null };
    expect(decodeResource('assistant', body)).toEqual({
      kind: 'assistant',
      id: 'assistant-1',
      name: 'Front desk',
      versionId: '20260115T120000000000',
      versionName: 'abc 123',
      createdAt: '2026-01-01T00:00:00Z',
      config: { name: 'Front desk', instructions: 'Hi', tags: ['a'] },
      versionCreatedAt: '2026-01-15T12:00:00Z',
      importedFrom: { provider: 'vapi', id: 'x' },
    });
  });

  const shared = { type: 'hangup', hangup: {}, shared: true, tool_id: 'tool-1', timeout_ms: 5000 };
  const inline = { type: 'webhook', webhook: { name: 'w', url: 'u', timeout_ms: 5000 } };
  const echo = {
    ...inline,
    shared: false,
    tool_id: 'tool-9',
    id: 'x',
    created_at: 'c',
    updated_at: 'u',
    version_id: 'v',
  };

  test.each<[string, JsonObject, JsonObject]>([
    ['tool_ids null', { tool_ids: null, tools: [shared] }, { tool_ids: ['tool-1'], tools: [] }],
    ['tool_ids absent', { tools: [shared, inline] }, { tool_ids: ['tool-1'], tools: [inline] }],
    [
      'tool_ids listed as well',
      { tool_ids: ['tool-1'], tools: [shared] },
      { tool_ids: ['tool-1'], tools: [] },
    ],
    ['tool_ids empty', { tool_ids: [], tools: [shared] }, { tool_ids: ['tool-1'], tools: [] }],
    [
      'tool_ids shorter',
      { tool_ids: ['tool-2'], tools: [shared, { ...shared, tool_id: 'tool-2' }] },
      { tool_ids: ['tool-2', 'tool-1'], tools: [] },
    ],
    [
      'tool_ids under other names',
      { tool_ids: ['tool-7'], tools: [shared] },
      { tool_ids: ['tool-7'], tools: [] },
    ],
    ['tool_ids without tools', { tool_ids: ['tool-1'] }, { tool_ids: ['tool-1'] }],
    ['tool_ids and tools null', { tool_ids: null, tools: null }, {}],
    ['no attachments', { tools: [] }, { tools: [] }],
    [
      'an id in place of tool_id',
      { tools: [{ type: 'hangup', shared: true, id: 'tool-1' }] },
      { tool_ids: ['tool-1'], tools: [] },
    ],
    [
      'a listed tool without its mark',
      { tool_ids: ['tool-1'], tools: [{ type: 'hangup', tool_id: 'tool-1' }] },
      { tool_ids: ['tool-1'], tools: [] },
    ],
    ['an inline echo', { tools: [{ ...echo, timeout_ms: 5000 }] }, { tools: [inline] }],
    [
      'an inline timeout that was set',
      { tools: [{ ...echo, timeout_ms: 9000 }] },
      { tools: [{ ...inline, timeout_ms: 9000 }] },
    ],
    [
      'an unknown field of a tool',
      { tools: [{ ...echo, new_field: 1 }] },
      { tools: [{ ...inline, new_field: 1 }] },
    ],
  ])('tools: %s', (_, reply, expected) => {
    expect(assistant(reply)).toEqual(expected);
  });

  test('flow nodes lose their resolved tools and keep the rest', () => {
    const nodes = [
      { id: 'n1', type: 'prompt', instructions: 'x', shared_tool_ids: ['tool-1'], tools_mode: 'append' },
      { id: 'n2', type: 'tool', shared_tool_id: 'tool-2', position: { x: 1, y: 2 } },
      { id: 'n3', type: 'speak', message: 'Bye', future: true },
    ];
    const flow = { start_node_id: 'n1', edges: [], nodes };
    const replied = nodes.map((node) => ({
      ...node,
      tools: [[{ type: 'hangup' }]],
      tool: [{ type: 'hangup' }],
    }));
    expect(assistant({ conversation_flow: { ...flow, nodes: replied } })).toEqual({
      conversation_flow: flow,
    });
  });

  test('large decimal ids stay strings and unknown fields stay', () => {
    const fields = {
      telephony_settings: { default_texml_app_id: '3014309092261889941' },
      brand_new: { x: null },
    };
    expect(assistant(fields)).toEqual(fields);
  });
});

describe('shared tools', () => {
  const inner = { name: 'lookup', url: 'https://example.com' };
  const head = { id: 'tool-1', type: 'webhook', display_name: 'Lookup', timeout_ms: 5000, created_at: 'c' };
  const expected = { type: 'webhook', display_name: 'Lookup', timeout_ms: 5000, webhook: inner };

  test.each<[string, JsonObject]>([
    ['a definition that is the inner object', { ...head, tool_definition: inner }],
    [
      'a definition that wraps the inner object',
      { ...head, tool_definition: { type: 'webhook', webhook: inner } },
    ],
    ['an echo of the request', { ...head, webhook: inner }],
    ['a definition and an echo', { ...head, tool_definition: inner, webhook: { name: 'old' } }],
    ['a null definition beside an echo', { ...head, tool_definition: null, webhook: inner, pay: null }],
    ['an envelope', { data: { ...head, tool_definition: inner } }],
  ])('%s', (_, reply) => {
    expect(config('tool', reply)).toEqual(expected);
  });

  test('a tool without a display name is still a tool', () => {
    expect(decodeResource('tool', { id: 'tool-1', type: 'hangup', tool_definition: {} })).toMatchObject({
      name: '',
      config: { type: 'hangup', hangup: {} },
    });
  });
});

describe('tests and MCP servers', () => {
  test('a test is known by test_id', () => {
    const body = { name: 'Refund', rubric: [{ name: 'a', criteria: 'b' }], destination: 'assistant-1' };
    const reply = { ...body, test_id: 't-1', created_at: 'c', description: null, test_suite: '' };
    expect(decodeResource('test', reply)).toMatchObject({ id: 't-1', name: 'Refund' });
    expect(config('test', reply)).toEqual({ ...body, test_suite: '' });
  });

  test('an MCP server', () => {
    const body = { name: 'CRM', type: 'http', url: 'https://example.com/mcp' };
    const reply = { ...body, id: 'm-1', created_at: 'c', api_key_ref: null, allowed_tools: null };
    expect(config('mcp_server', reply)).toEqual(body);
  });
});

test.each<Json>([null, 1, 'x', [], {}, { id: '' }, { id: 7 }, { data: [] }, { name: 'x' }])(
  '%j is no resource of any kind',
  (value) => {
    expect(KIND_NAMES.map((kind) => decodeResource(kind, value))).toEqual(KIND_NAMES.map(() => undefined));
  },
);

test('members called __proto__ are dropped, however they are written', () => {
  const parsed = parseJson('{"id":"a","x":{"__proto__":{"bad":1}},"\\u005f_proto__":{"bad":1}}');
  expect(JSON.stringify(decodeResource('tool', parsed ?? null)?.config)).toBe('{"x":{}}');
  expect(JSON.stringify(parseJson('[{"y":2,"z":[{"__proto__":1}],"t":"__proto__"}]'))).toBe(
    '[{"y":2,"z":[{}],"t":"__proto__"}]',
  );
  expect(parseJson('{"a":')).toBeUndefined();
});

const json = fc.jsonValue({ maxDepth: 5 }).map((value) => parseJson(JSON.stringify(value)) ?? null);
/** Values under the very names that the decoders look at. */
const hostile = fc
  .dictionary(
    fc.constantFrom(
      'id',
      'test_id',
      'type',
      'tools',
      'tool_ids',
      'tool_definition',
      'conversation_flow',
      'data',
      'rules',
      'versions',
    ),
    fc.oneof(
      json,
      fc.array(json),
      fc.constant<Json>({ nodes: [null, 1, { tools: 1 }] }),
      fc.constant<Json>([{ shared: true }, { tool_id: 1 }, { id: null }]),
    ),
  )
  .map((value): JsonObject => ({ ...value }));

test('decoders give a value or undefined for any JSON, never an exception', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        json,
        hostile,
        hostile.map((data): Json => ({ data })),
      ),
      (value) => {
        for (const kind of KIND_NAMES) {
          const resource = decodeResource(kind, value);
          expect(resource === undefined || resource.id.length > 0).toBe(true);
        }
        decodeIntegration(value);
        expect(decodeCanary(value)).toBeDefined();
      },
    ),
    { numRuns: 500 },
  );
});

test('fields nobody knows are kept as they are', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KIND_NAMES), json, (kind, value) => {
      fc.pre(value !== null);
      const resource = decodeResource(kind, { id: 'x', type: 'webhook', name: 'n', zz_unknown: value });
      expect(resource?.config.zz_unknown).toEqual(value);
    }),
  );
});
