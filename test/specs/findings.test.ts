import { describe, expect, test } from 'vitest';
import type { SpecCode } from '../../src/model/codes/spec-codes.ts';
import { assistant, type Files, findings, marked, TOOL } from './support.ts';

type Case =
  | readonly [what: string, text: string, code: SpecCode | `warning ${SpecCode}`]
  | readonly [what: string, text: string, code: SpecCode | `warning ${SpecCode}`, more: Files];

/** Each text has `§` at every place where the code is expected; nothing else may be reported. */
function check(cases: readonly Case[]): void {
  for (const [what, withMarks, code, more] of cases) {
    test(what, async () => {
      const { text, places } = marked(withMarks);
      expect(places.length).toBeGreaterThan(0);
      const severity = code.startsWith('warning') ? code : `error ${code}`;
      expect(await findings(text, more)).toEqual(places.map((place) => `${place} ${severity}`));
    });
  }
}

const BILLING: Files = { 'assistants/billing.yaml': assistant('').replace('name: A', 'name: Billing') };
const LOOKUP: Files = { 'assistants/lookup.yaml': TOOL };
const PAY: Files = {
  'assistants/pay.yaml': 'kind: tool\nspec: { type: pay, display_name: Pay, pay: { connector_name: c } }\n',
};
const HANGUP: Files = {
  'assistants/bye.yaml': 'kind: tool\nspec: { type: hangup, display_name: Bye, hangup: {} }\n',
};
const SMOKE: Files = {
  'assistants/smoke.yaml': `kind: test
spec:
  name: Smoke
  destination: { $ref: assistant/a }
  instructions: Say hello.
  rubric: [{ name: polite, criteria: Stays polite }]
  test_suite: smoke
`,
};
const TEST = (destination: string, rest = ''): string => `kind: test
spec:
  name: T
  destination: ${destination}
  instructions: Say hello.
  rubric: [{ name: polite, criteria: Stays polite }]
${rest}`;
const webhook = (lines: string): string =>
  assistant(`tools:
  - type: webhook
    webhook:
      name: w
      description: d
      url: https://example.com
${lines.replace(/^/gm, '      ')}`);
const flow = (nodes: string, edges: string, start = 'a'): string =>
  assistant(`conversation_flow:
  start_node_id: ${start}
  nodes:
${nodes.replace(/^/gm, '    ')}
  edges:
${edges.replace(/^/gm, '    ')}`);
const edge = (id: string, from: string, to: string, condition = '{ type: llm, prompt: Yes }'): string =>
  `- { id: ${id}, start_node_id: ${from}, target: { type: node, node_id: ${to} }, condition: ${condition} }`;

