import type { SideHistory, TestHistory } from '../../model/history.ts';
import { columns, finish, glyphs, paint, type Style } from './style.ts';
import { visible } from './visible.ts';

/** The last runs of each test in a line: newest on the right, as time goes. */
export function renderHistory(histories: readonly TestHistory[], style: Style): string {
  if (histories.length === 0) return 'No tests.\n';
  const { done, failed } = glyphs(style);
  const sign = (status: string): string => (status === 'passed' ? done : status === 'failed' ? failed : '!');
  const told = histories.some(({ main, candidate }) => main.runs + candidate.runs > 0);
  const table = columns(
    [
      ['TEST', 'PASSED', ...(told ? ['ON MAIN', 'CANDIDATES'] : []), 'RUNS', ''],
      ...histories.map((history) => [
        visible(history.address ?? history.name),
        shareText({ pass_rate: history.pass_rate, runs: history.runs.length }),
        ...(told ? [shareText(history.main), shareText(history.candidate)] : []),
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

function shareText({ pass_rate: rate, runs }: Pick<SideHistory, 'pass_rate' | 'runs'>): string {
  return rate === null ? '-' : `${Math.round(rate * 100)} % of ${runs}`;
}
