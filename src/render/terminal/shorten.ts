/**
 * Cuts Markdown at a line so that it has at most `length` characters, closes what was open there, and says so.
 * Text that fits stays as it is.
 */
export function shortenMarkdown(text: string, length: number, note: string): string {
  if (text.length <= length) return text;
  const ending = `\n\n_${note}_\n`;
  const lines: string[] = [];
  let used = ending.length;
  let open: Open = { fence: '', details: 0 };
  for (const line of text.split('\n')) {
    const after = follow(open, line);
    if (used + line.length + 1 + closing(after).length > length) break;
    lines.push(line);
    used += line.length + 1;
    open = after;
  }
  return `${lines.join('\n')}${closing(open)}${ending}`;
}

interface Open {
  readonly fence: string;
  readonly details: number;
}

function follow({ fence, details }: Open, line: string): Open {
  const [, ticks, info = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  if (fence !== '') {
    const closes = ticks?.startsWith(fence) === true && info.trim() === '';
    return { fence: closes ? '' : fence, details };
  }
  if (ticks !== undefined) return { fence: ticks, details };
  const opened = line.match(/<details>/g)?.length ?? 0;
  const closed = line.match(/<\/details>/g)?.length ?? 0;
  return { fence, details: Math.max(0, details + opened - closed) };
}

function closing({ fence, details }: Open): string {
  return `${fence === '' ? '' : `\n${fence}`}${'\n\n</details>'.repeat(details)}`;
}
