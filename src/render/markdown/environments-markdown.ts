import type { EnvironmentRow, EnvironmentSection } from '../terminal/environments-text.ts';
import { code, prose } from './markdown.ts';
import { markerLine, readMarkers, withoutMarkers } from './marker.ts';

/** The markers of all plans, which have to stand first; then one table, then what each environment has. */
export function renderEnvironmentsMarkdown(
  rows: readonly EnvironmentRow[],
  sections: readonly EnvironmentSection[],
): string {
  const lines = rows.map(({ environment, exit, words }) => {
    const told = words === '' ? (exit === 0 ? 'done' : 'failed') : words;
    return `| ${code(environment)} | ${prose(told)} | ${exit ?? ''} |`;
  });
  const table = ['| environment | outcome | exit |', '|---|---|---|', ...lines].join('\n');
  const parts = sections.flatMap(({ text }) => (text === '' ? [] : [withoutMarkers(text).trimEnd()]));
  const markers = sections
    .flatMap(({ text }) => readMarkers(text))
    .map((marker) => `${markerLine(marker, Number.POSITIVE_INFINITY)}\n`);
  return `${markers.join('')}${[table, ...parts].join('\n\n')}\n`;
}
