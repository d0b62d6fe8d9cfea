import { describe, expect, it } from 'vitest';
import { createContext } from '../../src/cli/context.ts';
import { reportFailure } from '../../src/cli/outcome.ts';
import { Failure } from '../../src/model/errors.ts';
import { fakeRuntime } from './runtime.ts';

describe('JSON output', () => {
  it('is one document, also when the command fails after its result', () => {
    const runtime = fakeRuntime();
    const context = createContext(runtime, {});
    context.printJson({ outcome: 'applied', results: [] });
    const failure = new Failure('partial', 'disk full', { code: 'STATE_WRITE' });
    expect(reportFailure(context, failure, true)).toBe(7);
    expect(runtime.out()).toBe('');
    context.finish();
    expect(JSON.parse(runtime.out())).toMatchObject({ outcome: 'applied', error: { code: 'STATE_WRITE' } });
    expect(runtime.err()).toContain('disk full');
  });

  it('is nothing when nothing was said in JSON', () => {
    const runtime = fakeRuntime();
    const context = createContext(runtime, {});
    context.print('text\n');
    context.finish();
    expect(runtime.out()).toBe('text\n');
  });
});
