import { describe, expect, it } from 'vitest';
import { atLevels, type Diagnostic, hasErrors } from '../../src/model/diagnostic.ts';
import { isFlaky } from '../../src/model/history.ts';
import { runToEnd, runWithPauses } from '../../src/model/interruptible.ts';

const found = (severity: Diagnostic['severity'], more: Partial<Diagnostic> = {}): Diagnostic => ({
  severity,
  code: 'TYPE_WRONG',
  message: 'x',
  ...more,
});

describe('levels of diagnostics', () => {
  it('silence, lower and raise what is no error', () => {
    expect(atLevels([found('warning')], { TYPE_WRONG: 'ignore' })).toEqual([]);
    expect(atLevels([found('warning')], { TYPE_WRONG: 'info' })).toEqual([found('info')]);
    expect(atLevels([found('info')], { TYPE_WRONG: 'error' })).toEqual([found('error')]);
    expect(atLevels([found('info')], { OTHER: 'error' })).toEqual([found('info')]);
  });

  it('leave an error an error, which says so beside its own hint', () => {
    const [kept] = atLevels([found('error', { hint: 'write text' })], { TYPE_WRONG: 'ignore' });
    expect(kept?.severity).toBe('error');
    expect(kept?.hint).toMatch(/^write text; it stays an error/);
  });

  it('never silence a caution, but may raise it', () => {
    const caution = found('warning', { caution: true });
    expect(atLevels([caution], { TYPE_WRONG: 'ignore' })).toEqual([caution]);
    expect(hasErrors(atLevels([caution], { TYPE_WRONG: 'error' }))).toBe(true);
  });

  it('do not take a name of the prototype for a code', () => {
    expect(atLevels([found('warning')], {})).toEqual([found('warning')]);
  });
});

describe('a test is flaky', () => {
  it.each([
    [[true, true, true], false],
    [[true, true, true, false, false, false], false],
    [[true, false, true, false], true],
    [[true, true, false], true],
  ])('with the results %j: %s', (greens, flaky) => expect(isFlaky(greens)).toBe(flaky));
});

describe('interruptible work', () => {
  function* countTo(end: number) {
    for (let step = 0; step < end; step += 1) yield;
    return end;
  }

  it('comes to the same at once and with pauses', async () => {
    expect(runToEnd(countTo(7))).toBe(7);
    let pauses = 0;
    const pause = async (): Promise<void> => {
      pauses += 1;
    };
    expect(await runWithPauses(countTo(7), 3, pause)).toBe(7);
    expect(pauses).toBe(2);
  });
});
