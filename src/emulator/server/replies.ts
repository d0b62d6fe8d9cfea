/** Quirks that spoil the form of replies without changing what they say. They apply to successful JSON replies only. */
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Method } from '../contract/contract.ts';
import { removeAt } from '../contract/merge.ts';
import type { Quirks } from '../contract/quirks.ts';

/** Members whose keys or content belong to the user: nothing may be added to them. */
const USERS_OWN = new Set([
  ...['dynamic_variables', 'properties', 'preset_body_fields', 'preset_query_params', 'parameters'],
  ...['conversation_metadata', 'metadata', 'json_schema', 'expression'],
]);

/** Arrays whose order means nothing. */
const SETS = new Set([
  ...['tags', 'tool_ids', 'enabled_features', 'mcp_servers', 'integrations', 'allowed_tools', 'allowed_list'],
  ...['tools', 'headers', 'custom_headers', 'shared_tool_ids', 'required', 'nodes'],
]);

const OPTIONAL_FIELDS: readonly { readonly of: string; readonly names: readonly string[] }[] = [
  {
    of: 'version_id',
    names: [
      ...[
        'greeting',
        'external_llm',
        'fallback_config',
        'conversation_flow',
        'dynamic_variables_webhook_url',
      ],
      ...[
        'telephony_settings',
        'messaging_settings',
        'insight_settings',
        'privacy_settings',
        'widget_settings',
      ],
      ...['import_metadata', 'a2a_agents'],
    ],
  },
  { of: 'tool_definition', names: ['display_name', 'timeout_ms'] },
  { of: 'test_id', names: ['description', 'max_duration_seconds', 'test_suite'] },
];

function addExtras(value: Json, name: string): Json {
  if (USERS_OWN.has(name)) return value;
  if (isArray(value)) return value.map((item) => addExtras(item, name));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([key, inner]) => [key, addExtras(inner, key)] as const);
  return { ...Object.fromEntries(members), x_server_note: 'not in any document' };
}

/** A fixed but disorderly order: what matters is that it is not the order of writing. */
function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  let state = seed % 2147483647 || 1;
  return items
    .map((item) => {
      state = (state * 48271) % 2147483647;
      return { item, rank: state };
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

function reorder(value: Json, name: string, seed: number): Json {
  if (isArray(value)) {
    const items = value.map((item) => reorder(item, '', seed));
    return SETS.has(name) ? shuffled(items, seed) : items;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    shuffled(Object.entries(value), seed).map(([key, inner]) => [key, reorder(inner, key, seed)]),
  );
}

function nullsIn(record: JsonObject): JsonObject {
  const kind = OPTIONAL_FIELDS.find(({ of }) => record[of] !== undefined);
  if (kind === undefined) return record;
  return { ...Object.fromEntries(kind.names.map((name) => [name, null])), ...record };
}

/** Applies a change to each resource of a reply: the object itself, the elements of an array or of `data`. */
function eachRecord(value: Json, change: (record: JsonObject) => JsonObject): Json {
  if (isArray(value)) return value.map((item) => (isObject(item) ? change(item) : item));
  if (!isObject(value)) return value;
  const { data } = value;
  return data === undefined ? change(value) : { ...value, data: eachRecord(data, change) };
}

/** The reply as the quirks leave it. `seed` varies the order from request to request. */
export function withReplyQuirks(quirks: Quirks, method: Method | string, json: Json, seed: number): Json {
  let result = json;
  if (method !== 'GET' && quirks.replyLacksFields.length > 0) {
    result = eachRecord(result, (record) =>
      quirks.replyLacksFields.reduce((left, path) => removeAt(left, path.split('/')), record),
    );
  }
  if (quirks.nullsForAbsent) result = eachRecord(result, nullsIn);
  if (quirks.extraFields) result = addExtras(result, '');
  return quirks.reorder ? reorder(result, '', seed + 7) : result;
}
