import { spawn } from 'node:child_process';
import { concealText } from '../../model/credentials.ts';
import type { Judgement } from '../../release/rollout-decision.ts';
import type { Runtime } from '../../runtime.ts';

/** How much of what the program prints is kept for the record. */
const LONGEST_REASON = 300;

/** What any program needs to start; nothing of it is secret. */
const COMMON = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SYSTEMROOT',
  'COMSPEC',
  'PATHEXT',
];

/** API keys and secrets of ours: never given, whatever the project file says. */
const OURS = /telnyx|^assistantctl_/i;

export interface Hook {
  readonly name: string;
  /** A program and its arguments one by one. */
  readonly run: readonly string[];
  /** Variables that it gets, by name. */
  readonly env: readonly string[];
}

export interface HookCall {
  readonly hook: Hook;
  readonly cwd: string;
  /** Says what is to be judged. */
  readonly about: Readonly<Record<string, string>>;
  /** Names of variables with API keys. */
  readonly keyVariables: readonly string[];
  readonly timeoutMs: number;
}

/**
 * Runs a program that judges, never through a shell: exit 0 goes on, 1 aborts, everything else (2, any other code,
 * a signal, too long, not to be found) is inconclusive. What it prints last becomes the reason. It leads a process
 * group of its own, which is ended with it, so that nothing outlives the judgement.
 */
export function runHook(runtime: Runtime, call: HookCall, stop: AbortSignal): Promise<Judgement> {
  const { hook, cwd, timeoutMs } = call;
  const [program = '', ...args] = hook.run;
  const given = environmentOf(runtime.env, call);
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...given, ...call.about },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let printed = '';
    let problem: string | undefined;
    const keep = (text: string): void => {
      printed = (printed + text).slice(-4 * LONGEST_REASON);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);

    const endGroup = (): void => {
      if (child.pid !== undefined) runtime.killGroup(child.pid);
    };
    const interrupted = (): void => {
      problem ??= 'was interrupted';
      endGroup();
    };
    const timer = setTimeout(() => {
      problem ??= `took longer than ${timeoutMs} ms`;
      endGroup();
    }, timeoutMs);
    stop.addEventListener('abort', interrupted, { once: true });
    if (stop.aborted) interrupted();

    const settle = (code: number | null): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', interrupted);
      // A child process that still runs may hold the pipes open; its output is not waited for.
      endGroup();
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(judgement(hook.name, code, problem, concealed(printed, hook, given)));
    };
    child.on('error', (error) => {
      problem ??= error.message;
      // A program that never began has no end to wait for.
      if (child.pid === undefined) settle(null);
    });
    // What was printed before the end may still be on its way.
    child.on('exit', (code) => setImmediate(() => setTimeout(() => settle(code), DRAIN_MS)));
  });
}

const DRAIN_MS = 50;

function environmentOf(
  env: Runtime['env'],
  { hook, keyVariables }: HookCall,
): Readonly<Record<string, string>> {
  const names = [...COMMON, ...hook.env].filter((name) => !OURS.test(name) && !keyVariables.includes(name));
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** The reason goes into the state: values that the program was given and credentials do not. */
function concealed(text: string, hook: Hook, given: Readonly<Record<string, string>>): string {
  const secrets = hook.env.map((name) => given[name] ?? '').filter((value) => value.length >= 4);
  return concealText(secrets.reduce((left, secret) => left.replaceAll(secret, '[redacted]'), text));
}

function judgement(
  name: string,
  code: number | null,
  problem: string | undefined,
  printed: string,
): Judgement {
  const said = printed.trim().split('\n').at(-1)?.slice(0, LONGEST_REASON) ?? '';
  const words = said === '' ? '' : `: ${said}`;
  if (problem !== undefined) return { verdict: 'inconclusive', reason: `the hook ${name} ${problem}` };
  if (code === 0) return { verdict: 'go', reason: said };
  if (code === 1) return { verdict: 'abort', reason: `the hook ${name} says no${words}` };
  const how = code === null ? 'was killed' : `ended with ${code}`;
  return { verdict: 'inconclusive', reason: `the hook ${name} ${how}${words}` };
}
