import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitFailure } from '../../src/state/git/git-errors.ts';
import { nearProject } from './in-process.ts';

// Slips of the trade: each is named by its cause, once, with the line to write.

const ASSISTANT = 'kind: assistant\nspec:\n  name: A\n  model: openai/gpt-4o\n  instructions: hi\n';

async function validated(document: string) {
  const project = await nearProject({}, { 'assistants/a.yaml': document, 'assistants/prompts/a.md': 'hi' });
  const { code, stdout } = await project.run('validate');
  return { code, stdout };
}

it.each([
  [
    'a variable that begins a text',
    `${ASSISTANT}  greeting: {{name}} hello\n`,
    'write greeting: "{{name}} hello"',
  ],
  ['a variable that is the text', `${ASSISTANT}  greeting: {{name}}\n`, 'write greeting: "{{name}}"'],
  ['a variable with quotes beside it', `${ASSISTANT}  greeting: {{a}} "b"\n`, `write greeting: '{{a}} "b"'`],
  ['a variable in a list', `${ASSISTANT}  tags:\n    - {{a}}\n`, 'write - "{{a}}"'],
  ['a variable in a list in brackets', `${ASSISTANT}  tags: [{{a}}, b]\n`, 'put the text in quotes'],
  ['an address instead of an id', `${ASSISTANT}  tool_ids: [tool/x]\n`, 'write { $ref: tool/x }'],
  [
    'an address in a handoff',
    `${ASSISTANT}  tools: [{ type: handoff, handoff: { ai_assistants: [{ name: x, id: assistant/b }] } }]\n`,
    'write { $ref: assistant/b }',
  ],
  ['a voice at the top', `${ASSISTANT}  voice: x\n`, 'write voice_settings: { voice: … }'],
  [
    'telephony that is switched on',
    `${ASSISTANT}  telephony_settings: { enabled: true }\n`,
    'enabled_features: [telephony]',
  ],
  ['insights that are switched on', `${ASSISTANT}  insight_settings: { enabled: true }\n`, 'insight_group'],
  ['a fallback model', `${ASSISTANT}  fallback_model: x\n`, 'write fallback_config: { model: … }'],
  ['null', `${ASSISTANT}  voice_settings: null\n`, 'leave the field out'],
  [
    'another case in $file',
    'kind: assistant\nspec: { name: A, model: openai/gpt-4o, instructions: { $file: Prompts/A.md } }\n',
    'write prompts/a.md',
  ],
  [
    'a backslash in $file',
    'kind: assistant\nspec: { name: A, model: openai/gpt-4o, instructions: { $file: prompts\\a.md } }\n',
    'write prompts/a.md: paths are written with /',
  ],
  ['a list of documents', '- kind: assistant\n- kind: tool\n', 'a line --- stands between them'],
  ['a merge that was not finished', `<<<<<<< HEAD\n${ASSISTANT}=======\n>>>>>>> main\n`, 'keep one side'],
  [
    'filler messages',
    'kind: tool\nspec:\n  type: webhook\n  display_name: X\n  webhook: { name: x, description: d, url: "https://a.example", filler_messages: [a] }\n',
    'the field is messages',
  ],
  ['no space after a colon', `${ASSISTANT}  greeting:hello\n`, 'write greeting: hello'],
  ['no space after dashes', `${ASSISTANT}  tags:\n    -a\n    -b\n`, 'write a space after each dash: - a'],
  ['an apostrophe in quotes', `${ASSISTANT}  greeting: 'It's me'\n`, `write greeting: "It's me"`],
  ['a quote that nothing closes', `${ASSISTANT}  greeting: "Hello\n`, 'write greeting: "Hello"'],
  ['a star at the start', `${ASSISTANT}  greeting: *now* or later\n`, 'write greeting: "*now* or later"'],
  ['a line too deep', ASSISTANT.replace('  model', '   model'), 'a.yaml:4:4 error YAML_SYNTAX'],
  ['a block at the margin', `${ASSISTANT}  greeting: |\nHello\n`, 'at least 4 spaces'],
  ['no-break spaces', `${ASSISTANT}\u00a0\u00a0greeting: hello\n`, 'write plain spaces'],
  [
    'a spec at the margin',
    ASSISTANT.replaceAll(/^ {2}/gm, ''),
    'name, model, instructions stand beside it and belong below it',
  ],
  ['true in quotes', `${ASSISTANT}  privacy_settings: { data_retention: "true" }\n`, 'true without quotes'],
  [
    'a spec below an environment',
    `${ASSISTANT}environments: { local: { spec: {} } }\n`,
    'leave this spec out',
  ],
  [
    'headers as a mapping',
    'kind: tool\nspec: { type: webhook, display_name: X, webhook: { name: x, description: d, url: "https://a.example", headers: { A: b } } }\n',
    'write each header as an entry',
  ],
  ['a strategy alone', `${ASSISTANT}promotion: gated\n`, 'write promotion: { strategy: gated }'],
  ['a pointer without a slash', `${ASSISTANT}lifecycle: { ignore_changes: [greeting] }\n`, 'write /greeting'],
  [
    'a criterion as a text',
    'kind: test\nspec: { name: t, destination: "+13125550100", instructions: x, rubric: [be nice] }\n',
    'its fields are criteria, name',
  ],
  ['a temperature', `${ASSISTANT}  temperature: 0.7\n`, 'leave it out'],
  ['a phone number', `${ASSISTANT}  phone_number: "+13125550100"\n`, 'in the portal'],
  ['a kind of another platform', ASSISTANT.replace('assistant', 'agent'), 'write kind: assistant'],
])('%s', async (_what, document, hint) => {
  const { code, stdout } = await validated(document);
  expect(code, stdout).toBe(3);
  expect(stdout).toContain(hint);
  expect(stdout.match(/ error /g), stdout).toHaveLength(1);
});

