import { resolve } from 'node:path';
import { runChosenTests, type TestRunRequest } from '../../operations/tests/run-chosen-tests.ts';
import type { Context } from '../context.ts';
import { showVerdicts, writeJunit } from '../test-report.ts';

export interface TestRunFlags extends TestRunRequest {
  readonly junit?: string;
  readonly format: string;
}

/** Runs tests on the platform, waits for them and shows their results; exits 9 unless all passed. */
export async function testRun(
  context: Context,
  texts: readonly string[],
  flags: TestRunFlags,
): Promise<number> {
  const verdicts = await runChosenTests(context, texts, flags);
  if (flags.junit !== undefined) {
    await writeJunit(resolve(context.runtime.cwd, flags.junit), verdicts);
  }
  return showVerdicts(context, flags, verdicts);
}
