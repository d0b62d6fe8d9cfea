/**
 * What the server fills in when a client leaves it out: the `default` values of the public OpenAPI document of the
 * Telnyx API (July 2026), and the model, voice and transcription that replies of untouched assistants show.
 */
import { isObject, type JsonObject } from '../../model/json.ts';
import { nested, objects, strings, without } from './fields.ts';

const INTERRUPTION: JsonObject = {
  enable: true,
  start_speaking_plan: {
    wait_seconds: 0.4,
    transcription_endpointing_plan: {
      on_punctuation_seconds: 0.1,
      on_no_punctuation_seconds: 1.5,
      on_number_seconds: 0.5,
    },
  },
};
const TELEPHONY: JsonObject = {
  time_limit_secs: 1800,
  user_idle_reply_secs: 10,
  noise_suppression: 'disabled',
  supports_unauthenticated_web_calls: false,
  recording_settings: { enabled: true, channels: 'dual', format: 'mp3', stop_on_conversation_end: false },
};
/** `api_key_ref: null` is seen in live replies although the published type is a plain string. */
const VOICE: JsonObject = {
  voice: 'Telnyx.Ultra.f786b574-daa5-4673-aa0c-cbe3e8534c02',
  api_key_ref: null,
  voice_speed: 1,
  speed: 1,
  temperature: 0.5,
  similarity_boost: 0.75,
  style: 0,
  use_speaker_boost: true,
  expressive_mode: false,
  language_boost: null,
  background_audio: { type: 'predefined_media', value: 'silence', volume: 1 },
};
const TRANSCRIPTION: JsonObject = { model: 'deepgram/flux', language: 'en' };
const FLUX: JsonObject = { eot_threshold: 0.8, eot_timeout_ms: 5000, eager_eot_threshold: 0.8 };
const ASSISTANT: JsonObject = {
  description: '',
  dynamic_variables: {},
  dynamic_variables_webhook_timeout_ms: 1500,
  enabled_features: [],
  integrations: [],
  llm_api_key_ref: '',
  mcp_servers: [],
  observability_settings: { status: 'disabled', prompt_sync: 'disabled' },
  post_conversation_settings: { enabled: false },
  tags: [],
};
const EXTERNAL_LLM: JsonObject = { authentication_method: 'token', forward_metadata: false };

/** Members that the client gave win; objects are filled member by member, arrays are never touched. */
export function fill(given: JsonObject, defaults: JsonObject): JsonObject {
  const filled: { [key: string]: JsonObject[string] } = { ...given };
  for (const [name, value] of Object.entries(defaults)) {
    const current = given[name];
    if (current === undefined) filled[name] = value;
    else if (isObject(current) && isObject(value)) filled[name] = fill(current, value);
  }
  return filled;
}

/** A background audio of another type must not get the members of the default one. */
function fillVoice(voice: JsonObject): JsonObject {
  const audio = nested(voice, 'background_audio');
  const usesMedia = audio.type !== undefined && audio.type !== 'predefined_media';
  return usesMedia
    ? { ...fill({ ...voice, background_audio: null }, VOICE), background_audio: audio }
    : fill(voice, VOICE);
}

function fillTranscription(given: JsonObject): JsonObject {
  const filled = fill(given, TRANSCRIPTION);
  return filled.model === 'deepgram/flux' ? fill(filled, { settings: FLUX }) : filled;
}

/** A node's resolved `tool` and `tools` are for replies only; in requests they are ignored. */
function fillNode(sent: JsonObject): JsonObject {
  const node = without(sent, 'tool', 'tools');
  const type = node.type ?? 'prompt';
  return type === 'prompt' ? fill(node, { type, instructions_mode: 'replace', tools_mode: 'replace' }) : node;
}

function fillEdge(edge: JsonObject): JsonObject {
  const target = nested(edge, 'target');
  return target.type === 'assistant' ? { ...edge, target: fill(target, { voice_mode: 'unified' }) } : edge;
}

function fillFlow(flow: JsonObject): JsonObject {
  return {
    edges: [],
    ...flow,
    nodes: objects(flow, 'nodes').map(fillNode),
    ...(flow.edges === undefined ? {} : { edges: objects(flow, 'edges').map(fillEdge) }),
  };
}

/** Calls are recorded unless their data may not be kept. */
function telephonyDefaults(config: JsonObject): JsonObject {
  const kept = nested(config, 'privacy_settings').data_retention !== false;
  return { ...TELEPHONY, recording_settings: { ...nested(TELEPHONY, 'recording_settings'), enabled: kept } };
}

/** The effective configuration of an assistant version: what was written plus what the server fills in. */
export function fillAssistant(config: JsonObject, defaultModel: string): JsonObject {
  const features = strings(config, 'enabled_features');
  const member = (name: string, value: (given: JsonObject) => JsonObject, always: boolean): JsonObject =>
    always || isObject(config[name]) ? { [name]: value(nested(config, name)) } : {};
  return {
    ...fill(config, { ...ASSISTANT, model: defaultModel }),
    ...member('voice_settings', fillVoice, true),
    ...member('transcription', fillTranscription, true),
    ...member('interruption_settings', (given) => fill(given, INTERRUPTION), true),
    ...member(
      'telephony_settings',
      (given) => fill(given, telephonyDefaults(config)),
      features.includes('telephony'),
    ),
    ...member('external_llm', (given) => fill(given, EXTERNAL_LLM), false),
    ...member('conversation_flow', fillFlow, false),
  };
}

const TOOL_PARTS: Readonly<Record<string, JsonObject>> = {
  webhook: { method: 'POST', async: false },
  hangup: { description: 'This tool is used to hang up the call.' },
  skip_turn: { description: 'This tool is used to skip the assistant turn without producing a response.' },
  pay: { currency: 'USD', payment_method: 'credit-card', description: null },
};

/** The type-specific object of a tool with its published defaults. */
export function fillToolPart(type: string, part: JsonObject): JsonObject {
  const defaults = Object.hasOwn(TOOL_PARTS, type) ? TOOL_PARTS[type] : undefined;
  return defaults === undefined ? part : fill(part, defaults);
}

/** Milliseconds that the platform waits for a tool when the client names none. */
export const TOOL_TIMEOUT_MS = 5000;
export const VERSION_NAME = 'New assistant';