describe('YAML', () => {
  check([
    ['a tab as indentation', 'kind: assistant\nspec:\n§\tname: A\n', 'YAML_TAB'],
    ['a key twice', assistant('greeting: m1\n§greeting: m2'), 'YAML_DUPLICATE_KEY'],
    ['a key twice, once quoted', assistant('greeting: m1\n§"greeting": m2'), 'YAML_DUPLICATE_KEY'],
    ['a number as key', assistant('dynamic_variables: { §1: x }'), 'YAML_KEY_TYPE'],
    ['a list as key', assistant('dynamic_variables: { ? §[a] : x }'), 'YAML_KEY_TYPE'],
    [
      'a key into the prototype',
      assistant('dynamic_variables: { §__proto__: { a: 1 } }'),
      'YAML_FORBIDDEN_KEY',
    ],
    ['a constructor key', assistant('dynamic_variables: { §constructor: x }'), 'YAML_FORBIDDEN_KEY'],
    ['a JavaScript tag', assistant('model: §!!js/function "x"'), 'YAML_TAG'],
    ['a local tag', assistant('model: §!secret x'), 'YAML_TAG'],
    ['a date tag', assistant('model: §!!timestamp 2026-01-01'), 'YAML_TAG'],
    ['an infinite number', assistant('dynamic_variables: { a: §.inf }'), 'YAML_NUMBER'],
    [
      'a number with too many digits',
      assistant('dynamic_variables: { a: §3014309092261889941 }'),
      'YAML_NUMBER',
    ],
    ['an alias without anchor', assistant('model: §*nothing'), 'YAML_ALIAS_UNKNOWN'],
    ['an alias inside its anchor', assistant('dynamic_variables: &all { a: §*all }'), 'YAML_ALIAS_CYCLE'],
    ['an unclosed bracket', 'kind: assistant\nspec: { name: A§', 'YAML_SYNTAX'],
    [
      'a variable without quotes in braces',
      assistant('voice_settings: { voice: $§{var.brand} }'),
      'YAML_SYNTAX',
    ],
    ['an unclosed quote', 'kind: assistant\nspec: §"abc', 'YAML_SYNTAX'],
    ['an empty file', '§', 'warning YAML_EMPTY'],
    ['only a comment', '§# nothing\n', 'warning YAML_EMPTY'],
    ['an empty document between others', `${assistant('')}---§\n---\n${TOOL}`, 'warning YAML_EMPTY'],
    ['a list as document', '§- kind: tool\n', 'DOCUMENT_TYPE'],
    ['a byte order mark', `§\uFEFF${TOOL}`, 'warning FILE_BOM'],
  ]);

  test('a BOM does not shift the columns of the first line', async () => {
    expect(await findings('\uFEFFkind: nonsense\n')).toEqual([
      '1:1 warning FILE_BOM',
      '1:7 error KIND_UNKNOWN',
    ]);
  });

  test('Windows line ends keep their lines and columns', async () => {
    const { text, places } = marked(assistant('model: §7'));
    expect(await findings(text.replaceAll('\n', '\r\n'))).toEqual([`${places[0]} error TYPE_WRONG`]);
  });

  test('dates, versions and yes are plain texts', async () => {
    expect(await findings(assistant('dynamic_variables: { a: 2026-01-01, b: yes, c: 1.2.3 }'))).toEqual([]);
  });

  test('a key that is wrong, missing or written twice hides no other problem of its document', async () => {
    const { text, places } = marked(`kind: assistant
key: §Front_Desk
spec: { name: A, instructions: Hi, §modle: x }
---
§kind: tool
spec: { type: hangup, display_name: Bye, hangup: {}, §modle: x }
---
§kind: tool
spec: { type: hangup, display_name: End, hangup: {}, §display_name: Enough, §modle: x }
`);
    const codes = [
      'KEY_INVALID',
      'FIELD_UNKNOWN',
      'KEY_MISSING',
      'FIELD_UNKNOWN',
      'KEY_MISSING',
      'YAML_DUPLICATE_KEY',
      'FIELD_UNKNOWN',
    ];
    expect(await findings(text)).toEqual(places.map((place, index) => `${place} error ${codes[index]}`));
  });

  test('one broken document does not hide the others, nor make references to it dangle', async () => {
    const { text, places } = marked(`kind: tool
key: lookup
spec: { type: hangup, display_name: Bye, hangup: {}, §type: hangup }
---
kind: assistant
key: x
spec: { name: X, instructions: Hi, tool_ids: [{ $ref: tool/lookup }], model: §1 }
`);
    expect(await findings(text)).toEqual([
      `${places[0]} error YAML_DUPLICATE_KEY`,
      `${places[1]} error TYPE_WRONG`,
    ]);
  });
});

