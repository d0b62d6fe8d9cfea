import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/model/errors.ts';
import { loadDesired, validateAll } from '../../src/specs/load/load.ts';
import { loadProject } from '../../src/specs/project/project.ts';
import { assistant, brief, diagnose, load, makeProject, PROJECT, TOOL } from './support.ts';

const FRONT_DESK = `# yaml-language-server: $schema=../schemas/assistant.schema.json
kind: assistant
spec:
  name: Front desk
  instructions: { $file: ../prompts/front-desk.md }
  greeting: Thanks for calling \${var.brand}. $\${var.brand} {{telnyx_end_user_target}}
  tool_ids: [{ $ref: tool/lookup }]
  integrations: [{ integration_id: { $ref: integration/hubspot } }]
  mcp_servers: [{ id: { $ref: mcp_server/crm }, allowed_tools: [search] }]
  tools:
    - type: handoff
      handoff:
        ai_assistants: [{ name: Billing, id: { $ref: assistant/billing } }]
    - type: function
      function:
        name: book
        parameters:
          type: object
          properties: { when: { $ref: tool/lookup } }
          $defs: { slot: { $ref: "#/properties/when", $file: kept.md } }
  voice_settings: { voice: Telnyx.KokoroTTS.af_heart, voice_speed: 1.0 }
environments:
  production:
    model: openai/gpt-4o
    voice_settings: { voice_speed: 1.5 }
    greeting: null
lifecycle: { prevent_destroy: true, ignore_changes: [/voice_settings/voice_speed], moved_from: reception }
promotion: { strategy: gated, gate: { tests: [{ $ref: test/refund }], suites: [smoke], timeout: 15m } }
`;
const FILES = {
  'assistants/front-desk.yaml': FRONT_DESK,
  'prompts/front-desk.md': 'You work for ${var.brand}.\r\nBe brief.\r\n',
  'assistants/more/billing.yml': assistant('tool_ids: [{ $ref: tool/lookup }]').replace(
    'name: A',
    'name: Billing',
  ),
  'assistants/crew.yaml': `kind: mcp_server
key: crm
spec: { name: CRM, type: http, url: https://crm.example.com/mcp, api_key_ref: crm_key }
---
kind: test
key: refund
spec:
  name: Refund
  destination: { $ref: assistant/front-desk }
  instructions: Ask for a refund.
  rubric: [{ name: polite, criteria: Stays polite }]
  test_suite: smoke
---
${TOOL}key: lookup
only: [local, production]
`,
  'assistants/.hidden/broken.yaml': 'kind: [',
  'assistants/node_modules/x.yaml': 'kind: [',
};

