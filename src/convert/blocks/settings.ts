/** Settings of an assistant that several platforms have under names of their own. */
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Carry } from '../carry.ts';
import type { RemarkCode } from '../remarks.ts';
import { type Cursor, elements, rawText } from '../source/cursor.ts';

/** A value at a path of an assistant, for example `telephony_settings.time_limit_secs`. */
export function block(path: string, value: Json | undefined): JsonObject {
  if (value === undefined) return {};
  const built = path.split('.').reduceRight<Json>((inner, name) => ({ [name]: inner }), value);
  return isObject(built) ? built : {};
}

/** Blocks on top of each other; the later ones win. */
export function merged(blocks: readonly JsonObject[]): JsonObject {
  return blocks.reduce((all, each) => combine(all, each), {});
}

function combine(a: JsonObject, b: JsonObject): JsonObject {
  const result: { [name: string]: Json } = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const before = result[name];
    result[name] = isObject(before) && isObject(value) && !isArray(value) ? combine(before, value) : value;
  }
  return result;
}

/** A whole number within limits; `factor` brings it into the unit of Telnyx. */
export function bounded(
  carry: Carry,
  at: Cursor | undefined,
  { factor = 1, least, most }: { readonly factor?: number; readonly least: number; readonly most: number },
  remark?: RemarkCode,
): number | undefined {
  if (at === undefined) return undefined;
  const raw = typeof at.value === 'number' ? at.value : Number(rawText(at) ?? Number.NaN);
  if (!Number.isFinite(raw)) {
    carry.ledger.lost(at, 'wrong-type');
    return undefined;
  }
  const value = Math.round(raw * factor);
  const kept = Math.min(Math.max(value, least), most);
  if (kept !== value) carry.ledger.near(at, 'time-limit', `${value} → ${kept}`);
  else carry.number(at, remark);
  return kept;
}

/** Longest stay on a call. */
export function timeLimit(carry: Carry, at: Cursor | undefined, factor: number): JsonObject {
  return block('telephony_settings.time_limit_secs', bounded(carry, at, { factor, least: 30, most: 14_400 }));
}

/** Silence that ends the call; a negative number is how platforms say never. */
export function idleTimeout(carry: Carry, at: Cursor | undefined, factor: number): JsonObject {
  if (typeof at?.value === 'number' && at.value < 0) {
    carry.ledger.frame(at);
    return {};
  }
  return block(
    'telephony_settings.user_idle_timeout_secs',
    bounded(carry, at, { factor, least: 10, most: 14_400 }),
  );
}

/** Silence after which the assistant asks back. */
export function idleReply(carry: Carry, at: Cursor | undefined, factor: number): JsonObject {
  if (typeof at?.value === 'number' && at.value < 0) {
    carry.ledger.frame(at);
    return {};
  }
  return block(
    'telephony_settings.user_idle_reply_secs',
    bounded(carry, at, { factor, least: 0, most: 14_400 }, 'turn-taking'),
  );
}

/** Languages to codes; the transcription model is one that knows them. */
export function listening(carry: Carry, at: Cursor | undefined): JsonObject {
  if (at === undefined) return {};
  const codes = [...(isArray(at.value) ? elements(at) : [at])].flatMap((each) => rawText(each) ?? []);
  const bare = [...new Set(codes.map((code) => code.trim().toLowerCase().split(/[-_]/)[0] ?? ''))].filter(
    Boolean,
  );
  const [only] = bare;
  if (only === undefined) {
    carry.ledger.lost(at, 'wrong-type');
    return {};
  }
  carry.ledger.near(at, 'language');
  const several = bare.length > 1 || only === 'multi' || only === 'auto';
  const model = !several && only === 'en' ? 'deepgram/flux' : 'deepgram/nova-3';
  return { transcription: { model, language: several ? 'auto' : only } };
}

/** Words to listen for, as one text with commas. */
export function keyterms(carry: Carry, at: Cursor | undefined): JsonObject {
  const words = at !== undefined && isArray(at.value) ? elements(at) : [];
  const texts = words.flatMap((each) => {
    const text = carry.text(each)?.replaceAll(',', ' ').trim();
    return text === undefined || text === '' ? [] : [text];
  });
  return texts.length === 0 ? {} : block('transcription.settings.keyterm', texts.join(','));
}
