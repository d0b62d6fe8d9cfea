import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/model/errors.ts';
import { runHook } from '../../src/operations/release/hook.ts';
import { fakeRuntime } from './runtime.ts';

function hook(command: string | readonly string[], env: Readonly<Record<string, string>> = {}) {
  const runtime = fakeRuntime({ env: { PATH: process.env.PATH ?? '' } });
  const stop = new AbortController().signal;
  return runHook(runtime, { command, cwd: tmpdir(), env, timeoutMs: 5_000 }, stop);
}

const NODE = process.execPath;

describe('the analysis command', () => {
  it('is split at white space outside quotes, and no shell looks at it', async () => {
    const said = await hook(`${NODE} -p 'process.argv.slice(1).join("|")' "a b" $HOME *.md ;`);
    expect(said).toEqual({ verdict: 'go', reason: 'a b|$HOME|*.md|;' });
  });

  it('as a list is taken as it is', async () => {
    const said = await hook([NODE, '-p', 'process.argv[1] + process.env.ASSISTANTCTL_WEIGHT', '" x'], {
      ASSISTANTCTL_WEIGHT: '10',
    });
    expect(said).toEqual({ verdict: 'go', reason: '" x10' });
  });

  it('gives the last line that it prints as the reason', async () => {
    const said = await hook([NODE, '-e', 'console.error("first\\n3 of 9 failed"); process.exitCode = 1']);
    expect(said).toEqual({ verdict: 'abort', reason: 'the analysis command says no: 3 of 9 failed' });
  });

  it('with an open quote is refused', () => {
    expect(() => hook(`${NODE} -p 'oh`)).toThrow(Failure);
  });
});
