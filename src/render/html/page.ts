import { createHash } from 'node:crypto';
import { GRAPH_CSS, GRAPH_PALETTE } from '../graph/svg-style.ts';
import { escapeMarkup } from './escape.ts';
import { PAGE_CSS } from './page-style.ts';

export interface PageParts {
  readonly title: string;
  /** Markup, in which the caller has escaped every text that is not ours. */
  readonly body: string;
}

/**
 * A page that stands alone: no script, no network, and a content security policy that would allow neither even if
 * foreign text got through. The one style sheet is named by its hash.
 */
export function renderPage({ title, body }: PageParts): string {
  const css = GRAPH_PALETTE + GRAPH_CSS + PAGE_CSS;
  const hash = createHash('sha256').update(css).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return (
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n' +
    `<meta http-equiv="Content-Security-Policy" content="${policy}">\n` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
    '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n' +
    `<title>${escapeMarkup(title)}</title>\n<style>${css}</style>\n</head>\n` +
    `<body>\n<a class="skip" href="#main">To the changes</a>\n${body}\n</body>\n</html>\n`
  );
}
