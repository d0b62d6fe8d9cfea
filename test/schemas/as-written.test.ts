import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

/** What an editor says about a document: the published schema, without our own resolving. */
function editor(kind: string) {
  const file = new URL(`../../schemas/${kind}.schema.json`, import.meta.url);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addFormat('uri', true);
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')));
  return (text: string) => {
    const [document] = parseAllDocuments(text);
    return validate(document?.toJS())
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

const HEAD = 'kind: assistant\nspec:\n  name: A\n  instructions: Hi\n';

describe('published schemas take what a document may write', () => {
  it.each([
    ['a variable for a number', '  telephony_settings: { time_limit_secs: "${var.n}" }\n'],
    ['a variable for a boolean', '  privacy_settings: { data_retention: "${each.value.keep}" }\n'],
    ['parts of a text', '  greeting: { $file: [a.md, b.md] }\n'],
    ['a list of texts and files', '  greeting: [Hello., { $file: b.md }]\n'],
    ['a file for a map', '  dynamic_variables: { $file: v.json }\n'],
    ['a file for an object', '  voice_settings: { $file: voice.yaml }\n'],
    ['a file for a list', '  tools: { $file: tools.yaml }\n'],
    ['groups and patterns', 'only: [acme, "*-prod"]\nenvironments: { "acme-*": { greeting: Hi } }\n'],
    ['a table', 'for_each: { acme: { n: 1 } }\nkey: ok\n'],
    [
      'an entry in keys, references and only',
      '  tool_ids: [{ $ref: "tool/look-${each.key}" }]\nfor_each: { a: {} }\nkey: desk-${each.key}\nonly: ${each.value.where}\nlifecycle: { moved_from: "old-${each.key}" }\n',
    ],
    ['a table in a file', 'for_each: { $file: t.yaml }\n'],
  ])('%s', (_what, lines) => {
    expect(editor('assistant')(`${HEAD}${lines}`)).toEqual([]);
  });

  it.each([
    ['a word for a number', '  telephony_settings: { time_limit_secs: long }\n'],
    ['two variables for a number', '  telephony_settings: { time_limit_secs: "${var.a}${var.b}" }\n'],
    ['a number beyond its limit', '  telephony_settings: { time_limit_secs: 1 }\n'],
    ['a key of another form', 'key: Front_Desk\n'],
    ['a reference of another form', '  tool_ids: [{ $ref: look }]\n'],
    ['a field that is not known', '  voice_settings: { voice: a, voice_sped: 1 }\n'],
    [
      'a file with something beside it',
      '  dynamic_variables: { a: b }\n  voice_settings: { $file: v.yaml, voice: a }\n',
    ],
  ])('and still not %s', (_what, lines) => {
    expect(editor('assistant')(`${HEAD}${lines}`)).not.toEqual([]);
  });

  it('a rubric and parameters may be files', () => {
    const test = 'kind: test\nspec:\n  name: T\n  destination: { $ref: assistant/a }\n  instructions: Hi\n';
    expect(editor('test')(`${test}  rubric: { $file: rubric.yaml }\n`)).toEqual([]);
    const tool = `kind: tool\nspec:\n  type: webhook\n  display_name: W\n  webhook:\n    name: w\n    description: d\n    url: https://example.com\n    body_parameters: { $file: body.json }\n`;
    expect(editor('tool')(tool)).toEqual([]);
  });
});
