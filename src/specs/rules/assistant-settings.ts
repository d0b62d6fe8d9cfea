/** Rules between voice, model, recording and what else an assistant's settings say about each other. */
import type { DesiredResource } from '../../model/desired.ts';
import { isArray, isObject, type JsonObject } from '../../model/json.ts';
import type { Finding } from '../problems/problem.ts';
import { voiceRules } from './voices.ts';
import { objectOf, objectsOf, problem, type RuleContext, textOf, warning } from './world.ts';

export function settingsRules({ spec }: DesiredResource, world: RuleContext): readonly Finding[] {
  const nodes = objectsOf(objectOf(spec.conversation_flow).nodes);
  return [
    ...voiceRules(objectOf(spec.voice_settings), '/spec/voice_settings', world),
    ...nodes.flatMap(([index, node]) =>
      voiceRules(
        objectOf(node.voice_settings),
        `/spec/conversation_flow/nodes/${index}/voice_settings`,
        world,
      ),
    ),
    ...liveModel(spec),
    ...bothModels(spec),
    ...recording(spec),
    ...delegation(spec),
    ...websocket(spec),
    ...variables(spec),
  ];
}

/** A pair that the API refuses to save otherwise. Half a pair is judged when the other half is written. */
function liveModel({ model, voice_settings: settings }: JsonObject): readonly Finding[] {
  const voice = textOf(objectOf(settings).voice);
  const name = textOf(model);
  if (voice === undefined || name === undefined || voice.includes('{{')) return [];
  const live = /gpt-live/i.test(name);
  if (live === voice.startsWith('OpenAILive.')) return [];
  return live
    ? [
        problem(
          'VOICE_MODEL',
          '/spec/voice_settings/voice',
          `the model ${name} speaks with OpenAILive voices alone`,
          'write a voice such as OpenAILive.marin',
        ),
      ]
    : [
        problem(
          'VOICE_MODEL',
          '/spec/model',
          `the voice ${voice} needs a GPT-Live model`,
          'choose a GPT-Live model or a voice of another engine',
        ),
      ];
}

function bothModels({ model, external_llm: external }: JsonObject): readonly Finding[] {
  if (textOf(model) === undefined || !isObject(external)) return [];
  const message = 'model and external_llm are both written; the API uses external_llm or refuses the pair';
  return [warning('MODEL_TWICE', '/spec/model', message, 'write one of the two')];
}

function recording(spec: JsonObject): readonly Finding[] {
  if (objectOf(spec.privacy_settings).data_retention !== false) return [];
  const settings = objectOf(objectOf(spec.telephony_settings).recording_settings);
  const pointer = '/spec/telephony_settings/recording_settings/enabled';
  if (settings.enabled === true) {
    const message = 'calls cannot be recorded while privacy_settings.data_retention is false';
    return [problem('RECORDING_RETENTION', pointer, message, 'write enabled: false, or keep the data')];
  }
  const features = isArray(spec.enabled_features) ? spec.enabled_features : [];
  if (settings.enabled === false || !features.includes('telephony')) return [];
  const message = 'the API records calls by default, and refuses that while data_retention is false';
  const hint = 'write telephony_settings: { recording_settings: { enabled: false } }';
  return [warning('RECORDING_RETENTION', '/spec/privacy_settings/data_retention', message, hint)];
}

function delegation({ delegation_settings: settings }: JsonObject): readonly Finding[] {
  if (!isObject(settings) || settings.enabled === false || settings.mode === 'client') return [];
  if (textOf(settings.model) || textOf(objectOf(settings.external_llm).model)) return [];
  const message = 'delegation in the mode telnyx needs a model';
  const hint = 'write model, external_llm, or mode: client';
  return [problem('DELEGATION_MODEL', '/spec/delegation_settings', message, hint)];
}

const PRIVATE = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[)|\.local$/i;

function websocket({ websocket_settings: settings }: JsonObject): readonly Finding[] {
  if (!isObject(settings)) return [];
  const url = textOf(settings.url);
  if (url === undefined || url === '') {
    if (settings.enabled !== true) return [];
    return [problem('WEBSOCKET_URL', '/spec/websocket_settings', 'an enabled event stream needs its url')];
  }
  const [, host = ''] = /^wss?:\/\/([^/?#]*)/i.exec(url) ?? [];
  if (!PRIVATE.test(host.replace(/:\d+$/, ''))) return [];
  return [
    problem('WEBSOCKET_URL', '/spec/websocket_settings/url', `${host} cannot be reached by the platform`),
  ];
}

/** The API refused these as values of dynamic variables, and with them every later update of the assistant. */
function variables({ dynamic_variables: values }: JsonObject): readonly Finding[] {
  return Object.entries(objectOf(values)).flatMap(([name, value]) => {
    const fraction = typeof value === 'number' && !Number.isInteger(value);
    if (value !== null && !isObject(value) && !fraction) return [];
    const pointer = `/spec/dynamic_variables/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const message = `the API may refuse ${value === null ? 'null' : fraction ? 'a fraction' : 'a mapping'} as a dynamic variable`;
    return [
      warning(
        'VARIABLE_VALUE',
        pointer,
        message,
        `write a text: ${JSON.stringify(fraction ? String(value) : '…')}`,
      ),
    ];
  });
}
