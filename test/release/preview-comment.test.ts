import { expect, it } from 'vitest';
import type { RunScript } from '../../src/emulator/contract/run-scripts.ts';
import { account } from './checkout.ts';

/** What a reviewer reads of a preview, on the change and in the plan's comment. */

const specs = (says: string): string => `kind: assistant
key: desk
spec: { name: Desk, model: openai/gpt-4o, instructions: "${says}" }
promotion: { strategy: gated, gate: { tests: [{ $ref: test/books }, { $ref: test/greets }] } }
${['books', 'greets']
  .map(
    (key) => `---
kind: test
key: ${key}
spec:
  name: ${key}
  destination: { $ref: assistant/desk }
  instructions: Ask.
  rubric: [{ name: answers, criteria: It answers @everyone. }]
`,
  )
  .join('')}`;

const scripts: readonly RunScript[] = [{ test: 'books', instructions: 'Good', outcome: 'failed' }];

it('the comment of a preview shows the branch beside main, the failing test open, and the change', async () => {
  const world = await account();
  const branch = await world.checkout(specs('Hello.'));
  expect((await branch.cli('apply')).code).toBe(0);
  world.server.setScripts(scripts);
  await branch.write(specs('Good morning.'));
  const args = ['preview', 'up', '--id', 'pr-5', '--against', 'main'];
  const { code, out } = await branch.cli(...args, '--format', 'markdown');
  expect(code).toBe(9);
  expect(out).toMatch(/^### ❌ Preview pr-5 of main: 1 of 2 tests did not pass: 1 failed\./);
  expect(out).toContain('| this branch | 1 of 2 (50 %) | `test/books` | none |');
  expect(out).toContain('| main | 2 of 2 (100 %) |');
  expect(out).toMatch(/<details open><summary><code>books[^\n]*failed, on main passed, newly failing/);
  expect(out).toContain('| candidate version | `assistant/desk` | 1 field |');
  expect(out).not.toContain('@everyone');
  // No portal knows another server.
  expect(out).not.toContain('https://');
  const json = await branch.cli(...args, '--format', 'json');
  const { writeFile } = await import('node:fs/promises');
  await writeFile(`${branch.folder}/preview.json`, json.out);
  const plan = await branch.cli('plan', '--format', 'markdown', '--tests', 'preview.json');
  expect(plan.out).toContain('**May be merged.**');
  expect(plan.out).toContain('❌ 1 of 2; main 2 of 2; **1 newly failing** |');
});

it('the diff of a preview is coloured: its signs stand in the first column', async () => {
  const world = await account();
  const text = (line: string) =>
    specs('X')
      .replace('"X"', `|-\n    You answer.\n    ${line}\n    Be brief.`)
      .replace(
        /spec: \{ name: Desk, model: openai\/gpt-4o, instructions: (\|-[\s\S]*?brief\.) \}/,
        'spec:\n  name: Desk\n  model: openai/gpt-4o\n  instructions: $1',
      );
  const branch = await world.checkout(text('Hello.'));
  expect((await branch.cli('apply')).code).toBe(0);
  await branch.write(text('Good morning.'));
  const { out } = await branch.cli('preview', 'up', '--id', 'pr-6', '--no-tests', '--format', 'markdown');
  expect(out).toMatch(/```diff\n@@ \/instructions @@\n[\s\S]*^- Hello\.\n[\s\S]*^\+ Good morning\./m);
});

it('what guards an assistant is no quiet change', async () => {
  const world = await account();
  const branch = await world.checkout(specs('Hello.'));
  expect((await branch.cli('apply')).code).toBe(0);
  await branch.write(specs('Hello.').replace(', { $ref: test/greets }', ''));
  const { out } = await branch.cli('plan', '--format', 'markdown');
  expect(out).toContain('Changes what guards assistant/desk: /promotion/gate/tests.');
  expect(out).toContain('**May be merged.**');
  expect(out).toContain('changes nothing that is live');
});

it('a deletion that the merge does not do is a caution', async () => {
  const world = await account();
  const idle =
    '---\nkind: assistant\nkey: idle\nspec: { name: Idle, model: openai/gpt-4o, instructions: Wait. }\n';
  const branch = await world.checkout(`${specs('Hello.')}${idle}`);
  expect((await branch.cli('apply')).code).toBe(0);
  await branch.write(specs('Hello.'));
  const { out } = await branch.cli('plan', '--format', 'markdown');
  expect(out).toContain('Stays live although its document is gone: assistant/idle. Only --prune deletes it.');
  expect((await branch.cli('plan')).out.replace(/\s+/g, ' ')).toContain(
    'Stays live although its document is gone: assistant/idle.',
  );
  const pruned = await branch.cli('plan', '--prune', '--format', 'markdown');
  expect(pruned.out).not.toContain('Stays live');
});
