import { shortTime } from '../../model/short-time.ts';
import type { DeletedResource, HistoryEntry } from '../../model/state.ts';
import { columns, finish, paint, paragraph, type Style } from './style.ts';
import { visible } from './visible.ts';

/** The applies of an environment, newest first; undefined: the store keeps no history. */
export function renderStateHistory(
  entries: readonly HistoryEntry[] | undefined,
  serial: number | undefined,
  style: Style,
): string {
  if (serial === undefined) return 'No state yet: this environment was never applied.\n';
  if (entries === undefined) return `Serial ${serial}.\n`;
  const rows = columns(
    [
      ['SERIAL', 'WHEN', 'WHO', 'SPECS', 'PLAN', 'STATE', 'WHAT'],
      ...entries.map((entry) => [
        String(entry.serial ?? '-'),
        visible(shortTime(entry.at)),
        visible(entry.holder ?? '-'),
        visible(entry.commit?.slice(0, 7) ?? '-'),
        visible(entry.plan_digest?.replace(/^sha256:/, '').slice(0, 8) ?? '-'),
        visible(entry.revision.slice(0, 7)),
        visible(entry.outcome === null ? entry.summary : `${entry.summary} (${entry.outcome})`),
      ]),
    ],
    style,
  );
  const lines = rows.flatMap((row, index) => {
    const run = entries[index - 1]?.run;
    const own = index === 0 ? paint(style, 'dim', row) : row;
    return run ? [own, ...paragraph(style, `run ${visible(run)}`, 8, 'dim')] : [own];
  });
  return finish(lines);
}

/** What was deleted and is kept as a copy, newest first. Empty text when nothing is. */
export function renderDeleted(
  deleted: readonly Pick<DeletedResource, 'address' | 'remote_id' | 'deleted_at'>[],
  style: Style,
): string {
  if (deleted.length === 0) return '';
  const rows = deleted
    .toReversed()
    .map((item) => [
      `  ${visible(item.address)}`,
      visible(item.remote_id),
      visible(shortTime(item.deleted_at)),
    ]);
  return finish([
    ...paragraph(style, 'Deleted, with a copy that `state restore ADDR` creates again:', 0, 'bold'),
    ...columns(rows, style),
  ]);
}
