import { describe, expect, test } from 'vitest';
import { byteLength, code, fence, prose } from '../../src/render/markdown/markdown.ts';
import { renderPlanMarkdown } from '../../src/render/plan/plan-markdown.ts';
import { buildChange, buildPlan, field } from './builders.ts';
import { CONTROL, HOSTILE, HOSTILE_PLAN } from './hostile.ts';
import { RICH_PLAN } from './sample-plans.ts';

/** The text without code spans, fences and `<code>`, which is where GitHub looks for mentions and links. */
function outsideCode(markdown: string): string {
  return markdown
    .replaceAll('\\`', '')
    .replace(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, '')
    .replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')
    .replace(/<code>.*?<\/code>/g, '');
}

describe('hostile text', () => {
  const markdown = renderPlanMarkdown(HOSTILE_PLAN);

  test('mentions nobody, links nothing and closes nothing', () => {
    const [marker, ...rest] = markdown.split('\n');
    const outside = outsideCode(rest.join('\n'));
    expect(marker).toMatch(/^<!-- assistantctl:plan env=\S+ project=\S+ digest=\S+ -->$/);
    expect(outside).not.toMatch(/@octocat|#12|GH-7|https:\/\/|www\.|<!--|<script/);
    expect(outside.match(/<details(?: open)?>/g)).toHaveLength(outside.match(/<\/details>/g)?.length ?? 0);
  });

  test('holds no control, bidi or foreign invisible character', () => {
    expect(markdown).not.toMatch(CONTROL);
  });

  test('cannot end a fence', () => {
    const block = fence('diff', ['+ ```', '+ `````', '+ text']);
    expect(block.startsWith('``````diff\n')).toBe(true);
    expect(block.endsWith('\n``````')).toBe(true);
  });

  test('cannot end a code span or a table cell', () => {
    expect(code('a`b')).toBe('``a`b``');
    expect(code('`')).toBe('`` ` ``');
    expect(code('a|b')).toBe('`a\\|b`');
    expect(prose(HOSTILE)).not.toMatch(/(?<!\\)[|`]/);
  });
});

describe('the budget', () => {
  const changes = Array.from({ length: 2000 }, (_, index) =>
    buildChange(`assistant/number-${index}`, {
      fields: [field('/instructions', 'one\ntwo\nthree', `one\nzwei ${index} äöü\nthree`)],
    }),
  );
  const plan = buildPlan({ changes }, { update: 2000 });

  test.each([2_000, 5_000, 60_000])('of %i bytes is kept and what was left out is said', (budget) => {
    const markdown = renderPlanMarkdown(plan, { budget });
    expect(byteLength(markdown)).toBeLessThanOrEqual(budget);
    expect(markdown).toMatch(/sections left out/);
    expect(markdown).toContain('--expect-digest');
  });

  test('is 60,000 bytes unless told', () => {
    expect(byteLength(renderPlanMarkdown(plan))).toBeLessThanOrEqual(60_000);
    expect(byteLength(renderPlanMarkdown(plan))).toBeGreaterThan(40_000);
  });

  test('leaves the marker and the verdict when nothing else fits', () => {
    const markdown = renderPlanMarkdown(RICH_PLAN, { budget: 400 });
    expect(byteLength(markdown)).toBeLessThanOrEqual(400);
    expect(markdown).toContain('<!-- assistantctl:plan env=production');
    expect(markdown).toContain('### Plan for production');
  });
});

test('the apply command is held to what was reviewed', () => {
  const digest = RICH_PLAN.plan_digest.slice('sha256:'.length);
  expect(renderPlanMarkdown(RICH_PLAN)).toContain(
    `assistantctl apply --expect-digest ${digest} --env production`,
  );
});

test('an empty plan asks for no command', () => {
  const markdown = renderPlanMarkdown(buildPlan());
  expect(markdown).toContain('### Nothing to do: 14 resources match.');
  expect(markdown).not.toContain('```');
});

test('secrets never appear', () => {
  const secret = { key: { $sha256: 'KEY_TEST_DIGEST' }, text: 'long '.repeat(60) };
  const changes = [buildChange('tool/a', { fields: [field('/x', secret, { ...secret, text: 'y' })] })];
  expect(renderPlanMarkdown(buildPlan({ changes }))).not.toContain('KEY_TEST');
});
