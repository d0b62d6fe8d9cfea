import { Failure } from '../../model/errors.ts';
import { historyOf } from '../../model/history.ts';
import { renderHistory } from '../../render/history-text.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { gatherProject } from '../gather.ts';
import { requireAddress } from '../options.ts';
import { chooseTests } from '../test-choice.ts';
import { withAccount } from '../with-account.ts';

export interface TestHistoryFlags {
  readonly last: string;
  readonly suite?: string;
  readonly format: string;
}

/** How tests did in their last runs, and which of them are flaky. */
export async function testHistory(
  context: Context,
  texts: readonly string[],
  flags: TestHistoryFlags,
): Promise<number> {
  const addresses = texts.map(requireAddress);
  const last = Number(flags.last);
  if (!/^\d{1,6}$/.test(flags.last) || last === 0) {
    throw new Failure('usage', '--last must be a whole number from 1', { code: 'OPTION_INVALID' });
  }
  const project = await gatherProject(context);
  const histories = await withAccount(context, project, async (connection, state) => {
    const { tests } = await chooseTests(connection, state, { addresses, suite: flags.suite });
    return await Promise.all(
      tests.map(async ({ address = null, testId, name, suite = null }) => {
        const runs = (await connection.api.listRuns(testId)) ?? [];
        return historyOf({ address, test_id: testId, name, suite }, runs, last);
      }),
    );
  });
  if (flags.format === 'json') context.printJson({ format_version: '1.0', tests: histories });
  else context.print(renderHistory(histories, context.style));
  return EXIT_DONE;
}
