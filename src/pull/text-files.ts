/** Long texts go to Markdown files of their own, and `${` is written so that it stays text. */

import { unixLines } from '../canonical/canonical.ts';
import { refTarget } from '../canonical/keys.ts';
import { childShape, fittingShape } from '../canonical/walk.ts';
import { brokenText } from '../model/broken-text.ts';
import { isArray, isObject, type Json, type JsonObject, type Path } from '../model/json.ts';
import { escapePlaceholders } from '../model/placeholders.ts';
import type { Shape } from '../model/shape.ts';

/** Texts of more lines than this are read more easily in a file of their own. */
const LONGEST_INLINE = 5;
/** Half of what an included file may hold. */
const LARGEST_FILE = 512 * 1024;

/** Gives a long text a file and returns its path as the document names it; undefined for a text that stays inside. */
export type PlaceText = (text: string, path: Path) => string | undefined;

/**
 * A spec as it is written: long texts as `{ $file }`, dollar signs escaped. `longest` is the number of characters of
 * a text that stays inline, whatever its lines.
 */
export function writtenSpec(
  shape: Shape,
  spec: JsonObject,
  place: PlaceText,
  longest = LARGEST_FILE,
): JsonObject {
  const written = writtenValue(shape, spec, [], place, longest);
  return isObject(written) ? written : spec;
}

function writtenValue(shape: Shape, value: Json, path: Path, place: PlaceText, longest: number): Json {
  const fitting = fittingShape(shape, value);
  if (typeof value === 'string') {
    const isText = fitting.t === 'scalar' && fitting.text === true;
    const plain = isText ? unixLines(value) : value;
    const text = escapePlaceholders(plain);
    const file = isText && deservesFile(plain, longest) ? place(text, path) : undefined;
    return file === undefined ? text : { $file: file };
  }
  if (isArray(value)) {
    return value.map((item, index) =>
      writtenValue(childShape(fitting, '', item), item, [...path, String(index)], place, longest),
    );
  }
  if (!isObject(value) || refTarget(value) !== undefined) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      writtenValue(childShape(fitting, name, entry), entry, [...path, name], place, longest),
    ]),
  );
}

/** Single carriage returns and the like do not survive a text file; quoted in YAML they do. */
function deservesFile(text: string, longest: number): boolean {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  const isLong = lines > LONGEST_INLINE || text.length > longest;
  const fits = isLong && text.length <= LARGEST_FILE && isPlainText(text);
  // What looks like the leftover of a merge in a file is an error there.
  return fits && text.trim() !== '' && brokenText(text) === undefined;
}

/** True when a UTF-8 text file gives the text back as it is. */
export function isPlainText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that it is about
  return !/[\u0000-\u0008\u000b-\u001f\ufeff\ufffe\uffff]|\p{Surrogate}/u.test(text);
}
