import { resolve } from 'node:path';
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
    quirks: Object.fromEntries((flags.quirk ?? []).map(parseQuirk)),
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
  try {
    return decodeScripts(value);
  } catch (cause) {
    throw new Failure('usage', `${path}: ${reasonOf(cause)}`, { code: 'SCRIPTS_INVALID', cause });
  }
}

function wholeNumber(option: string, text: string, largest: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= largest) return value;
  throw new Failure('usage', `${option} must be a whole number from 0 to ${largest}`, {
    code: 'OPTION_INVALID',
  });
}

/** `name=value`; the value is JSON where it can be read as such, else text. */
function parseQuirk(text: string): [string, Json] {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const value = equals < 0 ? 'true' : text.slice(equals + 1);
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}
