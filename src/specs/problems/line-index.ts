export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** Line and column of offsets into one text, both from 1; columns in UTF-16 units as editors count. */
export type LineIndex = (offset: number) => LineColumn;

/** Places near the start, where documents begin, are counted; the first one further on makes a table of lines. */
export function lineIndex(text: string): LineIndex {
  let starts: number[] | undefined;
  return (offset) => {
    if (starts === undefined && offset < 200) return counted(text, Math.max(offset, 0));
    starts ??= lineStarts(text);
    const end = Math.min(Math.max(offset, 0), text.length);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= end) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: end - (starts[low] ?? 0) + 1 };
  };
}

function counted(text: string, offset: number): LineColumn {
  let line = 1;
  let start = 0;
  for (
    let newline = text.indexOf('\n');
    newline >= 0 && newline < offset;
    newline = text.indexOf('\n', start)
  ) {
    line += 1;
    start = newline + 1;
  }
  return { line, column: Math.min(offset, text.length) - start + 1 };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let newline = text.indexOf('\n'); newline >= 0; newline = text.indexOf('\n', newline + 1)) {
    starts.push(newline + 1);
  }
  return starts;
}
