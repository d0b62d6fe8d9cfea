/**
 * The server's own form (the quirk `ownForm`): what a body says is stored in another spelling, the way servers resolve
 * aliases, round numbers or tidy texts. Every form is settled: what it made is not changed again.
 */
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';

export type OwnForm =
  | 'modelAlias'
  | 'languageWidened'
  | 'rounded'
  | 'numberAsText'
  | 'crlf'
  | 'blankLines'
  | 'straightQuotes'
  | 'composed'
  | 'urlSlash'
  | 'hostCase'
  | 'phoneSpaced'
  | 'tagsLowerCase'
  | 'sorted'
  | 'deduplicated'
  | 'elementDefaults';

interface Place {
  /** Name of the member, or of the array that the value is an element of. */
  readonly name: string;
  /** Name of the object that the member belongs to. */
  readonly owner: string;
  readonly inArray: boolean;
}

type Rewrite = (value: Json, place: Place) => Json;

/** Applies a change to texts alone. */
const texts =
  (change: (text: string, place: Place) => string): Rewrite =>
  (value, place) =>
    typeof value === 'string' ? change(value, place) : value;

/** Texts that people write, as opposed to names, ids and addresses. */
const PROSE = new Set([
  'instructions',
  'greeting',
  'description',
  'message',
  'content',
  'criteria',
  'prompt',
]);
const URLS = new Set(['url', 'base_url', 'webhook', 'dynamic_variables_webhook_url', 'token_retrieval_url']);
const PHONES = new Set(['to', 'from', 'destination', 'fallback_destination']);
/** Arrays of plain values whose order means nothing. */
const SETS = new Set([
  'tags',
  'enabled_features',
  'allowed_tools',
  'allowed_list',
  'bucket_ids',
  'language_hints',
]);
const REGIONS: Readonly<Record<string, string>> = { en: 'US', pt: 'BR', zh: 'CN', ja: 'JP' };

const prose = (change: (text: string) => string): Rewrite =>
  texts((text, { name }) => (PROSE.has(name) ? change(text) : text));

function widened(text: string): string {
  return /^[a-z]{2}$/.test(text) ? `${text}-${REGIONS[text] ?? text.toUpperCase()}` : text;
}

/** `https://host/path` gets the slash at its end; a query, a file name and a template stay. */
function withSlash(text: string): string {
  return /^https?:\/\/[^?#{}]*[^/?#{}.]$/.test(text) &&
    !/\.[a-z]+$/i.test(text.replace(/^https?:\/\/[^/]*/, ''))
    ? `${text}/`
    : text;
}

function lowerHost(text: string): string {
  return text.replace(/^([a-z]+:\/\/)([^/?#]+)/i, (_, scheme: string, host: string) => {
    return `${scheme.toLowerCase()}${host.toLowerCase()}`;
  });
}

function spaced(text: string): string {
  return text.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '+1 $1-$2-$3');
}

const byText = (a: Json, b: Json): number => {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** Members that a server adds to elements which do not name them. */
const ELEMENTS: Readonly<Record<string, JsonObject>> = {
  tools: { timeout_ms: 5000 },
  mcp_servers: { allowed_tools: null },
  integrations: { allowed_list: [] },
  ai_assistants: { description: '' },
  targets: { message: '' },
  headers: { enabled: true },
  rubric: { weight: 1 },
  nodes: { name: '' },
  edges: { label: '' },
};

const REWRITES: Readonly<Record<OwnForm, Rewrite>> = {
  modelAlias: texts((text, { name, owner }) =>
    name === 'model' && owner !== 'transcription' && !/-\d{4}$/.test(text) ? `${text}-2026` : text,
  ),
  languageWidened: texts((text, { name }) => (name === 'language' ? widened(text) : text)),
  rounded: (value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value),
  numberAsText: (value, { owner }) =>
    typeof value === 'number' && owner === 'dynamic_variables' ? String(value) : value,
  crlf: prose((text) => text.replace(/\r?\n/g, '\r\n')),
  blankLines: prose((text) => text.replace(/\n{3,}/g, '\n\n')),
  straightQuotes: prose((text) => text.replace(/[“”]/g, '"').replace(/[‘’]/g, "'")),
  composed: texts((text) => text.normalize('NFC')),
  urlSlash: texts((text, { name }) => (URLS.has(name) ? withSlash(text) : text)),
  hostCase: texts((text, { name }) => (URLS.has(name) ? lowerHost(text) : text)),
  phoneSpaced: texts((text, { name }) => (PHONES.has(name) ? spaced(text) : text)),
  tagsLowerCase: texts((text, { name }) => (name === 'tags' ? text.toLowerCase() : text)),
  sorted: (value, { name }) => (isArray(value) && SETS.has(name) ? [...value].sort(byText) : value),
  deduplicated: (value, { name }) =>
    isArray(value) && SETS.has(name)
      ? value.filter((item, index) => value.findIndex((other) => byText(item, other) === 0) === index)
      : value,
  elementDefaults: (value, { name, inArray }) => {
    const added = inArray && isObject(value) && Object.hasOwn(ELEMENTS, name) ? ELEMENTS[name] : undefined;
    return added === undefined || !isObject(value) ? value : { ...added, ...value };
  },
};

/** The names of all forms. */
export const OWN_FORMS: readonly string[] = Object.keys(REWRITES);

/** JSON Schemas and the like belong to the user. */
const UNTOUCHED = new Set([
  ...['parameters', 'body_parameters', 'path_parameters', 'query_parameters', 'json_schema'],
  ...['preset_body_fields', 'preset_query_params', 'expression'],
]);

function rewrite(value: Json, place: Place, change: Rewrite): Json {
  if (UNTOUCHED.has(place.name)) return value;
  const changed = change(value, place);
  if (isArray(changed)) {
    const inside = { name: place.name, owner: place.owner, inArray: true };
    return changed.map((item) => rewrite(item, inside, change));
  }
  if (!isObject(changed)) return changed;
  return Object.fromEntries(
    Object.entries(changed).map(([name, inner]) => [
      name,
      rewrite(inner, { name, owner: place.name, inArray: false }, change),
    ]),
  );
}

/** A body as the server keeps it. */
export function inOwnForm(forms: readonly OwnForm[], body: JsonObject): JsonObject {
  return forms.reduce((current, form) => {
    const changed = rewrite(current, { name: '', owner: '', inArray: false }, REWRITES[form]);
    return isObject(changed) ? changed : current;
  }, body);
}
