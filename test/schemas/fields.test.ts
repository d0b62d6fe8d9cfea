// What the schemas accept and refuse, with the place and the keyword of each violation.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import {
  assistantBody,
  assistantDocument,
  mcpServerBody,
  projectFile,
  testBody,
  testDocument,
  type Validate,
} from '../../src/specs/generated/validators.ts';
import { assistant, violations } from './support.ts';

const flow = (fields: JsonObject): JsonObject =>
  assistant({
    conversation_flow: { start_node_id: 'n', nodes: [{ id: 'n', instructions: 'Hi' }], ...fields },
  });
const edge = (expression: JsonObject): JsonObject =>
  flow({
    edges: [
      {
        id: 'e',
        start_node_id: 'n',
        target: { type: 'node', node_id: 'n' },
        condition: { type: 'expression', expression },
      },
    ],
  });
const aTest = (fields: JsonObject): JsonObject => ({
  name: 'T',
  destination: '+13125550100',
  instructions: 'Ask.',
  rubric: [{ name: 'r', criteria: 'c' }],
  ...fields,
});

describe('other fields', () => {
  test.each<[string, Validate, JsonObject, string[]]>([
    ['required fields', assistantBody, {}, [' required', ' required']],
    ['an unknown field', assistantBody, assistant({ voice: 'x' }), [' additionalProperties']],
    ['a read-only field', assistantBody, assistant({ version_id: 'v' }), [' additionalProperties']],
    ['a number for a text', assistantBody, assistant({ greeting: 5 }), ['/greeting type']],
    ['a text file', assistantBody, assistant({ greeting: { $file: 'greeting.md' } }), []],
    [
      'a reference of the wrong kind',
      assistantBody,
      assistant({ tool_ids: [{ $ref: 'test/x' }] }),
      ['/tool_ids/0/$ref pattern'],
    ],
    [
      'an integration by name',
      assistantBody,
      assistant({ integrations: [{ integration_id: { $ref: 'integration/hubspot' } }] }),
      [],
    ],
    [
      'a timeout out of range',
      assistantBody,
      assistant({ dynamic_variables_webhook_timeout_ms: 10001 }),
      ['/dynamic_variables_webhook_timeout_ms maximum'],
    ],
    [
      'a volume in tenths',
      assistantBody,
      assistant({
        voice_settings: {
          voice: 'v',
          background_audio: { type: 'predefined_media', value: 'office', volume: 0.3 },
        },
      }),
      [],
    ],
    [
      'a volume between tenths',
      assistantBody,
      assistant({
        voice_settings: {
          voice: 'v',
          background_audio: { type: 'predefined_media', value: 'office', volume: 0.35 },
        },
      }),
      ['/voice_settings/background_audio/volume multipleOf'],
    ],
    [
      'a volume for a file',
      assistantBody,
      assistant({
        voice_settings: { voice: 'v', background_audio: { type: 'media_name', value: 'x', volume: 0.3 } },
      }),
      ['/voice_settings/background_audio additionalProperties'],
    ],
    [
      'null where it means off',
      assistantBody,
      assistant({
        voice_settings: { voice: 'v', language_boost: null },
        interruption_settings: { interrupt_prediction_threshold: null },
      }),
      [],
    ],
    [
      'one feature twice',
      assistantBody,
      assistant({ enabled_features: ['telephony', 'telephony'] }),
      ['/enabled_features uniqueItems'],
    ],
    ['a node without a type', assistantBody, flow({}), []],
    [
      'a tool node without a tool',
      assistantBody,
      flow({ nodes: [{ id: 'n', type: 'tool' }] }),
      ['/conversation_flow/nodes/0 required'],
    ],
    [
      'a resolved tool in a node',
      assistantBody,
      flow({ nodes: [{ id: 'n', type: 'tool', shared_tool_id: 't', tool: [] }] }),
      ['/conversation_flow/nodes/0 additionalProperties'],
    ],
    [
      'a negation of two',
      assistantBody,
      edge({
        type: 'bool_op',
        op: 'not',
        operands: [
          { type: 'variable', name: 'a' },
          { type: 'bool_literal', value: true },
        ],
      }),
      ['/conversation_flow/edges/0/condition/expression/operands maxItems'],
    ],
    [
      'a deep comparison',
      assistantBody,
      edge({
        type: 'comparison',
        op: '<=',
        left: {
          type: 'arithmetic',
          op: '+',
          left: { type: 'variable', name: 'a' },
          right: { type: 'number_literal', value: 'x' },
        },
        right: { type: 'string_literal', value: 'y' },
      }),
      ['/conversation_flow/edges/0/condition/expression/left/right/value type'],
    ],
    ['a test without criteria', testBody, aTest({ rubric: [] }), ['/rubric minItems']],
    [
      'test limits',
      testBody,
      aTest({
        name: '',
        instructions: 'x'.repeat(5001),
        max_duration_seconds: 3601,
        test_suite: 's'.repeat(101),
        description: 'd'.repeat(1001),
      }),
      [
        '/description maxLength',
        '/instructions maxLength',
        '/max_duration_seconds maximum',
        '/name minLength',
        '/test_suite maxLength',
      ],
    ],
    ['limits in characters, not code units', testBody, aTest({ name: '😀'.repeat(255) }), []],
    [
      'an MCP server with nulls',
      mcpServerBody,
      { name: 'm', type: 'http', url: 'u', allowed_tools: null, api_key_ref: null },
      [],
    ],
  ])('%s', (_, validate, value, expected) => {
    expect(violations(validate, value)).toEqual(expected);
  });
});

