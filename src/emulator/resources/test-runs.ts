/**
 * Test runs. A run is stored once, when it is triggered, with the result that its script gives it; what a read shows
 * follows from the clock: pending, starting, running, then passed, failed or error.
 */
import type { Json, JsonObject } from '../../model/json.ts';
import { type Call, type EmulatedWorld, ok, type Reply, type Route } from '../contract/contract.ts';
import { badRequest, notFound } from '../contract/errors.ts';
import { nested, numeric, objects, strings, text } from '../contract/fields.ts';
import { pageOf } from '../contract/paging.ts';
import { parameter } from '../contract/router.ts';
import { outcomeOf, scriptFor } from '../contract/run-scripts.ts';
import { testOf } from './tests.ts';
import { configOf, mainVersion, versionOf } from './versions.ts';

/** The assistant that a test talks to: named by id, or behind a phone number's TeXML application. */
function destinationOf(world: EmulatedWorld, destination: string): JsonObject | undefined {
  const direct = world.store.get('assistants', destination);
  if (direct !== undefined) return direct;
  const number = world.store.all('phone_numbers').find((item) => item.phone_number === destination);
  const app =
    number === undefined ? undefined : world.store.get('texml_applications', text(number, 'connection_id'));
  return app === undefined
    ? undefined
    : world.store.get('assistants', text(app, 'friendly_name').replace(/^ai-/, ''));
}

function testedVersion(world: EmulatedWorld, assistant: JsonObject | undefined, wanted: Json | undefined) {
  if (typeof wanted === 'string' && wanted !== '') {
    if (assistant === undefined || !strings(assistant, 'versions').includes(wanted)) {
      throw badRequest(`destination_version_id ${wanted} does not exist.`, '/destination_version_id');
    }
    return versionOf(world, assistant, wanted);
  }
  return assistant === undefined ? undefined : mainVersion(world, assistant);
}

/** A call or a text message reaches whatever the number is routed to: no version can be chosen. */
function refusePhoneVersion(world: EmulatedWorld, test: JsonObject, body: JsonObject): void {
  const chosen = text(body, 'destination_version_id');
  const channel = text(test, 'telnyx_conversation_channel');
  if (world.quirks.phoneTestsOnVersions || chosen === '') return;
  if (channel !== 'phone_call' && channel !== 'sms_chat') return;
  throw badRequest(
    `destination_version_id is not supported for ${channel} tests.`,
    '/destination_version_id',
  );
}

function trigger(world: EmulatedWorld, test: JsonObject, body: JsonObject, suiteRunId?: string): JsonObject {
  const destination = text(test, 'destination');
  const assistant = destinationOf(world, destination);
  refusePhoneVersion(world, test, body);
  const version = testedVersion(world, assistant, body.destination_version_id);
  const testId = text(test, 'test_id');
  const attempt = numeric(world.store.get('run_counts', testId) ?? {}, 'count');
  const script = scriptFor(world.scripts, {
    testId,
    testName: text(test, 'name'),
    suite: text(test, 'test_suite'),
    instructions: version === undefined ? undefined : text(configOf(version), 'instructions'),
    attempt,
  });
  const lost = assistant === undefined && destination.startsWith('assistant-');
  const outcome = lost ? 'error' : outcomeOf(script, attempt);
  const itemOutcome = outcome === 'never' ? 'running' : outcome;
  const { pendingMs, startingMs, runningMs } = world.timings;
  const runId = world.uuid();
  const run: JsonObject = {
    run_id: runId,
    test_id: testId,
    triggered_at_ms: world.now().getTime(),
    created_at: world.now().toISOString(),
    conversation_id: world.uuid(),
    conversation_insights_id: world.uuid(),
    outcome,
    verdicts: objects(test, 'rubric').map((item) => ({
      name: text(item, 'name'),
      status: script.rubric?.[text(item, 'name')] ?? itemOutcome,
    })),
    logs: lost ? 'Conversation could not be started: 400 assistant not found.' : (script.logs ?? ''),
    ends_after_ms: script.slow_ms ?? pendingMs + startingMs + runningMs,
    ...(suiteRunId === undefined
      ? {}
      : { test_suite_run_id: suiteRunId, test_suite: text(test, 'test_suite') }),
  };
  world.store.put('run_counts', testId, { count: attempt + 1 });
  world.store.put('runs', runId, run);
  recordConversation(world, run, text(assistant ?? {}, 'id'), version);
  return run;
}

/** What the insights of the assistant's group say of the conversation. */
function findings(world: EmulatedWorld, version: JsonObject | undefined): readonly JsonObject[] {
  const group = text(nested(configOf(version ?? {}), 'insight_settings'), 'insight_group_id');
  return strings(world.store.get('insight_groups', group) ?? {}, 'insight_ids').map((id) => ({
    insight_id: id,
    result: 'Nothing of note.',
  }));
}

