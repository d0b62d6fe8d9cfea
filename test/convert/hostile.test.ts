import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonText } from '../../src/convert/source/json-text.ts';
import { readMarkdownText, readYamlText } from '../../src/convert/source/yaml-text.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import { EXPORTS, RETELL } from './fixtures.ts';
import { converted, fates, only, specs, written } from './support.ts';

describe('texts that are no export', () => {
  it.each([
    ['{"a": 1,, }', 'a.json:1:9'],
    ['{\n  "a": [1, 2\n', 'a.json:'],
    ['', 'a.json:1:1'],
  ])('%j is an error with its place', (text, place) => {
    const read = readJsonText('a.json', text);
    const problem = 'problem' in read ? read.problem : undefined;
    expect(`a.json:${problem?.line}:${problem?.column}`).toContain(place);
    expect(problem?.message).toMatch(/no JSON|empty|end of input/);
  });

  it('nesting that would overflow a stack is an error', () => {
    for (const depth of [500, 200_000]) {
      const read = readJsonText('a.json', `${'['.repeat(depth)}${']'.repeat(depth)}`);
      expect('problem' in read && read.problem.message).toContain('nested too deeply');
    }
  });

  it('comments, trailing commas and a member __proto__ are none', () => {
    const read = readJsonText('a.json', '// mine\n{ "a": [1,], "__proto__": { "b": 2 }, }');
    expect('source' in read && JSON.stringify(read.source.value)).toBe('{"a":[1],"__proto__":{"b":2}}');
    expect(({} as { b?: number }).b).toBeUndefined();
  });

  it('documents of assistantctl, which an import would write over', () => {
    const spec = { name: 'Billing', model: 'openai/gpt-4o', instructions: 'hi' };
    const own: Json = { kind: 'assistant', spec };
    const conversion = converted({ 'billing.yaml': own, 'both.yaml': [own, own] });
    expect(conversion.unknown.map(({ name }) => name)).toEqual(['billing.yaml', 'both.yaml']);
    expect(conversion.resources).toEqual([]);
  });

  it('lines are those of the file, in JSON, YAML and Markdown', () => {
    const json = readJsonText('a.json', '{\n  "a": {\n    "b": [\n      1,\n      2\n    ]\n  }\n}');
    expect('source' in json && json.source.lineOf(['a', 'b', '1'])).toBe(5);
    const yaml = readYamlText('a.yml', 'a:\n  b:\n    - 1\n    - 2\n');
    expect('source' in yaml && yaml.source.lineOf(['a', 'b', '1'])).toBe(4);
    const markdown = readMarkdownText('a.md', '---\nname: A\nmodel:\n  provider: x\n---\n\n# Hi\n');
    const source = markdown !== undefined && 'source' in markdown ? markdown.source : undefined;
    expect([source?.lineOf(['model', 'provider']), source?.lineOf(['$body'])]).toEqual([4, 7]);
    expect(readMarkdownText('a.md', '# Just a text\n')).toBeUndefined();
  });
});

