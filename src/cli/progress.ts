import type { ProgressState } from '../model/progress.ts';
import type { Progress } from '../operations/host.ts';
import { liveProgress, plainProgress } from '../render/terminal/progress.ts';
import type { Style } from '../render/terminal/style.ts';
import type { Runtime } from '../runtime.ts';
import { isLive } from './terminal.ts';

/** Work that is over sooner than this says nothing. */
const QUIET_MS = 500;

/** A live line is redrawn this often, a log gets a line this often. */
const LIVE_MS = 100;
const PLAIN_MS = 5_000;

const ERASE_LINE = '\r\u001b[2K';

/** What progress is shown with. */
export interface ProgressScreen {
  readonly runtime: Runtime;
  readonly noteStyle: Style;
  note(text: string): void;
}

/** Progress on stderr: one live line at a terminal, now and then a plain line otherwise. */
export function startProgress(screen: ProgressScreen): Progress {
  const { runtime } = screen;
  const live = isLive(runtime.stderr, runtime.env);
  const every = live ? LIVE_MS : PLAIN_MS;
  const over = new AbortController();
  const begun = runtime.clock().getTime();
  let latest: ProgressState | undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  let drawn = false;

  const draw = (): void => {
    const now = runtime.clock().getTime();
    if (latest === undefined || over.signal.aborted) return;
    if (now - begun < QUIET_MS || now - shownAt < every) return;
    shownAt = now;
    drawn = true;
    const { noteStyle } = screen;
    const line = live
      ? `${ERASE_LINE}${liveProgress(latest, noteStyle)}`
      : `${plainProgress(latest, noteStyle)}\n`;
    screen.note(line);
  };

  // A single slow request reports nothing by itself, so the first line comes from the clock.
  void runtime.sleep(QUIET_MS + 1, over.signal).then(draw);
  return {
    show: (state) => {
      latest = state;
      draw();
    },
    end: () => {
      if (live && drawn && !over.signal.aborted) screen.note(ERASE_LINE);
      over.abort();
    },
  };
}
