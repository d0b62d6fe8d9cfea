import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { renderPlanHtml } from '../../src/render/html/plan-page.ts';
import { sideBySide } from '../../src/render/html/side-by-side.ts';
import { buildChange, buildPlan, field } from './builders.ts';
import { CONTROL, HOSTILE_PLAN } from './hostile.ts';
import { INJECTED_PLAN, REVIEW } from './review-samples.ts';
import { RICH_PLAN } from './sample-plans.ts';

const VOID = new Set(['meta', 'br', 'col']);

/** Elements that are opened and not closed, or closed and not opened, in the order met. */
function unbalanced(html: string): readonly string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const body = html.replace(/<style>.*?<\/style>/s, '');
  for (const [, close, name = '', self] of body.matchAll(/<(\/?)([a-zA-Z][\w]*)[^>]*?(\/?)>/g)) {
    if (VOID.has(name) || self === '/') continue;
    if (close !== '/') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

describe.each([
  ['rich', RICH_PLAN],
  ['hostile', HOSTILE_PLAN],
  ['injected', INJECTED_PLAN],
] as const)('the page of the %s plan', (_name, plan) => {
  const html = renderPlanHtml(plan, REVIEW);

  test('closes what it opens, twice the same', () => {
    expect(unbalanced(html)).toEqual([]);
    expect(renderPlanHtml(plan, REVIEW)).toBe(html);
  });

  test('has no script, no address to load from, and one style sheet that its policy names', () => {
    const tags = html.match(/<[^>]*>/g) ?? [];
    expect(tags.filter((tag) => /^<(script|img|link|iframe|object|embed|form)\b/i.test(tag))).toEqual([]);
    const attributes = tags.map((tag) => tag.replace(/"[^"]*"/g, '""'));
    expect(attributes.filter((tag) => /\s(on\w+|style|src)=/i.test(tag))).toEqual([]);
    expect(html.match(/href="([^"]*)"/g)).toEqual(['href="#main"']);
    expect(html).toMatch(
      /content="default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'"/,
    );
    expect(html).not.toMatch(CONTROL);
  });
});

const JSONS: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)));

test('any values at all give a page that closes what it opens', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: 'binary' }), JSONS, JSONS), { maxLength: 6 }),
      (values) => {
        const fields = values.map(([path, before, after]) => field(`/${path}`, before, after));
        const html = renderPlanHtml(
          buildPlan({ changes: [buildChange('tool/a', { fields })] }, { update: 1 }),
        );
        expect(unbalanced(html)).toEqual([]);
        expect(html).not.toMatch(CONTROL);
      },
    ),
    { numRuns: 40 },
  );
});

describe('side by side', () => {
  test('equal texts give nothing', () => {
    expect(sideBySide('a\nb\n', 'a\nb\n')).toBe('');
  });

  test('numbers the lines of each side', () => {
    const html = sideBySide('one\ntwo\nthree\n', 'one\nnew\ntwo\n3\n');
    expect(html).toContain('<td class="none"></td><td class="no">2</td><td class="added">new</td>');
    expect(html).toContain(
      '<td class="no">3</td><td class="removed">three</td><td class="no">4</td><td class="added">3</td>',
    );
  });

  test('a lost line break at the end is said', () => {
    expect(sideBySide('a\n', 'a')).toContain('The line break at the end was removed.');
  });

  test('texts that look the same are spelled out', () => {
    expect(sideBySide('Caf\u00e9\nx\n', 'Cafe\u0301\nx\n')).toMatch(/\\xe9[\s\S]*\\u0301/);
  });

  test('a book that was rewritten is cut', () => {
    const text = (word: string): string =>
      Array.from({ length: 3000 }, (_, line) => `${word} ${line}`).join('\n');
    expect(sideBySide(text('old'), text('new'))).toContain('1000 more rows are not shown.');
  });
});
