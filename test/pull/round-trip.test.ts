import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Quirks } from '../../src/emulator/contract/quirks.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { endProjects, PROJECT, pullProject } from './project.ts';

const WORDS = fc.constantFrom(
  'Front desk',
  'front-desk',
  'Empfang für Gäste',
  'مكتب الاستقبال',
  '🛎️',
  'a/b.c',
  '..',
  'con',
  '${var.brand} & $${var.x} ${var.a ${var.b}',
  '<<',
  'yes',
  '0123',
  '~',
  '# no comment',
  'it\'s: "quoted"',
  ' leading and trailing ',
  'tab\there',
  'nul\u0000 bell\u0007 bom\uFEFF ls\u2028',
  'x'.repeat(255),
  'A long sentence that goes on and on, so that it has to be folded somewhere when it is written to a file.',
);
const TEXT = fc.oneof(
  WORDS,
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .array(fc.oneof(WORDS, fc.constantFrom('', ' ', '  indented', '- item', '```', 'last\r')), {
      maxLength: 9,
    })
    .map((lines) => lines.join('\n')),
);
const NAME = fc.oneof({ weight: 3, arbitrary: WORDS }, { weight: 1, arbitrary: fc.constant('') });
const VALUE: fc.Arbitrary<Json> = fc.oneof(
  TEXT,
  fc.boolean(),
  fc.constantFrom(0, 1, -1.5, 1e-7, 2 ** 60, 1e21),
  fc.constantFrom<Json>({ $ref: '#/x' }, { $file: 'y' }, [], {}, [null], { a: { b: [1, 'two'] } }),
);
const KEY = fc.oneof(
  fc.constantFrom('<<', 'constructor', 'prototype', 'a b', '1', 'é', ''),
  fc.string({ maxLength: 8 }),
);
const MAP = fc.dictionary(KEY, VALUE, { maxKeys: 4 });
const HEADERS = fc.uniqueArray(
  fc.constantFrom<[string, string]>(
    ['Authorization', 'Bearer abcdef0123456789abcdef'],
    ['X-Api-Key', 'hunter2hunter2'],
    ['X-Token', '{{#integration_secret}}crm{{/integration_secret}}'],
    ['X-Plain', 'a: b'],
  ),
  { selector: ([name]) => name, maxLength: 3 },
);
const webhook = (name: string, headers: readonly [string, string][], extra: JsonObject): JsonObject => ({
  name,
  description: 'Looks.',
  url: 'https://acme.example/{id}?a=1',
  method: 'POST',
  headers: headers.map(([name, value]) => ({ name, value })),
  ...extra,
});

const TOOL = fc
  .record({ name: NAME, kind: fc.nat(4), headers: HEADERS, map: MAP })
  .map(({ name, kind, headers, map }): JsonObject => {
    const tools: readonly JsonObject[] = [
      { type: 'webhook', webhook: webhook('look', headers, { preset_body_fields: map }) },
      { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: map } } },
      { type: 'hangup', hangup: {} },
      {
        type: 'transfer',
        transfer: {
          from: '+13125550100',
          targets: [{ name: 'a', to: 'sip:a@b', sip_auth_password: 'hunter2' }],
        },
      },
      { type: 'webhook', timeout_ms: 7000, webhook: webhook('other', headers, { timeout_ms: 3000 }) },
    ];
    return { display_name: name, ...tools[kind] };
  });

const ASSISTANT = fc.record(
  {
    name: NAME,
    instructions: TEXT,
    greeting: TEXT,
    description: TEXT,
    tags: fc.uniqueArray(TEXT, { maxLength: 3 }),
    enabled_features: fc.constantFrom<Json>([], ['telephony'], ['messaging', 'telephony']),
    dynamic_variables: MAP,
    voice_settings: fc.constantFrom<Json>(
      { voice: 'Telnyx.KokoroTTS.af_heart' },
      {
        voice: 'v',
        voice_speed: 1.25,
        background_audio: { type: 'media_url', value: 'https://a.example/x' },
      },
    ),
    telephony_settings: fc.constantFrom<Json>(
      { time_limit_secs: 60 },
      { recording_settings: { enabled: false } },
    ),
    conversation_flow: fc.constantFrom<Json>({
      start_node_id: 'a',
      nodes: [
        { type: 'prompt', id: 'a', name: 'Begin', instructions: '1\n2\n3\n4\n5\n6\n7' },
        { type: 'prompt', id: 'b', instructions: 'End.' },
      ],
      edges: [
        {
          id: 'e',
          start_node_id: 'a',
          target: { type: 'node', node_id: 'b' },
          condition: { type: 'llm', prompt: 'x' },
        },
      ],
    }),
    brand_new_field: VALUE,
  },
  { requiredKeys: ['name', 'instructions'] },
);

