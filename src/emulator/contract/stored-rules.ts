/**
 * Rules that one assistant's stored settings are held to, each as users met it on the live API or as the SDK states it.
 * They are checked on every update, so that one stored value which the API refuses today blocks edits of all others.
 */
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { EmulatedWorld } from './contract.ts';
import { badRequest, invalidBody, telnyxError } from './errors.ts';
import { nested, objects, text } from './fields.ts';

/** Users saw null, fractions and objects refused as dynamic variables. */
function checkVariables(config: JsonObject): void {
  for (const [name, value] of Object.entries(nested(config, 'dynamic_variables'))) {
    const refused =
      value === null || isObject(value) || (typeof value === 'number' && !Number.isInteger(value));
    if (refused)
      throw invalidBody(['dynamic_variables', name], 'Input should be a valid string', 'string_type');
  }
}

function checkRecording(config: JsonObject): void {
  const recording = nested(nested(config, 'telephony_settings'), 'recording_settings');
  if (recording.enabled === true && nested(config, 'privacy_settings').data_retention === false) {
    throw badRequest(
      'Cannot enable recording when data retention is disabled.',
      '/telephony_settings/recording_settings/enabled',
    );
  }
}

/** GPT-Live models speak with their own voices alone, and the reverse. */
function checkLiveModel(config: JsonObject): void {
  const live = isLive(config.model);
  const voice = text(nested(config, 'voice_settings'), 'voice');
  if (live === voice.startsWith('OpenAILive.')) return;
  throw badRequest(
    live ? 'A GPT-Live model needs an OpenAILive voice.' : 'An OpenAILive voice needs a GPT-Live model.',
    live ? '/voice_settings/voice' : '/model',
  );
}

const isLive = (model: Json | undefined): boolean => typeof model === 'string' && /gpt-live/i.test(model);

function checkKeyterm(config: JsonObject): void {
  const { keyterm } = nested(nested(config, 'transcription'), 'settings');
  if (keyterm === undefined || keyterm === null || typeof keyterm === 'string') return;
  throw telnyxError(
    400,
    '10026',
    'Bad Request',
    'keyterm must be a comma separated string.',
    '/transcription/settings/keyterm',
  );
}

function checkDelegation(config: JsonObject): void {
  const settings = nested(config, 'delegation_settings');
  if (config.delegation_settings === undefined || settings.enabled === false) return;
  if (settings.mode === 'client' || text(settings, 'model') !== '') return;
  if (text(nested(settings, 'external_llm'), 'model') !== '') return;
  throw badRequest('delegation_settings needs a model in telnyx mode.', '/delegation_settings/model');
}

/** A public address: neither this machine, nor a private network, nor a name that only one knows. */
function isPublic(address: string): boolean {
  try {
    const { hostname, protocol } = new URL(address);
    const own = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[)|\.local$/.test(hostname);
    return (protocol === 'ws:' || protocol === 'wss:') && !own;
  } catch {
    return false;
  }
}

function checkWebsocket(world: EmulatedWorld, config: JsonObject): void {
  const settings = nested(config, 'websocket_settings');
  const url = text(settings, 'url');
  if (url === '' ? settings.enabled === true : !isPublic(url)) {
    throw badRequest(
      'websocket_settings.url must be a public ws:// or wss:// address.',
      '/websocket_settings/url',
    );
  }
  const secret = text(settings, 'auth_ref');
  const known = world.store.all('integration_secrets').some(({ identifier }) => identifier === secret);
  if (secret !== '' && !known) {
    throw badRequest(`Integration secret '${secret}' not found.`, '/websocket_settings/auth_ref');
  }
}

function checkEdges(config: JsonObject): void {
  const flow = nested(config, 'conversation_flow');
  const nodes = objects(flow, 'nodes');
  for (const edge of objects(flow, 'edges')) {
    const start = nodes.find(({ id }) => id === edge.start_node_id);
    const prompt = start !== undefined && (start.type ?? 'prompt') === 'prompt';
    if (prompt && nested(edge, 'condition').type === 'default') {
      throw badRequest(
        `Prompt node '${text(start, 'id')}' cannot have a default edge.`,
        '/conversation_flow/edges',
      );
    }
    if (nested(edge, 'target').node_id === edge.start_node_id) {
      throw badRequest(`Edge '${text(edge, 'id')}' leads back to its own node.`, '/conversation_flow/edges');
    }
  }
}

/** Checks a whole configuration. Throws the first breach. */
export function checkSettings(world: EmulatedWorld, config: JsonObject): void {
  checkVariables(config);
  checkRecording(config);
  checkLiveModel(config);
  checkKeyterm(config);
  checkDelegation(config);
  checkWebsocket(world, config);
  checkEdges(config);
}
