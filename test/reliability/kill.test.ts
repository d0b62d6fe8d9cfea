import { describe, expect, it } from 'vitest';
import type { TestProject } from '../e2e/harness.ts';
import { type Backend, killEverywhere, type Scenario } from './kills.ts';

/** The whole table takes minutes; `npm run sweep` asks for it. */
const WHOLE = process.env.SWEEP_KILLS === 'all';

const ALL = ['Billing', 'Front desk', 'Greets', 'Lookup'];

async function applied(project: TestProject): Promise<void> {
  expect(await project.run('apply', '--env', 'account')).toMatchObject({ code: 0 });
}

async function edited(project: TestProject): Promise<void> {
  await project.edit('assistants/front-desk.yaml', 'greeting: Hello.', 'greeting: Good day.');
  await project.edit('assistants/billing.yaml', 'You explain invoices.', 'You explain every invoice.');
  await project.edit('assistants/lookup.yaml', 'Finds an order.', 'Finds any order.');
  await project.edit('assistants/greets.yaml', 'Say hello.', 'Say hello twice.');
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'a first apply',
    prepare: async () => undefined,
    change: async () => undefined,
    command: ['apply'],
    again: ['apply'],
    expected: ALL,
  },
  {
    name: 'an update',
    prepare: applied,
    change: edited,
    command: ['apply', '--override-limits'],
    again: ['apply', '--override-limits'],
    expected: ALL,
  },
  {
    name: 'a prune',
    prepare: applied,
    change: async (project) => {
      await project.remove('assistants/greets.yaml');
      await project.remove('assistants/lookup.yaml');
      await project.edit(
        'assistants/front-desk.yaml',
        '  tool_ids: [{ $ref: tool/lookup }]',
        '  tool_ids: []',
      );
    },
    command: ['apply', '--prune', '--override-limits'],
    again: ['apply', '--prune', '--override-limits'],
    expected: ['Billing', 'Front desk'],
  },
  {
    name: 'a promotion',
    prepare: async (project) => {
      await applied(project);
      await edited(project);
      const staged = await project.run('apply', '--env', 'account', '--no-promote', '--override-limits');
      expect(staged).toMatchObject({ code: 0 });
    },
    change: async () => undefined,
    command: ['apply', '--override-limits'],
    again: ['apply', '--override-limits'],
    expected: ALL,
  },
];

const PLACES: readonly (readonly [Backend, number])[] = WHOLE
  ? [
      ['file', 0],
      ['file', 40],
      ['git', 0],
      ['git', 40],
    ]
  : [['file', 15]];

describe.each(PLACES)(
  'kill -9 right after each write reached the server: %s state, %i ms latency',
  (backend, ms) => {
    it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
      'in %s: one clean apply puts it right',
      async (_, scenario) => {
        expect(await killEverywhere(scenario, backend, ms)).toBeGreaterThan(0);
      },
      WHOLE ? 600_000 : 90_000,
    );
  },
);

describe.skipIf(WHOLE)('kill -9 with the state in Git', () => {
  it('in an update: the next apply takes lease and log over at once', async () => {
    const update = SCENARIOS[1];
    if (update === undefined) throw new Error('the table has no update');
    expect(await killEverywhere(update, 'git', 15)).toBeGreaterThan(0);
  }, 90_000);
});