describe('documents', () => {
  const document = (fields: JsonObject): JsonObject => ({
    kind: 'assistant',
    spec: assistant({}),
    ...fields,
  });
  test.each<[string, Validate, JsonObject, string[]]>([
    [
      'a whole envelope',
      assistantDocument,
      document({
        key: 'a',
        environments: { production: { model: null, tools: [] } },
        only: ['production'],
        lifecycle: {
          prevent_destroy: true,
          ignore_changes: ['/voice_settings/voice_speed'],
          moved_from: 'b',
        },
        promotion: {
          strategy: 'canary',
          gate: { tests: [{ $ref: 'test/t' }], suites: ['s'], timeout: '15m' },
          canary: { steps: [{ weight: 10, hold: '30m' }] },
        },
      }),
      [],
    ],
    ['a key with capitals', assistantDocument, document({ key: 'Front' }), ['/key pattern']],
    [
      'a share of all traffic',
      assistantDocument,
      document({ promotion: { canary: { steps: [{ weight: 100, hold: '30m' }] } } }),
      ['/promotion/canary/steps/0/weight exclusiveMaximum'],
    ],
    [
      'a pointer without a slash',
      assistantDocument,
      document({ lifecycle: { ignore_changes: ['model'] } }),
      ['/lifecycle/ignore_changes/0 pattern'],
    ],
    [
      'promotion of a test',
      testDocument,
      { kind: 'test', spec: aTest({}), promotion: {} },
      [' additionalProperties'],
    ],
    ['another kind', assistantDocument, document({ kind: 'test' }), ['/kind const']],
    [
      'a project',
      projectFile,
      {
        project: 'p',
        environments: {
          local: { target: 'emulator' },
          production: {
            state: { backend: 'git', remote: 'origin', ref: 'refs/assistantctl/production' },
            drift: 'fail',
            variables: { a: 'b' },
          },
        },
        plan_ttl: '24h',
        retry: { attempts: 4, budget: '30s' },
      },
      [],
    ],
    [
      'a project with mistakes',
      projectFile,
      {
        project: 'P!',
        environments: { local: { target: 'cloud' } },
        plan_ttl: '1 day',
        unknown_fields: 'yes',
      },
      ['/environments/local/target enum', '/plan_ttl pattern', '/project pattern', '/unknown_fields enum'],
    ],
  ])('%s', (_, validate, value, expected) => {
    expect(violations(validate, value)).toEqual(expected);
  });
});
