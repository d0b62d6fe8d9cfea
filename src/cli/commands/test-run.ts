import { resolve } from 'node:path';
import { runChosenTests } from '../../operations/tests/run-chosen-tests.ts';
import { defineCommand } from '../define.ts';
import { format } from '../options.ts';
import { showVerdicts, writeJunit } from '../test-report.ts';

/** Runs tests on the platform, waits for them and shows their results; exits 9 unless all passed. */
export const testRun = defineCommand({
  usage: 'run [addresses...]',
  options: (command) =>
    command
      .option('--suite <name>', 'only tests of this suite')
      .option('--version <id>', 'talk to this version of the assistant instead of main')
      .option('--junit <file>', 'write the results as JUnit XML too')
      .option('--timeout <duration>', 'for all of them together; 15m by default')
      .addOption(format('text', 'json', 'markdown')),
  run: async (context, [texts], flags) => {
    const verdicts = await runChosenTests(context, texts, flags);
    if (flags.junit !== undefined) {
      await writeJunit(resolve(context.runtime.cwd, flags.junit), verdicts);
    }
    return showVerdicts(context, flags, verdicts);
  },
});
