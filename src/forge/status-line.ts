import { prose } from '../render/markdown/markdown.ts';

/** The line of a comment that says what became of it; everything else of the comment stays as it was reviewed. */
const STATUS = '<!-- assistantctl:status -->';

/** The comment with another status, right behind its marker, which has to stay the first line. */
export function withStatus(body: string, status: string): string {
  const [marker = '', ...rest] = body.replaceAll('\r\n', '\n').split('\n');
  const kept = rest
    .filter((line) => !line.startsWith(STATUS))
    // A headline of the plan, which is no longer so.
    .map((line) => line.replace(/^(#{1,6} .*?) Nothing has been applied\.$/, '$1'));
  while (kept[0]?.trim() === '') kept.shift();
  return [marker, `${STATUS}**${prose(status)}**`, '', ...kept].join('\n');
}
