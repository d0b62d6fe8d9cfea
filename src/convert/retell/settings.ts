import { isArray, type JsonObject } from '../../model/json.ts';
import { block, idleReply, idleTimeout, keyterms, listening, merged, timeLimit } from '../blocks/settings.ts';
import { voiceSettings } from '../blocks/voice.ts';
import type { Carry } from '../carry.ts';
import {
  type Cursor,
  elements,
  entries,
  member,
  memberAt,
  rawFlag,
  rawNumber,
  rawText,
} from '../source/cursor.ts';

/** What an agent of Retell says beside its engine: voice, hearing, timings, privacy. */
export function retellSettings(carry: Carry, agent: Cursor): JsonObject {
  return merged([
    voiceOf(carry, agent),
    listening(carry, member(agent, 'language')),
    keyterms(carry, member(agent, 'boosted_keywords')),
    timeLimit(carry, member(agent, 'max_call_duration_ms'), 1 / 1000),
    idleTimeout(carry, member(agent, 'end_call_after_silence_ms'), 1 / 1000),
    idleReply(carry, member(agent, 'reminder_trigger_ms'), 1 / 1000),
    interruptions(carry, agent),
    pauses(carry, member(agent, 'responsiveness')),
    denoising(carry, member(agent, 'denoising_mode')),
    keys(carry, member(agent, 'allow_user_dtmf')),
    storage(carry, member(agent, 'data_storage_setting')),
    voicemail(carry, memberAt(agent, 'voicemail_option', 'action')),
    transcriber(carry, agent),
  ]);
}

function voiceOf(carry: Carry, agent: Cursor): JsonObject {
  const id = member(agent, 'voice_id');
  const [, provider = '', name = ''] = /^([a-z0-9]+)-(.+)$/i.exec(rawText(id) ?? '') ?? [];
  const cursor = id === undefined || name === '' ? id : { ...id, value: name };
  const settings = voiceSettings(carry, {
    provider,
    id: cursor,
    model: member(agent, 'voice_model'),
    speed: member(agent, 'voice_speed'),
    stability: member(agent, 'voice_temperature'),
  });
  if (Object.keys(settings).length > 0) return settings;
  carry.ledger.lost(member(agent, 'voice_model'), 'voice-unknown');
  // The ordinary speed and liveliness of any voice.
  if (rawNumber(member(agent, 'voice_speed')) === 1) carry.ledger.frame(member(agent, 'voice_speed'));
  carry.ledger.lost(member(agent, 'voice_speed'), 'voice-unknown');
  carry.ledger.lost(member(agent, 'voice_temperature'), 'voice-unknown');
  if (rawNumber(member(agent, 'volume')) === 1) carry.ledger.frame(member(agent, 'volume'));
  return {};
}

function interruptions(carry: Carry, agent: Cursor): JsonObject {
  const at = member(agent, 'interruption_sensitivity');
  const value = rawNumber(at);
  if (value === undefined) return {};
  carry.ledger.near(at, 'turn-taking');
  return block('interruption_settings.enable', value > 0);
}

/** A quick agent answers after the ordinary pause, a slow one waits up to a second longer. */
function pauses(carry: Carry, at: Cursor | undefined): JsonObject {
  const value = rawNumber(at);
  if (value === undefined) return {};
  carry.ledger.near(at, 'turn-taking');
  const seconds = Math.round((0.4 + (1 - Math.min(Math.max(value, 0), 1))) * 10) / 10;
  return block('interruption_settings.start_speaking_plan.wait_seconds', seconds);
}

function denoising(carry: Carry, at: Cursor | undefined): JsonObject {
  const mode = rawText(at);
  if (mode === undefined) return {};
  if (mode === 'no-denoise') carry.ledger.exact(at);
  else carry.ledger.near(at, 'noise');
  return block('telephony_settings.noise_suppression', mode === 'no-denoise' ? 'disabled' : 'krisp');
}

