import { markerValue, prose } from '../render/markdown/markdown.ts';
import { markerLine, NO_DIGEST, readMarkers, withoutMarkers } from '../render/markdown/marker.ts';
import { isMergeLine } from '../render/plan/merge-verdict.ts';

/** The line of a comment that says what became of it; everything else of the comment stays as it was reviewed. */
const STATUS = '<!-- assistantctl:status';

/** The comment with markers that hold no set any more: what somebody else wrote is not made our own by our status. */
export function withoutSets(body: string): string {
  const text = body.replaceAll('\r\n', '\n');
  const markers = readMarkers(text).map(({ topic, environment, project }) =>
    markerLine({ topic, environment, project, digest: NO_DIGEST }),
  );
  return [...markers, withoutMarkers(text)].join('\n');
}

/**
 * The comment with another status, right behind its markers, which have to stay first. In a comment about several
 * environments each has a line of its own.
 */
export function withStatus(body: string, status: string, environment: string): string {
  const text = body.replaceAll('\r\n', '\n');
  const markers = readMarkers(text).map((marker) => markerLine(marker, Number.POSITIVE_INFINITY));
  const several = markers.length > 1;
  const mark = several ? `${STATUS}:${markerValue(environment)} -->` : `${STATUS} -->`;
  const isAbout = (line: string): boolean => !several || line.includes(prose(environment));
  const lines = withoutMarkers(text).split('\n');
  const known = lines.filter((line) => line.startsWith(STATUS) && !line.startsWith(mark));
  let headline = '';
  const kept = lines.filter((line) => {
    if (/^#{1,6} /.test(line)) headline = line;
    // Whether it may be merged is no question any more.
    const settled = isMergeLine(line) && isAbout(headline);
    return !line.startsWith(STATUS) && !settled;
  });
  while (kept[0]?.trim() === '') kept.shift();
  const named = several ? `${environment}: ${status}` : status;
  const statuses = [...known, `${mark}**${prose(named)}**`].sort();
  // Lines of their own, also where they are drawn.
  return [...markers, statuses.join('\n\n'), '', ...kept].join('\n');
}
