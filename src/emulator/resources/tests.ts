import type { JsonObject } from '../../model/json.ts';
import { acceptBody, withoutReadOnly } from '../contract/body-checks.ts';
import { type Call, type EmulatedWorld, empty, ok, type Reply, type Route } from '../contract/contract.ts';
import { invalidBody, notFound } from '../contract/errors.ts';
import { TEST_FIELDS } from '../contract/field-table.ts';
import { objects, pick, text } from '../contract/fields.ts';
import { overlay } from '../contract/merge.ts';
import { pageOf } from '../contract/paging.ts';
import { parameter } from '../contract/router.ts';
import { listedNow } from '../contract/stale-lists.ts';

const READ_ONLY = ['test_id', 'created_at'];
const REQUIRED = ['name', 'destination', 'instructions', 'rubric'];
const CHANNEL: JsonObject = { telnyx_conversation_channel: 'web_chat' };

/** The stored test; 404 when there is none. */
export function testOf(world: EmulatedWorld, id: string): JsonObject {
  const found = world.store.get('tests', id);
  if (found === undefined) throw notFound(`Test ${id} not found.`);
  return found;
}

function checkRubric(body: JsonObject): void {
  for (const [index, item] of objects(body, 'rubric').entries()) {
    for (const name of ['name', 'criteria']) {
      if (typeof item[name] !== 'string')
        throw invalidBody(['rubric', index, name], 'Field required', 'missing');
    }
  }
}

function createTest({ world, body: sent }: Call): Reply {
  const { body } = acceptBody(
    world,
    'test.create',
    withoutReadOnly(world, sent, READ_ONLY),
    TEST_FIELDS,
    'whole',
  );
  checkRubric(body);
  const id = world.uuid();
  const test = { test_id: id, ...CHANNEL, ...body, created_at: world.now().toISOString() };
  world.store.put('tests', id, test);
  return ok(test, 201);
}

/** PUT is partial by the documents; the quirk makes it a replacement, with the required fields demanded. */
function updateTest({ world, params, body: sent }: Call): Reply {
  const test = testOf(world, parameter(params, 'test_id'));
  const replace = world.quirks.testPut === 'replace';
  const { body, cleared } = acceptBody(
    world,
    'test.update',
    withoutReadOnly(world, sent, READ_ONLY),
    TEST_FIELDS,
    'partial',
  );
  const missing = REQUIRED.find((name) => replace && body[name] === undefined);
  if (missing !== undefined) throw invalidBody([missing], 'Field required', 'missing');
  checkRubric(body);
  const base = replace ? { ...pick(test, READ_ONLY), ...CHANNEL } : test;
  const changed = { ...CHANNEL, ...overlay(base, body, cleared, 'replace') };
  world.store.put('tests', text(test, 'test_id'), changed);
  return ok(changed);
}

function deleteTest({ world, params }: Call): Reply {
  world.store.remove('tests', text(testOf(world, parameter(params, 'test_id')), 'test_id'));
  return empty(200);
}

const FILTERS = ['test_suite', 'telnyx_conversation_channel', 'destination'];

function listTests(call: Call): Reply {
  const found = listedNow(call.world, 'tests').filter((test) =>
    FILTERS.every((name) => call.query[name] === undefined || test[name] === call.query[name]),
  );
  return ok(pageOf(call, found));
}

/** A suite is nothing but the text that tests carry. */
function listSuites({ world }: Call): Reply {
  const suites = world.store.all('tests').map((test) => text(test, 'test_suite'));
  return ok({ data: [...new Set(suites.filter((name) => name !== ''))] });
}

const ONE = '/ai/assistants/tests/{test_id}';

export const TEST_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/ai/assistants/tests', handle: listTests },
  { method: 'POST', path: '/ai/assistants/tests', handle: createTest, keyed: true },
  { method: 'GET', path: '/ai/assistants/tests/test-suites', handle: listSuites },
  {
    method: 'GET',
    path: ONE,
    handle: ({ world, params }) => ok(testOf(world, parameter(params, 'test_id'))),
  },
  { method: 'PUT', path: ONE, handle: updateTest },
  { method: 'DELETE', path: ONE, handle: deleteTest },
];