describe('documents', () => {
  check([
    ['no kind', '§spec: { name: A }\n', 'warning KIND_MISSING'],
    ['an unknown kind', 'kind: §asistant\nspec: {}\n', 'KIND_UNKNOWN'],
    ['a bad key', `${TOOL}key: §Front_Desk\n`, 'KEY_INVALID'],
    ['a numeric key', `${TOOL}key: §7\n`, 'KEY_INVALID'],
    [
      'two documents of a kind without keys',
      `§${TOOL}---\n§${TOOL.replace('Lookup', 'Other')}`,
      'KEY_MISSING',
    ],
    [
      'the same key twice',
      `${TOOL}key: §x\n---\n${TOOL.replace('Lookup', 'Other')}key: §x\n`,
      'KEY_DUPLICATE',
    ],
    ['an unknown environment in only', `${TOOL}only: [local, §prodution]\n`, 'ENVIRONMENT_UNKNOWN'],
    ['an overlay of an unknown environment', `${TOOL}environments: { §prod: {} }\n`, 'ENVIRONMENT_UNKNOWN'],
    [
      'an unused overlay',
      `${TOOL}only: [local]\nenvironments: { §production: {} }\n`,
      'warning OVERLAY_UNUSED',
    ],
    ['moved from itself', `${TOOL}lifecycle: { moved_from: §a }\n`, 'MOVED_FROM_SELF'],
    [
      'moved from one that exists',
      `${TOOL}lifecycle: { moved_from: §lookup }\n`,
      'MOVED_FROM_EXISTS',
      {
        'assistants/lookup.yaml': TOOL.replace('Lookup', 'Other'),
      },
    ],
    [
      'two moved from one',
      `${TOOL}lifecycle: { moved_from: old }\n---\n${TOOL.replace('Lookup', 'Other')}key: b\nlifecycle: { moved_from: §old }\n`,
      'MOVED_FROM_TWICE',
    ],
    ['the same name twice', `${TOOL}---\n${TOOL.replace('Lookup', '§Lookup')}key: b\n`, 'warning NAME_TWICE'],
    [
      'ignoring what is not written',
      `${TOOL}lifecycle: { ignore_changes: [/function/name, §/timeout_ms] }\n`,
      'warning IGNORE_NOTHING',
    ],
  ]);

  test('two documents of different kinds in one file share its name as key', async () => {
    expect(await findings(`${TOOL}---\n${assistant('tool_ids: [{ $ref: tool/a }]')}`)).toEqual([]);
  });

  test('the default key of a badly named file is reported at the document', async () => {
    expect(
      await findings('', {
        'assistants/My Tool.yaml': TOOL,
        'assistants/a.yaml': TOOL.replace('Lookup', 'B'),
      }),
    ).toEqual(['assistants/My Tool.yaml:1:1 error KEY_INVALID']);
  });
});

