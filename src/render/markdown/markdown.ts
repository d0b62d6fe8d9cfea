import { visible } from '../terminal/visible.ts';

/**
 * Foreign text inside GitHub Markdown. Prompts and names must not mention people, link issues, close our sections
 * or start HTML, whoever wrote them.
 */

/** U+2060: has no width and ends what GitHub would take for a mention or a link. */
const BREAK = '\u2060';

const encoder = new TextEncoder();

/** Size in bytes, which is what GitHub limits. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Text in prose: nothing in it is markup, HTML, a mention, an issue number or a link. */
export function prose(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replace(/[\\`*_[\]|~$^]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', `@${BREAK}`)
    .replace(/#(?=\w)/g, `#${BREAK}`)
    .replace(/\bGH-(?=\d)/gi, (match) => `${match.slice(0, 2)}${BREAK}-`)
    .replaceAll('://', `:${BREAK}//`)
    .replace(/\bwww\./gi, (match) => `${match.slice(0, 3)}${BREAK}.`);
}

/** Text inside an HTML element of ours; wrap it in `<code>`, where GitHub links nothing. */
export function html(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** A code span; also right inside a table cell. */
export function code(text: string): string {
  const shown = visible(text).replaceAll('|', '\\|');
  if (shown === '') return '';
  const ticks = '`'.repeat(longestRun(shown) + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${shown}${pad}${ticks}`;
}

/** A fenced block whose fence is longer than any run of backticks inside. Lines must have been escaped before. */
export function fence(language: string, lines: readonly string[]): string {
  const body = lines.join('\n');
  const ticks = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return `${ticks}${language}\n${body}\n${ticks}`;
}

/** Value of an attribute in our hidden marker: cannot end the comment. */
export function markerValue(text: string): string {
  return text.replace(/[^\w.:/-]/g, '_').slice(0, 120);
}

/** A section that is closed at first unless told. The blank lines make GitHub read the body as Markdown again. */
export function details(summaryHtml: string, body: string, open = false): string {
  return `<details${open ? ' open' : ''}><summary>${summaryHtml}</summary>\n\n${body}\n\n</details>`;
}
