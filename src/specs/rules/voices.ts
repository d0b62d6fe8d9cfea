/** Rules of voices: which ids are known, and what the engines behind them take. */
import type { JsonObject } from '../../model/json.ts';
import type { Finding } from '../problems/problem.ts';
import { slipOf } from '../problems/suggest.ts';
import { problem, type RuleContext, textOf, warning } from './world.ts';

/** Speaking rates outside of these make calls fail at run time; the API saves them nevertheless. */
const SPEEDS: readonly { readonly voices: string; readonly least: number; readonly most: number }[] = [
  { voices: 'Telnyx.Ultra.', least: 0.6, most: 1.5 },
  { voices: 'Soniox.', least: 0.7, most: 1.3 },
];

/** What voice ids begin with, as the public documents name the engines; some are written in both ways there. */
const ENGINES = [
  ...['Telnyx', 'AWS', 'Azure', 'ElevenLabs', 'MiniMax', 'Minimax', 'Rime', 'Resemble', 'Inworld', 'Soniox'],
  ...['OpenAI', 'OpenAILive', 'Cartesia', 'Deepgram', 'Murf', 'xAI', 'Humain', 'Fish'],
  ...['telnyx', 'aws', 'azure', 'elevenlabs', 'minimax', 'rime', 'resemble', 'inworld'],
];

/** Families of voices, by engine. An engine that is not here names its voices freely. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  Telnyx: ['Natural', 'NaturalHD', 'KokoroTTS', 'Qwen3TTS', 'Ultra', 'Bayan', 'Sukhan', 'Grok'],
  AWS: ['Polly'],
};

/** The voices of a family, where all of them are published. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'Telnyx.KokoroTTS': [
    ...['af_heart', 'af_alloy', 'af_aoede', 'af_bella', 'af_jessica', 'af_kore', 'af_nicole', 'af_nova'],
    ...['af_river', 'af_sarah', 'af_sky', 'am_adam', 'am_echo', 'am_eric', 'am_fenrir', 'am_liam'],
    ...['am_michael', 'am_onyx', 'am_puck', 'am_santa', 'bf_alice', 'bf_emma', 'bf_isabella', 'bf_lily'],
    ...['bm_daniel', 'bm_fable', 'bm_george', 'bm_lewis', 'ef_dora', 'em_alex', 'em_santa', 'ff_siwis'],
    ...['hf_alpha', 'hf_beta', 'hm_omega', 'hm_psi', 'if_sara', 'im_nicola', 'jf_alpha', 'jf_gongitsune'],
    ...['jf_nezumi', 'jf_tebukuro', 'jm_kumo', 'pf_dora', 'pm_alex', 'pm_santa', 'zf_xiaobei', 'zf_xiaoni'],
    ...['zf_xiaoxiao', 'zf_xiaoyi', 'zm_yunjian', 'zm_yunxi', 'zm_yunxia', 'zm_yunyang'],
  ],
};

export function voiceRules(
  settings: JsonObject,
  pointer: string,
  { unknownFields }: Pick<RuleContext, 'unknownFields'>,
): readonly Finding[] {
  const voice = textOf(settings.voice);
  if (voice === undefined || voice.includes('{{')) return [];
  return [
    ...known(voice, `${pointer}/voice`).flatMap((finding) => allowed(finding, unknownFields)),
    ...speed(voice, settings, pointer),
    ...expressive(voice, settings, pointer),
  ];
}

/** Where unknown values are allowed, a slip is only pointed out. */
function allowed(finding: Finding, unknownFields: RuleContext['unknownFields']): readonly Finding[] {
  if (unknownFields === 'error') return [finding];
  return finding.severity === 'error' ? [{ ...finding, severity: 'warning' }] : [];
}

/** The first part of an id that is in no catalogue: its engine, its family or its name. */
function known(voice: string, pointer: string): readonly Finding[] {
  // An id without an engine may be the name of a voice of one's own.
  const [engine = '', family, ...name] = voice.split('.');
  if (family === undefined) return [];
  const rest = voice.slice(engine.length);
  if (!ENGINES.includes(engine)) return judged({ voice, part: engine, of: ENGINES, rest, pointer });
  const families = FAMILIES[engine];
  if (families === undefined) return [];
  const behind = name.length === 0 ? '' : `.${name.join('.')}`;
  if (!families.includes(family))
    return judged({ voice, part: family, of: families, before: `${engine}.`, rest: behind, pointer });
  const names = NAMES[`${engine}.${family}`];
  if (names === undefined || names.includes(name.join('.'))) return [];
  return judged({ voice, part: name.join('.'), of: names, before: `${engine}.${family}.`, pointer });
}

interface Unknown {
  readonly voice: string;
  /** What of the id is not known, and what is known in its place. */
  readonly part: string;
  readonly of: readonly string[];
  readonly before?: string;
  readonly rest?: string;
  readonly pointer: string;
}

/** A slip of something known is an error, anything else may be newer than this release. */
function judged({ voice, part, of, before = '', rest = '', pointer }: Unknown): readonly Finding[] {
  const meant = slipOf(part, of);
  const shown = JSON.stringify(voice);
  if (meant !== undefined) {
    const hint = `did you mean ${before}${meant}${rest}?`;
    return [problem('VALUE_UNKNOWN', pointer, `no voice is known as ${shown}`, hint)];
  }
  const message = `no voice is known to this release as ${shown}; it is sent as it is`;
  const hint = 'a voice id is whole, such as Telnyx.KokoroTTS.af_heart';
  return [warning('VALUE_UNKNOWN', pointer, message, hint)];
}

function speed(voice: string, { voice_speed: rate }: JsonObject, pointer: string): readonly Finding[] {
  const limits = SPEEDS.find(({ voices }) => voice.startsWith(voices));
  if (limits === undefined || typeof rate !== 'number') return [];
  if (rate >= limits.least && rate <= limits.most) return [];
  const message = `calls fail with a voice_speed of ${rate}: voices of ${limits.voices.replace(/\.$/, '')} take ${limits.least} to ${limits.most}`;
  return [warning('VOICE_SPEED', `${pointer}/voice_speed`, message)];
}

function expressive(
  voice: string,
  { expressive_mode: mode }: JsonObject,
  pointer: string,
): readonly Finding[] {
  if (mode !== true || voice.startsWith('Telnyx.Ultra.')) return [];
  const message = 'expressive_mode is for voices of Telnyx Ultra; the API refuses it with others';
  return [warning('EXPRESSIVE_VOICE', `${pointer}/expressive_mode`, message)];
}
