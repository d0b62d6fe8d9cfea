/**
 * What is printed in a pipeline is read by its runner as well, and runners take lines for commands: GitHub Actions a
 * line that begins with `::` and `##[` anywhere, Azure DevOps `##vso[`, TeamCity `##teamcity[`, GitLab
 * `section_start:`. Text of a document, a file name or a reply of the API must not become one. U+2060 is invisible,
 * has no width and is no white space, so that a trimmed line does not begin with `::` either.
 */
export interface StreamGuard {
  /** The same text, harmless. Remembers across calls whether a line has begun. */
  text(text: string): string;
  /** The same JSON document, harmless: only the spelling inside of its strings changes. */
  json(text: string): string;
}

const JOINER = '\u2060';

/** Controls of eight bits, which some terminals take for escape sequences, and marks that reorder what is read. */
const REORDERING = /[\u0080-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** JSON may hold these raw, and readers of lines take them for the end of one. */
const LINE_ENDS = /[\u2028\u2029]/g;

/** A line that begins with `::`, behind the end of the line before. */
const LINE_START = /([\n\r\u2028\u2029])([^\S\n\r\u2028\u2029]*)::/g;
const HASHES = /#(?:vso|teamcity)?\[/gi;
const SECTION = /section_(?:start|end):\d+:/g;
const COMMANDS = [LINE_START, HASHES, SECTION];

/** So much of a line can be the beginning of a command. */
const LONGEST_BEGINNING = 40;

/** `pipeline`: commands are broken, too; controls and reordering marks always are. */
export function streamGuard(pipeline: boolean): StreamGuard {
  /** The end of what was written so far; a line feed for the beginning of a line. */
  let carried = '\n';

  function text(raw: string): string {
    const calm = raw.replace(REORDERING, escaped);
    if (!pipeline || calm === '') return calm;
    const joined = carried + calm;
    const joint = straddled(joined, carried.length) ? JOINER : '';
    carried = endOf(joined);
    return (
      joint +
      calm
        .replace(LINE_START, `$1$2${JOINER}::`)
        .replace(HASHES, (hashes) => `#${JOINER}${hashes.slice(1)}`)
        .replace(SECTION, (section) => section.replace('_', `_${JOINER}`))
    );
  }

  function json(raw: string): string {
    const calm = raw.replace(REORDERING, jsonEscape).replace(LINE_ENDS, jsonEscape);
    if (!pipeline) return calm;
    return calm
      .replace(HASHES, (hashes) => `${jsonEscape('#')}${hashes.slice(1)}`)
      .replace(SECTION, (section) => section.replace('_', jsonEscape('_')));
  }

  return { text, json };
}

/** Whether a command begins before the place and ends behind it. */
function straddled(text: string, place: number): boolean {
  return COMMANDS.some((command) => {
    for (const { index, 0: found } of text.matchAll(command)) {
      if (index >= place) return false;
      if (index + found.length > place) return true;
    }
    return false;
  });
}

function endOf(text: string): string {
  const end = Math.max(...['\n', '\r', '\u2028', '\u2029'].map((mark) => text.lastIndexOf(mark)));
  const line = text.slice(end + 1);
  if (end >= 0 && line.trim() === '') return '\n';
  return end >= 0 && line.length < LONGEST_BEGINNING ? `\n${line}` : line.slice(-LONGEST_BEGINNING);
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16)}` : jsonEscape(character);
}

function jsonEscape(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
