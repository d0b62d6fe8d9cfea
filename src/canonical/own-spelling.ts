import { isArray, isObject, type Json, type JsonObject, jsonEqual } from '../model/json.ts';

/** Null, absent and empty. */
export function saysNothing(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** Words that are switches. */
const SWITCHES: Readonly<Record<string, boolean>> = {
  true: true,
  on: true,
  yes: true,
  enabled: true,
  '1': true,
  false: false,
  off: false,
  no: false,
  disabled: false,
  '0': false,
};

function switched(value: Json): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const word = String(value).trim().toLowerCase();
  return Object.hasOwn(SWITCHES, word) ? SWITCHES[word] : undefined;
}

/** True when two names differ in case, punctuation and the like, or one in a prefix or suffix. */
export function isAlike(a: string, b: string): boolean {
  const [one, other] = [folded(a), folded(b)];
  if (one === '' || other === '') return false;
  return one.includes(other) || other.includes(one);
}

/** True when two names differ in case, punctuation and the like. */
export function isSameWord(a: string, b: string): boolean {
  return folded(a) !== '' && folded(a) === folded(b);
}

function folded(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/**
 * True when one value may be another spelling of the other: a text, a number, or records and lists of such. A switch
 * that was turned, something against nothing, and elements that came or went are no spelling.
 */
export function isOwnSpelling(sent: Json, got: Json): boolean {
  if (jsonEqual(sent, got)) return true;
  if (saysNothing(sent) || saysNothing(got)) return saysNothing(sent) && saysNothing(got);
  if (isArray(sent)) return isArray(got) && areOwnSpellings(sent, got);
  if (isObject(sent)) {
    if (!isObject(got)) return false;
    return Object.entries(sent).every(([name, value]) => {
      const back = Object.hasOwn(got, name) ? (got[name] ?? null) : null;
      return isOwnSpelling(value, back);
    });
  }
  if (typeof sent === 'boolean' || typeof got === 'boolean') return switched(sent) === switched(got);
  if (isArray(got) || isObject(got)) return false;
  const [before, after] = [switched(sent), switched(got)];
  return before === undefined || after === undefined || before === after || typeof sent === 'number';
}

/** Each element of one list is found in the other, in whatever order; an element that was sent twice may be one. */
function areOwnSpellings(sent: readonly Json[], got: readonly Json[]): boolean {
  const left = [...got];
  const take = (fits: (item: Json) => boolean): boolean => {
    const index = left.findIndex(fits);
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  };
  const unmatched = sent.filter((item) => !take((back) => jsonEqual(item, back)));
  const fits = (item: Json, back: Json): boolean =>
    typeof item === 'string' && typeof back === 'string' ? isAlike(item, back) : isOwnSpelling(item, back);
  return (
    unmatched.every(
      (item) => take((back) => fits(item, back)) || sent.filter((other) => jsonEqual(other, item)).length > 1,
    ) && left.length === 0
  );
}

/**
 * True when one value says the same as the other in other letters: case, punctuation and white space of texts, a longer
 * or shorter name of a thing, a rounded number, another order. Stricter than {@link isOwnSpelling}, for values of which
 * nothing tells that one was made of the other.
 */
export function isReworded(sent: Json, got: Json): boolean {
  if (jsonEqual(sent, got)) return true;
  if (isArray(sent) && isArray(got)) {
    return (
      sent.every((item) => got.some((back) => isReworded(item, back))) &&
      got.every((back) => sent.some((item) => isReworded(item, back)))
    );
  }
  if (isObject(sent) && isObject(got)) {
    return Object.entries(sent).every(([name, value]) => isReworded(value, field(got, name)));
  }
  if (isArray(sent) || isArray(got) || isObject(sent) || isObject(got)) return isOwnSpelling(sent, got);
  if (typeof sent === 'number' || typeof got === 'number') return isRounded(Number(sent), Number(got));
  if (typeof sent !== 'string' || typeof got !== 'string') return isOwnSpelling(sent, got);
  return isSameWord(sent, got) || (isOneWord(sent) && isOneWord(got) && isAlike(sent, got));
}

function field(value: JsonObject, name: string): Json {
  return Object.hasOwn(value, name) ? (value[name] ?? null) : null;
}

function isOneWord(text: string): boolean {
  return !/\s/.test(text.trim());
}

/** The number that came back is what was sent with at most as many digits behind the point as it has itself. */
function isRounded(sent: number, got: number): boolean {
  const digits = String(got).split('.')[1]?.length ?? 0;
  return Number.isFinite(sent) && Number(sent.toFixed(Math.min(digits, 20))) === got;
}
