import { describe, expect, it } from 'vitest';
import { createContext } from '../../src/cli/context.ts';
import { startProgress } from '../../src/cli/progress.ts';
import { fakeRuntime } from './runtime.ts';

function progressAt(isTTY: boolean) {
  let now = 0;
  const runtime = {
    ...fakeRuntime({ isTTY, clock: () => new Date(now) }),
    sleep: () => new Promise<void>(() => undefined),
  };
  const progress = startProgress(createContext(runtime, {}));
  const at = (ms: number, done: number): void => {
    now = ms;
    progress.show({ phase: 'applying', done, total: 10 });
  };
  return { at, end: () => progress.end(), err: runtime.err, out: runtime.out };
}

describe('progress', () => {
  it('says nothing about short work', () => {
    const { at, end, err } = progressAt(true);
    at(0, 0);
    at(499, 9);
    end();
    expect(err()).toBe('');
  });

  it('rewrites one line at a terminal and removes it at the end', () => {
    const { at, end, err, out } = progressAt(true);
    at(600, 3);
    at(650, 4);
    at(800, 5);
    end();
    end();
    const frames = err().split('\r\u001b[2K');
    expect(frames).toHaveLength(4);
    expect(frames[1]).toContain('3/10');
    expect(frames[2]).toContain('5/10');
    expect(frames[3]).toBe('');
    expect(err()).not.toContain('\n');
    expect(out()).toBe('');
  });

  it('writes plain lines now and then otherwise', () => {
    const { at, end, err } = progressAt(false);
    for (let second = 1; second <= 11; second += 1) at(second * 1000, second);
    end();
    expect(err().trimEnd().split('\n')).toHaveLength(3);
    expect(err()).not.toContain('\u001b');
  });
});
