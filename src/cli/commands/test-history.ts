import { Failure } from '../../model/errors.ts';
import { historyOf } from '../../model/history.ts';
import { findAddresses } from '../../operations/address-argument.ts';
import { gatherProject } from '../../operations/session/inputs.ts';
import { withAccount } from '../../operations/session/opener.ts';
import { rememberedSides } from '../../operations/tests/run-sides.ts';
import { chooseTests } from '../../operations/tests/test-choice.ts';
import { renderHistory } from '../../render/terminal/history-text.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { format } from '../options.ts';

/** How tests did in their last runs, and which of them are flaky. */
export const testHistory = defineCommand({
  usage: 'history [addresses...]',
  options: (command) =>
    command
      .option('--last <n>', 'how many runs count', '20')
      .option('--suite <name>', 'only tests of this suite')
      .addOption(format('text', 'json')),
  run: async (context, [texts], flags) => {
    const addresses = await findAddresses(context, texts, ['test', 'assistant']);
    const last = Number(flags.last);
    if (!/^\d{1,6}$/.test(flags.last) || last === 0) {
      throw new Failure('usage', '--last must be a whole number from 1', { code: 'OPTION_INVALID' });
    }
    const project = await gatherProject(context);
    const histories = await withAccount(context, project, async (connection, state) => {
      const sides = rememberedSides(state);
      const { tests } = await chooseTests(connection, state, { addresses, suite: flags.suite });
      return await Promise.all(
        tests.map(async ({ address = null, testId, name, suite = null }) => {
          const runs = (await connection.api.listRuns(testId)) ?? [];
          return historyOf({ address, test_id: testId, name, suite }, runs, last, (runId) =>
            sides.get(runId),
          );
        }),
      );
    });
    if (flags.format === 'json') context.printJson({ format_version: '1.0', tests: histories });
    else context.print(renderHistory(histories, context.style));
    return EXIT_DONE;
  },
});
