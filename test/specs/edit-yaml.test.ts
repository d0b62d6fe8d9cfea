import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { editYaml } from '../../src/specs/yaml/edit-yaml.ts';

const FILE = `# The desk.
kind: assistant   # what it is
key: desk

spec:
  # Shown in the portal.
  name: "Front desk"
  greeting: 'It''s us.'   # keep it short
  model: openai/gpt-4o
  instructions: |   # spoken
    Be kind.

    Be brief.

  description: >-
    A long line that
    is folded.
  tags: [voice, "team a"]   # labels
  tool_ids:
    - { $ref: tool/a }
    # the second
    - { $ref: tool/b }   # b
  voice_settings: &voice
    voice_speed: 1.5
  dynamic_variables: { city: Chicago, "zip code": '60601' }
  tools:
  - type: hangup
    hangup: {}
  - type: handoff
    handoff:
        voice_mode: unified   # four
`;

/** Lines that an edit took away and brought. */
function lines(text: string, path: string, value: Json | undefined): readonly string[] | undefined {
  const edited = editYaml(text, 0, { path: path.split('/').slice(1), value });
  if (edited === undefined) return undefined;
  const before = text.split('\n');
  const after = edited.split('\n');
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before.at(-1 - end) === after.at(-1 - end)
  )
    end += 1;
  return [
    ...before.slice(start, before.length - end).map((line) => `-${line}`),
    ...after.slice(start, after.length - end).map((line) => `+${line}`),
  ];
}

describe('an edit of a YAML file', () => {
  it.each<[string, Json | undefined, readonly string[]]>([
    ['/spec/name', 'Reception', ['-  name: "Front desk"', '+  name: "Reception"']],
    [
      '/spec/greeting',
      "Hi, it's me.",
      ["-  greeting: 'It''s us.'   # keep it short", "+  greeting: 'Hi, it''s me.'   # keep it short"],
    ],
    ['/spec/model', 'yes: no', ['-  model: openai/gpt-4o', '+  model: "yes: no"']],
    ['/spec/instructions', 'Be kind.\n\nBe very brief.\n', ['-    Be brief.', '+    Be very brief.']],
    [
      '/spec/description',
      'One short line.',
      ['-    A long line that', '-    is folded.', '+    One short line.'],
    ],
    [
      '/spec/tags/2',
      'new',
      ['-  tags: [voice, "team a"]   # labels', '+  tags: [voice, "team a", new]   # labels'],
    ],
    ['/spec/tags/0', undefined, ['-  tags: [voice, "team a"]   # labels', '+  tags: ["team a"]   # labels']],
    ['/spec/tags/1', undefined, ['-  tags: [voice, "team a"]   # labels', '+  tags: [voice]   # labels']],
    ['/spec/tool_ids/2', { $ref: 'tool/c' }, ['+    - { $ref: tool/c }']],
    ['/spec/tool_ids/1', undefined, ['-    - { $ref: tool/b }   # b']],
    ['/spec/voice_settings/voice_speed', 1.2, ['-    voice_speed: 1.5', '+    voice_speed: 1.2']],
    ['/spec/voice_settings/voice', 'a: b', ['+    voice: "a: b"']],
    ['/spec/voice_settings/background_audio/volume', 0.5, ['+    background_audio:', '+      volume: 0.5']],
    [
      '/spec/dynamic_variables/zip code',
      '60602',
      [
        `-  dynamic_variables: { city: Chicago, "zip code": '60601' }`,
        `+  dynamic_variables: { city: Chicago, "zip code": '60602' }`,
      ],
    ],
    [
      '/spec/dynamic_variables/<<',
      'x, y',
      [
        `-  dynamic_variables: { city: Chicago, "zip code": '60601' }`,
        `+  dynamic_variables: { city: Chicago, "zip code": '60601', "<<": "x, y" }`,
      ],
    ],
    [
      '/spec/dynamic_variables/city',
      undefined,
      [
        `-  dynamic_variables: { city: Chicago, "zip code": '60601' }`,
        `+  dynamic_variables: { "zip code": '60601' }`,
      ],
    ],
    [
      '/spec/tools/1/handoff/ai_assistants',
      [{ id: 'a', name: 'A' }],
      ['+        ai_assistants:', '+            - id: a', '+              name: A'],
    ],
    ['/spec/tools/0', undefined, ['-  - type: hangup', '-    hangup: {}']],
    ['/spec/tools/2', { type: 'skip_turn', skip_turn: {} }, ['+  - type: skip_turn', '+    skip_turn: {}']],
    [
      '/spec/tools/0/hangup/description',
      'Bye.',
      ['-    hangup: {}', '+    hangup:', '+      description: Bye.'],
    ],
    ['/spec/greeting', undefined, ["-  greeting: 'It''s us.'   # keep it short"]],
    [
      '/spec/greeting',
      'a\nb',
      ["-  greeting: 'It''s us.'   # keep it short", '+  greeting: |-   # keep it short', '+    a', '+    b'],
    ],
    ['/spec/model', 'a\nb\n', ['-  model: openai/gpt-4o', '+  model: |', '+    a', '+    b']],
  ])('%s to %j changes nothing else', (path, value, expected) => {
    expect(lines(FILE, path, value)).toEqual(expected);
  });

  it('keeps Windows line ends and a missing last line break', () => {
    const text = 'spec:\r\n  tags:\r\n    - a\r\n  name: B';
    expect(editYaml(text, 0, { path: ['spec', 'tags', '1'], value: 'b' })).toBe(
      'spec:\r\n  tags:\r\n    - a\r\n    - b\r\n  name: B',
    );
    expect(editYaml(text, 0, { path: ['spec', 'greeting'], value: 'Hi' })).toBe(`${text}\r\n  greeting: Hi`);
    expect(editYaml(text, 0, { path: ['spec', 'name'], value: undefined })).toBe(
      'spec:\r\n  tags:\r\n    - a',
    );
  });

  it('edits the document that is meant', () => {
    const text = 'spec: { name: A }\n---\nspec: { name: A }\n';
    expect(editYaml(text, 1, { path: ['spec', 'name'], value: 'B' })).toBe(
      'spec: { name: A }\n---\nspec: { name: B }\n',
    );
  });

  it('gives the place that uses an alias a value of its own', () => {
    const text = 'a: &x { speed: 1, voice: v }\nb: *x\nc:\n  <<: *x\n  other: 2\n';
    expect(editYaml(text, 0, { path: ['b', 'speed'], value: 2 })).toBe(
      'a: &x { speed: 1, voice: v }\nb:\n  speed: 2\n  voice: v\nc:\n  <<: *x\n  other: 2\n',
    );
    expect(editYaml(text, 0, { path: ['c', 'speed'], value: 3 })).toBe(`${text}  speed: 3\n`);
  });

  it('refuses to change an anchored value that others use, and what it cannot read', () => {
    const text = 'a: &x { speed: 1 }\nb: *x\nc:\n  <<: *x\n';
    expect(editYaml(text, 0, { path: ['a', 'speed'], value: 2 })).toBeUndefined();
    expect(editYaml('a: [', 0, { path: ['a'], value: 2 })).toBeUndefined();
  });
});