const ACCOUNT = fc.record({
  tools: fc.array(TOOL, { maxLength: 3 }),
  servers: fc.array(NAME, { maxLength: 2 }),
  assistants: fc.array(ASSISTANT, { minLength: 1, maxLength: 4 }),
  tests: fc.array(
    fc.record({
      name: fc.oneof(WORDS, fc.constant('T')),
      destination: fc.constantFrom('assistant', '+13125550100', 'https://a.example', 'nonsense'),
      instructions: TEXT,
      test_suite: fc.constantFrom('release gate', 'مجموعة', '../x'),
    }),
    { maxLength: 3 },
  ),
  attach: fc.boolean(),
  allow: fc.boolean(),
  quirks: fc.record<Partial<Quirks>>({
    unknownFields: fc.constantFrom('ignore', 'store'),
    extraFields: fc.boolean(),
    reorder: fc.boolean(),
    nullsForAbsent: fc.boolean(),
    maskSipPassword: fc.boolean(),
    trimStrings: fc.boolean(),
    toolIdsInResponse: fc.constantFrom('list', 'null', 'absent'),
  }),
});

type Account = typeof ACCOUNT extends fc.Arbitrary<infer Value> ? Value : never;

async function filled(account: Account) {
  const text = account.allow ? `${PROJECT}unknown_fields: allow\n` : PROJECT;
  const project = await pullProject({ 'assistantctl.yaml': text }, { quirks: account.quirks });
  const made = async (path: string, body: JsonObject, id = 'id'): Promise<readonly string[]> => {
    const reply = await project.dashboard('POST', path, body);
    return reply === undefined ? [] : [String(reply[id])];
  };
  const tools: string[] = [];
  for (const tool of account.tools) tools.push(...(await made('/ai/tools', tool)));
  const servers: string[] = [];
  for (const name of account.servers) {
    servers.push(...(await made('/ai/mcp_servers', { name, type: 'http', url: 'https://m.example' })));
  }
  const assistants: string[] = [];
  for (const body of account.assistants) {
    const links: JsonObject = {
      tool_ids: tools.slice(0, 1),
      mcp_servers: servers.slice(0, 1).map((id) => ({ id, allowed_tools: ['a'] })),
      tools: assistants
        .slice(0, 1)
        .map((id) => ({ type: 'handoff', handoff: { ai_assistants: [{ name: 'Other', id }] } })),
    };
    assistants.push(...(await made('/ai/assistants', account.attach ? { ...body, ...links } : body)));
  }
  for (const { destination, ...test } of account.tests) {
    const to = destination === 'assistant' ? (assistants[0] ?? '+13125550100') : destination;
    const rubric = [{ name: 'a', criteria: 'b' }];
    await made('/ai/assistants/tests', { ...test, destination: to, rubric }, 'test_id');
  }
  return project;
}

describe('pull --adopt, for any account', () => {
  it('leads to valid specs, an empty plan, an apply without writes, and survives the loss of the state', async () => {
    await fc.assert(
      fc.asyncProperty(ACCOUNT, async (account) => {
        const project = await filled(account);
        try {
          project.writes();
          const pulled = await project.json('pull', '--adopt');
          expect(
            pulled.body.error ?? pulled.body.diagnostics,
            JSON.stringify(pulled.body),
          ).not.toContainEqual(expect.objectContaining({ severity: 'error' }));
          expect(pulled.code, JSON.stringify(pulled.body)).toBe(0);
          const valid = await project.cli('validate');
          expect(valid.code, valid.out).toBe(0);
          const plan = await project.json('plan', '--detailed-exitcode');
          expect([plan.code, plan.body.changes, plan.body.drift]).toEqual([0, [], []]);
          const applied = await project.cli('apply');
          expect(applied.code, applied.err).toBe(0);
          const again = await project.json('pull', '--adopt');
          expect([again.code, again.body.adopted]).toEqual([0, []]);
          expect(project.writes()).toEqual([]);
          await noSecrets(project);

          await project.forgetState();
          const lost = await project.json('plan');
          // Resources of one name can only be told apart by their bindings.
          if (JSON.stringify(lost.body.diagnostics).includes('NAME_AMBIGUOUS')) return;
          const changes = (lost.body.changes ?? []) as readonly JsonObject[];
          expect(changes.filter((change) => change.action !== 'adopt')).toEqual([]);
          expect(changes.flatMap((change) => change.fields)).toEqual([]);
        } finally {
          await endProjects();
        }
      }),
      { numRuns: Number(process.env.PULL_RUNS ?? 8), timeout: 20_000 },
    );
  }, 300_000);
});

async function noSecrets({ files, read }: Awaited<ReturnType<typeof pullProject>>): Promise<void> {
  for (const file of await files()) {
    expect(await read(file), file).not.toMatch(/hunter2|abcdef0123456789/);
  }
}
