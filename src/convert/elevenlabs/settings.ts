import { isArray, type JsonObject } from '../../model/json.ts';
import { externalModel, modelBlock } from '../blocks/model.ts';
import { block, idleReply, idleTimeout, keyterms, listening, merged, timeLimit } from '../blocks/settings.ts';
import { voiceSettings } from '../blocks/voice.ts';
import type { Carry } from '../carry.ts';
import { type Cursor, member, memberAt, rawFlag, rawText } from '../source/cursor.ts';

/** Model, voice, hearing, timings and privacy of an agent. */
export function elevenLabsSettings(carry: Carry, agent: Cursor): JsonObject {
  const config = member(agent, 'conversation_config');
  const own = member(config, 'agent');
  const turn = member(config, 'turn');
  const platform = member(agent, 'platform_settings');
  return merged([
    modelOf(carry, member(own, 'prompt')),
    voiceOf(carry, member(config, 'tts')),
    listening(carry, member(own, 'language')),
    hearing(carry, member(config, 'asr')),
    timeLimit(carry, memberAt(config, 'conversation', 'max_duration_seconds'), 1),
    idleTimeout(carry, member(turn, 'silence_end_call_timeout'), 1),
    idleReply(carry, member(turn, 'turn_timeout'), 1),
    eagerness(carry, turn),
    greetingGuard(carry, own),
    initiation(carry, platform),
    privacy(carry, member(platform, 'privacy')),
    widget(carry, member(platform, 'widget')),
  ]);
}

function modelOf(carry: Carry, prompt: Cursor | undefined): JsonObject {
  const custom = member(prompt, 'custom_llm');
  const llm = member(prompt, 'llm');
  if (rawText(member(custom, 'url')) !== undefined) {
    carry.ledger.exact(llm);
    const key = memberAt(custom, 'api_key', 'secret_id');
    const ref = key === undefined ? undefined : carry.secret('custom_llm_api_key', key);
    carry.ledger.near(key, 'secret-elsewhere', ref);
    const external = externalModel(carry, member(custom, 'url'), member(custom, 'model_id'));
    return merged([external, ref === undefined ? {} : block('external_llm.llm_api_key_ref', ref)]);
  }
  return modelBlock(carry, llm);
}

function voiceOf(carry: Carry, tts: Cursor | undefined): JsonObject {
  return voiceSettings(carry, {
    provider: 'elevenlabs',
    id: member(tts, 'voice_id'),
    model: member(tts, 'model_id'),
    speed: member(tts, 'speed'),
    stability: member(tts, 'stability'),
    similarity: member(tts, 'similarity_boost'),
    style: member(tts, 'style'),
  });
}

function hearing(carry: Carry, asr: Cursor | undefined): JsonObject {
  carry.ledger.near(member(asr, 'quality'), 'transcriber');
  carry.ledger.near(member(asr, 'provider'), 'transcriber');
  carry.ledger.near(member(asr, 'model_id'), 'transcriber');
  carry.ledger.frame(member(asr, 'user_input_audio_format'));
  return keyterms(carry, member(asr, 'keywords', 'keyterms'));
}

/** How soon the agent answers: an eager one a little earlier, a patient one later than usual. */
function eagerness(carry: Carry, turn: Cursor | undefined): JsonObject {
  const at = member(turn, 'turn_eagerness');
  const seconds = { eager: 0.2, normal: 0.4, patient: 1 }[rawText(at) ?? ''];
  if (seconds === undefined) return {};
  carry.ledger.near(at, 'turn-taking');
  return block('interruption_settings.start_speaking_plan.wait_seconds', seconds);
}

function greetingGuard(carry: Carry, agent: Cursor | undefined): JsonObject {
  const at = member(agent, 'disable_first_message_interruptions');
  if (rawFlag(at) !== true) return {};
  carry.ledger.exact(at);
  return block('interruption_settings.disable_greeting_interruption', true);
}

/** The service that answers with variables at the beginning of a call. */
function initiation(carry: Carry, platform: Cursor | undefined): JsonObject {
  const webhook = memberAt(platform, 'workspace_overrides', 'conversation_initiation_client_data_webhook');
  const url = carry.text(member(webhook, 'url'))?.trim();
  carry.ledger.lost(member(webhook, 'request_headers'), 'secret-elsewhere');
  return url ? { dynamic_variables_webhook_url: url } : {};
}

function privacy(carry: Carry, at: Cursor | undefined): JsonObject {
  const zero = member(at, 'zero_retention_mode');
  const voice = carry.flag(member(at, 'record_voice'));
  if (rawFlag(zero) === true) {
    carry.ledger.near(zero, 'privacy');
    const recording = block('telephony_settings.recording_settings.enabled', false);
    return merged([block('privacy_settings.data_retention', false), recording]);
  }
  return block('telephony_settings.recording_settings.enabled', voice);
}

/** Texts that both widgets have. */
const WIDGET: readonly (readonly [string, string])[] = [
  ['start_call', 'start_call_text'],
  ['action_text', 'start_call_text'],
  ['listening', 'speak_to_interrupt_text'],
  ['speaking', 'speak_to_interrupt_text'],
];

function widget(carry: Carry, at: Cursor | undefined): JsonObject {
  const texts = member(at, 'text_contents') ?? at;
  const found = WIDGET.flatMap(([from, to]) => {
    const text = carry.text(member(texts, from), 'widget')?.trim();
    return text ? [[to, text] as const] : [];
  });
  const known = Object.fromEntries(found.toReversed());
  return Object.keys(known).length === 0 || isArray(at?.value) ? {} : { widget_settings: known };
}