describe('a tool in the old, flat form', () => {
  it('is one message for one cause', async () => {
    const tool =
      '    - type: webhook\n      name: lookup\n      description: d\n      url: https://a.example\n      method: POST\n';
    const { code, stdout } = await validated(`${ASSISTANT}  tools:\n${tool}`);
    expect(code).toBe(3);
    expect(stdout).toContain('write webhook: { name: …, description: …, url: …, method: … }');
    expect(stdout.match(/ error /g), stdout).toHaveLength(1);
  });
});

it('a text with a variable in quotes is fine', async () => {
  expect(await validated(`${ASSISTANT}  greeting: "{{name}} hello"\n`)).toMatchObject({ code: 0 });
});

it.each([
  ['a model without its vendor', ASSISTANT.replace('openai/gpt-4o', 'gpt-4o'), 'it is openai/gpt-4o'],
  [
    'a tool type of another platform',
    `${ASSISTANT}  tools: [{ type: endCall }]\n`,
    'here it is called hangup',
  ],
  [
    'a variable of the shell',
    `${ASSISTANT}  greeting: \${BRAND}\n`,
    '${var.NAME} is a variable of assistantctl.yaml',
  ],
])('%s is answered with the value to write', async (_what, document, hint) => {
  const { stdout } = await validated(document);
  expect(stdout).toContain(hint);
});

it('a path with an @ is answered with the reference to write', async () => {
  const { stdout } = await validated(ASSISTANT.replace('hi', '"@prompts/a.md"'));
  expect(stdout).toContain('write { $file: prompts/a.md }');
});

it('an address as a mere text is fine', async () => {
  expect(await validated(`${ASSISTANT}  tags: [tool/x]\n`)).toMatchObject({ code: 0 });
});

describe('a project file of nearly the right name', () => {
  it('is named, and no project further up is taken instead', async () => {
    const project = await nearProject({});
    await mkdir(join(project.folder, 'inner'));
    await project.write('inner/assistantctl.yml', 'project: inner\n');
    const found = await project.run('validate', '--project', 'inner');
    expect(found.code).toBe(3);
    expect(found.stderr).toContain('git mv assistantctl.yml assistantctl.yaml');
  });
});