describe('schema', () => {
  check([
    ['an unknown field', assistant('§modle: m1'), 'FIELD_UNKNOWN'],
    ['an unknown envelope field', `${TOOL}§lifecyle: {}\n`, 'FIELD_UNKNOWN'],
    ['a promotion on a tool', `${TOOL}§promotion: {}\n`, 'FIELD_UNKNOWN'],
    ['a missing field', 'kind: assistant\nspec:\n  §name: A\n', 'FIELD_MISSING'],
    ['no spec at all', '§kind: assistant\n', 'FIELD_MISSING'],
    [
      'a wrong type',
      assistant('voice_settings: { voice: AWS.Polly.Joanna, voice_speed: §"fast" }'),
      'TYPE_WRONG',
    ],
    [
      'a folded text where a number belongs',
      assistant('voice_settings:\n  voice: AWS.Polly.Joanna\n  voice_speed: §>\n    fast\n'),
      'TYPE_WRONG',
    ],
    ['a mapping where a text belongs', assistant('greeting: §{ file: x.md }'), 'TYPE_WRONG'],
    ['an unknown value', assistant('enabled_features: [§telefony]'), 'VALUE_UNKNOWN'],
    ['a value of a closed list that is no slip', assistant('enabled_features: [§fax]'), 'VALUE_UNKNOWN'],
    [
      'a slip of a known speech-to-text model',
      assistant('transcription: { model: §deepgram/nova3 }'),
      'VALUE_UNKNOWN',
    ],
    [
      'a speech-to-text model that nobody knows yet',
      assistant('transcription: { model: §vendor/new-stt }'),
      'warning VALUE_UNKNOWN',
    ],
    [
      'a newer number of a known model',
      assistant('transcription: { model: §deepgram/nova-4 }'),
      'warning VALUE_UNKNOWN',
    ],
    [
      'a noise suppression engine that nobody knows yet',
      assistant('telephony_settings: { noise_suppression: §hush }'),
      'warning VALUE_UNKNOWN',
    ],
    [
      'a tool type that nobody knows yet, inline',
      assistant('tools: [{ type: §new_fancy, new_fancy: { free: true } }]'),
      'warning VALUE_UNKNOWN',
    ],
    [
      'a tool type that nobody knows yet, shared',
      'kind: tool\nspec: { type: §new_fancy, display_name: New, new_fancy: { free: true } }\n',
      'warning VALUE_UNKNOWN',
    ],
    [
      'a channel that nobody knows yet',
      TEST('{ $ref: assistant/billing }', '  telnyx_conversation_channel: §video_room\n'),
      'warning VALUE_UNKNOWN',
      BILLING,
    ],
    [
      'an engine of voices that nobody knows yet',
      assistant('voice_settings: { voice: §Newco.voice.one }'),
      'warning VALUE_UNKNOWN',
    ],
    [
      'a slip of an engine of voices',
      assistant('voice_settings: { voice: §Telnix.KokoroTTS.af_heart }'),
      'VALUE_UNKNOWN',
    ],
    [
      'a transport of MCP servers that the API does not take',
      'kind: mcp_server\nspec: { name: M, type: §streamable_http, url: "https://m.example" }\n',
      'VALUE_UNKNOWN',
    ],
    ['null where it means "not given"', assistant('description: §null'), 'TYPE_WRONG'],
    ['null for a number', assistant('telephony_settings: { user_idle_timeout_secs: §null }'), 'TYPE_WRONG'],
    ['an unknown tool type', assistant('tools: [{ type: §webhok }]'), 'VALUE_UNKNOWN'],
    ['a broken limit', assistant('dynamic_variables_webhook_timeout_ms: §10001'), 'VALUE_LIMIT'],
    [
      'too long a text',
      TEST('{ $ref: assistant/billing }', `  test_suite: §${'x'.repeat(101)}\n`),
      'VALUE_LIMIT',
      BILLING,
    ],
    ['a broken pattern', `${assistant('')}promotion: { gate: { timeout: §15 minutes } }\n`, 'VALUE_PATTERN'],
  ]);

  test('several problems of one document are told together', async () => {
    const { text, places } = marked(assistant('§modle: m1\nmodel: §7\ntags: §x\n'));
    expect(await findings(text)).toEqual([
      `${places[0]} error FIELD_UNKNOWN`,
      `${places[1]} error TYPE_WRONG`,
      `${places[2]} error TYPE_WRONG`,
    ]);
  });

  test('a document under a key that another one has hides none of its other problems', async () => {
    const twin = `---
kind: assistant
key: §a
spec: { name: B, instructions: §{ $file: missing.md }, §modle: m1, tool_ids: [§{ $ref: tool/none }] }
`;
    const { text, places } = marked(`§${assistant('')}${twin}`);
    expect(await findings(text)).toEqual([
      `${places[0]} error KEY_DUPLICATE`,
      `${places[1]} error KEY_DUPLICATE`,
      `${places[2]} error FILE_MISSING`,
      `${places[3]} error FIELD_UNKNOWN`,
      `${places[4]} error REF_DANGLING`,
    ]);
  });

  test('unknown_fields: allow lets fields pass inside the spec alone', async () => {
    const { text, places } = marked(`${assistant('new_field: { a: 1 }')}§lifecyle: {}\n`);
    const project = 'project: p\nunknown_fields: allow\nenvironments: { local: {} }\n';
    expect(await findings(text, { 'assistantctl.yaml': project })).toEqual([
      `${places[0]} error FIELD_UNKNOWN`,
    ]);
  });
});