describe('a realistic project', () => {
  test('loads for one environment, references unresolved and everything else in place', async () => {
    const desired = await load(FILES);
    expect(desired.diagnostics.map(brief)).toEqual([]);
    expect(desired.documents).toBe(5);
    expect([...desired.resources.keys()].sort()).toEqual([
      'assistant/billing',
      'assistant/front-desk',
      'mcp_server/crm',
      'test/refund',
      'tool/lookup',
    ]);
    const front = desired.resources.get('assistant/front-desk');
    expect(front).toMatchObject({
      name: 'Front desk',
      key: 'front-desk',
      lifecycle: {
        preventDestroy: true,
        ignoreChanges: ['/voice_settings/voice_speed'],
        movedFrom: ['assistant/reception'],
      },
      position: { file: 'assistants/front-desk.yaml', line: 2, column: 1 },
    });
    expect(front?.spec).toMatchObject({
      instructions: 'You work for Northwind.\nBe brief.\n',
      greeting: 'Thanks for calling Northwind. ${var.brand} {{telnyx_end_user_target}}',
      voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart', voice_speed: 1 },
    });
    expect(front?.references).toEqual([
      { pointer: '/tool_ids/0', target: 'tool/lookup' },
      { pointer: '/integrations/0/integration_id', target: 'integration/hubspot' },
      { pointer: '/mcp_servers/0/id', target: 'mcp_server/crm' },
      { pointer: '/tools/0/handoff/ai_assistants/0/id', target: 'assistant/billing' },
    ]);
    expect(desired.resources.get('test/refund')?.references).toEqual([
      { pointer: '/destination', target: 'assistant/front-desk' },
    ]);
  });

  test('leaves the JSON Schema of a tool alone', async () => {
    const desired = await load(FILES);
    const tools = desired.resources.get('assistant/front-desk')?.spec.tools;
    expect(tools).toHaveProperty(['1', 'function', 'parameters'], {
      type: 'object',
      properties: { when: { $ref: 'tool/lookup' } },
      $defs: { slot: { $ref: '#/properties/when', $file: 'kept.md' } },
    });
  });

  test('applies the overlay of the environment', async () => {
    const desired = await load(FILES, 'production');
    const spec = desired.resources.get('assistant/front-desk')?.spec;
    expect(spec).toMatchObject({
      model: 'openai/gpt-4o',
      instructions: 'You work for Northwind Ltd.\nBe brief.\n',
      voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart', voice_speed: 1.5 },
    });
    expect(spec).not.toHaveProperty('greeting');
  });

  test('is valid everywhere at once', async () => {
    const checked = await validateAll(makeProject(FILES));
    expect(checked).toMatchObject({ diagnostics: [], documents: 5, environments: ['local', 'production'] });
    const one = await validateAll(makeProject(FILES), 'production');
    expect(one.environments).toEqual(['production']);
  });
});

describe('locate', () => {
  test.each([
    ['local', '/voice_settings/voice_speed', '21:68'],
    ['production', '/voice_settings/voice_speed', '25:36'],
    ['production', '/voice_settings/voice', '21:28'],
    ['production', '/model', '24:12'],
    ['local', '/model', '4:3'],
    ['local', '/tools/0/handoff/ai_assistants/0/id', '13:46'],
    ['local', '/tools/handoff/handoff/ai_assistants/0/name', '13:33'],
    ['local', '/tools/function:book/function/description', '16:9'],
    ['local', '/tool_ids/tool~1lookup', '7:14'],
    ['local', '/voice_settings/background_audio', '21:19'],
    ['local', '', '4:3'],
  ])('%s %s → %s', async (environment, pointer, expected) => {
    const desired = await load(FILES, environment);
    const position = desired.locate('assistant/front-desk', pointer);
    expect(`${position?.line}:${position?.column}`).toBe(expected);
  });

  test('knows nothing of other addresses', async () => {
    const desired = await load(FILES);
    expect(desired.locate('assistant/nobody', '/name')).toBeUndefined();
    expect(desired.locate('nonsense', '/name')).toBeUndefined();
  });

  test('finds values behind anchors and merge keys where they were written', async () => {
    const desired = await load({
      'assistants/a.yaml': `kind: assistant
spec:
  name: A
  instructions: Be kind.
  fallback_config: &fallback { model: openai/gpt-4o }
  voice_settings: &voice
    voice: Telnyx.KokoroTTS.af_heart
    voice_speed: 1.5
---
kind: assistant
key: b
spec:
  name: B
  instructions: Be kind.
  dynamic_variables: { x: &text hello }
  greeting: *text
  voice_settings:
    <<: &base { voice: Telnyx.KokoroTTS.am_adam, voice_speed: 1.2 }
    voice_speed: 1.3
`,
    });
    expect(desired.diagnostics).toEqual([]);
    const b = desired.resources.get('assistant/b');
    expect(b?.spec).toMatchObject({
      greeting: 'hello',
      voice_settings: { voice: 'Telnyx.KokoroTTS.am_adam', voice_speed: 1.3 },
    });
    expect(b?.spec.voice_settings).not.toHaveProperty('<<');
    expect(desired.locate('assistant/b', '/voice_settings/voice')).toMatchObject({ line: 18, column: 24 });
    expect(desired.locate('assistant/b', '/voice_settings/voice_speed')).toMatchObject({
      line: 19,
      column: 18,
    });
    expect(desired.locate('assistant/b', '/greeting')).toMatchObject({ line: 16, column: 13 });
  });
});

