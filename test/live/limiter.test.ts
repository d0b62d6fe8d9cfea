import { expect, test } from 'vitest';
import { createLimiter } from '../../src/live/http/limiter.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { inTurn } from '../support/scripted-server.ts';
import { harness, toolBody } from './harness.ts';

test('the limit halves once for requests that were in flight together', async () => {
  const limiter = createLimiter(8, fakeClock());
  const together = await Promise.all(Array.from({ length: 8 }, () => limiter.acquire(false)));
  for (const release of together) release('overloaded');
  expect(limiter.limit()).toBe(4);
  (await limiter.acquire(false))('overloaded');
  expect(limiter.limit()).toBe(2);
});

test('the limit never falls below one and never rises above the ceiling', async () => {
  const limiter = createLimiter(4, fakeClock());
  for (let turn = 0; turn < 10; turn += 1) (await limiter.acquire(false))('overloaded');
  expect(limiter.limit()).toBe(1);
  const limits: number[] = [];
  for (let turn = 0; turn < 30; turn += 1) {
    (await limiter.acquire(false))('relaxed');
    limits.push(limiter.limit());
  }
  expect(limits[0]).toBe(2);
  expect(Math.max(...limits)).toBe(4);
  expect(limits.indexOf(4)).toBeGreaterThan(limits.indexOf(3) + 1);
});

test('an unclear outcome changes nothing', async () => {
  const limiter = createLimiter(4, fakeClock());
  (await limiter.acquire(false))('unclear');
  expect(limiter.limit()).toBe(4);
});

test('requests are served in order of arrival, retries first', async () => {
  const limiter = createLimiter(1, fakeClock());
  const order: string[] = [];
  const release = await limiter.acquire(false);
  const work = ['a', 'b', 'c', 'retry'].map(async (name) => {
    const done = await limiter.acquire(name === 'retry');
    order.push(name);
    done('unclear');
  });
  release('unclear');
  await Promise.all(work);
  expect(order).toEqual(['retry', 'a', 'b', 'c']);
});

test('a pause holds back what has not started, and a longer one prolongs it', async () => {
  const clock = fakeClock();
  const limiter = createLimiter(4, clock);
  const start = clock.now();
  limiter.pause(1000);
  limiter.pause(400);
  (await limiter.acquire(false))('relaxed');
  expect(clock.now() - start).toBe(1000);
});

test('an interrupted pause lets the waiting through', async () => {
  const clock = { now: () => 0, sleep: () => Promise.reject(new Error('interrupted')) };
  const limiter = createLimiter(1, clock);
  limiter.pause(1000);
  await expect(limiter.acquire(false)).resolves.toBeTypeOf('function');
});

test('never more requests are open than the concurrency, whatever is retried', async () => {
  let turn = 0;
  const { api, server } = await harness(
    () => {
      turn += 1;
      return turn <= 6 ? { status: 429, delayMs: 5 } : { json: toolBody('tool-1'), delayMs: 5 };
    },
    { concurrency: 6, retry: { attempts: 6, budgetMs: 60_000 } },
  );
  await Promise.all(Array.from({ length: 40 }, () => api.get('tool', 'tool-1')));
  expect(server.mostInFlight()).toBe(6);
  expect(server.connections()).toBeLessThanOrEqual(6);
});

test('a spent rate window holds back the next request even after a success', async () => {
  const { api, clock } = await harness(
    inTurn(
      { json: toolBody('t'), headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3' } },
      { json: toolBody('t') },
    ),
  );
  await api.get('tool', 't');
  const before = clock.now();
  await api.get('tool', 't');
  expect(clock.now() - before).toBe(3000);
});

test('an absurd rate window never holds back longer than the budget', async () => {
  const { api, clock } = await harness(
    inTurn(
      { json: toolBody('t'), headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '86400' } },
      { json: toolBody('t') },
    ),
  );
  await api.get('tool', 't');
  await api.get('tool', 't');
  expect(clock.sleeps).toEqual([30_000]);
});