describe('references, files and variables', () => {
  check([
    ['a dangling reference', assistant('tool_ids: [§{ $ref: tool/lokup }]'), 'REF_DANGLING', LOOKUP],
    [
      'a reference to another kind',
      assistant('tool_ids: [§{ $ref: assistant/billing }]'),
      'REF_KIND',
      BILLING,
    ],
    ['an address instead of an id', assistant('tool_ids: [§tool/lookup]'), 'REF_BARE', LOOKUP],
    ['a reference without kind', assistant('tool_ids: [§{ $ref: lookup }]'), 'REF_INVALID', LOOKUP],
    [
      'a reference with other keys',
      assistant('tool_ids: [§{ $ref: tool/lookup, a: 1 }]'),
      'REF_INVALID',
      LOOKUP,
    ],
    [
      'a reference where no id belongs',
      assistant('model: §{ $ref: tool/lookup }'),
      'REF_NOT_ALLOWED',
      LOOKUP,
    ],
    [
      'a reference to what exists elsewhere',
      assistant('tool_ids: [§{ $ref: tool/lookup }]'),
      'REF_ELSEWHERE',
      {
        'assistants/lookup.yaml': `${TOOL}only: [production]\n`,
      },
    ],
    ['a missing file', assistant('greeting: §{ $file: gone.md }'), 'FILE_MISSING'],
    ['a file outside', assistant('greeting: §{ $file: ../../etc/passwd }'), 'FILE_OUTSIDE'],
    ['an absolute file', assistant('greeting: §{ $file: /etc/hosts }'), 'FILE_OUTSIDE'],
    ['a folder as file', assistant('greeting: §{ $file: ../assistants }'), 'FILE_UNREADABLE'],
    ['a file with other keys', assistant('greeting: §{ $file: a.md, b: 1 }'), 'FILE_FORM'],
    [
      'a huge file',
      assistant('greeting: §{ $file: a.md }'),
      'FILE_TOO_LARGE',
      { 'assistants/a.md': 'x'.repeat(1_048_577) },
    ],
    ['an unknown variable', assistant('greeting: Hi §${var.nobody}'), 'VARIABLE_UNKNOWN'],
    ['a malformed variable', assistant('greeting: Hi §${var.}'), 'VARIABLE_INVALID'],
    [
      'an unknown variable deep inside a block',
      assistant('greeting: |\n  Hello\n\n  from §${var.nobody} and ${var.brand}\n'),
      'VARIABLE_UNKNOWN',
    ],
  ]);

  test('a variable inside an included file is told for that file', async () => {
    const found = await findings(assistant('greeting: { $file: a.md }'), {
      'assistants/a.md': 'Hi\r\nthere ${var.x}\r\n',
    });
    expect(found).toEqual(['assistants/a.md:2:7 error VARIABLE_UNKNOWN']);
  });

  test('an included file that is not UTF-8 is told for that file', async () => {
    const bytes = Buffer.concat([Buffer.from('Hi\nüb'), Buffer.from([0xff])]);
    const found = await findings(assistant('greeting: { $file: a.md }'), { 'assistants/a.md': bytes });
    expect(found).toEqual(['assistants/a.md:2:3 error FILE_NOT_UTF8']);
  });

  test('an unresolved value is not also called wrong by the schema', async () => {
    const text = TEST('{ $ref: assistant/billing }').replace('Say hello.', '{ $file: gone.md }');
    expect(await findings(text, BILLING)).toEqual(['5:17 error FILE_MISSING']);
  });
});

