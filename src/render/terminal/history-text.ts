import type { TestHistory } from '../../model/history.ts';
import { columns, finish, glyphs, paint, type Style } from './style.ts';
import { visible } from './visible.ts';

/** The last runs of each test in a line: newest on the right, as time goes. */
export function renderHistory(histories: readonly TestHistory[], style: Style): string {
  if (histories.length === 0) return 'No tests.\n';
  const { done, failed } = glyphs(style);
  const sign = (status: string): string => (status === 'passed' ? done : status === 'failed' ? failed : '!');
  const table = columns(
    [
      ['TEST', 'PASSED', 'RUNS', ''],
      ...histories.map((history) => [
        visible(history.address ?? history.name),
        history.pass_rate === null
          ? '-'
          : `${Math.round(history.pass_rate * 100)} % of ${history.runs.length}`,
        history.runs
          .toReversed()
          .map(({ status }) => sign(status))
          .join(''),
        history.flaky ? 'flaky' : history.runs.length === 0 ? 'never run' : '',
      ]),
    ],
    style,
  );
  return finish(table.map((row, index) => (index === 0 ? paint(style, 'dim', row) : row)));
}
