import type { Json, JsonObject } from '../../model/json.ts';
import type { Carry } from '../carry.ts';
import { type Cursor, rawText } from '../source/cursor.ts';

/** What files say about a voice. */
export interface VoiceSource {
  readonly provider?: string;
  readonly id: Cursor | undefined;
  readonly model?: Cursor | undefined;
  readonly speed?: Cursor | undefined;
  readonly stability?: Cursor | undefined;
  readonly similarity?: Cursor | undefined;
  readonly style?: Cursor | undefined;
  readonly boost?: Cursor | undefined;
}

/** Integration secret with the key of ElevenLabs; one for all assistants. */
const ELEVENLABS_KEY = 'elevenlabs_api_key';

/** Voices that platforms offer by first name; source: the public voice library of ElevenLabs. */
const NAMED: { readonly [name: string]: string } = {
  sarah: 'EXAVITQu4vr4xnSDxMaL',
  matilda: 'XrExE9yKIg1WjnnlVkGX',
  drew: '29vD33N1CtxCmqQRPOHJ',
  paul: '5Q0t7uMcjvnagumLfvZi',
  rachel: '21m00Tcm4TlvDq8ikWAM',
  adam: 'pNInz6obpgDQGcFmaJgB',
};

/** The same voice where Telnyx can have it, else nothing: a stranger's voice would be a surprise. */
export function voiceSettings(carry: Carry, source: VoiceSource): JsonObject {
  const { id } = source;
  const name = rawText(id)?.trim();
  if (id === undefined || name === undefined || name === '') return {};
  const provider = source.provider?.toLowerCase().replace(/[^a-z0-9]/g, '') ?? '';
  if (provider === 'azure' && /^[a-z]{2,3}-[A-Z]{2}-\w+$/.test(name)) {
    carry.ledger.exact(id);
    return { voice_settings: { voice: `Azure.${name}` } };
  }
  const voice = NAMED[name.toLowerCase()] ?? (/^[A-Za-z0-9]{18,24}$/.test(name) ? name : undefined);
  if (voice === undefined || (provider !== '11labs' && provider !== 'elevenlabs')) {
    carry.ledger.lost(id, 'voice-unknown', name.slice(0, 60));
    return {};
  }
  carry.ledger.near(id, 'voice-key');
  carry.secret(ELEVENLABS_KEY, id);
  const model = carry.text(source.model) || 'eleven_flash_v2_5';
  return {
    voice_settings: {
      voice: `ElevenLabs.${model}.${voice}`,
      api_key_ref: ELEVENLABS_KEY,
      ...tuning(carry, source),
    },
  };
}

function tuning(carry: Carry, source: VoiceSource): JsonObject {
  const known: readonly (readonly [string, Json | undefined])[] = [
    ['speed', carry.number(source.speed)],
    ['temperature', carry.number(source.stability)],
    ['similarity_boost', carry.number(source.similarity)],
    ['style', carry.number(source.style)],
    ['use_speaker_boost', carry.flag(source.boost)],
  ];
  return withoutAbsent(known);
}

/** An object of the entries that have a value. */
export function withoutAbsent(known: readonly (readonly [string, Json | undefined])[]): JsonObject {
  return Object.fromEntries(known.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
