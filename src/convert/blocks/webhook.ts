import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Carry } from '../carry.ts';
import type { Tool } from '../neutral.ts';
import { type Cursor, entries, member, rawText } from '../source/cursor.ts';
import { bounded } from './settings.ts';
import { withoutAbsent } from './voice.ts';

/** The longest time limit that is known to work. */
const LONGEST_MS = 30_000;

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE', 'PATCH']);

export interface WebhookSource {
  readonly name: string;
  readonly at: Cursor;
  readonly description: string | undefined;
  readonly url: string;
  readonly method?: Cursor | undefined;
  readonly headers?: readonly JsonObject[];
  /** Arguments of the model; they go into the query where a request has no body. */
  readonly parameters?: JsonObject | undefined;
  readonly path?: JsonObject | undefined;
  readonly query?: JsonObject | undefined;
  readonly presetBody?: JsonObject | undefined;
  readonly presetQuery?: JsonObject | undefined;
  readonly messages?: readonly JsonObject[];
  readonly store?: readonly JsonObject[];
  readonly timeoutMs?: number | undefined;
  readonly async?: boolean | undefined;
}

export function webhookTool(carry: Carry, source: WebhookSource): Tool {
  const written = rawText(source.method)?.trim().toUpperCase() ?? 'POST';
  const method = METHODS.has(written) ? written : 'POST';
  if (method === written) carry.ledger.exact(source.method);
  else carry.ledger.lost(source.method, 'tool-detail');
  const bodiless = method === 'GET' || method === 'DELETE';
  const query = bodiless ? joined(source.parameters, source.query) : source.query;
  const config = withoutAbsent([
    ['name', source.name],
    ['description', source.description?.trim() || spoken(source.name)],
    ['url', source.url],
    ['method', method],
    ['async', source.async === true ? true : undefined],
    ['headers', filled(source.headers)],
    ['path_parameters', source.path],
    ['query_parameters', query],
    ['body_parameters', bodiless ? undefined : source.parameters],
    ['preset_body_fields', nonEmpty(source.presetBody)],
    ['preset_query_params', nonEmpty(source.presetQuery)],
    ['messages', filled(source.messages)],
    ['store_fields_as_variables', filled(source.store)],
  ]);
  return {
    type: 'webhook',
    name: source.name,
    at: source.at,
    config,
    ...(source.timeoutMs === undefined ? {} : { timeoutMs: source.timeoutMs }),
  };
}

export function clientTool(source: Pick<WebhookSource, 'name' | 'at' | 'description' | 'parameters'>): Tool {
  const config = {
    name: source.name,
    description: source.description?.trim() || spoken(source.name),
    parameters: source.parameters ?? { type: 'object', properties: {} },
  };
  return { type: 'client_side_tool', name: source.name, at: source.at, config };
}

/** A name that a model may call: letters, digits, `_` and `-`. */
export function toolName(written: string | undefined, fallback: string): string {
  const name = (written ?? '')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return name.slice(0, 64) || fallback;
}

/** The JSON Schema of arguments; what is no such schema becomes one without arguments. */
export function parameterSchema(carry: Carry, at: Cursor | undefined): JsonObject | undefined {
  if (at === undefined) return undefined;
  if (!isObject(at.value)) {
    carry.ledger.lost(at, 'wrong-type');
    return undefined;
  }
  const value = carry.json(at);
  const schema = isObject(value) ? value : {};
  const properties = isObject(schema.properties)
    ? schema.properties
    : schema.type === undefined
      ? schema
      : {};
  const { required } = schema;
  const names = isArray(required) ? required.filter((name) => typeof name === 'string') : [];
  const rest = Object.entries(schema).filter(
    ([name]) => !['type', 'properties', 'required'].includes(name) && properties !== schema,
  );
  return {
    ...Object.fromEntries(rest),
    type: 'object',
    properties,
    ...(names.length > 0 ? { required: [...new Set(names)] } : {}),
  };
}

/** Headers from a map of names, or from a list of pairs or of `{ name, value }`. */
export function headerList(carry: Carry, at: Cursor | undefined, owner: string): readonly JsonObject[] {
  if (at === undefined) return [];
  const pairs = isArray(at.value) ? listedPairs(at) : entries(at);
  return pairs.flatMap(([name, cursor]) => {
    if (name.trim() === '') return [];
    const value = carry.header(name, cursor, owner);
    return value === undefined ? [] : [{ name, value }];
  });
}

function listedPairs(at: Cursor): readonly (readonly [string, Cursor])[] {
  if (!isArray(at.value)) return [];
  return at.value.flatMap((item, index): readonly (readonly [string, Cursor])[] => {
    const own: Cursor = { file: at.file, path: [...at.path, String(index)], value: item };
    if (isArray(item)) {
      const [name, value] = item;
      if (typeof name !== 'string' || value === undefined) return [];
      return [[name, { ...own, path: [...own.path, '1'], value }]];
    }
    const name = rawText(member(own, 'name', 'key'));
    const value = member(own, 'value');
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
}

/** `$.contact.items[0].id` → `contact.items.0.id`. */
export function valuePath(written: string): string {
  return written
    .trim()
    .replace(/^\{\{\s*|\s*\}\}$/g, '')
    .replace(/^\$\.?/, '')
    .replace(/\[["']?([^\]"']+)["']?\]/g, '.$1')
    .replace(/^\./, '');
}

/** The time limit of a tool in milliseconds. */
export function toolTimeout(carry: Carry, at: Cursor | undefined, factor: number): number | undefined {
  const raw = typeof at?.value === 'number' ? at.value * factor : 0;
  if (raw > LONGEST_MS) {
    carry.ledger.near(at, 'tool-timeout', `${raw} ms`);
    return LONGEST_MS;
  }
  return bounded(carry, at, { factor, least: 1, most: LONGEST_MS });
}

function joined(a: JsonObject | undefined, b: JsonObject | undefined): JsonObject | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const properties = { ...propertiesOf(a), ...propertiesOf(b) };
  const required = [...listOf(a.required), ...listOf(b.required)];
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
}

function propertiesOf(schema: JsonObject): JsonObject {
  return isObject(schema.properties) ? schema.properties : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return isArray(value) ? value : [];
}

function filled(list: readonly JsonObject[] | undefined): readonly JsonObject[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

function nonEmpty(object: JsonObject | undefined): JsonObject | undefined {
  return object === undefined || Object.keys(object).length === 0 ? undefined : object;
}

/** `book_appointment` → `Book appointment.` */
function spoken(name: string): string {
  const words = name
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .trim()
    .toLowerCase();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
