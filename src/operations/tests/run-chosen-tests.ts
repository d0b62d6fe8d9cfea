import { parseDuration } from '../../model/duration.ts';
import { Failure } from '../../model/errors.ts';
import type { TestVerdict } from '../../model/runs.ts';
import { DEFAULT_GATE_TIMEOUT_MS } from '../../plan/release.ts';
import { runTests } from '../../release/run-tests.ts';
import { findAddresses } from '../address-argument.ts';
import type { Host } from '../host.ts';
import type { Connection } from '../session/connect.ts';
import { gatherProject } from '../session/inputs.ts';
import { withAccount } from '../session/opener.ts';
import { chooseTests, type TestSelection } from './test-choice.ts';
import { testing } from './test-clock.ts';

export interface TestRunRequest {
  readonly suite?: string;
  readonly version?: string;
  readonly timeout?: string;
}

/** Runs tests on the platform and waits for them. */
export async function runChosenTests(
  host: Host,
  texts: readonly string[],
  request: TestRunRequest,
): Promise<readonly TestVerdict[]> {
  const addresses = await findAddresses(host, texts, ['test', 'assistant']);
  const timeoutMs = request.timeout === undefined ? DEFAULT_GATE_TIMEOUT_MS : parseDuration(request.timeout);
  if (timeoutMs === undefined || timeoutMs === 0) {
    const hint = 'write it like 90s or 15m';
    throw new Failure('usage', `--timeout ${request.timeout} is no time to wait`, {
      code: 'OPTION_INVALID',
      hint,
    });
  }
  const project = await gatherProject(host);
  return await withAccount(host, project, async (connection, state) => {
    const choice = await chooseTests(connection, state, { addresses, suite: request.suite });
    const versionId = await checkedVersion(connection, choice, request.version);
    const progress = host.progress();
    const order = { tests: choice.tests, versionId, timeoutMs, concurrency: project.concurrency };
    try {
      return await runTests(order, {
        ...testing(host, connection.api),
        onProgress: (event) => progress.show({ phase: 'testing', ...event }),
      });
    } finally {
      progress.end();
    }
  });
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
