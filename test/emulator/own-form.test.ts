import { describe, expect, test } from 'vitest';
import { inOwnForm, OWN_FORMS, type OwnForm } from '../../src/emulator/contract/own-form.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { at, MINIMAL, serve, str } from './harness.ts';

const CASES: readonly (readonly [OwnForm, JsonObject, JsonObject])[] = [
  ['modelAlias', { model: 'openai/gpt-4o' }, { model: 'openai/gpt-4o-2026' }],
  ['modelAlias', { transcription: { model: 'a/b' } }, { transcription: { model: 'a/b' } }],
  ['languageWidened', { transcription: { language: 'en' } }, { transcription: { language: 'en-US' } }],
  ['rounded', { voice_settings: { voice_speed: 1.15 } }, { voice_settings: { voice_speed: 1.2 } }],
  ['numberAsText', { dynamic_variables: { tries: 3 } }, { dynamic_variables: { tries: '3' } }],
  ['crlf', { instructions: 'a\nb' }, { instructions: 'a\r\nb' }],
  ['blankLines', { instructions: 'a\n\n\n\nb' }, { instructions: 'a\n\nb' }],
  ['straightQuotes', { greeting: '“It’s me”' }, { greeting: '"It\'s me"' }],
  ['composed', { greeting: 'Cafe\u0301' }, { greeting: 'Caf\u00e9' }],
  ['urlSlash', { url: 'https://example.com/mcp' }, { url: 'https://example.com/mcp/' }],
  ['urlSlash', { url: 'https://example.com' }, { url: 'https://example.com/' }],
  ['urlSlash', { url: 'https://example.com/a?b=c' }, { url: 'https://example.com/a?b=c' }],
  ['hostCase', { url: 'HTTPS://Crm.Example.com/Path' }, { url: 'https://crm.example.com/Path' }],
  ['phoneSpaced', { transfer: { from: '+13125550100' } }, { transfer: { from: '+1 312-555-0100' } }],
  ['tagsLowerCase', { tags: ['Voice'] }, { tags: ['voice'] }],
  ['sorted', { tags: ['b', 'a'] }, { tags: ['a', 'b'] }],
  ['deduplicated', { tags: ['a', 'b', 'a'] }, { tags: ['a', 'b'] }],
  ['elementDefaults', { rubric: [{ name: 'r' }] }, { rubric: [{ weight: 1, name: 'r' }] }],
];

describe('the server’s own form', () => {
  test.each(CASES)('%s makes of %j', (form, sent, kept) => {
    expect(inOwnForm([form], sent)).toEqual(kept);
    expect(inOwnForm([form], kept)).toEqual(kept);
  });

  test('every form has a case', () => {
    expect(new Set(CASES.map(([form]) => form))).toEqual(new Set(OWN_FORMS));
  });

  test('what belongs to the user stays', () => {
    const parameters = { properties: { url: { enum: ['https://a.b', 1.15] } } };
    const body = { tools: [{ client_side_tool: { parameters } }] };
    const all: OwnForm[] = CASES.map(([form]) => form);
    expect(at(inOwnForm(all, body), 'tools', '0', 'client_side_tool', 'parameters')).toEqual(parameters);
  });

  test('it is what a create stores, and an update as well', async () => {
    const { done } = await serve({ quirks: { ownForm: ['modelAlias', 'tagsLowerCase'] } });
    const made = await done('POST', '/ai/assistants', { ...MINIMAL, model: 'a/b', tags: ['A'] });
    expect(made).toMatchObject({ model: 'a/b-2026', tags: ['a'] });
    const path = `/ai/assistants/${str(made, 'id')}`;
    expect(await done('POST', path, { tags: ['B'] })).toMatchObject({ model: 'a/b-2026', tags: ['b'] });
    expect(await done('GET', path)).toMatchObject({ tags: ['b'] });
  });
});
