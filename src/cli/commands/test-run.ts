import { resolve } from 'node:path';
import { parseDuration } from '../../model/duration.ts';
import { Failure } from '../../model/errors.ts';
import { requireAddress } from '../../operations/address-argument.ts';
import type { Connection } from '../../operations/session/connect.ts';
import { gatherProject } from '../../operations/session/inputs.ts';
import { withAccount } from '../../operations/session/with-account.ts';
import { chooseTests, type TestSelection } from '../../operations/tests/test-choice.ts';
import { testing } from '../../operations/tests/test-clock.ts';
import { DEFAULT_GATE_TIMEOUT_MS } from '../../plan/release.ts';
import { runTests } from '../../release/run-tests.ts';
import type { Context } from '../context.ts';
import { startProgress } from '../progress.ts';
import { showVerdicts, writeJunit } from '../test-report.ts';

export interface TestRunFlags {
  readonly suite?: string;
  readonly version?: string;
  readonly junit?: string;
  readonly timeout?: string;
  readonly format: string;
}

/** Runs tests on the platform, waits for them and shows their results; exits 9 unless all passed. */
export async function testRun(
  context: Context,
  texts: readonly string[],
  flags: TestRunFlags,
): Promise<number> {
  const addresses = texts.map(requireAddress);
  const timeoutMs = flags.timeout === undefined ? DEFAULT_GATE_TIMEOUT_MS : parseDuration(flags.timeout);
  if (timeoutMs === undefined || timeoutMs === 0) {
    const hint = 'write it like 90s or 15m';
    throw new Failure('usage', `--timeout ${flags.timeout} is no time to wait`, {
      code: 'OPTION_INVALID',
      hint,
    });
  }
  const project = await gatherProject(context);
  const verdicts = await withAccount(context, project, async (connection, state) => {
    const choice = await chooseTests(connection, state, { addresses, suite: flags.suite });
    const versionId = await checkedVersion(connection, choice, flags.version);
    const progress = startProgress(context);
    const order = { tests: choice.tests, versionId, timeoutMs, concurrency: project.concurrency };
    try {
      return await runTests(order, {
        ...testing(context, connection.api),
        onProgress: (event) => progress.show({ phase: 'testing', ...event }),
      });
    } finally {
      progress.end();
    }
  });
  if (flags.junit !== undefined) {
    await writeJunit(resolve(context.runtime.cwd, flags.junit), verdicts);
  }
  return showVerdicts(context, flags, verdicts);
}

/** A version belongs to one assistant, so the tests have to as well. */
async function checkedVersion(
  connection: Connection,
  { destinations }: TestSelection,
  version: string | undefined,
): Promise<string | undefined> {
  if (version === undefined || version === 'main') return undefined;
  const [assistant = '', ...others] = destinations;
  if (others.length > 0) {
    throw new Failure('usage', 'the chosen tests are for several assistants, and a version belongs to one', {
      code: 'VERSION_NEEDS_ASSISTANT',
      hint: 'name the assistant, or tests of one assistant alone',
    });
  }
  if (
    assistant.startsWith('assistant-') &&
    (await connection.api.getVersion(assistant, version)) === undefined
  ) {
    throw new Failure('usage', `${assistant} has no version ${version}`, {
      code: 'VERSION_UNKNOWN',
      hint: 'assistantctl versions list ADDRESS shows them',
    });
  }
  return version;
}