it('a file with another case of the extension is named (FILE_EXTENSION)', async () => {
  const project = await nearProject({});
  await project.write('assistants/new.YAML', 'kind: tool\n');
  const { stdout } = await project.run('validate');
  expect(stdout).toContain('FILE_EXTENSION');
});

describe('an API key', () => {
  it.each([
    ['"KEY_TEST_1"', 'it stands in quotes'],
    ['Bearer KEY_TEST_1', 'it begins with the name of the header'],
    ['TELNYX_API_KEY=KEY_TEST_1', 'it begins with the name of the variable'],
    ['KEY_TEST_1\nKEY_TEST_2', 'it has a space or a line break inside'],
    ['KEY_TEST_1\u200b', 'it has a character that no key has'],
    ['', 'is empty'],
    ['  \n', 'is empty'],
  ])('%j is refused before any request', async (key, reason) => {
    const files = { 'assistants/a.yaml': ASSISTANT };
    const project = await nearProject({ TELNYX_API_KEY: key }, files);
    const environments = 'environments: { production: {} }\n';
    await project.write(
      'assistantctl.yaml',
      `project: acme\ndefault_environment: production\n${environments}`,
    );
    const { code, stderr } = await project.run('plan');
    expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining(reason) });
    expect(stderr).not.toContain('KEY_TEST_1');
  });
});

it('a clone of another user is told how to be allowed', () => {
  const stderr = "fatal: detected dubious ownership in repository at '/work'\n";
  const failure = gitFailure('reading the state', 'origin', { code: 128, stdout: '', stderr });
  expect(failure).toMatchObject({ kind: 'usage', code: 'GIT_OWNER' });
  expect(failure.hint).toContain('safe.directory');
});

describe('a project file', () => {
  const BASE = 'project: demo\nenvironments:\n  local:\n    target: emulator\n';

  it.each([
    ['a name with spaces', BASE.replace('demo', 'My Voice'), 'write my-voice'],
    ['no name', BASE.replace('project: demo\n', ''), 'write project: <name>'],
    ['a key in the file', `${BASE}    api_key: x\n`, 'never read from a file'],
    ['a region', `${BASE}    region: eu\n`, 'write base_url: https://'],
    ['an address without a scheme', `${BASE}    base_url: api.telnyx.com/v2\n`, 'https://api.telnyx.com/v2'],
    ['a dollar before a variable', `${BASE}    api_key_env: $TELNYX_API_KEY\n`, 'write TELNYX_API_KEY:'],
    ['a state in one word', `${BASE}    state: git\n`, 'write state: { backend: git, remote: origin'],
    ['a list of environments', 'project: demo\nenvironments: [local]\n', 'local: {}'],
    ['an environment without settings', 'project: demo\nenvironments:\n  local:\n', 'write local: {}'],
    ['a time without a unit', `${BASE}plan_ttl: 24\n`, '24h'],
    ['a time in words', `${BASE}plan_ttl: 1 day\n`, 'write 1d'],
    ['one limit for all', `${BASE}limits: 5\n`, 'its fields are max_change_percent, max_deletes'],
  ])('%s', async (_what, file, hint) => {
    const project = await nearProject({}, { 'assistantctl.yaml': file, 'assistants/a.yaml': ASSISTANT });
    const { code, stdout, stderr } = await project.run('validate');
    expect(code).toBe(3);
    expect(`${stdout}${stderr}`.match(/ error [A-Z_]+ /g)).toHaveLength(1);
    expect(`${stdout}${stderr}`).toContain(hint);
  });

  it('is found where --project names it, with the folder to write', async () => {
    const project = await nearProject({}, { 'assistants/a.yaml': ASSISTANT });
    const { code, stderr } = await project.run('plan', '--project', 'assistantctl.yaml');
    expect(code).toBe(3);
    expect(stderr).toContain('write --project .');
  });
});
