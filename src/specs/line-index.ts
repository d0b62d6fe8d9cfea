/** Line and column (both from 1, columns in UTF-16 units as editors count) of an offset into a text. */
export function lineColumn(text: string, offset: number): { line: number; column: number } {
  const end = Math.min(Math.max(offset, 0), text.length);
  let line = 1;
  let start = 0;
  for (let newline = text.indexOf('\n'); newline >= 0 && newline < end; newline = text.indexOf('\n', start)) {
    line += 1;
    start = newline + 1;
  }
  return { line, column: end - start + 1 };
}
