import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runHook } from '../../src/operations/release/hook.ts';
import { fakeRuntime } from './runtime.ts';

const NODE = process.execPath;

const VARIABLES = {
  PATH: process.env.PATH ?? '',
  SMOKE_TOKEN: 'smoke-secret-1',
  GITHUB_TOKEN: 'forge-secret-1',
  TELNYX_API_KEY: 'KEY_TEST_0123456789',
  ACME_KEY: 'acme-key-1',
  ASSISTANTCTL_NOTIFY_SECRET: 'notify-secret-1',
};

function hook(
  run: readonly string[],
  {
    env = [],
    about = {},
    timeoutMs = 20_000,
    stop = new AbortController().signal,
  }: {
    readonly env?: readonly string[];
    readonly about?: Readonly<Record<string, string>>;
    readonly timeoutMs?: number;
    readonly stop?: AbortSignal;
  } = {},
) {
  const runtime = fakeRuntime({ env: VARIABLES });
  const call = {
    hook: { name: 'smoke', run, env },
    cwd: tmpdir(),
    about,
    keyVariables: ['ACME_KEY'],
    timeoutMs,
  };
  return runHook(runtime, call, stop);
}

const node = (code: string): readonly string[] => [NODE, '-e', code];

describe('a hook', () => {
  it('is run as it is written, and no shell looks at it', async () => {
    const said = await hook([
      NODE,
      '-p',
      'process.argv.slice(1).join("|")',
      'a b',
      '$HOME',
      '*.md',
      ';',
      '" x',
    ]);
    expect(said).toEqual({ verdict: 'go', reason: 'a b|$HOME|*.md|;|" x' });
  });

  it('gets the variables that it names, those that say what is judged, and none of ours', async () => {
    const names =
      'console.log(Object.keys(process.env).filter((name) => /TOKEN|KEY|ASSISTANTCTL/.test(name)).sort().join())';
    const env = ['SMOKE_TOKEN', 'TELNYX_API_KEY', 'ACME_KEY', 'ASSISTANTCTL_NOTIFY_SECRET', 'NOT_SET_TOKEN'];
    const said = await hook(node(names), { env, about: { ASSISTANTCTL_WEIGHT: '10' } });
    expect(said).toEqual({ verdict: 'go', reason: 'ASSISTANTCTL_WEIGHT,SMOKE_TOKEN' });
  });

  it('gives the last line that it prints as the reason, without the secrets that it got', async () => {
    const said = await hook(node('console.error("first\\n3 of 9 failed"); process.exitCode = 1'));
    expect(said).toEqual({ verdict: 'abort', reason: 'the hook smoke says no: 3 of 9 failed' });
    const leak =
      'console.log("with " + process.env.SMOKE_TOKEN + " and https://x.example/?api_key=abcd12345678")';
    const leaked = await hook(node(leak), { env: ['SMOKE_TOKEN'] });
    expect(leaked.reason).toBe('with [redacted] and https://x.example/?api_key=[redacted]');
  });

  it.each([
    [
      'leaves a process behind that holds its output',
      'require("child_process").spawn("sleep", ["60"], { stdio: "inherit" }).unref()',
      'go',
    ],
    ['writes without end', 'for (;;) require("fs").writeSync(1, "y\\n".repeat(1000))', 'inconclusive'],
    ['ignores signals', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)', 'inconclusive'],
  ])('that %s ends in time', async (_what, code, verdict) => {
    const begun = performance.now();
    const said = await hook(node(code), { timeoutMs: 1_000 });
    expect(said.verdict).toBe(verdict);
    expect(performance.now() - begun).toBeLessThan(8_000);
  });

  it('ends with everything that it started, at the timeout and when it is interrupted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assistantctl-hook-'));
    for (const how of ['timeout', 'interrupt'] as const) {
      const file = join(folder, how);
      const code = `const c = require("child_process").spawn(process.execPath, ["-e", "setInterval(()=>{},1000)"]); require("fs").writeFileSync(${JSON.stringify(file)}, String(c.pid)); setInterval(() => {}, 1000)`;
      const stop = new AbortController();
      if (how === 'interrupt') setTimeout(() => stop.abort(), 1_500);
      const said = await hook(node(code), {
        timeoutMs: how === 'timeout' ? 1_500 : 30_000,
        stop: stop.signal,
      });
      expect(said.verdict).toBe('inconclusive');
      await delay(200);
      const pid = Number(await readFile(file, 'utf8'));
      expect(pid).toBeGreaterThan(0);
      // A process that ended and that nobody waited for is still listed.
      const left = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => `${pid} (node) Z`);
      expect(left).toMatch(/\) Z/);
    }
  });
});
