import { describe, expect, test } from 'vitest';
import type { FieldChange } from '../../src/model/plan.ts';
import { renderPlan } from '../../src/render/plan/plan-text.ts';
import { PLAIN } from '../../src/render/terminal/style.ts';
import { buildChange, buildPlan, field } from './builders.ts';
import { CONTROL, HOSTILE_PLAN } from './hostile.ts';
import { CONFLICT_PLAN, RICH_PLAN } from './sample-plans.ts';

describe('the verdict', () => {
  test('counts what would happen and what would not', () => {
    const plan = buildPlan(
      { changes: [buildChange('tool/a', { action: 'create' })] },
      { create: 1, update: 2, promote: 1 },
    );
    expect(renderPlan(plan, PLAIN).split('\n')[0]).toBe(
      'Plan for production: 1 to create, 2 to update, 0 to delete, 1 to promote; 14 unchanged.',
    );
  });

  test('does not call an account with drift equal', () => {
    const plan = buildPlan(
      {
        drift: [{ address: 'tool/a', remote_id: 't', deleted: false, fields: [field('/x', 1, 2, 'drift')] }],
      },
      { drift: 1, unchanged: 13 },
    );
    const text = renderPlan(plan, PLAIN);
    expect(text).toContain('Nothing to apply: 13 unchanged, 1 changed outside Git.');
    expect(text).toContain('assistantctl pull --drift tool/a --env production');
    expect(text).toContain('--revert-drift');
  });

  test('does not call a plan with errors empty', () => {
    const plan = buildPlan({
      diagnostics: [{ severity: 'error', code: 'NAME_AMBIGUOUS', message: 'Two of them.' }],
    });
    expect(renderPlan(plan, PLAIN)).toMatch(/^No plan for production: 1 error\.\n/);
  });
});

test('drift that is put back is shown with the change and not as left alone', () => {
  const reverted = field('/greeting', 'live', 'git', 'drift');
  const plan = buildPlan({
    changes: [buildChange('assistant/a', { fields: [reverted], promotes: true })],
    drift: [{ address: 'assistant/a', remote_id: 'a', deleted: false, fields: [reverted] }],
  });
  const text = renderPlan(plan, PLAIN);
  expect(text).toContain('/greeting: "live" → "git" (changed outside Git, put back)');
  expect(text).not.toContain('left as it is');
});

test('an orphan that is deleted is not listed as left', () => {
  expect(renderPlan(RICH_PLAN, PLAIN)).not.toMatch(/Without a spec[\s\S]*tool\/retired/);
});

test('a delete, its blast radius and a dirty tree come before the changes', () => {
  const plan = buildPlan({
    changes: [buildChange('tool/a', { action: 'delete', affects: ['assistant/z', 'assistant/b'] })],
    git: { commit: 'abcdef0123', branch: null, dirty: true },
  });
  const text = renderPlan(plan, PLAIN);
  const head = text.slice(0, text.indexOf('Delete (1)'));
  expect(head).toContain('! Deletes 1 resource: tool/a.');
  expect(head).toContain('! tool/a takes effect at once for: assistant/b, assistant/z');
  expect(head).toContain('not committed');
});

describe('the next command', () => {
  const changes = [buildChange('tool/a')];

  test('repeats the options that shaped the plan', () => {
    const options = { prune: true, recreate: true, take: 'git', targets: ['tool/a'] } as const;
    expect(renderPlan(buildPlan({ changes, options }), PLAIN)).toMatch(
      /Next: assistantctl apply --prune --recreate --take git --target tool\/a --env production\n$/,
    );
  });

  test('is the saved file when there is one, quoted for the shell', () => {
    expect(renderPlan(buildPlan({ changes }), PLAIN, { file: "my plan's.json", protected: true })).toMatch(
      /Next: assistantctl apply 'my plan'\\''s\.json' --env production\n$/,
    );
  });

  test('approves a protected environment', () => {
    expect(renderPlan(buildPlan({ changes }), PLAIN, { protected: true })).toMatch(
      /Next: assistantctl apply --approve production --env production\n$/,
    );
  });

  test('is never apply while there is a conflict', () => {
    const next = renderPlan(CONFLICT_PLAN, PLAIN).split('Next: ')[1];
    expect(next).toContain('--take git');
    expect(next).toContain('--take live');
    expect(next).not.toContain('apply');
  });
});

