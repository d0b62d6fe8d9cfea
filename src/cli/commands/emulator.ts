import { resolve } from 'node:path';
import { removeIfEmpty } from '../../operations/files.ts';
import { launchEmulator } from '../../operations/session/embedded.ts';
import { readQuirks, readScripts, wholeNumber } from '../../operations/session/emulator-options.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/** Serves the embedded API until SIGINT or SIGTERM, which are its normal end. */
export const emulator = defineCommand({
  usage: 'emulator',
  options: (command) =>
    command
      .option('--port <n>', 'port on 127.0.0.1; 0 picks a free one', '0')
      .option('--data <file>', 'keep the data in this file; without it, in memory')
      .option('--quirk <name=value...>', 'behaviour on which the public documents are silent')
      .option('--scripts <file>', 'JSON file with the results of test runs')
      .option('--latency <ms>', 'delay of every reply', '0'),
  run: async (context, _args, flags) => {
    const { runtime } = context;
    const interrupt = context.interrupt();
    const inCwd = (path: string): string => resolve(runtime.cwd, path);
    // A file that was made for it, as mktemp does, is no damaged one.
    if (flags.data !== undefined) await removeIfEmpty(inCwd(flags.data));
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
  },
});