describe('values that are not what they should be', () => {
  /** All places of a value. */
  const paths = (value: Json, at: readonly string[] = []): readonly (readonly string[])[] => [
    at,
    ...(isArray(value) ? value.flatMap((item, index) => paths(item, [...at, String(index)])) : []),
    ...(isObject(value) ? Object.entries(value).flatMap(([name, entry]) => paths(entry, [...at, name])) : []),
  ];
  const replaced = (value: Json, [first, ...rest]: readonly string[], by: Json): Json => {
    if (first === undefined) return by;
    if (isArray(value))
      return value.map((item, index) => (String(index) === first ? replaced(item, rest, by) : item));
    return isObject(value) ? { ...value, [first]: replaced(value[first] ?? null, rest, by) } : value;
  };
  const junk: readonly Json[] = [
    null,
    true,
    0,
    -1,
    1e9,
    '',
    ' ',
    'x',
    '${var.x} {{y}} {% if %}',
    [],
    {},
    [[]],
    [null],
    { a: 1 },
    ['a', 1],
    { type: 'x' },
  ];

  it.each(Object.entries(EXPORTS))(
    '%s: any value replaced by anything still gives valid documents or none',
    (platform, value) => {
      const places = paths(value).filter((path) => path.length > 0);
      fc.assert(
        fc.property(
          fc.constantFrom(...places),
          fc.constantFrom(...junk),
          fc.constantFrom(...places),
          (path, by, second) => {
            converted({ [`${platform}.json`]: replaced(replaced(value, path, by), second, by) });
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  it.each(Object.entries(EXPORTS))(
    '%s: the same input gives the same documents and the same report',
    (platform, value) => {
      const once = converted({ [`${platform}.json`]: value });
      const again = converted({ [`${platform}.json`]: value });
      expect(written(again)).toBe(written(once));
      expect(fates(again)).toEqual(fates(once));
    },
  );

  it('nothing is left out in silence: each value has a fate, or is an id, a mark, a place or off', () => {
    for (const [platform, value] of Object.entries(EXPORTS)) {
      const extended = isObject(value) ? { ...value, brand_new_field: { deep: ['kept', 7] } } : value;
      if (extended === value) continue;
      const { lost } = fates(converted({ [`${platform}.json`]: extended }));
      expect(lost).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/brand_new_field\.deep\[0\]$/),
          expect.stringMatching(/brand_new_field\.deep\[1\]$/),
        ]),
      );
    }
  });
});

describe('texts that mean something here', () => {
  const agent = (prompt: string, more: JsonObject = {}): JsonObject => ({
    agent_name: 'Ada',
    voice_id: 'x',
    response_engine: { type: 'retell-llm' },
    retellLlmData: { general_prompt: prompt, ...more },
  });

  it('credentials in prompts, headers and URLs reach no document', () => {
    const key = 'sk-test0123456789abcdefghij';
    const result = converted({
      'a.json': agent(`Use ${key} and Bearer abcdefghij0123456789.`, {
        general_tools: [
          {
            type: 'custom',
            name: 'x',
            description: key,
            url: 'https://acme.example/?token=abcdefghij0123456789',
            headers: { cookie: 'abc', 'X-Auth-Token': 'plain-secret' },
          },
        ],
      }),
    });
    for (const secret of [key, 'abcdefghij0123456789', 'plain-secret'])
      expect(written(result)).not.toContain(secret);
    expect(result.secrets.map(({ identifier }) => identifier)).toEqual(
      expect.arrayContaining(['general_prompt_secret']),
    );
    expect(fates(result).near).toEqual(
      expect.arrayContaining([expect.stringContaining('secret-in-text retellLlmData.general_prompt')]),
    );
  });

  it('template logic is told, variables of nobody are listed, and others are left alone', () => {
    const result = converted({ 'a.json': agent('Hi {{name}} {{ other }} {{current_calendar}} {% if x %}') });
    expect(only(result, 'assistant').instructions).toBe(
      'Hi {{name}} {{ other }} {{telnyx_current_time}} {% if x %}',
    );
    expect(fates(result).near).toContain('template retellLlmData.general_prompt');
  });

  it('two agents and two tools of one name get names and keys of their own', () => {
    const tool = (url: string): JsonObject => ({ type: 'custom', name: 'find', description: 'Finds.', url });
    const result = converted({
      'a.json': agent('A.', {
        general_tools: [tool('https://a.example'), tool('https://b.example'), tool('https://a.example')],
      }),
      'b.json': agent('B.', { general_tools: [tool('https://a.example'), tool('https://c.example')] }),
    });
    expect(specs(result, 'assistant').map(({ name }) => name)).toEqual(['Ada', 'Ada (2)']);
    const tools = specs(result, 'tool').map(({ webhook, display_name }) => [
      display_name,
      isObject(webhook) && webhook.name,
      isObject(webhook) && webhook.url,
    ]);
    expect(tools).toEqual([
      ['find', 'find', 'https://a.example'],
      ['find_2', 'find_2', 'https://b.example'],
      ['find_2 (Ada (2))', 'find_2', 'https://c.example'],
    ]);
  });

  it('names of resources that every account has are left to them', () => {
    const result = converted({
      'a.json': {
        ...agent('A.'),
        agent_name: 'Default',
        post_call_analysis_data: [{ name: 'Summary', type: 'string', description: 'Sum up.' }],
      },
    });
    expect([only(result, 'insight').name, only(result, 'insight_group').name]).toEqual([
      'Summary (Default)',
      'Default (Default)',
    ]);
  });

  it('a large export is converted in a few seconds', () => {
    const flow = isObject(RETELL.conversationFlow) ? RETELL.conversationFlow : {};
    const nodes = Array.from({ length: 1000 }, (_, index) => ({
      id: `n${index}`,
      type: 'conversation',
      instruction: { type: 'prompt', text: 'word '.repeat(1500) },
      edges: [
        {
          id: `e${index}`,
          destination_node_id: `n${(index + 1) % 1000}`,
          transition_condition: { type: 'prompt', prompt: 'Next.' },
        },
      ],
    }));
    const result = converted({
      'big.json': { ...RETELL, conversationFlow: { ...flow, nodes, start_node_id: 'n0' } },
    });
    expect(specs(result, 'assistant')).toHaveLength(1);
  }, 30_000);
});
