import type { JsonObject } from '../../model/json.ts';
import {
  block,
  bounded,
  idleReply,
  idleTimeout,
  keyterms,
  listening,
  merged,
  timeLimit,
} from '../blocks/settings.ts';
import { voiceSettings } from '../blocks/voice.ts';
import type { Carry } from '../carry.ts';
import { type Cursor, elements, member, memberAt, rawFlag, rawNumber, rawText } from '../source/cursor.ts';

/** What an assistant of Vapi says beside its model and tools. */
export function vapiSettings(carry: Carry, at: Cursor): JsonObject {
  return merged([
    vapiVoice(carry, member(at, 'voice')),
    hearing(carry, member(at, 'transcriber')),
    timeLimit(carry, member(at, 'maxDurationSeconds'), 1),
    idleTimeout(carry, member(at, 'silenceTimeoutSeconds'), 1),
    speaking(carry, at),
    denoising(carry, at),
    recording(carry, at),
    voicemail(carry, at),
    keys(carry, member(at, 'keypadInputPlan')),
    privacy(carry, at),
    background(carry, at),
    silence(carry, member(at, 'hooks')),
  ]);
}

export function vapiVoice(carry: Carry, voice: Cursor | undefined): JsonObject {
  const provider = member(voice, 'provider');
  carry.ledger.exact(provider);
  const settings = voiceSettings(carry, {
    ...(rawText(provider) === undefined ? {} : { provider: rawText(provider) ?? '' }),
    id: member(voice, 'voiceId', 'voice_id'),
    model: member(voice, 'model'),
    speed: member(voice, 'speed'),
    stability: member(voice, 'stability'),
    similarity: member(voice, 'similarityBoost'),
    style: member(voice, 'style'),
    boost: member(voice, 'useSpeakerBoost'),
  });
  if (Object.keys(settings).length === 0) carry.ledger.lost(voice, 'voice-unknown');
  return settings;
}

/** Models of Deepgram and the like that Telnyx has as well. */
function hearing(carry: Carry, at: Cursor | undefined): JsonObject {
  if (at === undefined) return {};
  const provider = rawText(member(at, 'provider')) ?? '';
  const model = member(at, 'model');
  const name = rawText(model) ?? '';
  carry.ledger.exact(member(at, 'provider'));
  const language = listening(carry, member(at, 'language', 'languages'));
  const known = provider === 'deepgram' ? deepgram(name) : undefined;
  if (model !== undefined) {
    if (known?.exact) carry.ledger.exact(model);
    else carry.ledger.near(model, 'transcriber', name);
  }
  const chosen = known === undefined ? {} : block('transcription.model', known.model);
  return merged([
    language,
    chosen,
    keyterms(carry, member(at, 'keyterm', 'keyterms', 'keywords')),
    endpointing(carry, at, known?.model),
  ]);
}

function deepgram(name: string): { readonly model: string; readonly exact: boolean } {
  if (name.startsWith('flux'))
    return { model: 'deepgram/flux', exact: name.startsWith('flux-general') || name === 'flux' };
  if (name.startsWith('nova-3'))
    return { model: 'deepgram/nova-3', exact: name === 'nova-3' || name === 'nova-3-general' };
  return { model: 'deepgram/nova-2', exact: name === 'nova-2' || name === 'nova-2-general' || name === '' };
}

function endpointing(carry: Carry, at: Cursor, model: string | undefined): JsonObject {
  if (model !== 'deepgram/flux') return {};
  const threshold = rawNumber(member(at, 'eotThreshold'));
  const timeout = bounded(carry, member(at, 'eotTimeoutMs'), { least: 500, most: 10_000 });
  if (threshold !== undefined && threshold >= 0.5 && threshold <= 0.9)
    carry.ledger.exact(member(at, 'eotThreshold'));
  const kept = threshold !== undefined && threshold >= 0.5 && threshold <= 0.9 ? threshold : undefined;
  return merged([
    block('transcription.settings.eot_threshold', kept),
    block('transcription.settings.eot_timeout_ms', timeout),
  ]);
}

