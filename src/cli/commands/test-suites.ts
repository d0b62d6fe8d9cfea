import { Failure } from '../../model/errors.ts';
import type { TestRun } from '../../model/runs.ts';
import { isId } from '../../model/side-api.ts';
import { withApi, workplace } from '../../operations/account/account.ts';
import { renderRecords } from '../../render/terminal/records.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

export interface SuiteFlags {
  readonly trigger?: boolean;
  readonly version?: string;
  readonly format: string;
}

/**
 * The suites that the account's tests belong to, or the runs of one suite, newest first. With `--trigger` every test
 * of the suite is started first, whatever assistant it is for; `test run` is the command that waits and judges.
 */
export async function testSuites(
  context: Context,
  suite: string | undefined,
  flags: SuiteFlags,
): Promise<number> {
  checkFlags(suite, flags);
  const { project } = await workplace(context);
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
}

function shown({ runId, testId, status, createdAt, suiteRunId }: TestRun) {
  return {
    run_id: runId,
    test_id: testId,
    status,
    created_at: createdAt ?? null,
    test_suite_run_id: suiteRunId ?? null,
  };
}

function checkFlags(suite: string | undefined, { trigger, version }: SuiteFlags): void {
  if (suite === undefined && (trigger === true || version !== undefined)) {
    throw new Failure('usage', 'which suite?', {
      code: 'SUITE_MISSING',
      hint: 'assistantctl test suites NAME --trigger',
    });
  }
  if (version === undefined || (trigger === true && isId(version))) return;
  throw new Failure('usage', '--version takes the id of a version and belongs to --trigger', {
    code: 'ID_INVALID',
  });
}
