import { ApiError } from '../../model/errors.ts';
import { isArray, type Json, type JsonObject } from '../../model/json.ts';
import type { ReleaseApi } from '../../model/release-api.ts';
import type { TestRun } from '../../model/runs.ts';
import type { Answer, Client } from '../http/client.ts';
import { ListingFault, listAll } from '../http/paging.ts';
import { decodeRun } from './decode-run.ts';
import { canaryPath, runPath, runsPath, SUITES_PATH, suiteRunsPath } from './endpoints.ts';

/** The release part of the API over HTTP. Paths and verbs: the public OpenAPI document and the official SDK. */
export function createReleaseApi(client: Client): ReleaseApi {
  async function trigger(path: string, versionId: string | undefined, key: string): Promise<Answer> {
    const body: JsonObject = versionId === undefined ? {} : { destination_version_id: versionId };
    const request = { method: 'POST', path, body, idempotencyKey: key, retryClass: 'keyed' } as const;
    return client.send({ ...request, mayBeMissing: true });
  }

  async function listing(path: string, filter = ''): Promise<readonly TestRun[]> {
    const read = (query: string | undefined): Promise<Answer> => {
      const whole = [query, filter].filter((part) => part !== undefined && part !== '').join('&');
      return client.send({ method: 'GET', path, retryClass: 'read', query: whole });
    };
    try {
      // A run goes on while it is being listed: the same run in two states is no sign of a hole.
      const content = ({ runId }: TestRun): Json => runId;
      return await listAll<TestRun>({ paging: 'meta', read, decode: decodeRun, identify: byId, content });
    } catch (error) {
      if (!(error instanceof ListingFault)) throw error;
      const request = { method: 'GET', path, status: 200, effect: 'none' } as const;
      const message = `GET ${path}: the listing is not complete: ${error.message}, twice`;
      throw new ApiError('unavailable', message, request, { code: 'LISTING_INCOMPLETE', cause: error });
    }
  }

  return {
    triggerRun: async (testId, versionId, key) => {
      const answer = await trigger(runsPath(testId), versionId, key);
      return answer.status === 404 ? undefined : decoded(answer);
    },
    getRun: async (testId, runId) => {
      const path = runPath(testId, runId);
      const answer = await client.send({ method: 'GET', path, retryClass: 'read', mayBeMissing: true });
      return answer.status === 404 ? undefined : decoded(answer);
    },
    listRuns: async (testId) => {
      try {
        return newestFirst(await listing(runsPath(testId)));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw error;
      }
    },
    listSuites: async () => {
      const answer = await client.send({ method: 'GET', path: SUITES_PATH, retryClass: 'read' });
      return readList(answer).filter((name): name is string => typeof name === 'string');
    },
    triggerSuite: async (suite, versionId, key) => {
      const answer = await trigger(suiteRunsPath(suite), versionId, key);
      if (answer.status === 404) return [];
      return readList(answer).map((entry) => decodeRun(entry) ?? fail(answer));
    },
    listSuiteRuns: async (suite, suiteRunId) => {
      const filter = suiteRunId === undefined ? '' : `test_suite_run_id=${encodeURIComponent(suiteRunId)}`;
      return newestFirst(await listing(suiteRunsPath(suite), filter));
    },
    createCanary: async (assistantId, rules, idempotencyKey) => {
      const path = canaryPath(assistantId);
      const request = { method: 'POST', path, body: { rules }, idempotencyKey, retryClass: 'keyed' } as const;
      await client.send({ ...request, ignoreBody: true });
    },
    replaceCanary: async (assistantId, rules) => {
      const path = canaryPath(assistantId);
      const request = { method: 'PUT', path, body: { rules }, retryClass: 'idempotent' } as const;
      await client.send({ ...request, ignoreBody: true });
    },
    deleteCanary: async (assistantId) => {
      const path = canaryPath(assistantId);
      const request = { method: 'DELETE', path, retryClass: 'idempotent', mayBeMissing: true } as const;
      await client.send({ ...request, ignoreBody: true });
    },
  };
}

function byId({ runId }: TestRun): string {
  return runId;
}

function readList(answer: Answer): readonly Json[] {
  const { body } = answer;
  if (isArray(body)) return body;
  const data = typeof body === 'object' && body !== null ? body.data : undefined;
  if (!isArray(data)) throw answer.reject('the body is no list');
  return data;
}

function decoded(answer: Answer): TestRun {
  return decodeRun(answer.body) ?? fail(answer);
}

function fail(answer: Answer): never {
  throw answer.reject('the body is no test run');
}

function newestFirst(runs: readonly TestRun[]): readonly TestRun[] {
  return runs.toSorted((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? '', 'en'));
}
