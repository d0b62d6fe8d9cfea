import { marked } from 'marked';
import { describe, expect, test } from 'vitest';
import { renderPlanMarkdown } from '../../src/render/plan/plan-markdown.ts';
import { renderReportMarkdown } from '../../src/render/report/report-markdown.ts';
import { HOSTILE_PLAN } from '../render/hostile.ts';
import { INJECTED_PLAN, REVIEW, TESTS } from '../render/review-samples.ts';
import { CONFLICT_PLAN, RICH_PLAN } from '../render/sample-plans.ts';
import { PARTIAL_REPORT } from '../render/sample-results.ts';
import { picture, useBrowser } from './browser.ts';

// The comment as a person sees it: GitHub-flavoured Markdown made into HTML by a renderer that, unlike GitHub,
// removes nothing, so that whatever gets through shows.

const open = useBrowser();

const CSS = `body{font:16px/1.5 system-ui,sans-serif;max-width:900px;margin:24px auto;padding:0 16px}
pre{background:#f6f8fa;padding:12px;overflow:auto;font-size:13px}code{background:#eff1f3;padding:1px 4px;font-size:85%}
pre code{padding:0;background:none}table{border-collapse:collapse}td,th{border:1px solid #d1d9e0;padding:4px 12px}
blockquote{border-left:4px solid #cf222e;margin:0;padding:0 16px}summary{cursor:pointer}`;

async function asPage(markdown: string): Promise<string> {
  const body = await marked.parse(markdown, { gfm: true });
  return `<!doctype html><meta charset="utf-8"><style>${CSS}</style><body>${body}</body>`;
}

const PLACE = {
  project: 'northwind-voice',
  environment: 'production',
  overridden: ['7 deletes are planned'],
};

const DOCUMENTS: readonly (readonly [string, string])[] = [
  ['rich', renderPlanMarkdown(RICH_PLAN, REVIEW)],
  ['conflict', renderPlanMarkdown(CONFLICT_PLAN)],
  ['hostile', renderPlanMarkdown(HOSTILE_PLAN, REVIEW)],
  ['injected', renderPlanMarkdown(INJECTED_PLAN, REVIEW)],
  ['report', renderReportMarkdown(PARTIAL_REPORT, PLACE)],
];

describe.each(DOCUMENTS)('the %s comment', (name, markdown) => {
  test('lets nothing of a prompt become markup', async () => {
    const { page, requests, trouble } = await open(await asPage(markdown));
    expect({ requests, trouble }).toEqual({ requests: [], trouble: [] });
    expect(
      await page
        .locator(
          'a:not([href^="https://portal.telnyx.com/#/ai/assistants/edit/assistant-"]), img, script, iframe, form, h1, #owned, del, s',
        )
        .count(),
    ).toBe(0);
    const open_ = await page.locator('details').count();
    expect(open_).toBe(markdown.match(/^<details(?: open)?>/gm)?.length ?? 0);
    // Whatever stands after a section that prompts tried to close is still outside of it.
    expect(await page.locator('details pre code.language-sh').count()).toBe(0);
  });

  test('reads as a whole', async () => {
    const { page } = await open(await asPage(markdown));
    await page.evaluate(() => {
      for (const node of document.querySelectorAll('details')) node.open = true;
    });
    expect(await page.locator('h3').count()).toBe(1);
    const rows = await page.locator('table').evaluateAll((tables) =>
      tables.flatMap((table) => {
        const columns = table.querySelectorAll('thead th').length;
        return [...table.querySelectorAll('tbody tr')].map((row) => row.children.length - columns);
      }),
    );
    expect(rows.filter((difference) => difference !== 0)).toEqual([]);
    await picture(page, `comment-${name}`);
  });
});

test('tests in trouble are shown with their log, and logs cannot break out', async () => {
  const { page } = await open(await asPage(renderPlanMarkdown(RICH_PLAN, { tests: TESTS })));
  const text = await page.locator('body').evaluate((node) => node.textContent ?? '');
  expect(text).toContain('Never reads a card number out');
  expect(text).toContain('</pre><script>alert(3)</script>');
});
