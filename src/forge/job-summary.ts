import { appendFile, stat } from 'node:fs/promises';
import { withoutMarkers } from '../render/markdown/marker.ts';
import { shortenMarkdown } from '../render/terminal/shorten.ts';

/** GitHub drops the whole summary of a step beyond 1 MiB. */
const MOST_BYTES = 900_000;
const CUT = 'Shortened: the summary of a step has room for 1 MiB.';

/** Appends the text as far as there is room; false when the file takes nothing. */
export async function appendSummary(path: string, text: string): Promise<boolean> {
  const used = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  const room = MOST_BYTES - used;
  const whole = withoutMarkers(text);
  // Each character may have three bytes in UTF-8 for one of JavaScript's.
  const fits = Buffer.byteLength(whole) <= room;
  if (!fits && room < 2_000) return false;
  const shown = fits ? whole : shortenMarkdown(whole, Math.floor(room / 3), CUT);
  return await appendFile(path, `${shown}\n`).then(
    () => true,
    () => false,
  );
}
