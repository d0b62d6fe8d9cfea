import { describe, expect, test } from 'vitest';
import { slipOf } from '../../src/specs/problems/suggest.ts';
import { assistant, type Files, findings, PROJECT } from './support.ts';

/** Open catalogues: what nobody knows may be newer, what nearly is a known value is a slip. */

const PLACES: readonly (readonly [string, (value: string) => string])[] = [
  ['model', (value) => `model: ${value}`],
  ['fallback model', (value) => `fallback_config: { model: ${value} }`],
  ['delegated model', (value) => `delegation_settings: { model: ${value} }`],
  [
    'model of a step',
    (value) =>
      `conversation_flow: { start_node_id: a, nodes: [{ id: a, type: prompt, instructions: Ask., model: ${value} }] }`,
  ],
];

const severities = async (text: string, more?: Files): Promise<readonly string[]> =>
  (await findings(text, more)).map((line) => line.split(' ').slice(1).join(' '));

describe('models', () => {
  test.each(PLACES)('%s: known, newer and misspelled', async (_, write) => {
    expect(await severities(assistant(write('moonshotai/Kimi-K2.6')))).toEqual([]);
    expect(await severities(assistant(write('moonshotai/Kimi-K2.66')))).toEqual(['warning VALUE_UNKNOWN']);
    expect(await severities(assistant(write('moonshotai/Kimmi-K2.6')))).toEqual(['error VALUE_UNKNOWN']);
  });

  test.each([
    ['another version', 'moonshotai/Kimi-K2.7'],
    ['a version with fewer numbers', 'moonshotai/Kimi-K3'],
    ['a step of a version', 'openai/gpt-5.3'],
    ['a step with a word behind', 'openai/gpt-5.2-mini'],
    ['another size', 'meta-llama/Meta-Llama-3.1-405B-Instruct'],
    ['a dated one', 'openai/gpt-5-2027-01-31'],
    ['a letter behind the version', 'zai-org/GLM-5.2V'],
    ['one more word', 'openai/gpt-5-pro'],
    ['one word less', 'google/gemini-3-flash'],
    ['another version of a family with a longer name', 'zai-org/GLM-6.1-FlashX'],
    ['a short word of its own', 'openai/o3-max'],
    ['somebody else', 'newcomer/large-1'],
  ])('%s is no slip', async (_, model) => {
    expect(await severities(assistant(`model: ${model}`))).toEqual(['warning VALUE_UNKNOWN']);
  });

  test.each([
    ['the case', 'moonshotai/kimi-k2.6', 'moonshotai/Kimi-K2.6'],
    ['a separator', 'openai/gpt4o', 'openai/gpt-4o'],
    ['another separator', 'openai/gpt-4-1', 'openai/gpt-4.1'],
    ['one letter', 'opnai/gpt-4o', 'openai/gpt-4o'],
    ['two letters of a short word swapped', 'openai/gtp-4o', 'openai/gpt-4o'],
    ['two letters swapped', 'moonshotia/Kimi-K2.6', 'moonshotai/Kimi-K2.6'],
    ['the end of a long word', 'moonshot/Kimi-K2.6', 'moonshotai/Kimi-K2.6'],
  ])('%s is a slip', async (_, model, meant) => {
    expect(await severities(assistant(`model: ${model}`))).toEqual(['error VALUE_UNKNOWN']);
    expect(slipOf(model, ['openai/gpt-4.1', 'openai/gpt-4o', 'moonshotai/Kimi-K2.6'])).toBe(meant);
  });

  test('a model of an endpoint of your own is nobody else to know', async () => {
    const own = 'external_llm: { base_url: "https://llm.example.com/v1", model: my-model }';
    expect(await severities(assistant(own))).toEqual([]);
  });
});

describe('a second speech-to-text model', () => {
  const second = (lines: string): string =>
    assistant(`transcription: { model: deepgram/flux, challenger: { ${lines} } }`);

  test('is written beside the first', async () => {
    expect(await severities(second('model: telnyx/basira, language: null, rule: merge_words'))).toEqual([]);
    expect(await severities(second('model: vendor/new-stt, rule: by_dice'))).toEqual([
      'warning VALUE_UNKNOWN',
      'warning VALUE_UNKNOWN',
    ]);
    expect(
      await severities(
        second('model: deepgram/flux, settings: { eot_threshold: 0.6, eager_eot_threshold: 0.7 }'),
      ),
    ).toEqual(['error TRANSCRIPTION_ORDER']);
  });
});

describe('voices', () => {
  const voice = (id: string): string => assistant(`voice_settings: { voice: "${id}" }`);

  test.each([
    'Telnyx.KokoroTTS.af_heart',
    'Telnyx.Ultra.f786b574-daa5-4673-aa0c-cbe3e8534c02',
    'Telnyx.NaturalHD.astra',
    'AWS.Polly.Joanna-Neural',
    'aws.Polly.Generative.Lucia',
    'Azure.en-US-AvaMultilingualNeural',
    'ElevenLabs.eleven_multilingual_v2.pNInz6obpgDQGcFmaJgB',
    'my-own-voice',
  ])('%s passes', async (id) => {
    expect(await severities(voice(id))).toEqual([]);
  });

  test.each(['Telnyx.KokoroTTS.af_newcomer', 'Telnyx.KokoroTTS.af', 'Telnyx.Nebula.star', 'Newco.model.one'])(
    '%s is not known',
    async (id) => {
      expect(await severities(voice(id))).toEqual(['warning VALUE_UNKNOWN']);
    },
  );

  test.each([
    'Telnyx.KokoroTTS.af_hart',
    'Telnyx.KokoroTTS.AF_heart',
    'Telnyx.Kokoro-TTS.af_heart',
    'Telnix.Ultra.a',
  ])('%s is a slip', async (id) => {
    expect(await severities(voice(id))).toEqual(['error VALUE_UNKNOWN']);
  });
});

test('a variable of the conversation is no value yet', async () => {
  const text = assistant(
    'model: "{{llm}}"\nvoice_settings: { voice: "{{voice}}" }\ndynamic_variables: { llm: openai/gpt-4o, voice: x }',
  );
  expect(await severities(text)).toEqual([]);
});

describe('unknown_fields: allow', () => {
  const allowing: Files = { 'assistantctl.yaml': `${PROJECT}unknown_fields: allow\n` };

  test('lets what is unknown pass, and only points out slips', async () => {
    const text = (model: string, id: string): string =>
      assistant(`model: ${model}\nvoice_settings: { voice: ${id} }`);
    expect(await severities(text('newcomer/large-1', 'Newco.model.one'), allowing)).toEqual([]);
    expect(await severities(text('opnai/gpt-4o', 'Telnyx.KokoroTTS.af_hart'), allowing)).toEqual([
      'warning VALUE_UNKNOWN',
      'warning VALUE_UNKNOWN',
    ]);
  });
});
