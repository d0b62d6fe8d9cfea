/**
 * The slips that people make in YAML, recognised by what they typed and not by what the parser met afterwards. Each has
 * a sentence about the cause, and where it can be known the line to write.
 */

export interface YamlSlip {
  readonly message: string;
  readonly hint?: string;
  /** Where the cause stands, if not where the parser gave up. */
  readonly offset?: number;
}

interface Line {
  readonly start: number;
  readonly text: string;
}

/** The slip behind a syntax error at an offset; undefined where none of these is one. */
export function slipAt(offset: number, text: string): YamlSlip | undefined {
  const line = lineAt(offset, text);
  const [, key = '', value = ''] = /^\s*((?:- +)*(?:[\w$.-]+:)?) *(.*?)\s*$/.exec(line.text) ?? [];
  return (
    unclosedQuote(offset, text) ??
    spaceAfterColon(line) ??
    quotedInside(key, value) ??
    markAtStart(key, value) ??
    textNotIndented(line, text) ??
    deeperThanAbove(line, text)
  );
}

/** `greeting:hello` is one word to YAML. */
function spaceAfterColon({ text }: Line): YamlSlip | undefined {
  const [, key, value] = /^\s*((?:- +)?[a-z_]\w*):([^\s:/].*)$/i.exec(text) ?? [];
  if (key === undefined || value === undefined) return undefined;
  return { message: 'a space is missing after the colon', hint: `write ${key}: ${value.trimEnd()}` };
}

/** `'It's me'`: the text ends at its second quote. */
function quotedInside(key: string, value: string): YamlSlip | undefined {
  const quote = value.charAt(0);
  if (quote !== "'" && quote !== '"') return undefined;
  const inner = value.slice(1, value.endsWith(quote) ? -1 : undefined);
  if (!(quote === "'" ? inner.replaceAll("''", '') : inner.replaceAll(/\\./g, '')).includes(quote)) {
    return undefined;
  }
  const message = `a text in ${quote} quotes ends at the next ${quote}, and more follows it here`;
  const other = quote === "'" ? '"' : "'";
  const short =
    inner.length <= 90 && value.endsWith(quote) && !inner.includes(other) && !inner.includes('\\');
  return {
    message,
    hint: short
      ? `write ${[key, `${other}${inner}${other}`].join(' ').trim()}`
      : `write each ${quote} of the text as ${quote === "'" ? "''" : '\\"'}, or the text as a block after |`,
  };
}

/** `*bold* text`, where the star means an alias. */
function markAtStart(key: string, value: string): YamlSlip | undefined {
  const [, mark] = /^([*&!@`%])\S/.exec(value) ?? [];
  if (mark === undefined) return undefined;
  const message = `a text that begins with ${mark} needs quotes: ${MARKS[mark] ?? 'YAML keeps that character for itself'}`;
  return { message, hint: quotedHint(key, value) };
}

const MARKS: { readonly [mark: string]: string } = {
  '*': 'to YAML * names an anchor',
  '&': 'to YAML & makes an anchor',
  '!': 'to YAML ! begins a tag',
};

/** The line to write, with the text in quotes. */
function quotedHint(key: string, value: string): string {
  if (value.length > 90 || value.includes('\\')) return 'put the text in quotes';
  const quoted = value.includes('"') ? `'${value.replaceAll("'", "''")}'` : `"${value}"`;
  return `write ${[key, quoted].join(' ').trim()}`;
}

/** A quote that opens a text and that nothing closes; the parser finds that out at the end of the file. */
function unclosedQuote(offset: number, text: string): YamlSlip | undefined {
  if (text.slice(offset).trim() !== '') return undefined;
  const lines = text.split('\n');
  let start = 0;
  for (const line of lines) {
    const [, before = '', quote = '', rest = ''] =
      /^(\s*(?:- +)*(?:[\w$.-]+: +)?)(["'])(.*)$/.exec(line) ?? [];
    const plain = quote === "'" ? rest.replaceAll("''", '') : rest.replaceAll(/\\./g, '');
    if (quote !== '' && !plain.includes(quote) && !closesLater(text, start + line.length, quote)) {
      const hint =
        rest.trim() === '' ? undefined : `write ${before.trim()} ${quote}${rest.trimEnd()}${quote}`;
      return {
        message: `this ${quote} opens a text that nothing closes`,
        offset: start + before.length,
        ...(hint === undefined ? {} : { hint: hint.replace(/ {2,}/, ' ') }),
      };
    }
    start += line.length + 1;
  }
  return undefined;
}

function closesLater(text: string, from: number, quote: string): boolean {
  return text.slice(from).includes(quote);
}

/** A block after | or > whose text begins at the margin of its key. */
function textNotIndented(line: Line, text: string): YamlSlip | undefined {
  const above = lineAbove(line, text);
  if (above === undefined || !/:\s*[|>][-+\d]*\s*(#.*)?$/.test(above.text)) return undefined;
  if (indentOf(line.text) > indentOf(above.text)) return undefined;
  return {
    message: 'the text of a block after | or > is indented deeper than its key',
    hint: `write at least ${indentOf(above.text) + 2} spaces before each line of it`,
  };
}

/** A line one or two spaces too deep below `key: value` continues that value, until its colon shows the slip. */
function deeperThanAbove(line: Line, text: string): YamlSlip | undefined {
  const key = /^\s*(?:- +)?[\w$.-]+:( |$)/;
  const below = lineBelow(line, text);
  const isDeeper =
    below !== undefined &&
    key.test(below.text) &&
    /:\s+[^\s|>&{["'#]/.test(line.text) &&
    indentOf(below.text) > indentOf(line.text);
  if (!isDeeper) return undefined;
  const [name = ''] = /[\w$.-]+/.exec(line.text.trim().replace(/^(?:- +)+/, '')) ?? [];
  return {
    message: `this line is indented deeper than ${name} above it, and so continues its text`,
    hint: `write ${indentOf(line.text)} spaces before it`,
    offset: below.start + indentOf(below.text),
  };
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function lineAt(offset: number, text: string): Line {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', start);
  return { start, text: text.slice(start, newline < 0 ? undefined : newline).replace(/\r$/, '') };
}

function lineAbove({ start }: Line, text: string): Line | undefined {
  return start === 0 ? undefined : lineAt(start - 1, text);
}

function lineBelow({ start }: Line, text: string): Line | undefined {
  const newline = text.indexOf('\n', start);
  return newline < 0 ? undefined : lineAt(newline + 1, text);
}
