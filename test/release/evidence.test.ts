import { describe, expect, it } from 'vitest';
import type { RunScript } from '../../src/emulator/contract/run-scripts.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { promotionNote } from '../../src/render/terminal/plan-words.ts';
import type { Specs } from '../support/specs.ts';
import { startWorld, type World } from '../support/world.ts';
import { ADDRESS } from './rollout-world.ts';

// Gates that weigh runs: repeated tests, shares, tests that may not fail, and main as the measure.

const QUICK = { runTimings: { pendingMs: 0, startingMs: 0, runningMs: 2 } };

const test = (name: string): JsonObject => ({
  name,
  destination: { $ref: ADDRESS },
  test_suite: 'gate',
  instructions: 'Say hello.',
  rubric: [{ name: 'greets', criteria: 'It greets.' }],
});

const desk = (instructions: string): Specs => ({
  [ADDRESS]: { name: 'Front desk', model: 'openai/gpt-4o', instructions, greeting: 'Hello.' },
  'test/greets': test('Greets'),
  'test/books': test('Books'),
});

const gate = (more: JsonObject) => ({
  promotions: {
    [ADDRESS]: { strategy: 'gated', gate: { suites: ['gate'], timeout: '20s', ...more } },
  },
});

interface Outcome {
  readonly promoted: boolean;
  readonly code: string | undefined;
  readonly message: string;
  readonly runs: { readonly [name: string]: string };
}

/** What became of a change; `runs` as `passed/total`, and main's after a `|`. */
async function change(
  world: World,
  instructions: string,
  more: JsonObject,
  rerunTests = false,
): Promise<Outcome> {
  const report = await world.apply(desk(instructions), { ...gate(more), rerunTests });
  const result = report.results.find(({ address }) => address === ADDRESS);
  const text = (count: { passed: number; total: number } | undefined): string =>
    count === undefined ? '' : `${count.passed}/${count.total}`;
  const runs = (result?.tests ?? []).map(({ name, runs: own, main_runs }) => [
    name,
    `${text(own)}${main_runs === undefined ? '' : `|${text(main_runs)}`}`,
  ]);
  return {
    promoted: result?.promoted === true,
    code: result?.error?.code,
    message: result?.error?.message ?? '',
    runs: Object.fromEntries(runs) as Outcome['runs'],
  };
}

async function begun(scripts: readonly RunScript[]): Promise<World> {
  const world = await startWorld(QUICK);
  await world.apply(desk('Old.'));
  world.emulator.setScripts(scripts);
  world.writes();
  return world;
}

const triggers = (world: World): number => world.writes().filter((line) => line.endsWith('/runs')).length;

describe('a share of runs', () => {
  it('opens the gate when enough of them pass, though not all do', async () => {
    const world = await begun([{ test: 'Books', sequence: ['passed', 'failed', 'passed'] }]);
    const outcome = await change(world, 'New.', { repeat: 3, pass_rate: 0.8 });
    expect(outcome).toMatchObject({ promoted: true, runs: { Greets: '3/3', Books: '2/3' } });
    expect(triggers(world)).toBe(6);
  });

  it('closes it when too few pass, names them, and does not throw the dice again', async () => {
    const world = await begun([{ test: 'Books', sequence: ['failed', 'failed', 'passed'] }]);
    const more = { repeat: 3, pass_rate: 0.9 };
    const outcome = await change(world, 'New.', more);
    expect(outcome).toMatchObject({ promoted: false, code: 'GATE_PASS_RATE', runs: { Books: '1/3' } });
    expect(outcome.message).toContain('4 of 6 runs passed (66.7 %), and 90 % are asked for: Books (1 of 3');
    expect(triggers(world)).toBe(6);
    expect(await change(world, 'New.', more)).toMatchObject({ promoted: false, runs: { Books: '1/3' } });
    expect(triggers(world)).toBe(0);
    expect(await change(world, 'New.', more, true)).toMatchObject({ promoted: true, runs: { Books: '3/3' } });
    expect(triggers(world)).toBe(6);
  });

  it('is told by the plan', async () => {
    const world = await begun([]);
    const { plan } = await world.plan(
      desk('New.'),
      gate({ repeat: 3, pass_rate: 0.9, against: 'main', max_drop: 0.05 }),
    );
    const text = plan.changes.map(promotionNote);
    expect(text).toEqual([
      'new version, promoted to main once it passed 1 suite (gate) (90 % of 3 runs each, at most 5 points less than main)',
    ]);
  });

  it('is all of them where none is named', async () => {
    const world = await begun([{ test: 'Books', sequence: ['passed', 'failed'] }]);
    expect(await change(world, 'New.', { repeat: 2 })).toMatchObject({ code: 'GATE_PASS_RATE' });
  });

  it('of two thirds is two of three', async () => {
    const world = await begun([{ sequence: ['passed', 'failed', 'passed'] }]);
    expect(await change(world, 'New.', { repeat: 3, pass_rate: 0.6667 })).toMatchObject({ promoted: true });
  });

  it('does not excuse a run without a result', async () => {
    const world = await begun([{ test: 'Books', outcome: 'error' }]);
    const outcome = await change(world, 'New.', { repeat: 2, pass_rate: 0.1 });
    expect(outcome).toMatchObject({ promoted: false, code: 'GATE_FAILED' });
    world.emulator.setScripts([{ test: 'Books', outcome: 'never' }]);
    const late = await change(world, 'New.', { repeat: 2, pass_rate: 0.1, timeout: '1s' });
    expect(late).toMatchObject({ promoted: false, code: 'GATE_TIMEOUT' });
  });
});

