import type { JsonObject } from '../model/json.ts';
import { type Call, empty, ok, type Reply, type Route, type World } from './contract.ts';
import { invalid, notFound } from './errors.ts';
import { pick, strings, text } from './fields.ts';
import { INSIGHT_PAGES, pageOf } from './paging.ts';
import { parameter } from './router.ts';

interface Kind {
  readonly collection: string;
  readonly required: readonly string[];
  readonly writable: readonly string[];
  readonly parameter: string;
  readonly show: (world: World, record: JsonObject) => JsonObject;
}

const INSIGHT: Kind = {
  collection: 'insights',
  required: ['name', 'instructions'],
  writable: ['name', 'instructions', 'json_schema', 'webhook'],
  parameter: 'insight_id',
  show: (_world, record) => record,
};

/** Groups keep the ids of their insights and show the insights themselves. */
const GROUP: Kind = {
  collection: 'insight_groups',
  required: ['name'],
  writable: ['name', 'description', 'webhook'],
  parameter: 'group_id',
  show: (world, { insight_ids: _, ...group }) => ({
    ...group,
    insights: strings(world.store.get('insight_groups', text(group, 'id')) ?? {}, 'insight_ids')
      .map((id) => world.store.get('insights', id))
      .filter((insight) => insight !== undefined),
  }),
};

function recordOf(kind: Kind, { world, params }: Call): JsonObject {
  const found = world.store.get(kind.collection, parameter(params, kind.parameter));
  if (found === undefined) throw notFound();
  return found;
}

function create(kind: Kind, { world, body }: Call): Reply {
  const missing = kind.required.filter((name) => typeof body[name] !== 'string');
  if (missing.length > 0) {
    throw invalid(missing.map((name) => ({ loc: ['body', name], msg: 'Field required', type: 'missing' })));
  }
  const record: JsonObject = {
    id: world.uuid(),
    webhook: '',
    ...(kind === INSIGHT ? { insight_type: 'custom' } : {}),
    ...pick(body, kind.writable),
    created_at: world.now().toISOString(),
  };
  world.store.put(kind.collection, text(record, 'id'), record);
  return ok({ data: kind.show(world, record) });
}

function update(kind: Kind, call: Call): Reply {
  const record = recordOf(kind, call);
  const changed = { ...record, ...pick(call.body, kind.writable) };
  call.world.store.put(kind.collection, text(record, 'id'), changed);
  return ok({ data: kind.show(call.world, changed) });
}

function routes(kind: Kind, path: string): readonly Route[] {
  const one = `${path}/{${kind.parameter}}`;
  return [
    {
      method: 'GET',
      path,
      handle: (call) =>
        ok(
          pageOf(call, call.world.store.all(kind.collection), INSIGHT_PAGES, (record) =>
            kind.show(call.world, record),
          ),
        ),
    },
    { method: 'POST', path, handle: (call) => create(kind, call), keyed: true },
    { method: 'GET', path: one, handle: (call) => ok({ data: kind.show(call.world, recordOf(kind, call)) }) },
    { method: 'PUT', path: one, handle: (call) => update(kind, call) },
    {
      method: 'DELETE',
      path: one,
      handle: (call) => {
        call.world.store.remove(kind.collection, text(recordOf(kind, call), 'id'));
        return empty(200);
      },
    },
  ];
}

function assign(call: Call, assigned: boolean): Reply {
  const group = recordOf(GROUP, call);
  const id = text(recordOf(INSIGHT, call), 'id');
  const others = strings(group, 'insight_ids').filter((other) => other !== id);
  const insightIds = assigned ? [...others, id] : others;
  call.world.store.put('insight_groups', text(group, 'id'), { ...group, insight_ids: insightIds });
  return empty(200);
}

const LINK = '/ai/conversations/insight-groups/{group_id}/insights/{insight_id}';

export const INSIGHT_ROUTES: readonly Route[] = [
  ...routes(INSIGHT, '/ai/conversations/insights'),
  ...routes(GROUP, '/ai/conversations/insight-groups'),
  { method: 'POST', path: `${LINK}/assign`, handle: (call) => assign(call, true) },
  { method: 'DELETE', path: `${LINK}/unassign`, handle: (call) => assign(call, false) },
];
