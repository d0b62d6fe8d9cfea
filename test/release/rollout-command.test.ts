import { describe, expect, it } from 'vitest';
import type { RolloutReport } from '../../src/model/rollout-report.ts';
import { type Account, account, type Checkout } from './checkout.ts';

const SPEC = (instructions: string, canary: string) => `kind: assistant
key: front-desk
spec: { name: Front desk, model: openai/gpt-4o, instructions: ${instructions} }
promotion:
  strategy: canary
  gate: { tests: [{ $ref: test/greets }], timeout: 5s }
  canary:
    steps: [{ weight: 10, hold: 1ms }, { weight: 50, hold: 1ms }]
    ${canary}
---
kind: test
key: greets
spec:
  name: Greets
  destination: { $ref: assistant/front-desk }
  instructions: Say hello.
  rubric: [{ name: greets, criteria: The assistant greets. }]
`;

const HOOK = 'analysis: { hook: smoke }';

const node = (code: string) =>
  `hooks: { smoke: { run: [${process.execPath}, -e, ${JSON.stringify(code)}], env: [SMOKE_TOKEN] } }\n`;

async function opened(
  canary = 'deadline: 1h',
  options: Parameters<typeof account>[0] = {},
  hooks = '',
): Promise<Account & { main: Checkout }> {
  const world = await account(options);
  const main = await world.checkout(SPEC('Old words.', canary), hooks);
  expect((await main.cli('apply')).code).toBe(0);
  await main.write(SPEC('New words.', canary));
  const { code, out, err } = await main.cli('apply', '--format', 'json');
  if (code !== 0) throw new Error(err);
  expect(JSON.parse(out)).toMatchObject({ outcome: 'applied', next: 'assistantctl rollout tick --env main' });
  return { ...world, main };
}

async function rollout(main: Checkout, ...words: readonly string[]) {
  const { code, out, err } = await main.cli('rollout', ...words, '--format', 'json');
  const document = JSON.parse(out) as RolloutReport & { error?: { code: string } };
  return { code, err, document, entry: document.rollouts?.[0] };
}

