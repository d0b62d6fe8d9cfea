import wrapAnsi from 'wrap-ansi';
import { displayWidth } from './width.ts';

/**
 * Breaks every line that is wider than the screen at a space, because a terminal breaks it in the middle of a word. What
 * goes on is indented below its beginning. A word that is wider than the screen stays whole, and can be copied.
 */
export function fitScreen(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => (displayWidth(line) <= width || line.includes('\r') ? line : fitLine(line, width)))
    .join('\n');
}

function fitLine(line: string, width: number): string {
  const indent = Math.min(/^ */.exec(line)?.[0].length ?? 0, Math.floor(width / 2));
  const body = line.trimStart();
  const [first = '', ...rest] = wrapAnsi(body, width - indent - 2, { hard: false, trim: true }).split('\n');
  return [' '.repeat(indent) + first, ...rest.map((part) => ' '.repeat(indent + 2) + part)].join('\n');
}
