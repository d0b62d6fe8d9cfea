import { describe, expect, it } from 'vitest';
import type { RunScript } from '../../src/emulator/contract/run-scripts.ts';
import type { PreviewReport } from '../../src/model/preview-report.ts';
import { type Account, account, type Checkout } from './checkout.ts';

/** Tests of a candidate say little by themselves: the same tests on main are the measure. */

const test = (key: string, asks: string): string => `---
kind: test
key: ${key}
spec:
  name: ${key}
  destination: { $ref: assistant/desk }
  instructions: ${asks}
  rubric: [{ name: answers, criteria: It answers. }]
`;

const desk = (says: string, gate = ''): string => `kind: assistant
key: desk
spec: { name: Desk, model: openai/gpt-4o, instructions: ${says}, tool_ids: [{ $ref: tool/lookup }] }
${gate}---
kind: tool
key: lookup
spec:
  type: webhook
  display_name: Lookup
  webhook: { name: lookup, description: Finds., url: "https://acme.example/v1", method: GET }
${test('greets', 'Say hello.')}${test('books', 'Book.')}${test('sings', 'Sing.')}`;

const gate = (more: string): string => `promotion:
  strategy: gated
  gate: { tests: [{ $ref: test/greets }, { $ref: test/books }, { $ref: test/sings }], ${more} }
`;

/** What the platform finds: on main by the old words, on the candidate by the new ones. */
const scripts: readonly RunScript[] = [
  { test: 'books', instructions: 'Good', outcome: 'failed' },
  { test: 'sings', instructions: 'Hello', outcome: 'failed' },
];

async function changed(before: string, after: string): Promise<Account & { branch: Checkout }> {
  const world = await account();
  const branch = await world.checkout(before);
  const { code, err } = await branch.cli('apply');
  if (code !== 0) throw new Error(err);
  world.server.setScripts(scripts);
  await branch.write(after);
  return { ...world, branch };
}

async function up(
  branch: Checkout,
  ...more: readonly string[]
): Promise<{ code: number; report: PreviewReport }> {
  const args = ['--id', 'pr-1', '--format', 'json', ...(more.length > 0 ? more : ['--against', 'main'])];
  const { code, out, err } = await branch.cli('preview', 'up', ...args);
  if (!out.includes('"parts"')) throw new Error(`${code} ${err}`);
  return { code, report: JSON.parse(out) as PreviewReport };
}

function triggered({ server }: Account, from = 0): { readonly main: number; readonly version: number } {
  const runs = server.requests
    .slice(from)
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/runs'));
  const version = runs.filter(({ body }) => JSON.stringify(body ?? null).includes('destination_version_id'));
  return { main: runs.length - version.length, version: version.length };
}

