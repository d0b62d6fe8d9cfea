import { visible } from '../terminal/visible.ts';

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** Text for element content and quoted attributes of HTML and SVG; invisible characters are shown as escapes. */
export function escapeMarkup(text: string, show: (text: string) => string = visible): string {
  return show(text).replace(/[&<>"']/g, (character) => ENTITIES.get(character) ?? '');
}

/** Foreign text in a `<code>` element. */
export function codeMarkup(text: string): string {
  return `<code>${escapeMarkup(text)}</code>`;
}
