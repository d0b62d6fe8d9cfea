import type { Style } from '../render/terminal/style.ts';
import type { Output, Runtime } from '../runtime.ts';

/** Width of text that goes to a file or a pipe. */
const PLAIN_WIDTH = 100;

type Env = Runtime['env'];

/**
 * How text for one output is dressed. `--no-color` and NO_COLOR (no-color.org) win over FORCE_COLOR, so that
 * the wish for plain text can always be expressed on the command line.
 */
export function styleFor(output: Output, env: Env, colorFlag: boolean): Style {
  const rows = output.rows();
  return {
    ...(rows === undefined ? {} : { rows }),
    ...(screenWidth(output, env) === undefined ? {} : { bounded: true }),
    color: colorFlag && wantsColor(output, env),
    width: Math.max(40, widthOf(output, env)),
    unicode: speaksUnicode(env),
  };
}

/** A live view rewrites its line: only on a real terminal, and never in a CI log that pretends to be one. */
export function isLive(output: Output, env: Env): boolean {
  return output.isTTY && !isSet(env.CI) && env.TERM !== 'dumb';
}

/** The question function when a person is there to answer; CI systems sometimes attach a terminal. */
export function questioner(runtime: Runtime): Runtime['ask'] {
  return isSet(runtime.env.CI) ? undefined : runtime.ask;
}

function wantsColor(output: Output, env: Env): boolean {
  if (isSet(env.NO_COLOR)) return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return output.isTTY && env.TERM !== 'dumb';
}

function widthOf(output: Output, env: Env): number {
  return screenWidth(output, env) ?? PLAIN_WIDTH;
}

/**
 * The width that no line may exceed: of the terminal, or what COLUMNS asks for. Undefined for files and pipes, where
 * lines stay whole for grep and editors.
 */
export function screenWidth(output: Output, env: Env): number | undefined {
  // A terminal without a size, such as one that `script` makes in a job, reports 0 columns.
  return [output.columns(), Number(env.COLUMNS)].find((width = 0) => Number.isInteger(width) && width > 0);
}

function speaksUnicode(env: Env): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return env.TERM !== 'dumb' && locale !== 'C' && locale !== 'POSIX';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}
