import { expect, test } from 'vitest';
import {
  type AttemptOutcome,
  decideRetry,
  effectOf,
  type Headers,
  type RetryClass,
  rateLimitPause,
  serverDelay,
} from '../../src/live/http/retry.ts';

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
const POLICY = { attempts: 4, budgetMs: 30_000 };
const CLASSES: readonly RetryClass[] = ['read', 'idempotent', 'keyed', 'once'];

function reply(status: number, headers: Headers = {}, codes: readonly string[] = []): AttemptOutcome {
  return { type: 'reply', status, headers, codes };
}

function decide(retryClass: RetryClass, outcome: AttemptOutcome, number = 1, elapsedMs = 0, dice = 0.5) {
  return decideRetry({ retryClass, number, elapsedMs, outcome }, POLICY, NOW, () => dice);
}

/** Which classes send again, and which of them may have had an effect, in the order of `CLASSES`. */
const TABLE: readonly [string, AttemptOutcome, string, string][] = [
  ['nothing sent', { type: 'unsent' }, 'yyyy', '----'],
  ['reply lost', { type: 'lost' }, 'yynn', '-???'],
  ['400', reply(400), 'nnnn', '----'],
  ['401', reply(401), 'nnnn', '----'],
  ['404', reply(404), 'nnnn', '----'],
  ['408', reply(408), 'yynn', '-???'],
  ['409', reply(409), 'nnnn', '----'],
  ['409 still processing', reply(409, {}, ['10036']), 'yyyy', '-???'],
  ['409 with advice', reply(409, { 'x-should-retry': 'true' }), 'yyyy', '----'],
  ['422', reply(422), 'nnnn', '----'],
  ['429', reply(429), 'yyyy', '----'],
  ['429 with advice not to', reply(429, { 'x-should-retry': 'false' }), 'nnnn', '----'],
  ['500', reply(500), 'yynn', '-???'],
  ['500 with advice', reply(500, { 'x-should-retry': 'true' }), 'yynn', '-???'],
  ['500 with advice not to', reply(500, { 'x-should-retry': 'false' }), 'nnnn', '-???'],
  ['502', reply(502), 'yynn', '-???'],
  ['503', reply(503), 'yynn', '-???'],
  ['503 that says when', reply(503, { 'retry-after': '1' }), 'yyyy', '----'],
  ['503 that says when in ms', reply(503, { 'retry-after-ms': '10' }), 'yyyy', '----'],
  ['504', reply(504), 'yynn', '-???'],
  ['307', reply(307), 'nnnn', '----'],
];

test.each(TABLE)('%s', (_, outcome, again, effects) => {
  expect(CLASSES.map((one) => (decide(one, outcome).retry ? 'y' : 'n')).join('')).toBe(again);
  expect(CLASSES.map((one) => (effectOf(one, outcome) === 'unknown' ? '?' : '-')).join('')).toBe(effects);
});

test('the number of attempts is bounded', () => {
  expect(decide('read', reply(500), 3).retry).toBe(true);
  expect(decide('read', reply(500), 4)).toEqual({ retry: false, reason: 'attempts' });
});

test('a wait beyond the budget is not begun', () => {
  const later = reply(429, { 'retry-after': '31' });
  expect(decide('read', later)).toEqual({ retry: false, reason: 'budget' });
  expect(decide('read', reply(429, { 'retry-after': '29' }))).toEqual({ retry: true, afterMs: 29_000 });
  // What would be left for the attempt itself is too short for a reply.
  expect(decide('read', reply(429, { 'retry-after': '30' }))).toEqual({ retry: false, reason: 'budget' });
  expect(decide('read', reply(429, { 'retry-after': '5' }), 2, 25_001)).toMatchObject({ retry: false });
});

test('the backoff has full jitter, doubles, and ends at eight seconds', () => {
  const waits = (dice: number) =>
    [1, 2, 3, 4, 5, 6, 7].map((number) => {
      const verdict = decideRetry(
        { retryClass: 'read', number, elapsedMs: 0, outcome: reply(500) },
        { attempts: 99, budgetMs: 60_000 },
        NOW,
        () => dice,
      );
      return verdict.retry ? verdict.afterMs : undefined;
    });
  expect(waits(0)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(waits(1)).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
});

test.each<[string, Headers, number | undefined]>([
  ['retry-after-ms', { 'retry-after-ms': '120' }, 120],
  ['retry-after-ms with a fraction', { 'retry-after-ms': '120.2' }, 121],
  ['retry-after-ms before Retry-After', { 'retry-after-ms': '120', 'retry-after': '9' }, 120],
  ['Retry-After in seconds', { 'retry-after': '2' }, 2000],
  ['Retry-After with a fraction', { 'retry-after': '0.5' }, 500],
  ['Retry-After zero', { 'retry-after': '0' }, 0],
  ['Retry-After as a date', { 'retry-after': 'Thu, 15 Jan 2026 12:00:07 GMT' }, 7000],
  ['Retry-After as a past date', { 'retry-after': 'Thu, 15 Jan 2026 11:00:00 GMT' }, 0],
  ['Retry-After repeated', { 'retry-after': ['3', '9'] }, 3000],
  ['Retry-After nonsense', { 'retry-after': 'soon' }, undefined],
  ['Retry-After negative', { 'retry-after': '-5' }, undefined],
  ['Retry-After empty', { 'retry-after': '' }, undefined],
  ['a spent rate window', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4' }, 4000],
  [
    'a spent rate window in Unix time',
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 6) },
    6000,
  ],
  ['a rate window with room', { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '4' }, undefined],
  ['nothing', {}, undefined],
])('the server asks for a delay by %s', (_, headers, expected) => {
  expect(serverDelay(headers, NOW)).toBe(expected);
});

test('Retry-After nonsense falls through to the rate window', () => {
  const headers = { 'retry-after': 'soon', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' };
  expect(serverDelay(headers, NOW)).toBe(1000);
  expect(rateLimitPause(headers, NOW)).toBe(1000);
});