function recordConversation(
  world: EmulatedWorld,
  run: JsonObject,
  assistantId: string,
  version: JsonObject | undefined,
): void {
  world.store.put('conversation_insights', text(run, 'conversation_id'), {
    id: text(run, 'conversation_insights_id'),
    conversation_id: text(run, 'conversation_id'),
    conversation_insights: findings(world, version),
    created_at: text(run, 'created_at'),
    status: 'completed',
  });
  const created = text(run, 'created_at');
  world.store.put('conversations', text(run, 'conversation_id'), {
    id: text(run, 'conversation_id'),
    name: 'Test run',
    created_at: created,
    last_message_at: created,
    metadata: { assistant_id: assistantId, test_run_id: text(run, 'run_id') },
  });
}

function phase(world: EmulatedWorld, run: JsonObject): string {
  const age = world.now().getTime() - numeric(run, 'triggered_at_ms');
  const { pendingMs, startingMs } = world.timings;
  const outcome = text(run, 'outcome');
  if (outcome !== 'never' && age >= numeric(run, 'ends_after_ms')) return outcome;
  if (age < pendingMs) return 'pending';
  return age < pendingMs + startingMs ? 'starting' : 'running';
}

function showRun(world: EmulatedWorld, run: JsonObject): JsonObject {
  const status = phase(world, run);
  const done = status === 'passed' || status === 'failed' || status === 'error';
  const ended = new Date(numeric(run, 'triggered_at_ms') + numeric(run, 'ends_after_ms')).toISOString();
  const verdicts = objects(run, 'verdicts');
  return {
    run_id: text(run, 'run_id'),
    test_id: text(run, 'test_id'),
    status,
    triggered_by: 'api',
    created_at: text(run, 'created_at'),
    updated_at: done ? ended : world.now().toISOString(),
    detail_status: done ? verdicts : verdicts.map((item) => ({ name: text(item, 'name'), status })),
    ...(status === 'pending' ? {} : { conversation_id: text(run, 'conversation_id') }),
    ...(done
      ? {
          completed_at: ended,
          conversation_insights_id: text(run, 'conversation_insights_id'),
          logs: text(run, 'logs'),
        }
      : {}),
    ...(run.test_suite_run_id === undefined ? {} : { test_suite_run_id: run.test_suite_run_id }),
  };
}

/** Runs that pass the filters, newest first. */
function listRuns(call: Call, keep: (run: JsonObject) => boolean): Reply {
  const { world, query } = call;
  const found = world.store
    .all('runs')
    .filter(keep)
    .filter(
      (run) => query.test_suite_run_id === undefined || run.test_suite_run_id === query.test_suite_run_id,
    )
    .map((run) => showRun(world, run))
    .filter((run) => query.status === undefined || run.status === query.status);
  return ok(pageOf(call, found.toReversed()));
}

function triggerSuite({ world, params, body }: Call): Reply {
  const suite = parameter(params, 'suite_name');
  const tests = world.store.all('tests').filter((test) => test.test_suite === suite);
  if (tests.length === 0) throw notFound(`Test suite ${suite} not found.`);
  const suiteRunId = world.uuid();
  return ok(
    tests.map((test) => showRun(world, trigger(world, test, body, suiteRunId))),
    201,
  );
}

function retrieveRun({ world, params }: Call): Reply {
  const run = world.store.get('runs', parameter(params, 'run_id'));
  if (run === undefined || run.test_id !== parameter(params, 'test_id'))
    throw notFound('Test run not found.');
  return ok(showRun(world, run));
}

const OF_TEST = '/ai/assistants/tests/{test_id}/runs';
const OF_SUITE = '/ai/assistants/tests/test-suites/{suite_name}/runs';

export const RUN_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: OF_SUITE,
    handle: (call) => listRuns(call, (run) => run.test_suite === parameter(call.params, 'suite_name')),
  },
  { method: 'POST', path: OF_SUITE, handle: triggerSuite, keyed: true },
  {
    method: 'GET',
    path: OF_TEST,
    handle: (call) => {
      const test = testOf(call.world, parameter(call.params, 'test_id'));
      return listRuns(call, (run) => run.test_id === test.test_id);
    },
  },
  {
    method: 'POST',
    path: OF_TEST,
    handle: ({ world, params, body }) =>
      ok(showRun(world, trigger(world, testOf(world, parameter(params, 'test_id')), body)), 201),
    keyed: true,
  },
  { method: 'GET', path: `${OF_TEST}/{run_id}`, handle: retrieveRun },
];