describe('values', () => {
  const shown = (...fields: readonly FieldChange[]): string =>
    renderPlan(buildPlan({ changes: [buildChange('assistant/a', { fields, promotes: true })] }), PLAIN);

  test('secrets never appear, not even as digests', () => {
    const text = shown(
      field('/a', { $sha256: 'KEY_TEST_DIGEST' }, { $sha256: 'KEY_TEST_OTHER' }),
      field('/b', { list: ['long '.repeat(30), { $sha256: 'KEY_TEST_DIGEST' }] }, { list: ['x'] }),
      field('/c', null, { deep: { $sensitive: true } }),
    );
    expect(text).not.toContain('KEY_TEST');
    expect(text).toContain('/a: (sensitive) → (sensitive)');
    expect(text).toContain('/c: (not set) → { deep: (sensitive) }');
  });

  test("a user's own $ref in a JSON Schema is not taken for an address", () => {
    expect(shown(field('/p', null, { $ref: '#/definitions/order' }))).toContain(
      '{ $ref: "#/definitions/order" }',
    );
    expect(shown(field('/p', null, { $ref: 'tool/order' }))).toContain('(not set) → tool/order');
  });

  test('two strings that look the same are told apart', () => {
    expect(shown(field('/name', 'a b', 'a\u00a0b'))).toContain('"a b" → "a\\xa0b"');
  });

  test('a secret that changes inside a long object is not an empty change', () => {
    const object = (secret: string) => ({ text: 'long '.repeat(40), key: { $sha256: secret } });
    expect(shown(field('/o', object('1'), object('2')))).toContain('(sensitive) changed');
  });

  test('of a long prompt only the neighbourhood of the change is shown', () => {
    const lines = Array.from({ length: 400 }, (_, index) => `Rule ${index}: be kind.`);
    const text = shown(
      field('/instructions', lines.join('\n'), lines.with(200, 'Rule 200: be kind and brief.').join('\n')),
    );
    expect(text).toContain('/instructions: +1 −1 lines');
    expect(text).toContain('@@ -198,7 +198,7 @@');
    expect(text.split('\n').length).toBeLessThan(25);
  });

  test('a prompt that was rewritten wholly does not bury the plan', () => {
    const lines = (word: string) =>
      Array.from({ length: 5000 }, (_, index) => `${word} ${index * 7}`).join('\n');
    const text = shown(field('/instructions', lines('old'), lines('new')));
    expect(text).toContain('more changed lines');
    expect(text.split('\n').length).toBeLessThan(90);
  });

  test('of a long line only the neighbourhood of the changed words is shown, on both sides', () => {
    const long = `${'many words before this '.repeat(30)}end`;
    const text = shown(field('/greeting', `${long} ${long}`, `${long} inserted ${long}`));
    const rows = text.split('\n').filter((line) => /^ {6}[-+] /.test(line));
    expect(rows).toHaveLength(2);
    expect(rows[1]).toContain('inserted');
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(100);
  });

  test('spaces at the end of a changed line are visible', () => {
    expect(shown(field('/instructions', 'one\ntwo\n', 'one\ntwo  \n'))).toContain('+ two··');
  });

  test('a difference in the last line break alone is said', () => {
    expect(shown(field('/instructions', 'one\ntwo', 'one\ntwo\n'))).toContain(
      '(line break at the end added)',
    );
  });
});

test('thousands of new resources are listed, not spelled out', () => {
  const changes = Array.from({ length: 3000 }, (_, index) =>
    buildChange(`tool/t${index}`, {
      action: 'create',
      fields: [field('/display_name', null, `Tool ${index}`)],
    }),
  );
  const text = renderPlan(buildPlan({ changes }, { create: 3000 }), PLAIN);
  expect(text).toContain('tool/t2999');
  expect(text.split('\n').length).toBeLessThan(3300);
});

test('a field that holds a whole new document is shown by its members', () => {
  const change = buildChange('tool/a', {
    action: 'create',
    fields: [field('', null, { type: 'hangup', display_name: 'Bye' })],
  });
  const text = renderPlan(buildPlan({ changes: [change] }), PLAIN);
  expect(text).toContain('    /type: "hangup"\n    /display_name: "Bye"\n');
});

test('hostile text cannot move the cursor, reorder the line or start a new one', () => {
  const text = renderPlan(HOSTILE_PLAN, { ...PLAIN, color: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looks for control characters
  const withoutColour = text.replace(/\u001b\[[0-9;]*m/g, '');
  expect(withoutColour).not.toMatch(CONTROL);
  expect(text).not.toContain('\u001b[2J');
});

test('the next line for a protected environment is one that it takes: reviewed, unreviewed, waiting for promote', () => {
  const changes = [buildChange('tool/a', { action: 'create' })];
  const next = (plan: ReturnType<typeof buildPlan>): string =>
    renderPlan(plan, PLAIN, { protected: true }).replaceAll(/\s+/g, ' ');
  expect(next(buildPlan({ changes }))).toContain('Next: assistantctl apply --approve production');
  const reviewed = next(buildPlan({ changes, reviewed: { covered: true, unreviewed: [], notes: [] } }));
  expect(reviewed).toContain('Next: assistantctl apply --reviewed SOURCE --env production');
  expect(reviewed).not.toContain('--approve');
  const staged = {
    address: 'assistant/a',
    what: 'promotion',
    since: '2026-01-01T00:00:00.000Z',
    note: '',
  } as const;
  const waiting = next(buildPlan({ pending: [{ ...staged, remote_id: 'a', version_id: 'v', fields: [] }] }));
  expect(waiting).toContain('Next: assistantctl promote --approve production --env production');
});
