import { KIND_NAMES, type Kind, parseAddress } from './address.ts';

/** How a list endpoint pages: not at all, `page[number]` with `meta`, or with and without it until a short page. */
export type Paging = 'none' | 'meta' | 'bare';

/** What differs between the kinds, as data. Field-level facts live in the JSON Schemas (see generated/shapes.ts). */
export interface KindFacts {
  readonly noun: string;
  readonly plural: string;
  /** Path below the API base. */
  readonly collection: string;
  readonly paging: Paging;
  /** Most entries that a page may be asked for, where that is fewer than usual. */
  readonly pageSize?: number;
  readonly idField: string;
  readonly nameField: string;
  /**
   * `version`: an update stages an assistant version and promotes it; `PATCH`: a subset of top-level fields is
   * enough; `PUT`: the whole configuration is sent, because the public documents do not say whether PUT merges.
   */
  readonly update: 'version' | 'PATCH' | 'PUT';
  /** A change takes effect at once for every assistant that uses it. */
  readonly live: boolean;
  /** Top-level reply fields that no request carries. */
  readonly readOnly: readonly string[];
  /** Spec fields that tell two resources of one name apart when adopting by name. */
  readonly identity: readonly string[];
  /**
   * The name of the object of this kind that the platform puts into every account: it belongs to nobody's documents
   * unless a person says so.
   */
  readonly stockName?: string;
  /**
   * A set of other resources that is no field of any request body: its elements are assigned and unassigned one
   * by one. Replies show the elements themselves under the same name.
   */
  readonly members?: { readonly field: string };
}

/** Sources: the public OpenAPI document and the official SDK's resource types. */
export const KINDS: { readonly [kind in Kind]: KindFacts } = {
  assistant: {
    noun: 'assistant',
    plural: 'assistants',
    collection: '/ai/assistants',
    paging: 'bare',
    idField: 'id',
    nameField: 'name',
    update: 'version',
    live: false,
    readOnly: [
      'id',
      'created_at',
      'updated_at',
      'object',
      'version_id',
      'version_name',
      'version_created_at',
      'import_metadata',
      'related_mission_ids',
      'promote_to_main',
    ],
    identity: [],
  },
  tool: {
    noun: 'tool',
    plural: 'tools',
    collection: '/ai/tools',
    paging: 'meta',
    idField: 'id',
    nameField: 'display_name',
    update: 'PATCH',
    live: true,
    readOnly: ['id', 'created_at', 'updated_at', 'tool_definition', 'tool_id', 'shared', 'record_type'],
    identity: ['type'],
    stockName: 'Default hangup',
  },
  mcp_server: {
    noun: 'MCP server',
    plural: 'MCP servers',
    collection: '/ai/mcp_servers',
    paging: 'bare',
    idField: 'id',
    nameField: 'name',
    update: 'PUT',
    live: true,
    readOnly: ['id', 'created_at', 'updated_at'],
    identity: [],
  },
  test: {
    noun: 'test',
    plural: 'tests',
    collection: '/ai/assistants/tests',
    paging: 'meta',
    idField: 'test_id',
    nameField: 'name',
    update: 'PUT',
    live: false,
    readOnly: ['test_id', 'id', 'created_at', 'updated_at'],
    identity: [],
  },
  insight: {
    noun: 'insight',
    plural: 'insights',
    collection: '/ai/conversations/insights',
    paging: 'meta',
    pageSize: 99,
    idField: 'id',
    nameField: 'name',
    update: 'PUT',
    live: true,
    readOnly: ['id', 'created_at', 'updated_at', 'insight_type', 'record_type'],
    identity: [],
    stockName: 'Summary',
  },
  insight_group: {
    noun: 'insight group',
    plural: 'insight groups',
    collection: '/ai/conversations/insight-groups',
    paging: 'meta',
    pageSize: 99,
    idField: 'id',
    nameField: 'name',
    update: 'PUT',
    live: true,
    readOnly: ['id', 'created_at', 'updated_at', 'record_type'],
    identity: [],
    stockName: 'Default',
    members: { field: 'insights' },
  },
};

/** How many addresses there are of each kind. */
export function countByKind(addresses: Iterable<string>): ReadonlyMap<Kind, number> {
  const counts = new Map<Kind, number>();
  for (const address of addresses) {
    const kind = parseAddress(address)?.kind;
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** The kinds whose lists are read for these addresses: what nobody names is not asked for, nor the right to read it. */
export function kindsToList(addresses: Iterable<string>): readonly Kind[] {
  const used = new Set([...addresses].map((address) => parseAddress(address)?.kind));
  return KIND_NAMES.filter((kind) => used.has(kind));
}