function keys(carry: Carry, at: Cursor | undefined): JsonObject {
  const allowed = rawFlag(at);
  if (allowed === undefined) return {};
  carry.ledger.exact(at);
  return allowed ? {} : block('telephony_settings.disable_dtmf', true);
}

function storage(carry: Carry, at: Cursor | undefined): JsonObject {
  const setting = rawText(at);
  if (setting === undefined) return {};
  if (setting === 'everything') carry.ledger.exact(at);
  else carry.ledger.near(at, 'privacy', setting);
  return block('privacy_settings.data_retention', setting !== 'basic_attributes_only');
}

function voicemail(carry: Carry, at: Cursor | undefined): JsonObject {
  const type = rawText(member(at, 'type'));
  if (type === undefined) return {};
  carry.ledger.near(member(at, 'type'), 'voicemail');
  const text = carry.text(member(at, 'text', 'message', 'prompt'));
  const path = 'telephony_settings.voicemail_detection.on_voicemail_detected';
  if (text === undefined || text.trim() === '') return block(path, { action: 'stop_assistant' });
  const message = type === 'prompt' ? { type: 'prompt', prompt: text } : { type: 'message', message: text };
  return block(path, { action: 'leave_message_and_stop_assistant', voicemail_message: message });
}

function transcriber(carry: Carry, agent: Cursor): JsonObject {
  const mode = member(agent, 'stt_mode');
  if (mode === undefined) return {};
  carry.ledger.near(mode, 'transcriber');
  const accurate = rawText(mode) === 'accurate';
  const languages = member(agent, 'language');
  const one = languages !== undefined && !isArray(languages.value) && /^en\b/.test(rawText(languages) ?? '');
  return one && accurate ? block('transcription.model', 'deepgram/nova-3') : {};
}

/** Habits that Retell offers as switches, each as the sentence that asks for it. */
const HABITS: { readonly [name: string]: string } = {
  default_personality: 'Be friendly, calm and helpful.',
  conversational_personality: 'Talk as people do in a conversation, relaxed and natural.',
  natural_filler_words: 'Use a filler word now and then, as people do.',
  high_empathy: 'Show that you understand how the caller feels before you go on.',
  echo_verification:
    'Repeat names, numbers, dates and addresses back to the caller to make sure that they are right.',
  nato_phonetic_alphabet: 'Spell letters with the NATO alphabet: A as in Alfa, B as in Bravo.',
  speech_normalization: 'Say numbers, dates, times and amounts the way they are spoken.',
  scope_boundaries:
    'Stay with what these instructions are about, and say so politely when something else is asked.',
  ai_disclosure: 'When you are asked, say that you are an AI assistant.',
  smart_matching:
    'Take names and words that sound alike for what the caller most likely means, and ask when in doubt.',
};

/** A section for the end of the instructions; empty when no habit is on. */
export function habitSection(carry: Carry, agent: Cursor): string {
  const lines = entries(member(agent, 'handbook_config')).flatMap(([name, each]) => {
    const sentence = rawFlag(each) === true ? HABITS[name] : undefined;
    if (sentence === undefined) return [];
    carry.ledger.near(each, 'handbook');
    return [`- ${sentence}`];
  });
  const listens = listeningWords(carry, agent);
  if (listens !== '') lines.push(`- ${listens}`);
  return lines.length === 0 ? '' : `\n\n# Manner\n\n${lines.join('\n')}`;
}

function listeningWords(carry: Carry, agent: Cursor): string {
  const enabled = member(agent, 'enable_backchannel');
  if (rawFlag(enabled) !== true) return '';
  carry.ledger.near(enabled, 'handbook');
  const words = elements(member(agent, 'backchannel_words')).flatMap(
    (each) => carry.text(each, 'handbook') ?? [],
  );
  const such = words.length === 0 ? '' : ` such as: ${words.join(', ')}`;
  return `Show that you are listening with a short word now and then${such}.`;
}
