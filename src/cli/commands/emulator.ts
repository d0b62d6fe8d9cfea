import { resolve } from 'node:path';
import { decodeQuirks, type Quirks } from '../../emulator/quirks.ts';
import { decodeScripts, type RunScript } from '../../emulator/run-scripts.ts';
import { Failure } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import type { Context } from '../context.ts';
import { launchEmulator } from '../embedded.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { readJsonFile, reasonOf } from '../files.ts';

export interface EmulatorFlags {
  readonly port: string;
  readonly data?: string;
  readonly quirk?: readonly string[];
  readonly scripts?: string;
  readonly latency: string;
}

/** Serves the embedded API until SIGINT or SIGTERM, which are its normal end. */
export async function emulator(context: Context, flags: EmulatorFlags): Promise<number> {
  const { runtime } = context;
  const interrupt = context.interrupt();
  const inCwd = (path: string): string => resolve(runtime.cwd, path);
  const handle = await launchEmulator(runtime, {
    port: wholeNumber('--port', flags.port, 65_535),
    latencyMs: wholeNumber('--latency', flags.latency, 600_000),
    quirks: readQuirks(flags.quirk ?? []),
    ...(flags.data === undefined ? {} : { dataFile: inCwd(flags.data) }),
    ...(flags.scripts === undefined ? {} : { scripts: await readScripts(inCwd(flags.scripts)) }),
  });
  context.print(`${handle.url}\n`);
  context.note(`The embedded API listens; any key is accepted. TELNYX_BASE_URL=${handle.url}\n`);
  await new Promise<void>((stopped) => {
    if (interrupt.stop.aborted) stopped();
    interrupt.stop.addEventListener('abort', () => stopped());
  });
  await handle.close();
  return EXIT_DONE;
}

async function readScripts(path: string): Promise<readonly RunScript[]> {
  const value = await readJsonFile(path, 'scripts file');
  return checked('SCRIPTS_INVALID', () => decodeScripts(value));
}

function readQuirks(words: readonly string[]): Partial<Quirks> {
  return checked('QUIRK_INVALID', () => decodeQuirks(Object.fromEntries(words.map(parseQuirk))));
}

/** The emulator's decoders throw plain errors; here they are the user's mistake. */
function checked<Value>(code: string, decode: () => Value): Value {
  try {
    return decode();
  } catch (cause) {
    throw new Failure('usage', reasonOf(cause), { code, cause });
  }
}

function wholeNumber(option: string, text: string, largest: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= largest) return value;
  throw new Failure('usage', `${option} must be a whole number from 0 to ${largest}`, {
    code: 'OPTION_INVALID',
  });
}

/** `name=value`; numbers, lists and truth values are read as such, everything else is a word. */
function parseQuirk(text: string): [string, Json] {
  const equals = text.indexOf('=');
  if (equals < 0) return [text, true];
  const value = text.slice(equals + 1);
  const literal = /^(true|false|\d+|\[.*\])$/.test(value) && isJson(value);
  return [text.slice(0, equals), literal ? JSON.parse(value) : value];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
