import type { Kind } from '../../model/address.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { KINDS } from '../../model/kinds.ts';
import type { Canary, Integration, RemoteResource } from '../../model/remote.ts';
import { assistantConfig } from './decode-assistant.ts';
import { toolConfig } from './decode-tool.ts';

/**
 * Replies into the shapes of requests. Total functions: whatever JSON comes in, they give a value or
 * `undefined`, never an exception. They ask for no more than an id, and keep every field they do not know.
 */

const CONFIGS: { readonly [kind in Kind]: (body: JsonObject) => JsonObject } = {
  assistant: assistantConfig,
  tool: toolConfig,
  mcp_server: (body) => body,
  test: (body) => body,
  insight: (body) => body,
  insight_group: withMemberIds('insight_group'),
};

/** Replies show members whole; a configuration names them. A reply without the list says nothing about it. */
function withMemberIds(kind: Kind): (body: JsonObject) => JsonObject {
  const field = KINDS[kind].members?.field ?? '';
  return (body) => {
    const members = body[field];
    if (!isArray(members)) return body;
    const ids = members.map((member) => (isObject(member) ? text(member.id) : text(member)));
    return { ...body, [field]: ids.filter((id) => id !== undefined) };
  };
}

/** Undefined when the value is no resource of that kind. */
export function decodeResource(kind: Kind, value: Json): RemoteResource | undefined {
  const body = unwrap(value);
  if (body === undefined) return undefined;
  const { idField, nameField, readOnly } = KINDS[kind];
  const id = text(body[idField]) ?? text(body.id);
  if (id === undefined) return undefined;
  const config = Object.entries(CONFIGS[kind](body)).filter(
    ([key, member]) => member !== null && !readOnly.includes(key),
  );
  const versioned = kind === 'assistant';
  const versionCreatedAt = text(body.version_created_at);
  return {
    kind,
    id,
    name: text(body[nameField]) ?? '',
    config: Object.fromEntries(config),
    versionId: versioned ? text(body.version_id) : undefined,
    versionName: versioned ? text(body.version_name) : undefined,
    createdAt: text(body.created_at),
    ...(versioned && versionCreatedAt !== undefined ? { versionCreatedAt } : {}),
    ...(isStock(kind, body) ? { stock: true } : {}),
    ...(versioned ? importedFrom(body.import_metadata) : {}),
  };
}

/** By its name, unless the API says that somebody made it (`insight_type: custom`). */
function isStock(kind: Kind, body: JsonObject): boolean {
  const { nameField, stockName } = KINDS[kind];
  const type = text(body.insight_type);
  return (
    type === 'default' || (stockName !== undefined && body[nameField] === stockName && type !== 'custom')
  );
}

function importedFrom(metadata: Json | undefined): Pick<RemoteResource, 'importedFrom'> {
  if (!isObject(metadata)) return {};
  const provider = text(metadata.import_provider);
  const id = text(metadata.import_id);
  return provider === undefined || id === undefined ? {} : { importedFrom: { provider, id } };
}

/** Undefined when the value is no entry of the integration catalogue. */
export function decodeIntegration(value: Json): Integration | undefined {
  if (!isObject(value)) return undefined;
  const id = text(value.id);
  const name = text(value.name);
  return id === undefined || name === undefined ? undefined : { id, name };
}

/**
 * `{ rules }`, or the older `{ versions: [{ version_id, percentage }] }`. No rules means no canary; `invalid`
 * is a body that is not even an object.
 */
export function decodeCanary(value: Json): Canary | 'none' | 'invalid' {
  const body = unwrap(value);
  if (body === undefined) return 'invalid';
  const rules = isArray(body.rules) ? body.rules : [];
  if (rules.length > 0) return { rules };
  const versions = isArray(body.versions) ? body.versions.filter(isObject) : [];
  if (versions.length === 0) return 'none';
  const rollout = versions.map((version) => ({
    version_id: version.version_id ?? null,
    weight: version.percentage ?? null,
  }));
  return { rules: [{ serve: { rollout } }] };
}

/** Envelopes within each other that are opened. */
const MOST_ENVELOPES = 3;

/**
 * The AI endpoints answer bare objects. An envelope, `{ data: {…} }` as elsewhere in the API or an object around the only
 * one that it holds, is opened too.
 */
function unwrap(value: Json): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  let body = value;
  for (
    let depth = 0;
    depth < MOST_ENVELOPES && body.id === undefined && body.test_id === undefined;
    depth += 1
  ) {
    const members = Object.values(body);
    const [only] = members;
    const inner = isObject(body.data) ? body.data : members.length === 1 ? only : undefined;
    if (!isObject(inner)) break;
    body = inner;
  }
  return body;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
