import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { byteLength } from '../../src/render/markdown/markdown.ts';
import { renderPlanMarkdown } from '../../src/render/plan/plan-markdown.ts';
import { renderPlan } from '../../src/render/plan/plan-text.ts';
import { hunkLines } from '../../src/render/terminal/hunk-text.ts';
import { PLAIN, type Style } from '../../src/render/terminal/style.ts';
import { diffText } from '../../src/render/terminal/text-diff.ts';
import { visible } from '../../src/render/terminal/visible.ts';
import { displayWidth, truncate, wrap } from '../../src/render/terminal/width.ts';
import { buildChange, buildPlan, field } from './builders.ts';
import { CONTROL, HOSTILE } from './hostile.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constant(HOSTILE),
  fc
    .array(fc.constantFrom('a', 'b', 'a b', '', '漢', HOSTILE), { maxLength: 30 })
    .map((lines) => lines.join('\n')),
);
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom('$ref', '$sensitive', '__proto__')), tie('json'), {
      maxKeys: 4,
    }),
  ),
}));
const fields = fc.array(
  fc.record({
    path: text,
    before: json,
    after: json,
    origin: fc.constantFrom('config' as const, 'drift' as const, 'removed' as const),
  }),
  { maxLength: 4 },
);
const plan = fc
  .record({
    fields,
    text,
    json,
    action: fc.constantFrom('create' as const, 'update' as const, 'delete' as const),
  })
  .map((parts) =>
    buildPlan({
      environment: parts.text,
      changes: [buildChange('tool/a', { action: parts.action, fields: parts.fields, reason: parts.text })],
      drift: [{ address: 'tool/b', remote_id: parts.text, deleted: false, fields: parts.fields }],
      conflicts: [
        { address: 'test/c', fields: [{ path: parts.text, base: parts.json, git: 'g', live: parts.json }] },
      ],
      released: [{ address: 'tool/d', fields: parts.fields }],
      diagnostics: [{ severity: 'warning', code: 'TYPE_WRONG', message: parts.text, hint: parts.text }],
    }),
  );
const style: fc.Arbitrary<Style> = fc.record({
  color: fc.boolean(),
  width: fc.integer({ min: 0, max: 300 }),
  unicode: fc.boolean(),
});

describe('any plan', () => {
  test('becomes the same tidy text each time', () => {
    fc.assert(
      fc.property(plan, style, (value, how) => {
        const shown = renderPlan(value, how);
        expect(renderPlan(value, how)).toBe(shown);
        expect(shown).toMatch(/[^\n]\n$/);
        expect(shown).not.toMatch(/[ \t]\n/);
        if (!how.color) expect(shown).not.toMatch(CONTROL);
      }),
      { numRuns: 100 },
    );
  });

  test('becomes Markdown within its budget', () => {
    fc.assert(
      fc.property(plan, fc.integer({ min: 5_000, max: 20_000 }), (value, budget) => {
        const shown = renderPlanMarkdown(value, { budget });
        expect(byteLength(shown)).toBeLessThanOrEqual(budget);
        expect(shown).not.toMatch(CONTROL);
        expect(shown.split('\n')[0]).toMatch(/^<!-- assistantctl:plan [^<>]* -->$/);
      }),
      { numRuns: 100 },
    );
  });
});

describe('differences of texts', () => {
  test('of equal texts are empty', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(diffText(value, value)).toEqual({ hunks: [], added: 0, removed: 0, finalNewline: 'same' });
        expect(hunkLines(PLAIN, value, value, { width: 80, wrap: true })).toEqual([]);
      }),
    );
  });

  test('of different texts are not', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after);
        expect(hunkLines(PLAIN, before, after, { width: 80, wrap: true })).not.toEqual([]);
      }),
    );
  });

  test('with unlimited context rebuild both texts', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after && before !== '' && after !== '');
        const rows = diffText(before, after, 10_000).hunks.flatMap((hunk) => hunk.rows);
        fc.pre(rows.length > 0);
        const side = (kind: 'added' | 'removed'): string =>
          rows
            .filter((row) => row.kind === 'same' || row.kind === kind)
            .map((row) => row.text)
            .join('\n');
        expect(side('removed')).toBe(before.replace(/\n$/, ''));
        expect(side('added')).toBe(after.replace(/\n$/, ''));
      }),
    );
  });

  test('mark words without losing any', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        for (const row of diffText(before, after).hunks.flatMap((hunk) => hunk.rows)) {
          if (row.words === undefined) continue;
          expect(row.words.map((part) => part.text).join('')).toBe(row.text);
        }
      }),
    );
  });
});

describe('columns', () => {
  test('are never exceeded by cutting or wrapping', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 80 }), (value, width) => {
        const shown = visible(value);
        expect(displayWidth(truncate(shown, width, '…'))).toBeLessThanOrEqual(width);
        for (const line of wrap(shown, width)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
      { examples: [['\u{1d158}\u{1d165}\u{1d16e}', 2]] },
    );
  });

  test('wrapping loses spaces only', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 80 }), (value, width) => {
        const shown = visible(value);
        expect(wrap(shown, width).join('').replaceAll(/\s/g, '')).toBe(shown.replaceAll(/\s/g, ''));
      }),
    );
  });
});

test('a visible text stays the same when it is made visible again', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(visible(visible(value))).toBe(visible(value));
      expect(visible(value)).not.toMatch(CONTROL);
    }),
  );
});

test('a field is shown for every pair of different values', () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      const change = buildChange('tool/a', { fields: [field('/the/path', before, after)] });
      expect(renderPlan(buildPlan({ changes: [change] }), PLAIN)).toContain('/the/path:');
    }),
  );
});
