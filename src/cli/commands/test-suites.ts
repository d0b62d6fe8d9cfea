import { Failure } from '../../model/errors.ts';
import type { TestRun } from '../../model/runs.ts';
import { isId } from '../../model/side-api.ts';
import { resourceIds, withApi } from '../../operations/account/account.ts';
import { renderRecords } from '../../render/terminal/records.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { textOrJson } from '../options.ts';

/**
 * The suites that the account's tests belong to, or the runs of one suite, newest first. With `--trigger` every test
 * of the suite is started first, whatever assistant it is for; `test run` is the command that waits and judges.
 */
export const testSuites = defineCommand({
  usage: 'suites [suite]',
  options: (command) =>
    textOrJson(command)
      .option('--trigger', 'start every test of the suite first, and do not wait')
      .option('--version <id>', 'version that the triggered tests talk to'),
  run: async (context, [suite], flags) => {
    checkFlags(suite, flags.trigger === true, flags.version);
    const { project } = await resourceIds(context);
    if (suite === undefined) {
      const suites = [...(await withApi(context, project, (api) => api.listSuites()))].sort();
      const rows = suites.map((name) => [name]);
      if (flags.format === 'json') context.printJson({ suites });
      else context.print(renderRecords(['SUITE'], rows, 'No test belongs to a suite.', context.style));
      return EXIT_DONE;
    }
    const runs = await withApi(context, project, async (api) => {
      if (flags.trigger !== true) return api.listSuiteRuns(suite, undefined);
      return api.triggerSuite(suite, flags.version, context.runtime.uuid());
    });
    if (flags.format === 'json') context.printJson({ suite, runs: runs.map(shown) });
    else {
      const titles = ['RUN', 'TEST', 'STATUS', 'CREATED', 'SUITE RUN'];
      const rows = runs.map((run) => Object.values(shown(run)).map((value) => value ?? ''));
      context.print(renderRecords(titles, rows, `The suite ${suite} has no runs.`, context.style));
    }
    return EXIT_DONE;
  },
});

function shown({ runId, testId, status, createdAt, suiteRunId }: TestRun) {
  return {
    run_id: runId,
    test_id: testId,
    status,
    created_at: createdAt ?? null,
    test_suite_run_id: suiteRunId ?? null,
  };
}

function checkFlags(suite: string | undefined, trigger: boolean, version: string | undefined): void {
  if (suite === undefined && (trigger || version !== undefined)) {
    throw new Failure('usage', 'which suite?', {
      code: 'SUITE_MISSING',
      hint: 'assistantctl test suites NAME --trigger',
    });
  }
  if (version === undefined || (trigger && isId(version))) return;
  throw new Failure('usage', '--version takes the id of a version and belongs to --trigger', {
    code: 'ID_INVALID',
  });
}