describe('rollout', () => {
  it('is opened behind its gate and promoted by ticks', async () => {
    const { main, server } = await opened();
    expect((await rollout(main, 'status')).entry).toMatchObject({
      action: 'none',
      step: 1,
      weight: 10,
      found: null,
    });
    expect(await rollout(main, 'tick')).toMatchObject({ code: 0, entry: { action: 'advanced', weight: 50 } });
    expect(await rollout(main, 'tick', 'assistant/front-desk')).toMatchObject({
      entry: { action: 'promoted' },
    });
    expect((await rollout(main, 'tick')).document).toMatchObject({ rollouts: [], next: '' });
    expect((await main.cli('plan', '--detailed-exitcode')).code).toBe(0);
    expect(server.store.all('canaries')).toEqual([]);
    const runs = server.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/runs'));
    expect(runs).toHaveLength(1);
    const versions = await main.cli('versions', 'list', 'assistant/front-desk');
    expect(versions.code).toBe(0);
  });

  it('does not open the canary when the gate fails', async () => {
    const world = await account({ scripts: [{ instructions: 'New', outcome: 'failed' }] });
    const main = await world.checkout(SPEC('Old words.', 'deadline: 1h'));
    await main.cli('apply');
    await main.write(SPEC('New words.', 'deadline: 1h'));
    expect((await main.cli('apply')).code).toBe(9);
    expect(world.server.store.all('canaries')).toEqual([]);
    expect((await rollout(main, 'status')).document.rollouts).toEqual([]);
  });

  it('asks the hook with what it needs to know, the variables that it names and no others', async () => {
    const code =
      'const e = process.env; process.exit(e.ASSISTANTCTL_ADDRESS === "assistant/front-desk" && e.ASSISTANTCTL_WEIGHT === "10" && /^[0-9T]+$/.test(e.ASSISTANTCTL_VERSION_ID) && e.SMOKE_TOKEN === "smoke-token-1" && !e.OTHER_TOKEN && !Object.keys(e).some((name) => /TELNYX/.test(name)) ? 0 : 3)';
    const { main } = await opened(HOOK, {}, node(code));
    expect(await rollout(main, 'tick')).toMatchObject({ code: 0, entry: { action: 'advanced' } });
  });

  it('aborts with 9 when the hook says 1', async () => {
    const { main, server } = await opened(
      HOOK,
      {},
      node('console.log("7 of 9 calls dropped with " + process.env.SMOKE_TOKEN); process.exit(1)'),
    );
    const { code, entry } = await rollout(main, 'tick');
    expect(code).toBe(9);
    expect(entry).toMatchObject({ action: 'aborted', phase: 'aborted', weight: 0 });
    expect(entry?.reason).toContain('7 of 9 calls dropped with [redacted]');
    expect(server.store.all('canaries')).toEqual([]);
    expect(server.store.all('versions')).toHaveLength(2);
    expect((await main.cli('plan')).out).toContain('had its rollout aborted');
  });

  it.each([
    ['2', node('process.exit(2)'), 'ended with 2'],
    ['another code', node('process.exit(42)'), 'ended with 42'],
    ['nothing in time', node('setTimeout(()=>{},60000)'), 'took longer'],
    ['that it does not exist', 'hooks: { smoke: { run: [no-such-program-here] } }\n', 'ENOENT'],
  ])('pauses with 10 when the hook says %s', async (_what, hooks, reason) => {
    const timeout = reason === 'took longer' ? '300ms' : '30s';
    const { main, server } = await opened(`analysis: { hook: smoke, timeout: ${timeout} }`, {}, hooks);
    const { code, entry } = await rollout(main, 'tick');
    expect(code).toBe(10);
    expect(entry).toMatchObject({ action: 'paused', phase: 'paused', weight: 10 });
    expect(entry?.reason).toContain(reason);
    expect(server.store.all('canaries')).toHaveLength(1);
  });

  it('runs the analysis tests on the candidate before each step: failed aborts, never-ending pauses', async () => {
    const tests = 'analysis: { tests: [{ $ref: test/greets }], timeout: 300ms }';
    const { main, server } = await opened(tests);
    expect(await rollout(main, 'tick')).toMatchObject({ code: 0, entry: { action: 'advanced' } });
    server.setScripts([{ instructions: 'New', outcome: 'never' }]);
    expect(await rollout(main, 'tick')).toMatchObject({ code: 10, entry: { action: 'paused' } });
    server.setScripts([{ instructions: 'New', outcome: 'failed' }]);
    expect(await rollout(main, 'tick')).toMatchObject({ code: 9, entry: { action: 'aborted' } });
  });

  it('is aborted by hand once, with the reason; then there is none to abort', async () => {
    const { main } = await opened();
    const { code, entry } = await rollout(main, 'abort', 'assistant/front-desk', '--reason', 'too slow');
    expect(code).toBe(0);
    expect(entry).toMatchObject({ action: 'aborted', reason: 'too slow' });
    const again = await rollout(main, 'abort', 'assistant/front-desk');
    expect(again).toMatchObject({ code: 3, document: { error: { code: 'NO_ROLLOUT' } } });
    expect((await rollout(main, 'tick', 'assistant/nobody')).code).toBe(3);
    expect((await rollout(main, 'tick', 'tool/lookup')).code).toBe(3);
  });

  it('stops with 6 when somebody promoted another version, and says what it found', async () => {
    const { main, server } = await opened();
    const id = String(server.store.all('assistants')[0]?.id);
    await fetch(`${server.url}/ai/assistants/${id}`, {
      method: 'POST',
      headers: { authorization: 'Bearer KEY_TEST', 'content-type': 'application/json' },
      body: JSON.stringify({ greeting: 'Hi.' }),
    });
    const { code, entry, err } = await rollout(main, 'tick');
    expect(code).toBe(6);
    expect(entry).toMatchObject({ action: 'failed' });
    expect(entry?.found).toContain('main is not what it was');
    expect(err).toContain('rollout abort');
    expect((await rollout(main, 'status')).entry?.found).toContain('main is not what it was');
    expect((await rollout(main, 'abort', 'assistant/front-desk')).code).toBe(0);
    expect(server.store.all('canaries')).toEqual([]);
  });

  it('refuses a second change with 5 unless --replace', async () => {
    const { main, server } = await opened();
    await main.write(SPEC('Newer words.', 'deadline: 1h'));
    const refused = await main.cli('apply');
    expect(refused.code).toBe(5);
    expect(refused.err).toContain('--replace');
    expect((await main.cli('apply', '--replace')).code).toBe(0);
    expect((await rollout(main, 'promote', 'assistant/front-desk')).code).toBe(0);
    expect(JSON.stringify(server.store.all('versions').at(-1))).toContain('Newer words.');
    expect((await main.cli('plan', '--detailed-exitcode')).code).toBe(0);
  });

  it('moves once when two ticks run at once', async () => {
    // Slow replies keep the first tick at work until the second has asked for the lease.
    const { main } = await opened('deadline: 1h', { latencyMs: 50 });
    const both = await Promise.all([rollout(main, 'tick'), rollout(main, 'tick')]);
    expect(both.map(({ code }) => code).sort()).toEqual([0, 5]);
    expect((await rollout(main, 'status')).entry).toMatchObject({ step: 2 });
  });

  it('says no to shares that do not rise', async () => {
    const world = await account();
    const steps = 'steps: [{ weight: 10, hold: 1ms }, { weight: 50, hold: 1ms }]';
    const falling = steps.replace('10', '60');
    const main = await world.checkout(SPEC('Words.', 'deadline: 1h').replace(steps, falling));
    const { code, out } = await main.cli('validate');
    expect(code).toBe(3);
    expect(out).toContain('CANARY_STEPS');
  });
});

describe('an analysis that weighs runs', () => {
  const weighed = (more: string) => `analysis: { tests: [{ $ref: test/greets }], timeout: 5s, ${more} }`;

  it.each([
    ['repeat: 3, pass_rate: 0.6', 'advanced', 0],
    ['repeat: 3, pass_rate: 0.9', 'aborted', 9],
    ['repeat: 3, pass_rate: 0.1, must_pass: [{ $ref: test/greets }]', 'aborted', 9],
    ['repeat: 3, against: main, max_drop: 0', 'aborted', 9],
    ['repeat: 3, against: main, max_drop: 0.5', 'advanced', 0],
  ])('%s: %s', async (more, action, code) => {
    const { main, server } = await opened(weighed(more));
    server.setScripts([{ test: 'Greets', instructions: 'New', sequence: ['passed', 'failed', 'passed'] }]);
    const ticked = await rollout(main, 'tick');
    expect(ticked.entry?.action).toBe(action);
    expect(ticked.code).toBe(code);
    if (action === 'aborted') expect(ticked.entry?.reason).toMatch(/2 of 3 runs passed/);
  });
});

it('plan ends with the code that apply would, while a rollout of other content is open', async () => {
  const { main } = await opened();
  expect((await main.cli('plan')).code).toBe(0);
  await main.write(SPEC('Other words.', 'deadline: 1h'));
  const { code, out } = await main.cli('plan', '--format', 'markdown');
  expect(code).toBe(5);
  expect(out).toContain('**Not to be merged yet: apply would refuse it.**');
  expect((await main.cli('apply')).code).toBe(5);
});