describe('preview up', () => {
  it('tells what fails and passes newly, and asks main once for one content', async () => {
    const world = await changed(desk('Hello.'), desk('Good morning.'));
    const first = await up(world.branch);
    expect(first.code).toBe(9);
    expect(first.report.comparison).toMatchObject({
      tests: 3,
      passed: 2,
      failed: 1,
      main: { passed: 2, total: 3 },
      newly_failing: ['test/books'],
      newly_passing: ['test/sings'],
    });
    expect(first.report.comparison?.main_duration_ms).toBeGreaterThan(0);
    expect(triggered(world)).toEqual({ main: 3, version: 3 });
    const from = world.server.requests.length;
    const again = await up(world.branch);
    expect(again.report.comparison?.newly_failing).toEqual(['test/books']);
    expect(triggered(world, from)).toEqual({ main: 0, version: 3 });
    const text = await world.branch.cli('preview', 'up', '--id', 'pr-1');
    expect(text.out).toContain('books (test/books): failed, on main passed, newly failing');
    expect(text.out).toContain('sings (test/sings): passed, on main failed, newly passing');
    expect(text.out).toContain('newly failing: 1, newly passing: 1.');
  });

  it('asks main again once it says something else', async () => {
    const world = await changed(desk('Hello.'), desk('Good morning.'));
    await up(world.branch);
    await world.branch.cli('preview', 'down', '--id', 'pr-1');
    const main = await world.branch.cli('apply');
    expect(main.code).toBe(0);
    await world.branch.write(desk('Good evening.'));
    const from = world.server.requests.length;
    const { report } = await up(world.branch);
    // The candidate of before is main now, and what was found on it is the measure.
    expect(triggered(world, from)).toEqual({ main: 0, version: 3 });
    expect(report.comparison).toMatchObject({ newly_failing: [], main: { passed: 2, total: 3 } });
  });

  it('leaves main alone with --against nothing', async () => {
    const world = await changed(desk('Hello.'), desk('Good morning.'));
    const { report } = await up(world.branch, '--against', 'nothing');
    expect(triggered(world)).toEqual({ main: 0, version: 3 });
    expect(report.comparison).toMatchObject({ main: null, newly_failing: [] });
  });

  it('does not take what was found on a copied tool for what main does with the old one', async () => {
    const world = await changed(desk('Hello.'), desk('Hello.').replace('/v1', '/v2'));
    await up(world.branch);
    const from = world.server.requests.length;
    const again = await up(world.branch);
    expect(triggered(world)).toEqual({ main: 3, version: 6 });
    expect(triggered(world, from)).toEqual({ main: 0, version: 3 });
    expect(again.report.comparison).toMatchObject({ newly_failing: [], newly_passing: [] });
  });

  it('is judged as the gate of the assistant judges, by shares', async () => {
    const text = (says: string) => desk(says, gate('repeat: 2, pass_rate: 0.6'));
    const world = await changed(text('Hello.'), text('Good morning.'));
    const { code, report } = await up(world.branch);
    expect(code).toBe(0);
    expect(report.outcome).toBe('passed');
    expect(report.tests.find(({ name }) => name === 'books')).toMatchObject({
      outcome: 'failed',
      runs: { passed: 0, total: 2 },
    });
    expect(report.notes).toEqual([
      'assistant/desk: not every run passed, and its gate does not ask for every run',
    ]);
  });

  it('runs nothing on main unless somebody asks for it, and compares with what is known', async () => {
    const world = await changed(desk('Hello.'), desk('Good morning.'));
    const silent = await up(world.branch, '--against', 'remembered');
    expect(silent.report.comparison).toMatchObject({ main: null });
    await up(world.branch);
    const from = world.server.requests.length;
    const { report } = await up(world.branch, '--against', 'remembered');
    expect(triggered(world, from)).toEqual({ main: 0, version: 3 });
    expect(report.comparison).toMatchObject({ newly_failing: ['test/books'], main: { total: 3 } });
  });

  it.each([
    ['repeat: 2, pass_rate: 0.9', '4 of 6 runs passed (66.7 %), and 90 % are asked for'],
    ['must_pass: [{ $ref: test/books }], pass_rate: 0.1', 'books (failed) had to pass in every run'],
    ['against: main, max_drop: 0', ''],
  ])('and says why the gate would stay shut: %s', async (more, why) => {
    const text = (says: string) => desk(says, gate(more));
    const world = await changed(text('Hello.'), text('Good morning.'));
    const { code, report } = await up(world.branch, '--against', 'remembered');
    // As many pass on main as on the candidate, so that nothing dropped.
    expect([code, report.outcome]).toEqual(why === '' ? [0, 'passed'] : [9, 'failed']);
    expect(report.notes.join('\n')).toContain(why);
    expect(report.notes.join('\n')).not.toContain('main was left');
  });

  it('the gate of the apply counts what the preview found', async () => {
    const text = (says: string) => desk(says, gate('repeat: 2, pass_rate: 0.6'));
    const world = await changed(text('Hello.'), text('Good morning.'));
    await up(world.branch);
    await world.branch.cli('preview', 'down', '--id', 'pr-1');
    const from = world.server.requests.length;
    expect((await world.branch.cli('apply')).code).toBe(0);
    expect(triggered(world, from)).toEqual({ main: 0, version: 0 });
  });
});

it('test history tells the runs on main from those on candidates', async () => {
  const world = await changed(desk('Hello.'), desk('Good morning.'));
  await up(world.branch);
  await up(world.branch);
  await world.branch.cli('test', 'run', 'test/books');
  const { out } = await world.branch.cli('test', 'history', 'test/books', '--format', 'json');
  const [books] = JSON.parse(out).tests;
  expect(books.main).toEqual({ runs: 1, passed: 1, pass_rate: 1 });
  expect(books.candidate).toMatchObject({ passed: 0, pass_rate: 0 });
  // Red on a bad change and green on main is no flaky test.
  expect(books.flaky).toBe(false);
  const text = await world.branch.cli('test', 'history', 'test/books');
  expect(text.out).toContain('ON MAIN');
});
