// Turns what a terminal got into an SVG that looks like it: the picture of the README is made from a real run.
const INK = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341', 36: '#79c0ff' };
const PLAIN = { ink: '#c9d1d9', bold: false, dim: false, marked: false };
const LINE = 19;
const COLUMN = 8.43;
const MARGIN = 16;
const HEAD = 34;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes are what is read
const CODES = /\u001b\[([\d;]*)m/g;

/** One text element a line, one span a run of equal style. */
export function picture(text, columns = 100) {
  const lines = text.replace(/\n+$/, '').split('\n');
  let style = PLAIN;
  const rows = lines.map((line, index) => {
    const spans = [];
    let from = 0;
    for (const match of line.matchAll(CODES)) {
      spans.push([line.slice(from, match.index), style]);
      from = match.index + match[0].length;
      for (const code of match[1].split(';')) style = after(style, Number(code));
    }
    spans.push([line.slice(from), style]);
    const y = HEAD + MARGIN + (index + 1) * LINE - 5;
    return `<text x="${MARGIN}" y="${y}">${spans.map(span).join('')}</text>`;
  });
  const width = Math.round(columns * COLUMN + 2 * MARGIN);
  const height = HEAD + lines.length * LINE + 2 * MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="A run of npm run demo">
<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:#c9d1d9}</style>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<circle cx="20" cy="18" r="6" fill="#ff5f56"/><circle cx="40" cy="18" r="6" fill="#ffbd2e"/><circle cx="60" cy="18" r="6" fill="#27c93f"/>
${rows.join('\n')}
</svg>
`;
}

function after(style, code) {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 7) return { ...style, marked: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 27) return { ...style, marked: false };
  if (code === 39) return { ...style, ink: PLAIN.ink };
  return INK[code] === undefined ? style : { ...style, ink: INK[code] };
}

function span([text, { ink, bold, dim, marked }]) {
  if (text === '') return '';
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const parts = [
    ...(ink === PLAIN.ink ? [] : [`fill="${ink}"`]),
    ...(bold || marked ? ['font-weight="700"'] : []),
    ...(marked ? ['text-decoration="underline"'] : []),
    ...(dim ? ['opacity=".6"'] : []),
  ];
  return parts.length === 0 ? `<tspan>${escaped}</tspan>` : `<tspan ${parts.join(' ')}>${escaped}</tspan>`;
}