describe('tools', () => {
  check([
    [
      'two tools of a single-instance type',
      assistant('tools:\n  - { type: hangup, hangup: {} }\n  - { type: §hangup, hangup: {} }'),
      'TOOL_SINGLE_INSTANCE',
    ],
    [
      'the same with a shared one',
      assistant('tool_ids: [§{ $ref: tool/bye }]\ntools: [{ type: hangup, hangup: {} }]'),
      'TOOL_SINGLE_INSTANCE',
      HANGUP,
    ],
    [
      'two tools of one name',
      assistant(
        'tools:\n  - { type: function, function: { name: x } }\n  - { type: function, function: { name: §x } }',
      ),
      'TOOL_NAME_TWICE',
    ],
    [
      'a name that a shared tool has',
      assistant(
        'tools: [{ type: function, function: { name: lookup } }]\ntool_ids: [§{ $ref: tool/lookup }]',
      ),
      'TOOL_NAME_TWICE',
      LOOKUP,
    ],
    [
      'a tool attached twice',
      assistant('tool_ids: [{ $ref: tool/lookup }, §{ $ref: tool/lookup }]'),
      'warning TOOL_ATTACHED_TWICE',
      LOOKUP,
    ],
    [
      'pay without disable_dtmf',
      assistant('tools: [{ type: §pay, pay: { connector_name: c } }]'),
      'PAY_NEEDS_DISABLE_DTMF',
    ],
    [
      'shared pay without disable_dtmf',
      assistant('tool_ids: [§{ $ref: tool/pay }]'),
      'PAY_NEEDS_DISABLE_DTMF',
      PAY,
    ],
    [
      'pay in a flow without disable_dtmf',
      flow('- { id: a, type: tool, shared_tool_id: §{ $ref: tool/pay } }', '[]'),
      'PAY_NEEDS_DISABLE_DTMF',
      PAY,
    ],
    ['a nested webhook timeout', webhook('§timeout_ms: 3000'), 'warning WEBHOOK_TIMEOUT'],
    [
      'a warm transfer without briefing',
      assistant(
        'tools:\n  - type: transfer\n    transfer:\n      from: "+13125550100"\n      targets: [{ to: "+13125550101", message: Hi }, { to: "+13125550102" }]\n      warm_transfer_acceptance: §{ enabled: true }\n',
      ),
      'WARM_TRANSFER',
    ],
  ]);

  test('pay with disable_dtmf is fine', async () => {
    const text = assistant('telephony_settings: { disable_dtmf: true }\ntool_ids: [{ $ref: tool/pay }]');
    expect(await findings(text, PAY)).toEqual([]);
  });
});

describe('flows', () => {
  const A = '- { id: a, instructions: Hi }\n- { id: z, instructions: Ho }';
  const SPEAK = '- { id: s, type: speak, message: Bye }';
  const DEFAULT = '{ type: default }';
  check([
    ['an unknown start', flow(A, '[]', '§b'), 'FLOW_NODE_UNKNOWN'],
    ['an edge from nowhere', flow(A, edge('e', '§x', 'a')), 'FLOW_NODE_UNKNOWN'],
    ['an edge to nowhere', flow(A, edge('e', 'a', '§x')), 'FLOW_NODE_UNKNOWN'],
    ['two nodes of one id', flow(`${A}\n- { id: §a, instructions: Ho }`, '[]'), 'FLOW_ID_TWICE'],
    ['two edges of one id', flow(A, `${edge('e', 'a', 'z')}\n${edge('§e', 'a', 'z')}`), 'FLOW_ID_TWICE'],
    ['a default edge from a prompt node', flow(A, edge('e', 'a', 'z', `§${DEFAULT}`)), 'FLOW_DEFAULT_EDGE'],
    [
      'a speak node without default edge',
      flow(`${A}\n${SPEAK.replace('{', '§{')}`, edge('e', 's', 'a')),
      'FLOW_DEFAULT_EDGE',
    ],
    [
      'a speak node with two',
      flow(`${A}\n${SPEAK}`, `${edge('e', 's', 'a', DEFAULT)}\n${edge('f', 's', 'z', `§${DEFAULT}`)}`),
      'FLOW_DEFAULT_EDGE',
    ],
    ['an edge back to its own node', flow(A, edge('e', 'a', '§a')), 'warning FLOW_SELF_LOOP'],
    [
      'model and external_llm',
      flow(
        '- { id: a, instructions: Hi, model: openai/gpt-4o, external_llm: §{ base_url: "https://x.example", model: n } }',
        '[]',
      ),
      'FLOW_MODEL',
    ],
  ]);
});