function speaking(carry: Carry, at: Cursor): JsonObject {
  const plan = member(at, 'startSpeakingPlan');
  const pauses = member(plan, 'transcriptionEndpointingPlan');
  const path = 'interruption_settings.start_speaking_plan';
  const seconds = (name: string, from: Cursor | undefined): JsonObject => {
    const value = carry.number(member(from, `on${name}Seconds`));
    const snake = `on_${name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()}_seconds`;
    return block(`${path}.transcription_endpointing_plan.${snake}`, value);
  };
  const interruptible = member(at, 'firstMessageInterruptionsEnabled');
  const guarded = rawFlag(interruptible) === false;
  carry.ledger.exact(interruptible);
  carry.ledger.near(memberAt(at, 'stopSpeakingPlan', 'numWords'), 'turn-taking');
  return merged([
    block(`${path}.wait_seconds`, carry.number(member(plan, 'waitSeconds'))),
    ...['Punctuation', 'NoPunctuation', 'Number'].map((name) => seconds(name, pauses)),
    guarded ? block('interruption_settings.disable_greeting_interruption', true) : {},
  ]);
}

function denoising(carry: Carry, at: Cursor): JsonObject {
  const smart = memberAt(at, 'backgroundSpeechDenoisingPlan', 'smartDenoisingPlan', 'enabled');
  const plain = member(at, 'backgroundDenoisingEnabled');
  if (rawFlag(smart) !== true && rawFlag(plain) !== true) return {};
  carry.ledger.near(smart, 'noise');
  carry.ledger.near(plain, 'noise');
  return block('telephony_settings.noise_suppression', 'krisp');
}

function recording(carry: Carry, at: Cursor): JsonObject {
  const enabled = memberAt(at, 'artifactPlan', 'recordingEnabled') ?? member(at, 'recordingEnabled');
  const format = memberAt(at, 'artifactPlan', 'recordingFormat');
  const kind =
    rawText(format)?.startsWith('wav') === true ? 'wav' : rawText(format) === 'mp3' ? 'mp3' : undefined;
  if (kind !== undefined) carry.ledger.exact(format);
  return merged([
    block('telephony_settings.recording_settings.enabled', carry.flag(enabled)),
    block('telephony_settings.recording_settings.format', kind),
  ]);
}

function voicemail(carry: Carry, at: Cursor): JsonObject {
  const message = carry.text(member(at, 'voicemailMessage'))?.trim();
  const detection = member(at, 'voicemailDetection');
  const path = 'telephony_settings.voicemail_detection.on_voicemail_detected';
  if (message !== undefined && message !== '') {
    carry.ledger.near(detection, 'voicemail');
    const voicemail_message = { type: 'message', message };
    return block(path, { action: 'leave_message_and_stop_assistant', voicemail_message });
  }
  if (detection === undefined || rawText(detection) === 'off') {
    carry.ledger.frame(detection);
    return {};
  }
  carry.ledger.near(detection, 'voicemail');
  return block(path, { action: 'stop_assistant' });
}

function keys(carry: Carry, at: Cursor | undefined): JsonObject {
  const enabled = carry.flag(member(at, 'enabled'));
  return enabled === false ? block('telephony_settings.disable_dtmf', true) : {};
}

function privacy(carry: Carry, at: Cursor): JsonObject {
  const hipaa = memberAt(at, 'compliancePlan', 'hipaaEnabled') ?? member(at, 'hipaaEnabled');
  if (rawFlag(hipaa) !== true) return {};
  carry.ledger.near(hipaa, 'privacy');
  return block('privacy_settings.data_retention', false);
}

/** Sound under the voice; it needs a voice to stand beside. */
function background(carry: Carry, at: Cursor): JsonObject {
  const sound = member(at, 'backgroundSound');
  if (rawText(sound) === 'off') carry.ledger.frame(sound);
  return {};
}

/** A hook on silence is the time after which the assistant asks back. */
function silence(carry: Carry, hooks: Cursor | undefined): JsonObject {
  const hook = elements(hooks).find((each) => rawText(member(each, 'on')) === 'customer.speech.timeout');
  if (hook === undefined) return {};
  carry.ledger.near(member(hook, 'on'), 'hooks');
  return idleReply(carry, memberAt(hook, 'options', 'timeoutSeconds'), 1);
}
