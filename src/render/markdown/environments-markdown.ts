import type { EnvironmentRow, EnvironmentSection } from '../terminal/environments-text.ts';
import { code, prose } from './markdown.ts';

/** One table first, then what each environment has. */
export function renderEnvironmentsMarkdown(
  rows: readonly EnvironmentRow[],
  sections: readonly EnvironmentSection[],
): string {
  const lines = rows.map(({ environment, exit, words }) => {
    const told = words === '' ? (exit === 0 ? 'done' : 'failed') : words;
    return `| ${code(environment)} | ${prose(told)} | ${exit ?? ''} |`;
  });
  const table = ['| environment | outcome | exit |', '|---|---|---|', ...lines].join('\n');
  const parts = sections.flatMap(({ text }) => (text === '' ? [] : [text.trimEnd()]));
  return `${[table, ...parts].join('\n\n')}\n`;
}
