import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { watchSignals } from '../../src/cli/interrupt.ts';
import { fakeRuntime } from './runtime.ts';

describe('signals', () => {
  it('the first one drops requests while nothing is written', () => {
    const runtime = fakeRuntime();
    const interrupt = watchSignals(runtime);
    runtime.signal('SIGTERM');
    expect(interrupt.received()).toBe('SIGTERM');
    expect(interrupt.stop.aborted).toBe(true);
    expect(interrupt.reading.aborted).toBe(true);
    expect(runtime.exits).toEqual([]);
  });

  it('the first one leaves requests alone once writes have begun', () => {
    const runtime = fakeRuntime();
    const interrupt = watchSignals(runtime);
    interrupt.protectWrites();
    runtime.signal('SIGINT');
    expect(interrupt.stop.aborted).toBe(true);
    expect(interrupt.reading.aborted).toBe(false);
  });

  it('the second one ends the process', () => {
    const runtime = fakeRuntime();
    watchSignals(runtime);
    runtime.signal('SIGINT');
    runtime.signal('SIGTERM');
    expect(runtime.exits).toEqual([143]);
  });

  it('may be waited for by many gates at once, without a warning of Node', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const { stop, reading } = watchSignals(fakeRuntime());
    for (const signal of [stop, reading]) {
      for (let n = 0; n < 20; n += 1) signal.addEventListener('abort', () => n);
    }
    await setImmediate();
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('are given back', () => {
    const runtime = fakeRuntime();
    const interrupt = watchSignals(runtime);
    interrupt.release();
    runtime.signal('SIGINT');
    expect(interrupt.received()).toBeUndefined();
  });
});
