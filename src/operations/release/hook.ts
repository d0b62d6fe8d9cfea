import { spawn } from 'node:child_process';
import { Failure } from '../../model/errors.ts';
import type { Judgement } from '../../release/rollout-decision.ts';
import type { Runtime } from '../../runtime.ts';

/** How much of what the program prints is kept for the record. */
const LONGEST_REASON = 300;

export interface Hook {
  /** A line, split at white space, or a program and its arguments one by one. */
  readonly command: string | readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/**
 * Runs a program that judges, never through a shell: exit 0 goes on, 1 aborts, everything else (2, any other code,
 * a signal, too long, not to be found) is inconclusive. What it prints last becomes the reason.
 */
export function runHook(runtime: Runtime, hook: Hook, stop: AbortSignal): Promise<Judgement> {
  const [program = '', ...args] = typeof hook.command === 'string' ? words(hook.command) : hook.command;
  return new Promise((resolve) => {
    const timeout = AbortSignal.timeout(hook.timeoutMs);
    const child = spawn(program, args, {
      cwd: hook.cwd,
      env: { ...runtime.env, ...hook.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: AbortSignal.any([timeout, stop]),
      killSignal: 'SIGKILL',
    });
    let printed = '';
    const keep = (text: string): void => {
      printed = (printed + text).slice(-4 * LONGEST_REASON);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    let problem: string | undefined;
    child.on('error', (error) => {
      problem = timeout.aborted
        ? `took longer than ${hook.timeoutMs} ms`
        : stop.aborted
          ? 'was interrupted'
          : error.message;
      // A program that never began has no end to wait for.
      if (child.pid === undefined) resolve(judgement(null, problem, printed));
    });
    child.on('close', (code) => resolve(judgement(code, problem, printed)));
  });
}

function judgement(code: number | null, problem: string | undefined, printed: string): Judgement {
  const said = printed.trim().split('\n').at(-1)?.slice(0, LONGEST_REASON) ?? '';
  const words = said === '' ? '' : `: ${said}`;
  if (problem !== undefined) return { verdict: 'inconclusive', reason: `the analysis command ${problem}` };
  if (code === 0) return { verdict: 'go', reason: said };
  if (code === 1) return { verdict: 'abort', reason: `the analysis command says no${words}` };
  const how = code === null ? 'was killed' : `ended with ${code}`;
  return { verdict: 'inconclusive', reason: `the analysis command ${how}${words}` };
}

/** Splits a command line at white space; quotes keep words together, and nothing else has a meaning. */
function words(line: string): readonly string[] {
  const found = line.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  const rest = line.replaceAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g, '').trim();
  if (found.length === 0 || rest !== '') {
    throw new Failure('usage', `the analysis command cannot be read: ${line}`, {
      code: 'COMMAND_INVALID',
      hint: 'close its quotes, or write it as a list: [program, argument, …]',
    });
  }
  return found.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
