import { describe, expect, it } from 'vitest';
import { pollUntil, sendAndSee, sendOrFind } from '../../src/apply/read-back.ts';
import { ApiError } from '../../src/model/errors.ts';

const LOST = new ApiError(
  'unavailable',
  'the connection was lost',
  { method: 'POST', path: '/x', status: 0, effect: 'unknown' },
  { code: 'API_CONNECTION' },
);
const REFUSED = new ApiError(
  'spec',
  'no',
  { method: 'POST', path: '/x', status: 422, effect: 'none' },
  { code: 'API_422' },
);

const nothing = async () => undefined;

/** Answers in turn; errors are thrown. */
function answers<Value>(...values: readonly (Value | Error)[]): { (): Promise<Value>; asked: number } {
  const next = async (): Promise<Value> => {
    const value = values[next.asked];
    next.asked += 1;
    if (value instanceof Error) throw value;
    if (value === undefined && next.asked > values.length) throw new Error('asked too often');
    return value as Value;
  };
  next.asked = 0;
  return next;
}

describe('reading back', () => {
  it('waits longer and longer, and gives up', async () => {
    const slept: number[] = [];
    const sleep = async (ms: number) => void slept.push(ms);
    expect(await pollUntil({ sleep }, async () => undefined, [0, 1, 2])).toBeUndefined();
    expect(slept).toEqual([1, 2]);
    expect(await pollUntil({ sleep }, answers(undefined, 'there'), [0, 1, 2])).toBe('there');
  });
});

describe('a write whose reply is lost', () => {
  it('is looked up, and is not sent again when it is found', async () => {
    const send = answers<string>(LOST);
    expect(await sendOrFind(send, answers('found'))).toBe('found');
    expect(send.asked).toBe(1);
  });

  it('is sent once more when it is not found, and fails with the second loss', async () => {
    expect(await sendOrFind(answers<string>(LOST, 'sent'), nothing)).toBe('sent');
    await expect(sendOrFind(answers<string>(LOST, LOST), nothing)).rejects.toBe(LOST);
  });

  it('is neither looked up nor sent again when the API refused it', async () => {
    const find = answers<string>('found');
    await expect(sendOrFind(answers<string>(REFUSED), find)).rejects.toBe(REFUSED);
    expect(find.asked).toBe(0);
  });
});

describe('a write whose effect has to show', () => {
  it('is done when it shows, also after a lost reply', async () => {
    const send = answers<void>(LOST);
    expect(await sendAndSee({ send, look: answers('seen'), again: 'after a lost reply' })).toBe('seen');
  });

  it('is sent again after a lost reply alone, unless it is to be sent always', async () => {
    const once = answers<void>(undefined, undefined);
    expect(await sendAndSee({ send: once, look: nothing, again: 'after a lost reply' })).toBeUndefined();
    expect(once.asked).toBe(1);
    const twice = answers<void>(undefined, undefined);
    expect(await sendAndSee({ send: twice, look: nothing, again: 'always' })).toBeUndefined();
    expect(twice.asked).toBe(2);
  });

  it('tells the look whether the API confirmed it', async () => {
    const told: boolean[] = [];
    const look = async (confirmed: boolean) => {
      told.push(confirmed);
      return confirmed ? 'seen' : undefined;
    };
    expect(await sendAndSee({ send: answers<void>(LOST, undefined), look, again: 'always' })).toBe('seen');
    expect(told).toEqual([false, true]);
  });

  it('fails with the loss when nothing ever shows', async () => {
    const send = answers<void>(LOST, LOST);
    await expect(sendAndSee({ send, look: nothing, again: 'after a lost reply' })).rejects.toBe(LOST);
  });
});
