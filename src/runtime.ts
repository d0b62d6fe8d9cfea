/**
 * The outside world as one value. Commands get everything that is not a pure function of their input from
 * here, so that a test can replace any of it and no other module needs to touch `process`.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Where text goes. */
export interface Output {
  readonly isTTY: boolean;
  /** Width in characters; undefined when it is no terminal. */
  columns(): number | undefined;
  /** Height in lines; undefined when it is no terminal. */
  rows(): number | undefined;
  write(text: string): void;
}

export interface Runtime {
  /** Folder of the installed package, which holds `schemas/` and the samples. */
  readonly packageRoot: string;
  readonly version: string;
  readonly cwd: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly stdout: Output;
  readonly stderr: Output;
  /** Asks the person at the terminal; undefined when nobody is there to answer. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Everything that is piped in; empty at a terminal. */
  stdin(): Promise<string>;
  /** Lines as they come in; at a terminal each is asked for, and Ctrl-D ends them. So does the signal. */
  lines(prompt: string, stop: AbortSignal): AsyncIterable<string>;
  readonly host: string;
  readonly user: string;
  readonly pid: number;
  clock(): Date;
  /** Resolves after the milliseconds, or as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
  uuid(): string;
  /** Until the returned function is called, these signals go to the listener instead of ending the process. */
  onStopSignal(listener: (signal: StopSignal) => void): () => void;
  /** Ends the process on the spot. For the second signal only. */
  exitNow(code: number): void;
  isAlive(pid: number): boolean;
  /** Ends a process that leads a group of its own, and everything that it left in the group. */
  killGroup(pid: number): void;
}

/** The runtime of a real process that was started from the package in that folder. */
export function nodeRuntime(packageRoot: string): Runtime {
  quietWhenTheReaderLeft(process.stdout);
  quietWhenTheReaderLeft(process.stderr);
  return {
    packageRoot,
    version: packageVersion(packageRoot),
    cwd: process.cwd(),
    env: process.env,
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    ask: process.stdin.isTTY && process.stderr.isTTY ? ask : undefined,
    stdin: readStdin,
    lines: readLines,
    host: hostname(),
    user: userName(),
    pid: process.pid,
    clock: () => new Date(),
    sleep,
    random: Math.random,
    uuid: randomUUID,
    onStopSignal,
    exitNow: (code) => process.exit(code),
    isAlive,
    killGroup,
  };
}

function output(stream: NodeJS.WriteStream): Output {
  return {
    isTTY: stream.isTTY === true,
    columns: () => (stream.isTTY === true && stream.columns > 0 ? stream.columns : undefined),
    rows: () => (stream.isTTY === true && stream.rows > 0 ? stream.rows : undefined),
    write: (text) => {
      stream.write(text);
    },
  };
}

/** `assistantctl plan | head` closes the pipe early; that is no failure, and an apply must not die of it. */
function quietWhenTheReaderLeft(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}

async function readStdin(): Promise<string> {
  if (process.stdin.isTTY === true) return '';
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

async function* readLines(prompt: string, stop: AbortSignal): AsyncGenerator<string> {
  const terminal = process.stdin.isTTY === true;
  const shown = terminal ? { output: process.stderr, prompt } : {};
  const reader = createInterface({ input: process.stdin, terminal, signal: stop, ...shown });
  // A line reader swallows Ctrl-C; whoever aborts `stop` then ends the lines.
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  if (terminal) reader.prompt();
  for await (const line of reader) {
    yield line;
    if (terminal) reader.prompt();
  }
}

function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    lines.once('close', () => resolve(''));
    // A line reader swallows Ctrl-C; it has to end the process as it would anywhere else.
    lines.once('SIGINT', () => {
      lines.close();
      process.kill(process.pid, 'SIGINT');
    });
    lines.question(question, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}

function onStopSignal(listener: (signal: StopSignal) => void): () => void {
  const onInterrupt = (): void => listener('SIGINT');
  const onTerminate = (): void => listener('SIGTERM');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return () => {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onTerminate);
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}

function packageVersion(packageRoot: string): string {
  const manifest: unknown = JSON.parse(readFileSync(`${packageRoot}/package.json`, 'utf8'));
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return known ? String(manifest.version) : 'unknown';
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers may run under a number that no account has.
    return process.env.USER ?? 'unknown';
  }
}
