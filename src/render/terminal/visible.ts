/**
 * Text from specs and from the API reaches terminals, pull requests and logs. Whatever could move the cursor,
 * recolour the screen, reorder what is read or hide inside a prompt is therefore shown as an escape instead.
 */

const JOINING_SCRIPTS =
  '\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}' +
  '\\p{Script=Gujarati}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}' +
  '\\p{Script=Sinhala}\\p{Script=Myanmar}\\p{Script=Khmer}';

/** Joiners and variation selectors that belong to an emoji or to a script that is spelled with them. */
const LEGITIMATE =
  '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})' +
  `|(?<=[${JOINING_SCRIPTS}])[\\u200c\\u200d](?=[${JOINING_SCRIPTS}])` +
  '|(?<=[\\p{Extended_Pictographic}0-9#*])\\ufe0f';

/** Controls, lone surrogates, line separators, bidi marks and everything that Unicode says is invisible. */
const HIDDEN = '[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb]';

const HIDDEN_OR_LEGITIMATE = new RegExp(`(${LEGITIMATE})|${HIDDEN}`, 'gu');
const PLAIN_ASCII = /^[\x20-\x7e]*$/;
const NOT_PRINTABLE_ASCII = /[^\x20-\x7e]/gu;

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/** One printable line: control, bidi and invisible characters and line breaks become `\n`, `\x1b`, `\u202e`… */
export function visible(text: string): string {
  if (PLAIN_ASCII.test(text)) return text;
  return text.replace(HIDDEN_OR_LEGITIMATE, (character: string, legitimate: string | undefined) =>
    legitimate === undefined ? escapeCharacter(character) : character,
  );
}

/** Like {@link visible}, and everything outside ASCII is escaped too: tells look-alikes apart. */
export function visibleAscii(text: string): string {
  return text.replace(NOT_PRINTABLE_ASCII, escapeCharacter);
}

/** True when two different texts would probably look the same on a screen. */
export function looksAlike(a: string, b: string): boolean {
  return a !== b && a.normalize('NFKC') === b.normalize('NFKC');
}

/** Double quotes around the {@link visible} text, with `"` and `\` escaped. */
export function quoted(text: string, show: (text: string) => string = visible): string {
  return `"${show(text.replaceAll('\\', '\\\\').replaceAll('"', '\\"'))}"`;
}

/** A word of a command line that a POSIX shell reads back as the same text, as far as it is printable. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${visible(text).replaceAll("'", `'\\''`)}'`;
}
