import { renderRecords } from './records.ts';
import { finish, paint, type Style } from './style.ts';
import { visible } from './visible.ts';

/** How a command ended for one of several environments. */
export interface EnvironmentRow {
  readonly environment: string;
  /** Null where it was not begun. */
  readonly exit: number | null;
  readonly words: string;
}

/** What the command printed for it. */
export interface EnvironmentSection {
  readonly environment: string;
  readonly text: string;
}

/** One table first, then each. */
export function renderEnvironments(
  rows: readonly EnvironmentRow[],
  sections: readonly EnvironmentSection[],
  style: Style,
): string {
  const cells = rows.map(({ environment, exit, words }) => [
    environment,
    words === '' ? (exit === 0 ? 'done' : 'failed') : words,
    exit === null ? '' : String(exit),
  ]);
  const table = renderRecords(['ENVIRONMENT', 'OUTCOME', 'EXIT'], cells, 'no environment', style);
  const parts = sections.flatMap(({ environment, text }) =>
    text === '' ? [] : [`\n${finish([paint(style, 'bold', visible(environment))])}${text}`],
  );
  return `${table}${parts.join('')}`;
}
