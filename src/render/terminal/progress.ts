import type { ProgressState } from '../../model/progress.ts';
import { glyphs, number, paint, type Style, usableWidth } from './style.ts';
import { visible } from './visible.ts';
import { displayWidth, truncate } from './width.ts';

const BAR_CELLS = 20;

function counted(progress: ProgressState): string {
  if (progress.total > 0) return `${number(progress.done)}/${number(progress.total)}`;
  return progress.done > 0 ? number(progress.done) : '';
}

/** A line for a log, without a newline: `reading assistants 3/10 (page 3)`. */
export function plainProgress(progress: ProgressState, style: Style): string {
  const note = progress.note === undefined ? '' : `(${visible(progress.note)})`;
  const parts = [visible(progress.phase), counted(progress), note].filter((part) => part !== '');
  return truncate(parts.join(' '), usableWidth(style), glyphs(style).ellipsis);
}

function bar(progress: ProgressState, style: Style): string {
  if (!(progress.total > 0)) return '';
  const { full, empty } = glyphs(style);
  const share = Math.min(1, Math.max(0, progress.done / progress.total));
  const filled = Math.floor(share * BAR_CELLS);
  return paint(style, 'green', full.repeat(filled)) + paint(style, 'dim', empty.repeat(BAR_CELLS - filled));
}

/** One line without a newline, narrower than the terminal, to be rewritten in place. */
export function liveProgress(progress: ProgressState, style: Style): string {
  const { ellipsis } = glyphs(style);
  const room = Math.max(10, style.width - 1);
  const showBar = progress.total > 0 && room >= 60;
  const phase = truncate(
    visible(progress.phase),
    Math.max(4, room - (showBar ? BAR_CELLS + 22 : 0)),
    ellipsis,
  );
  const head = [phase, ...(showBar ? [bar(progress, style)] : []), counted(progress)]
    .filter((part) => part !== '')
    .join(' ');
  const left = room - displayWidth(head) - 2;
  const note =
    progress.note === undefined || left < 8 ? '' : truncate(visible(progress.note), left, ellipsis);
  if (displayWidth(head) > room)
    return truncate(visible(`${progress.phase} ${counted(progress)}`), room, ellipsis);
  return note === '' ? head : `${head}  ${paint(style, 'dim', note)}`;
}