describe('environments', () => {
  test('only leaves a resource out, and the state says that it exists elsewhere', async () => {
    const desired = await load({ 'assistants/a.yaml': `${assistant('')}only: [production]\n` });
    expect([...desired.resources.keys()]).toEqual([]);
    expect([...desired.elsewhere]).toEqual(['assistant/a']);
  });

  test('an overlay that breaks the schema is told once, where the overlay wrote it', async () => {
    const text = assistant(
      'model: openai/gpt-4o',
      'environments:\n  production: { model: 7, voice_settings: { speedo: 1 } }\n',
    );
    const found = await diagnose({ 'assistants/a.yaml': text });
    expect(found.map(brief)).toEqual([
      'assistants/a.yaml:7:24 error TYPE_WRONG',
      'assistants/a.yaml:7:43 error FIELD_MISSING',
      'assistants/a.yaml:7:45 error FIELD_UNKNOWN',
    ]);
  });

  test('a problem of one environment names it', async () => {
    const root = makeProject({
      'assistantctl.yaml': PROJECT.replace('brand: Northwind Ltd', 'other: x'),
      'assistants/a.yaml': assistant('greeting: Hello from ${var.brand}'),
    });
    const { diagnostics } = await validateAll(root);
    expect(diagnostics.map(brief)).toEqual(['assistants/a.yaml:5:24 error VARIABLE_UNKNOWN']);
    expect(diagnostics[0]?.message).toBe('the variable brand is not set (environment production)');
  });
});

describe('the specs folder', () => {
  test.each([
    ['is missing', (root: string) => rmSync(join(root, 'assistants'), { recursive: true }), 'SPECS_MISSING'],
    [
      'is a file',
      (root: string) => {
        rmSync(join(root, 'assistants'), { recursive: true });
        writeFileSync(join(root, 'assistants'), '');
      },
      'SPECS_MISSING',
    ],
    [
      'is a link out of the project',
      (root: string) => {
        rmSync(join(root, 'assistants'), { recursive: true });
        symlinkSync(makeProject({}), join(root, 'assistants'));
      },
      'FILE_OUTSIDE',
    ],
  ])('that %s is a failure, never an empty one', async (_, withReplyQuirks, code) => {
    const root = makeProject({});
    withReplyQuirks(root);
    const project = await loadProject(root, undefined);
    await expect(loadDesired(project)).rejects.toMatchObject({ kind: 'spec', code });
    await expect(validateAll(root)).rejects.toBeInstanceOf(Failure);
  });

  test('may be empty', async () => {
    const desired = await load({});
    expect(desired.resources.size).toBe(0);
    expect(desired.diagnostics).toEqual([]);
  });

  test('follows links inside the project, also when they form a loop', async () => {
    const root = makeProject({ 'shared/tool.yaml': TOOL });
    symlinkSync(join(root, 'shared'), join(root, 'assistants/shared'));
    symlinkSync(join(root, 'assistants'), join(root, 'shared/loop'));
    const desired = await loadDesired(await loadProject(root, undefined));
    expect([...desired.resources.keys()]).toEqual(['tool/tool']);
    expect(desired.diagnostics).toEqual([]);
  });

  test('reports links that leave the project or lead nowhere', async () => {
    const outside = makeProject({ 'x.yaml': TOOL });
    const root = makeProject({});
    symlinkSync(join(outside, 'x.yaml'), join(root, 'assistants/file.yaml'));
    symlinkSync(outside, join(root, 'assistants/folder'));
    symlinkSync(join(root, 'gone.yaml'), join(root, 'assistants/gone.yaml'));
    mkdirSync(join(root, 'assistants/odd.yaml'));
    const { diagnostics } = await validateAll(root);
    expect(diagnostics.map(brief)).toEqual([
      'assistants/file.yaml:1:1 error FILE_OUTSIDE',
      'assistants/folder:1:1 error FILE_OUTSIDE',
      'assistants/gone.yaml:1:1 error FILE_UNREADABLE',
    ]);
  });
});