describe('a test that must pass', () => {
  it('closes the gate with one failed run, whatever the share', async () => {
    const world = await begun([{ test: 'Greets', sequence: ['passed', 'failed'] }]);
    const must_pass = [{ $ref: 'test/greets' }];
    const outcome = await change(world, 'New.', { repeat: 2, pass_rate: 0.5, must_pass });
    expect(outcome).toMatchObject({ promoted: false, code: 'GATE_MUST_PASS' });
    expect(outcome.message).toContain('Greets (1 of 2 runs passed) had to pass in every run');
  });

  it('is a test of the gate by itself', async () => {
    const world = await begun([]);
    const outcome = await change(world, 'New.', { suites: [], must_pass: [{ $ref: 'test/books' }] });
    expect(outcome).toMatchObject({ promoted: true, runs: { Books: '1/1' } });
  });
});

describe('main as the measure', () => {
  const against = { against: 'main', repeat: 2 };

  it('lets through what is no worse, and runs main once for each content of it', async () => {
    const world = await begun([{ test: 'Books', outcome: 'failed' }]);
    const first = await change(world, 'New.', against);
    expect(first).toMatchObject({ promoted: true, runs: { Greets: '2/2|2/2', Books: '0/2|0/2' } });
    expect(triggers(world)).toBe(8);
    // What is main now was tested as a candidate.
    const second = await change(world, 'Newer.', against);
    expect(second).toMatchObject({ promoted: true, runs: { Books: '0/2|0/2' } });
    expect(triggers(world)).toBe(4);
  });

  it('closes when the share drops by more than is allowed, and says what is worse', async () => {
    const world = await begun([{ test: 'Books', instructions: 'New', outcome: 'failed' }]);
    const outcome = await change(world, 'New.', against);
    expect(outcome).toMatchObject({ promoted: false, code: 'GATE_DROP', runs: { Books: '0/2|2/2' } });
    expect(outcome.message).toContain('2 of 4 runs passed (50 %), on main 4 of 4 runs passed (100 %)');
    expect(outcome.message).toContain('worse are Books');
    triggers(world);
    expect(await change(world, 'New.', { ...against, max_drop: 0.5 })).toMatchObject({ promoted: true });
    expect(triggers(world)).toBe(0);
  });

  it('still asks for a share of its own where one is named', async () => {
    const world = await begun([{ outcome: 'failed' }]);
    const outcome = await change(world, 'New.', { ...against, pass_rate: 0.5 });
    expect(outcome).toMatchObject({ promoted: false, code: 'GATE_PASS_RATE' });
  });

  it('proves nothing where main gives no result', async () => {
    const world = await begun([{ test: 'Books', instructions: 'Old', outcome: 'error' }]);
    const outcome = await change(world, 'New.', against);
    expect(outcome).toMatchObject({ promoted: false, code: 'GATE_BASELINE', runs: { Books: '2/2|0/0' } });
    world.emulator.setScripts([]);
    triggers(world);
    expect(await change(world, 'New.', against)).toMatchObject({ promoted: true });
    // Only the test of main that had no result is run again.
    expect(triggers(world)).toBe(2);
  });
});
