import { DEFAULT_QUIRKS, type Quirks } from '../../src/emulator/contract/quirks.ts';
import { parseAddress } from '../../src/model/address.ts';
import { fromPointer, isArray, isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import { KINDS } from '../../src/model/kinds.ts';
import type { World } from '../support/world.ts';

/** The kinds that random companies are made of. */
const KINDS_LIVED = ['assistant', 'tool', 'mcp_server', 'test', 'insight', 'insight_group'] as const;

type Kind = (typeof KINDS_LIVED)[number];

/** Looks at the account and changes it past the reconciler, whatever the server's quirks are at the moment. */
export interface Account {
  /** Every live resource as the API shows it, by id. */
  all(): Promise<ReadonlyMap<string, LiveRecord>>;
  perform(edit: LiveEdit): Promise<void>;
}

export interface LiveRecord {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  readonly body: JsonObject;
}

export type LiveEdit =
  | { readonly do: 'set'; readonly address: string; readonly pointer: string; readonly value: Json }
  /** A resource that no spec names. */
  | { readonly do: 'add'; readonly kind: Kind; readonly name: string }
  | { readonly do: 'remove'; readonly address: string }
  /** A version that somebody staged and never promoted. */
  | { readonly do: 'stage'; readonly address: string; readonly greeting: string };

const ADDED: { readonly [kind in Kind]: JsonObject } = {
  assistant: { instructions: 'Made by hand.' },
  tool: { type: 'hangup', hangup: { description: 'By hand.' } },
  mcp_server: { type: 'http', url: 'https://hand.example/mcp' },
  test: { destination: '+13125550100', instructions: 'Call.', rubric: [{ name: 'r', criteria: 'c' }] },
  insight: { instructions: 'By hand.' },
  insight_group: { description: 'By hand.' },
};

/** The value at a JSON Pointer of a spec. */
export function valueAt(value: Json | undefined, pointer: string): Json | undefined {
  let found = value;
  for (const part of fromPointer(pointer)) found = isObject(found) ? found[part] : undefined;
  return found;
}

function withValue(value: Json | undefined, path: readonly string[], wanted: Json): Json {
  const [name, ...rest] = path;
  if (name === undefined) return wanted;
  const record = isObject(value) ? value : {};
  return { ...record, [name]: withValue(record[name], rest, wanted) };
}

/** The same, of a live record: shared tools come back with their part under another name. */
export function liveValueAt(record: LiveRecord, pointer: string): Json | undefined {
  const path = record.kind === 'tool' ? pointer.replace(/^\/webhook\//, '/tool_definition/') : pointer;
  return valueAt(record.body, path);
}

/** A server that shows everything in lists and lets a person do anything. */
const PLAIN: Quirks = {
  ...DEFAULT_QUIRKS,
  abbreviatedList: false,
  pagedAssistants: false,
  toolIdsInResponse: 'list',
  nullHandling: 'clear',
  deleteReferenced: 'allow',
};

export function accountOf(world: World, quirks: Partial<Quirks>): Account {
  async function plainly<T>(act: () => Promise<T>): Promise<T> {
    world.emulator.setQuirks(PLAIN);
    try {
      return await act();
    } finally {
      world.emulator.setQuirks({ ...DEFAULT_QUIRKS, ...quirks });
    }
  }

  async function all(): Promise<ReadonlyMap<string, LiveRecord>> {
    const records = new Map<string, LiveRecord>();
    for (const kind of KINDS_LIVED) {
      const { collection, idField, nameField, pageSize = 100 } = KINDS[kind];
      const query = kind === 'assistant' ? '' : `?page[size]=${pageSize}`;
      const reply: Json = await world.dashboard('GET', `${collection}${query}`);
      const items = isArray(reply) ? reply : isObject(reply) && isArray(reply.data) ? reply.data : [];
      for (const body of items.filter(isObject)) {
        if (body[nameField] === KINDS[kind].stockName) continue;
        const id = String(body[idField]);
        records.set(id, { kind, id, name: String(body[nameField]), body });
      }
    }
    return records;
  }

  async function bound(address: string): Promise<LiveRecord | undefined> {
    const id = (await world.store.load())?.resources[address]?.remote_id;
    const kind = KINDS_LIVED.find((one) => one === parseAddress(address)?.kind);
    if (id === undefined || kind === undefined) return undefined;
    const reply = await world.dashboard('GET', `${KINDS[kind].collection}/${id}`).catch(() => undefined);
    const body = isObject(reply?.data) ? reply.data : reply;
    return body === undefined ? undefined : { kind, id, name: String(body[KINDS[kind].nameField]), body };
  }

  async function set(record: LiveRecord, pointer: string, value: Json): Promise<void> {
    const { kind, id, body } = record;
    const path = `${KINDS[kind].collection}/${id}`;
    const [top = '', ...rest] = fromPointer(pointer);
    const present = kind === 'tool' && top === 'webhook' ? body.tool_definition : body[top];
    const changed = { [top]: withValue(present, rest, value) };
    if (kind === 'assistant') await world.dashboard('POST', path, changed);
    else if (kind === 'tool') await world.dashboard('PATCH', path, changed);
    else {
      const config = Object.fromEntries(
        Object.entries(body).filter(
          ([name]) => !KINDS[kind].readOnly.includes(name) && name !== KINDS[kind].members?.field,
        ),
      );
      await world.dashboard('PUT', path, { ...config, ...changed });
    }
  }

  async function perform(edit: LiveEdit): Promise<void> {
    if (edit.do === 'add') {
      const body = { [KINDS[edit.kind].nameField]: edit.name, ...ADDED[edit.kind] };
      await world.dashboard('POST', KINDS[edit.kind].collection, body);
      return;
    }
    const record = await bound(edit.address);
    if (record === undefined) return;
    const path = `${KINDS[record.kind].collection}/${record.id}`;
    if (edit.do === 'set') await set(record, edit.pointer, edit.value);
    else if (edit.do === 'remove') await world.dashboard('DELETE', path);
    else await world.dashboard('POST', path, { greeting: edit.greeting, promote_to_main: false });
  }

  return { all: () => plainly(all), perform: (edit) => plainly(() => perform(edit)) };
}
