import { describe, expect, it } from 'vitest';
import { pullProject } from '../pull/project.ts';

// What people bring along from other tools or write by a slip: one message for one cause, which names what to write.

const HEAD = 'kind: assistant\nspec:\n  name: T\n  model: openai/gpt-4o\n  instructions: Hi.\n';
const TOOL = 'kind: tool\nspec: { type: hangup, display_name: X, hangup: { description: Ends the call. } }\n';
const inline = (spec: string) => `kind: assistant\nspec: { name: T, model: openai/gpt-4o, ${spec} }\n`;

const CASES: readonly (readonly [name: string, document: string, answer: string])[] = [
  [
    'a colon after a variable',
    `${HEAD}  greeting: Hello {{name}}: welcome\n`,
    'write greeting: "Hello {{name}}: welcome"',
  ],
  [
    'a colon in a text with quotes',
    `${HEAD}  greeting: Note: say "hi" now: ok\n`,
    `write greeting: 'Note: say "hi" now: ok'`,
  ],
  ['a variable as an entry', `${HEAD}  tags: [{{a}}]\n`, 'put the text in quotes: "{{a}}"'],
  [
    'a variable as a value in braces',
    `${HEAD}  dynamic_variables: { a: {{x}} }\n`,
    'put the text in quotes: "{{x}}"',
  ],
  ['an address for an id', `${HEAD}  tool_ids: [tool/end]\n`, 'write { $ref: tool/end }'],
  ['a key for an id', `${HEAD}  tool_ids: [end]\n`, 'write { $ref: tool/end }'],
  ['an address for a list', `${HEAD}  tool_ids: tool/end\n`, 'write [{ $ref: tool/end }]'],
  ['ref for $ref', `${HEAD}  tool_ids: [{ ref: tool/end }]\n`, 'write { $ref: tool/end }'],
  ['a kind in the plural', `${HEAD}  tool_ids: [{ $ref: tools/end }]\n`, 'write { $ref: tool/end }'],
  ['one tag without a list', `${HEAD}  tags: vip\n`, 'write [vip]'],
  ['one tool without a list', `${HEAD}  tools: { type: hangup }\n`, 'begin each entry with a dash'],
  ['a voice at the top', `${HEAD}  voice: AWS.Polly.Joanna\n`, 'write voice_settings: { voice: … }'],
  ['a voice id', `${HEAD}  voice_id: abc\n`, 'write voice_settings: { voice: … }'],
  [
    'telephony by a switch',
    `${HEAD}  telephony_settings: { enabled: true }\n`,
    'enabled_features: [telephony]',
  ],
  ['insights by a switch', `${HEAD}  insight_settings: { enabled: true }\n`, 'insight_group_id'],
  ['filler messages', `${HEAD}  filler_messages: [x]\n`, 'the field is messages'],
  ['a fallback model', `${HEAD}  fallback_model: x/y\n`, 'write fallback_config: { model: … }'],
  ['a prompt', `${HEAD}  system_prompt: x\n`, 'the field is instructions'],
  ['a first message', `${HEAD}  first_message: x\n`, 'the field is greeting'],
  [
    'a flat tool',
    `${HEAD}  tools:\n    - type: webhook\n      name: l\n      description: d\n      url: https://a.example\n`,
    'write webhook: { name: …, description: …, url: … }',
  ],
  [
    'a flat tool without its type',
    `${HEAD}  tools:\n    - name: l\n      description: d\n      url: https://a.example\n`,
    'type: webhook, webhook: {',
  ],
  [
    'a caller id of a target',
    `${HEAD}  tools: [{ type: transfer, transfer: { targets: [{ name: a, to: '+13125550100', from: '+13125550101' }] } }]\n`,
    'write from beside targets',
  ],
  ['null for absent', `${HEAD}  description: null\n`, 'leave the field out'],
  ['a key without a value', `${HEAD}  description:\n`, 'leave the field out'],
  [
    'a file in another case',
    inline('instructions: { $file: Prompts/a.md }'),
    'write prompts/a.md: upper and lower case count',
  ],
  ['a file with backslashes', inline('instructions: { $file: prompts\\a.md }'), 'write prompts/a.md'],
  [
    'a file from the project folder',
    inline('instructions: { $file: assistants/prompts/a.md }'),
    'write prompts/a.md',
  ],
  ['file for $file', inline('instructions: { file: prompts/a.md }'), 'write { $file: prompts/a.md }'],
  ['an include tag', inline('instructions: !include prompts/a.md'), '{ $file: path }'],
  ['the name of a file as a text', inline('instructions: prompts/a.md'), 'write { $file: prompts/a.md }'],
  [
    'a list of documents',
    `- ${inline('instructions: a').replace('\n', '\n  ')}`,
    'a line --- stands between them',
  ],
  [
    'the markers of a merge',
    `${HEAD}<<<<<<< HEAD\n  greeting: a\n=======\n  greeting: b\n>>>>>>> topic\n`,
    'keep one side',
  ],
  ['a tab', 'kind: assistant\nspec:\n\tname: T\n', 'two spaces'],
  [
    'no spec',
    'kind: assistant\nname: T\nmodel: x/y\ninstructions: a\n',
    'write spec: { name: …, model: …, instructions: … }',
  ],
  ['lifecycle at the top', `prevent_destroy: true\n${HEAD}`, 'it stands below lifecycle'],
  ['a kind in the plural', HEAD.replace('assistant', 'assistants'), 'did you mean assistant?'],
];

describe('a mistake of the trade', () => {
  it.each(CASES)('%s', async (_name, document, answer) => {
    const project = await pullProject({
      'assistants/tools/end.yaml': TOOL,
      'assistants/prompts/a.md': 'Help.\n',
      'assistants/t.yaml': document,
    });
    const { code, out, err } = await project.cli('validate');
    const lines = `${out}${err}`.split('\n').filter((line) => /^\S+ (error|warning) /.test(line));
    expect({ lines: lines.length, said: `${out}${err}` }).toMatchObject({
      lines: 1,
      said: expect.stringContaining(answer),
    });
    expect(code).toBe(lines[0]?.includes(' warning ') === true ? 0 : 3);
  });

  it('a word that looks like a file is taken where there is no such file', async () => {
    const project = await pullProject({ 'assistants/t.yaml': inline('instructions: a.md') });
    expect((await project.cli('validate')).out).not.toContain('TEXT_IS_PATH');
    await project.write('assistants/a.md', 'Help.');
    const { out, err } = await project.cli('validate');
    expect(`${out}${err}`).toContain('TEXT_IS_PATH');
  });

  it('documents for an orchestrator keep one hint for both of their fields', async () => {
    const project = await pullProject({
      'assistants/t.yaml': `apiVersion: v1\nmetadata: { name: t }\n${HEAD}`,
    });
    const { out, err } = await project.cli('validate');
    expect(`${out}${err}`.match(/leave it out: a document is kind, key and spec/g)).toHaveLength(1);
  });
});
