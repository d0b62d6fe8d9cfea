import { resolve } from 'node:path';
import { launchEmulator } from '../../operations/session/embedded.ts';
import { readQuirks, readScripts, wholeNumber } from '../../operations/session/emulator-options.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

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
  context.printExactly(`${handle.url}\n`);
  context.note(`The embedded API listens; any key is accepted. TELNYX_BASE_URL=${handle.url}\n`);
  await new Promise<void>((stopped) => {
    if (interrupt.stop.aborted) stopped();
    interrupt.stop.addEventListener('abort', () => stopped());
  });
  await handle.close();
  return EXIT_DONE;
}
