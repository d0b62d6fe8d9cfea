import { Failure } from '../../model/errors.ts';
import { isArray, isObject, type Json } from '../../model/json.ts';
import type { TestOutcome, TestVerdict } from '../../model/runs.ts';
import { readJsonFile } from '../files.ts';

/**
 * Test results in a JSON document of ours, wherever it keeps them: what `test run`, `apply` and `preview` print with
 * `--format json` differs around the results, not in them.
 */
export async function readTestResults(path: string): Promise<readonly TestVerdict[]> {
  const found = verdictsIn(await readJsonFile(path, 'file of test results'), 0);
  if (found.length > 0) return found;
  throw new Failure('usage', `the file ${path} holds no test results`, {
    code: 'FILE_NOT_RESULTS',
    hint: 'give it what `assistantctl test run --format json` printed',
  });
}

const MAX_DEPTH = 6;

function verdictsIn(value: Json, depth: number): readonly TestVerdict[] {
  if (depth > MAX_DEPTH) return [];
  if (isArray(value)) return value.flatMap((item) => verdictsIn(item, depth + 1));
  if (!isObject(value)) return [];
  const verdict = toVerdict(value);
  return verdict === undefined
    ? Object.values(value).flatMap((item) => verdictsIn(item, depth + 1))
    : [verdict];
}

const OUTCOMES: readonly TestOutcome[] = ['passed', 'failed', 'error', 'timeout', 'missing', 'interrupted'];

function toVerdict(value: Json): TestVerdict | undefined {
  if (!isObject(value)) return undefined;
  const outcome = OUTCOMES.find((name) => name === value.outcome);
  const { name, test_id: testId } = value;
  if (outcome === undefined || typeof name !== 'string' || typeof testId !== 'string') return undefined;
  const text = (field: Json | undefined): string | null => (typeof field === 'string' ? field : null);
  const number = (field: Json | undefined): number => (typeof field === 'number' ? field : 0);
  return {
    address: null,
    ...(isAddress(value.address) ? { address: value.address } : {}),
    test_id: testId,
    name,
    suite: text(value.suite),
    outcome,
    attempts: number(value.attempts),
    run_id: text(value.run_id),
    conversation_id: text(value.conversation_id),
    rubric: isArray(value.rubric) ? value.rubric.flatMap(toRubric) : [],
    logs: isArray(value.logs) ? value.logs.filter((line) => typeof line === 'string') : [],
    problem: text(value.problem),
    duration_ms: number(value.duration_ms),
    remembered: value.remembered === true,
    ...toRuns('runs', value.runs),
    ...toRuns('main_runs', value.main_runs),
    ...(typeof value.main_duration_ms === 'number' && { main_duration_ms: value.main_duration_ms }),
  };
}

function isAddress(value: Json | undefined): value is `test/${string}` {
  return typeof value === 'string' && value.startsWith('test/');
}

function toRuns(
  name: 'runs' | 'main_runs',
  value: Json | undefined,
): Pick<TestVerdict, 'runs' | 'main_runs'> {
  if (!isObject(value)) return {};
  const { passed, total } = value;
  return typeof passed === 'number' && typeof total === 'number' ? { [name]: { passed, total } } : {};
}

function toRubric(value: Json): TestVerdict['rubric'] {
  if (!isObject(value) || typeof value.name !== 'string') return [];
  const criteria = typeof value.criteria === 'string' ? value.criteria : null;
  return [{ name: value.name, criteria, status: value.status === 'passed' ? 'passed' : 'failed' }];
}