describe('settings, promotion and tests', () => {
  const promotion = (text: string): string => `${assistant('')}promotion: ${text}\n`;
  check([
    [
      'a GPT-Live model with another voice',
      assistant('model: openai/gpt-live-1\nvoice_settings: { voice: §Telnyx.KokoroTTS.af_heart }'),
      'VOICE_MODEL',
    ],
    [
      'an OpenAILive voice with another model',
      assistant('model: §openai/gpt-4o\nvoice_settings: { voice: OpenAILive.marin }'),
      'VOICE_MODEL',
    ],
    [
      'a speed that Telnyx Ultra does not speak',
      assistant('voice_settings: { voice: Telnyx.Ultra.x, voice_speed: §1.6 }'),
      'warning VOICE_SPEED',
    ],
    [
      'a speed that Soniox does not speak',
      assistant('voice_settings: { voice: Soniox.tts-rt-v2.x, voice_speed: §0.6 }'),
      'warning VOICE_SPEED',
    ],
    [
      'expressive mode with another engine',
      assistant('voice_settings: { voice: AWS.Polly.Joanna, expressive_mode: §true }'),
      'warning EXPRESSIVE_VOICE',
    ],
    [
      'recording without data retention',
      assistant(
        'privacy_settings: { data_retention: false }\ntelephony_settings: { recording_settings: { enabled: §true } }',
      ),
      'RECORDING_RETENTION',
    ],
    [
      'calls that are recorded by default, without data retention',
      assistant('enabled_features: [telephony]\nprivacy_settings: { data_retention: §false }'),
      'warning RECORDING_RETENTION',
    ],
    ['delegation without a model', assistant('delegation_settings: §{ enabled: true }'), 'DELEGATION_MODEL'],
    ['an event stream without address', assistant('websocket_settings: §{ enabled: true }'), 'WEBSOCKET_URL'],
    [
      'an event stream on this machine',
      assistant('websocket_settings: { url: §"wss://localhost:9000/x" }'),
      'WEBSOCKET_URL',
    ],
    [
      'both a model and an external one',
      assistant('model: §openai/gpt-4o\nexternal_llm: { base_url: "https://x.example", model: n }'),
      'warning MODEL_TWICE',
    ],
    [
      'variables that the API refused',
      assistant('dynamic_variables: { share: §0.5, map: §{ a: b }, none: §null, whole: 3, list: [1] }'),
      'warning VARIABLE_VALUE',
    ],
    [
      'an insight whose schema is open',
      'kind: insight\nspec: { name: I, instructions: Look., json_schema: §{ type: object } }\n',
      'warning INSIGHT_SCHEMA',
    ],
    [
      'a gate test that calls a number',
      promotion('{ strategy: gated, gate: { tests: [§{ $ref: test/smoke }] } }'),
      'GATE_TEST_PHONE',
      {
        'assistants/smoke.yaml': `${String(SMOKE['assistants/smoke.yaml']).replace(
          '{ $ref: assistant/a }',
          '"+13125550100"',
        )}  telnyx_conversation_channel: phone_call\n`,
      },
    ],
    [
      'a gate on a suite with a test that calls a number',
      promotion('{ strategy: gated, gate: { suites: [§smoke] } }'),
      'GATE_TEST_PHONE',
      {
        'assistants/smoke.yaml': `${SMOKE['assistants/smoke.yaml']}  telnyx_conversation_channel: phone_call\n`,
      },
    ],
    [
      'eager above the threshold',
      assistant(
        'transcription: { model: deepgram/flux, settings: { eager_eot_threshold: §0.8, eot_threshold: 0.7 } }',
      ),
      'TRANSCRIPTION_ORDER',
    ],
    [
      'a gate test that does not exist',
      promotion('{ strategy: gated, gate: { tests: [§{ $ref: test/smok }] } }'),
      'REF_DANGLING',
      SMOKE,
    ],
    [
      'a gate test of another assistant',
      promotion('{ strategy: gated, gate: { tests: [§{ $ref: test/smoke }] } }'),
      'GATE_TEST_FOREIGN',
      {
        ...BILLING,
        'assistants/smoke.yaml': String(SMOKE['assistants/smoke.yaml']).replace(
          'assistant/a',
          'assistant/billing',
        ),
      },
    ],
    [
      'a gate test by number',
      promotion('{ strategy: gated, gate: { tests: [§{ $ref: test/smoke }] } }'),
      'warning GATE_TEST_UNBOUND',
      {
        'assistants/smoke.yaml': TEST('assistant-0e01469e'),
      },
    ],
    [
      'an unknown suite',
      promotion('{ strategy: gated, gate: { suites: [smoke, §realease] } }'),
      'SUITE_UNKNOWN',
      SMOKE,
    ],
    [
      'a test that must pass of another assistant',
      promotion('{ strategy: gated, gate: { must_pass: [§{ $ref: test/smoke }] } }'),
      'GATE_TEST_FOREIGN',
      {
        ...BILLING,
        'assistants/smoke.yaml': String(SMOKE['assistants/smoke.yaml']).replace(
          'assistant/a',
          'assistant/billing',
        ),
      },
    ],
    [
      'a drop without a comparison',
      promotion('{ strategy: gated, gate: { suites: [smoke], §max_drop: 0.1 } }'),
      'warning PROMOTION_UNUSED',
      SMOKE,
    ],
    [
      'a gate that asks for nothing',
      promotion('{ strategy: gated, gate: §{ suites: [smoke], pass_rate: 0 } }'),
      'warning GATE_OPEN',
      SMOKE,
    ],
    [
      'a gate that allows any drop',
      promotion('{ strategy: gated, gate: §{ suites: [smoke], against: main, max_drop: 1 } }'),
      'warning GATE_OPEN',
      SMOKE,
    ],
    ['gated without gate', promotion('{ strategy: §gated }'), 'PROMOTION_GATE'],
    ['canary without steps', promotion('{ strategy: §canary }'), 'PROMOTION_CANARY'],
    [
      'a gate that is not used',
      promotion('{ §gate: { suites: [smoke] } }'),
      'warning PROMOTION_UNUSED',
      SMOKE,
    ],
    [
      'falling canary steps',
      promotion(
        '{ strategy: canary, canary: { steps: [{ weight: 50, hold: 1m }, { weight: §10, hold: 1m }] } }',
      ),
      'CANARY_STEPS',
    ],
    [
      'a tiny canary step',
      promotion('{ strategy: canary, canary: { steps: [{ weight: §0.5, hold: 1m }] } }'),
      'CANARY_STEPS',
    ],
    [
      'a whole canary step',
      promotion('{ strategy: canary, canary: { steps: [{ weight: §100, hold: 1m }] } }'),
      'VALUE_LIMIT',
    ],
    ['a destination that is none', TEST('§front-desk'), 'DESTINATION_INVALID'],
    ['a number over web_chat', TEST('§"+13125550100"'), 'warning TEST_CHANNEL'],
    [
      'a URL by phone',
      TEST('§https://x.example/chat', '  telnyx_conversation_channel: phone_call\n'),
      'warning TEST_CHANNEL',
    ],
  ]);

  test.each([
    ['{ $ref: assistant/billing }', ''],
    ['assistant-0e01469e-6e5b-4c0f-9f3a-0d1f2a3b4c5d', ''],
    ['"+13125550100"', '  telnyx_conversation_channel: phone_call\n'],
    ['https://x.example/chat', ''],
  ])('the destination %s is fine', async (destination, rest) => {
    expect(await findings(TEST(destination, rest), BILLING)).toEqual([]);
  });
});
