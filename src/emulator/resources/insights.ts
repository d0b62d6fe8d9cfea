import { isObject, type JsonObject } from '../../model/json.ts';
import { acceptBody } from '../contract/body-checks.ts';
import { type Call, type EmulatedWorld, empty, ok, type Reply, type Route } from '../contract/contract.ts';
import { conflict, notFound } from '../contract/errors.ts';
import { type FieldRules, INSIGHT_FIELDS, INSIGHT_GROUP_FIELDS } from '../contract/field-table.ts';
import { pick, strings, text } from '../contract/fields.ts';
import { overlay } from '../contract/merge.ts';
import { INSIGHT_PAGES, pageOf } from '../contract/paging.ts';
import { parameter } from '../contract/router.ts';
import { listedNow } from '../contract/stale-lists.ts';

interface Kind {
  readonly name: 'insight' | 'insight_group';
  readonly collection: 'insights' | 'insight_groups';
  readonly fields: FieldRules;
  /** What a new record has beside the body, and what a replacing PUT falls back to. */
  readonly optional: JsonObject;
  readonly parameter: string;
  readonly show: (world: EmulatedWorld, record: JsonObject) => JsonObject;
}

const INSIGHT: Kind = {
  name: 'insight',
  collection: 'insights',
  fields: INSIGHT_FIELDS,
  optional: { webhook: '', insight_type: 'custom' },
  parameter: 'insight_id',
  show: ({ quirks }, record) => {
    const { json_schema: schema } = record;
    const asText = isObject(schema) && quirks.jsonSchemaInResponse === 'text';
    return asText ? { ...record, json_schema: JSON.stringify(schema) } : record;
  },
};

/** Groups keep the ids of their insights and show the insights themselves. */
const GROUP: Kind = {
  name: 'insight_group',
  collection: 'insight_groups',
  fields: INSIGHT_GROUP_FIELDS,
  optional: { webhook: '' },
  parameter: 'group_id',
  show: (world, { insight_ids: _, ...group }) => ({
    ...group,
    insights: strings(world.store.get('insight_groups', text(group, 'id')) ?? {}, 'insight_ids')
      .map((id) => world.store.get('insights', id))
      .filter((insight) => insight !== undefined)
      .map((insight) => INSIGHT.show(world, insight)),
  }),
};

function recordOf(kind: Kind, { world, params }: Call): JsonObject {
  const found = world.store.get(kind.collection, parameter(params, kind.parameter));
  if (found === undefined) throw notFound();
  return found;
}

function create(kind: Kind, { world, body: sent }: Call): Reply {
  const { body } = acceptBody(world, `${kind.name}.create`, sent, kind.fields, 'whole');
  const record: JsonObject = {
    id: world.uuid(),
    ...kind.optional,
    ...body,
    created_at: world.now().toISOString(),
  };
  world.store.put(kind.collection, text(record, 'id'), record);
  return ok({ data: kind.show(world, record) });
}

/** PUT merges or replaces, as the quirk says; the members of a group are no part of it. */
function update(kind: Kind, call: Call): Reply {
  const { world } = call;
  const record = recordOf(kind, call);
  const { body, cleared } = acceptBody(world, `${kind.name}.update`, call.body, kind.fields, 'partial');
  const kept = ['id', 'created_at', 'insight_ids', 'name', 'instructions'];
  const base = world.quirks.insightPut === 'replace' ? { ...kind.optional, ...pick(record, kept) } : record;
  const changed = overlay(base, body, cleared, 'replace');
  world.store.put(kind.collection, text(record, 'id'), changed);
  return ok({ data: kind.show(world, changed) });
}

function routes(kind: Kind, path: string): readonly Route[] {
  const one = `${path}/{${kind.parameter}}`;
  return [
    {
      method: 'GET',
      path,
      handle: (call) =>
        ok(
          pageOf(call, listedNow(call.world, kind.collection), INSIGHT_PAGES, (record) =>
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
  const members = strings(group, 'insight_ids');
  if (call.world.quirks.assignTwice === 'conflict' && members.includes(id) === assigned) {
    throw assigned
      ? conflict(`Insight ${id} is assigned already.`)
      : notFound(`Insight ${id} is not assigned.`);
  }
  const others = members.filter((other) => other !== id);
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
