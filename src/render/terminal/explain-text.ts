import type { Position } from '../../model/diagnostic.ts';
import type { Explained, Origin } from '../../model/explained.ts';
import { finish, glyphs, paint, type Style, usableWidth } from './style.ts';
import { inline } from './value.ts';
import { visible } from './visible.ts';
import { displayWidth, truncate } from './width.ts';

/** Each value with where it comes from, on one line where that fits. */
export function renderExplained(address: string, list: readonly Explained[], style: Style): string {
  const width = usableWidth(style);
  const lines = list.flatMap(({ pointer, value, origin }) => {
    const said = truncate(`  ${visible(pointer)}: ${inline(value)}`, width, glyphs(style).ellipsis);
    const from = origin === null ? '' : originText(origin);
    const one = `${said}  ${from}`;
    return displayWidth(one) <= width
      ? [`${said}  ${paint(style, 'dim', from)}`]
      : [said, `    ${paint(style, 'dim', from)}`];
  });
  return finish([paint(style, 'bold', visible(address)), ...lines]);
}

function originText(origin: Origin): string {
  if (origin.source === 'api_default') return 'default of the API, not written and not managed';
  const words = [
    origin.position === undefined ? '' : place(origin.position),
    origin.base === undefined ? '' : `base ${origin.base}`,
    origin.overlay === undefined ? '' : `overlay ${visible(origin.overlay)}`,
    origin.text_file === undefined ? '' : `text of ${visible(origin.text_file)}`,
    ...origin.variables.map(({ name, position }) => `\${var.${visible(name)}} (${place(position)})`),
  ];
  return words.filter((word) => word !== '').join(', ');
}

function place({ file, line, column }: Position): string {
  return `${visible(file)}:${line}:${column}`;
}
