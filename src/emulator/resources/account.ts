/** Neighbours of the AI endpoints, as far as a configuration refers to them. Errors have the Telnyx envelope here. */
import type { JsonObject } from '../../model/json.ts';
import { type Call, empty, ok, type Reply, type Route } from '../contract/contract.ts';
import { notFound, telnyxError } from '../contract/errors.ts';
import { text, without } from '../contract/fields.ts';
import { CORE_PAGES, pageOf } from '../contract/paging.ts';
import { parameter } from '../contract/router.ts';

function unprocessable(detail: string, pointer: string) {
  return telnyxError(422, '10004', 'Missing required parameter', detail, pointer);
}

/** Values are never kept: replies could not show them anyway. */
function createSecret({ world, body }: Call): Reply {
  const { identifier, type } = body;
  if (typeof identifier !== 'string' || identifier === '')
    throw unprocessable('identifier is required', '/identifier');
  const needed = type === 'bearer' ? ['token'] : type === 'basic' ? ['username', 'password'] : ['type'];
  const missing = needed.find((name) => typeof body[name] !== 'string' || name === 'type');
  if (missing !== undefined) throw unprocessable(`${missing} is missing or not valid`, `/${missing}`);
  if (world.store.all('integration_secrets').some((secret) => secret.identifier === identifier)) {
    throw telnyxError(422, '10012', 'Duplicate resource', `identifier ${identifier} is taken`, '/identifier');
  }
  const now = world.now().toISOString();
  const secret = {
    id: world.uuid(),
    record_type: 'integration_secret',
    identifier,
    created_at: now,
    updated_at: now,
  };
  world.store.put('integration_secrets', secret.id, { ...secret, type: text(body, 'type') });
  return ok({ data: secret }, 201);
}

function listSecrets(call: Call): Reply {
  const type = call.query['filter[type]'];
  const found = call.world.store
    .all('integration_secrets')
    .filter((secret) => type === undefined || secret.type === type)
    .map((secret) => without(secret, 'type'));
  return ok(pageOf(call, found, CORE_PAGES));
}

function recordOf({ world, params }: Call, collection: string): JsonObject {
  const found = world.store.get(collection, parameter(params, 'id'));
  if (found === undefined) throw notFound();
  return found;
}

const show = (record: JsonObject): JsonObject => without(record, 'ready_at');

function listOf(collection: string, filters: readonly string[]): (call: Call) => Reply {
  return (call) => {
    const found = call.world.store.all(collection).filter((record) =>
      filters.every((name) => {
        const wanted = call.query[`filter[${name}]`];
        return wanted === undefined || text(record, name).includes(wanted);
      }),
    );
    return ok(pageOf(call, found, CORE_PAGES, show));
  };
}

function retrieve(collection: string): (call: Call) => Reply {
  return (call) => ok({ data: show(recordOf(call, collection)) });
}

function patch(collection: string): (call: Call) => Reply {
  return (call) => {
    const record = recordOf(call, collection);
    const changed = { ...record, ...without(call.body, 'id', 'record_type', 'created_at', 'phone_number') };
    call.world.store.put(collection, parameter(call.params, 'id'), changed);
    return ok({ data: show(changed) });
  };
}

function removeFrom(collection: string, status: 200 | 204): (call: Call) => Reply {
  return (call) => {
    const record = recordOf(call, collection);
    call.world.store.remove(collection, parameter(call.params, 'id'));
    return status === 204 ? empty(204) : ok({ data: show(record) });
  };
}

/** Embedding is at once here: the bucket is there with the reply. */
function embedBucket({ world, body }: Call): Reply {
  const { bucket_name: name } = body;
  if (typeof name !== 'string' || name === '') throw unprocessable('bucket_name is required', '/bucket_name');
  world.store.put('buckets', name, { name });
  return ok({ data: { task_id: world.uuid() } });
}

function listBuckets({ world }: Call): Reply {
  return ok({ data: { buckets: world.store.all('buckets').map((bucket) => text(bucket, 'name')) } });
}

export const ACCOUNT_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/ai/embeddings', handle: embedBucket },
  { method: 'GET', path: '/ai/embeddings/buckets', handle: listBuckets },
  { method: 'GET', path: '/integration_secrets', handle: listSecrets },
  { method: 'POST', path: '/integration_secrets', handle: createSecret },
  { method: 'DELETE', path: '/integration_secrets/{id}', handle: removeFrom('integration_secrets', 204) },
  {
    method: 'GET',
    path: '/phone_numbers',
    handle: listOf('phone_numbers', ['connection_id', 'phone_number']),
  },
  { method: 'GET', path: '/phone_numbers/{id}', handle: retrieve('phone_numbers') },
  { method: 'PATCH', path: '/phone_numbers/{id}', handle: patch('phone_numbers') },
  { method: 'GET', path: '/texml_applications', handle: listOf('texml_applications', ['friendly_name']) },
  { method: 'GET', path: '/texml_applications/{id}', handle: retrieve('texml_applications') },
  { method: 'PATCH', path: '/texml_applications/{id}', handle: patch('texml_applications') },
  { method: 'DELETE', path: '/texml_applications/{id}', handle: removeFrom('texml_applications', 200) },
];
