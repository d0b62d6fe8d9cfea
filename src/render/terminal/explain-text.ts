import type { Position } from '../../model/diagnostic.ts';
import type { Explained, ExplainedVariable, Origin, Overridden } from '../../model/explained.ts';
import { finish, glyphs, paint, type Style, usableWidth } from './style.ts';
import { inline } from './value.ts';
import { visible } from './visible.ts';
import { displayWidth, truncate } from './width.ts';

/** Each value with where it comes from, on one line where that fits. */
export function renderExplained(address: string, list: readonly Explained[], style: Style): string {
  const width = usableWidth(style);
  const lines = list.flatMap(({ pointer, value, origin, ignored }) => {
    const said = truncate(`  ${visible(pointer)}: ${inline(value)}`, width, glyphs(style).ellipsis);
    const words = [
      ...(origin === null ? [] : [originText(origin)]),
      ...(ignored === undefined
        ? []
        : [`neither compared nor written: ignore_changes has ${visible(ignored)}`]),
    ];
    const from = words.join('; ');
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
    ...layerWords(origin),
    origin.data_file === undefined ? '' : `read from ${visible(origin.data_file)}`,
    origin.text_file === undefined ? '' : `text of ${visible(origin.text_file)}`,
    origin.text_files === undefined ? '' : `text of ${origin.text_files.map(visible).join(' + ')}`,
    origin.entry === undefined ? '' : `entry ${visible(origin.entry.key)} (${place(origin.entry.position)})`,
    ...origin.variables.map(variableText),
    ...(origin.overrides ?? []).map(overriddenText),
  ];
  return words.filter((word) => word !== '').join(', ');
}

function layerWords({ base, overlay }: Pick<Origin, 'base' | 'overlay'>): readonly string[] {
  return [
    base === undefined ? '' : `base ${base}`,
    overlay === undefined ? '' : `overlay ${visible(overlay)}`,
  ];
}

function variableText({ name, level, position }: ExplainedVariable): string {
  return `\${var.${visible(name)}} of the ${visible(level)} (${place(position)})`;
}

function overriddenText({ value, position, ...layer }: Overridden): string {
  const words = [place(position), ...layerWords(layer)].filter((word) => word !== '').join(', ');
  return `instead of ${inline(value)} (${words})`;
}

function place({ file, line, column }: Position): string {
  return `${visible(file)}:${line}:${column}`;
}
