import { describe, expect, test } from 'vitest';
import { assistant, findings, load, marked } from './support.ts';

const MOOD = `kind: insight
spec:
  name: Mood
  instructions: How did the caller feel?
  json_schema: { type: object, additionalProperties: false, properties: { mood: { $ref: "#/$defs/mood" } } }
`;
const GROUP = (members: string): string => `kind: insight_group
spec:
  name: Calls
  insights: ${members}
`;

describe('insights and insight groups', () => {
  test('are read with their references', async () => {
    const desired = await load({
      'assistants/mood.yaml': MOOD,
      'assistants/calls.yaml': GROUP('[{ $ref: insight/mood }, insight-made-by-hand]'),
      'assistants/desk.yaml': assistant(
        'insight_settings: { insight_group_id: { $ref: insight_group/calls } }',
      ),
    });
    expect(desired.diagnostics).toEqual([]);
    expect(desired.resources.get('insight_group/calls')).toMatchObject({
      name: 'Calls',
      references: [{ pointer: '/insights/0', target: 'insight/mood' }],
    });
    expect(desired.resources.get('assistant/desk')?.references).toEqual([
      { pointer: '/insight_settings/insight_group_id', target: 'insight_group/calls' },
    ]);
    const { json_schema: schema } = desired.resources.get('insight/mood')?.spec ?? {};
    expect(schema).toEqual({
      type: 'object',
      additionalProperties: false,
      properties: { mood: { $ref: '#/$defs/mood' } },
    });
  });

  test.each([
    [
      'a group that does not exist',
      assistant('insight_settings: { insight_group_id: §{ $ref: insight_group/x } }'),
      'REF_DANGLING',
    ],
    ['an insight that does not exist', GROUP('[§{ $ref: insight/x }]'), 'REF_DANGLING'],
    ['an assistant as a member', GROUP('[§{ $ref: assistant/x }]'), 'REF_KIND'],
    [
      'a schema that is no JSON',
      `${MOOD.slice(0, MOOD.indexOf('  json'))}  json_schema: §'{ type: object'\n`,
      'JSON_SCHEMA_TEXT',
    ],
    [
      'a schema that is no object',
      `${MOOD.slice(0, MOOD.indexOf('  json'))}  json_schema: §'[1]'\n`,
      'JSON_SCHEMA_TEXT',
    ],
    ['an unknown field', MOOD.replace('name:', '§colour: red\n  name:'), 'FIELD_UNKNOWN'],
  ])('%s is found where it was written', async (_, withMarks, code) => {
    const { text, places } = marked(withMarks);
    expect(await findings(text)).toEqual(places.map((place) => `${place} error ${code}`));
  });
});
