import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { renderPlanHtml } from '../../src/render/html/plan-page.ts';
import { buildPlan } from '../render/builders.ts';
import { INJECTED_PLAN, INJECTION, REVIEW } from '../render/review-samples.ts';
import { CONFLICT_PLAN, RICH_PLAN } from '../render/sample-plans.ts';
import { picture, useBrowser } from './browser.ts';

const open = useBrowser();

describe('foreign text', () => {
  test('stays text: nothing runs, loads or becomes an element', async () => {
    const { page, requests, trouble } = await open(renderPlanHtml(INJECTED_PLAN, REVIEW));
    expect(
      await page
        .locator('script, img, iframe, form, input, link, a:not(.skip), #owned, foreignObject')
        .count(),
    ).toBe(0);
    expect(await page.locator('style').count()).toBe(1);
    expect(await page.locator('main').count()).toBe(1);
    const handlers = await page.evaluate(
      () =>
        [...document.querySelectorAll('*')].filter((node) =>
          [...node.attributes].some(({ name }) => name.startsWith('on')),
        ).length,
    );
    expect(handlers).toBe(0);
    expect({ requests, trouble }).toEqual({ requests: [], trouble: [] });
    const text = await page.locator('body').innerText();
    for (const line of INJECTION.split('\n')) expect(text).toContain(line.trim().slice(0, 40));
    await picture(page, 'injected');
  });

  test('could not run even as an element: the policy forbids it', async () => {
    const html = renderPlanHtml(RICH_PLAN, REVIEW).replace(
      '</main>',
      '<script>document.title = "owned"</script><img src="http://evil.example/x.png"><p style="color:red" onclick="x()">x</p></main>',
    );
    const { page, requests, trouble } = await open(html);
    expect(await page.title()).toContain('Plan for production');
    expect(requests).toEqual([]);
    expect(trouble.filter((text) => text.includes('Content Security Policy')).length).toBeGreaterThanOrEqual(
      3,
    );
  });
});

describe('a plan with everything in it', () => {
  test('needs nothing from outside and breaks no rule of its own', async () => {
    const { page, requests, trouble } = await open(renderPlanHtml(RICH_PLAN, REVIEW));
    expect({ requests, trouble }).toEqual({ requests: [], trouble: [] });
    await expect(page.locator('h1').innerText()).resolves.toContain('1 to create');
    expect(await page.locator('svg .node').count()).toBeGreaterThan(3);
    expect(await page.locator('.diff del').allInnerTexts()).toContain('happy');
    expect(await page.locator('.diff ins').allInnerTexts()).toContain('glad');
    await expect(page.locator('main').innerText()).resolves.toContain('+13125550100');
    await picture(page, 'rich-light');
  });

  test('shows before and after beside each other, in columns of the same width', async () => {
    const { page } = await open(renderPlanHtml(RICH_PLAN));
    const cells = page.locator('.diff tr:has(td.removed):has(td.added)').first().locator('td:not(.no)');
    const boxes = await Promise.all([cells.nth(0).boundingBox(), cells.nth(1).boundingBox()]);
    const [left, right] = boxes;
    expect(left?.y).toBe(right?.y);
    expect(Math.abs((left?.width ?? 0) - (right?.width ?? 0))).toBeLessThan(4);
    expect(left?.width).toBeGreaterThan(400);
  });

  test('is readable without script', async () => {
    const { page } = await open(renderPlanHtml(RICH_PLAN, REVIEW), { script: false });
    const text = await page.locator('main').innerText();
    expect(text).toContain('Never guess: say that you will find out.');
    expect(text).toContain('No card numbers'.replace('No card numbers', 'test/no-card-numbers'));
  });

  test.each([1280, 390])('does not scroll sideways at %i pixels', async (width) => {
    const { page } = await open(renderPlanHtml(RICH_PLAN, REVIEW), { width });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await picture(page, `rich-${width}`);
  });

  test.each(['light', 'dark'] as const)('has enough contrast in %s', async (scheme) => {
    const { page } = await open(renderPlanHtml(RICH_PLAN, REVIEW), { scheme });
    expect(await weakTexts(page)).toEqual([]);
    await picture(page, `rich-${scheme}`);
  });

  test('conflicts come first', async () => {
    const { page } = await open(renderPlanHtml(CONFLICT_PLAN));
    expect(await page.locator('main h2').first().innerText()).toBe('Conflicts');
    await picture(page, 'conflict');
  });

  test('an empty plan is a short page', async () => {
    const { page } = await open(renderPlanHtml(buildPlan()));
    await expect(page.locator('h1').innerText()).resolves.toBe('Nothing to do: 14 resources match.');
    expect(await page.locator('details').count()).toBe(0);
  });
});

test('the keyboard reaches and opens everything', async () => {
  const { page } = await open(renderPlanHtml(RICH_PLAN, REVIEW));
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip');
  await page.keyboard.press('Enter');
  expect(new URL(page.url()).hash).toBe('#main');
  const change = page.locator('details.change').first();
  const before = await change.evaluate((node) => node.hasAttribute('open'));
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    if (await change.evaluate((node) => node.querySelector('summary') === document.activeElement)) break;
  }
  expect(
    await change.evaluate((node) => getComputedStyle(node.querySelector('summary') ?? node).outlineStyle),
  ).toBe('solid');
  await page.keyboard.press('Enter');
  expect(await change.evaluate((node) => node.hasAttribute('open'))).toBe(!before);
});

/** Texts whose contrast with what is behind them is below 4.5 to 1 (WCAG AA); badges of the drawing left out. */
function weakTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const numbers = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
    const light = (color: readonly number[]): number => {
      const [r = 0, g = 0, b = 0] = color.slice(0, 3).map((value) => {
        const part = value / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (node: Element | null): number[] => {
      for (let at = node; at !== null; at = at.parentElement) {
        const color = numbers(getComputedStyle(at).backgroundColor);
        if (color.length === 3 || (color[3] ?? 0) === 1) return color;
      }
      return [255, 255, 255];
    };
    const weak = new Set<string>();
    for (const node of document.querySelectorAll('body *')) {
      const own = [...node.childNodes].some(
        (child) => child.nodeType === 3 && child.textContent?.trim() !== '',
      );
      if (!own || node.closest('svg') !== null || node.closest('.skip') !== null) continue;
      const [a, b] = [light(numbers(getComputedStyle(node).color)), light(behind(node))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) weak.add(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`);
    }
    return [...weak];
  });
}
