import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

export interface Screen {
  readonly code: number | null;
  /** What the terminal got, with its codes. */
  readonly raw: string;
  /** Lines as a person reads them: without codes. */
  readonly lines: readonly string[];
}

export interface TerminalOptions {
  readonly columns: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the person types, line by line; the terminal has no input without it. */
  readonly typed?: string;
}

/** True where `script` of util-linux can open a pseudo-terminal. */
export const HAS_TERMINAL = process.platform === 'linux';

/** Runs a command with a pseudo-terminal for stdin, stdout and stderr, which no pipe of a test runner is. */
export function inTerminal(command: readonly string[], options: TerminalOptions): Promise<Screen> {
  const line = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols ${options.columns} rows 24; ${line}`, '/dev/null'], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', LANG: 'C.UTF-8', ...options.env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let raw = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    raw += text;
  });
  if (options.typed !== undefined) child.stdin.write(options.typed);
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => {
      const lines = stripVTControlCharacters(raw).replaceAll('\r\n', '\n').trimEnd().split('\n');
      done({ code, raw, lines });
    });
  });
}
