import { isArray, isObject, type Json } from '../../model/json.ts';
import type { RunStatus, TestRun } from '../../model/runs.ts';

const STATUSES: readonly string[] = ['pending', 'starting', 'running', 'passed', 'failed', 'error'];

function isRunStatus(value: unknown): value is RunStatus {
  return typeof value === 'string' && STATUSES.includes(value);
}

/**
 * Older words for finished runs occur beside the documented ones: `timeout`, and `completed`, which leaves the
 * verdict to the rubric. A word that nobody knows counts as not finished, so that it can never pass.
 */
function statusOf(value: Json | undefined, rubric: TestRun['rubric']): RunStatus {
  if (isRunStatus(value)) return value;
  if (value === 'timeout') return 'error';
  if (value !== 'completed') return 'running';
  return rubric.length > 0 && rubric.every((item) => item.status === 'passed') ? 'passed' : 'failed';
}

/** An item whose word is not known neither passed nor failed. */
function itemStatusOf(value: Json | undefined): RunStatus {
  if (isRunStatus(value)) return value;
  return value === 'timeout' ? 'error' : 'running';
}

/** Undefined when the value is no test run. */
export function decodeRun(value: Json): TestRun | undefined {
  const body = isObject(value) && isObject(value.data) && value.run_id === undefined ? value.data : value;
  if (!isObject(body)) return undefined;
  const runId = text(body.run_id) ?? text(body.id);
  const testId = text(body.test_id);
  if (runId === undefined || testId === undefined) return undefined;
  const items = isArray(body.detail_status) ? body.detail_status.filter(isObject) : [];
  const rubric = items.map((item) => ({
    name: text(item.name) ?? '',
    status: itemStatusOf(item.status),
  }));
  return {
    runId,
    testId,
    status: statusOf(body.status, rubric),
    rubric,
    logs: logText(body.logs),
    conversationId: text(body.conversation_id),
    suiteRunId: text(body.test_suite_run_id),
    createdAt: text(body.created_at),
    completedAt: text(body.completed_at),
  };
}

function logText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (isArray(value)) return value.map((line) => logText(line)).join('\n');
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
