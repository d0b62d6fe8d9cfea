import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { OWN_FORMS, type OwnForm } from './own-form.ts';

type Laying = 'replace' | 'merge';

/**
 * How the Telnyx API behaves where its documents leave it open, as switches. The defaults are what users measured on the
 * live API, and else the reading that the documents support best; every other value is a server that a careful client
 * must survive as well.
 */
export interface Quirks {
  /** What an update with `promote_to_main: false` starts from. */
  readonly stagedBase: 'main' | 'newest';
  /** Lists show the state of this many milliseconds ago. */
  readonly listLagMs: number;
  /** Slash paths that replies to writes leave out although reads have them. */
  readonly replyLacksFields: readonly string[];
  /** Whether a nested settings object in an update replaces the stored one or is merged into it. */
  readonly nested: Laying;
  /** The same for single blocks, by the name of the top-level field; these win over `nested`. */
  readonly nestedBlocks: { readonly [block: string]: Laying };
  /** What an explicit null means where the schema does not list null. */
  readonly nullHandling: 'clear' | 'ignore' | 'reject';
  /** Attaching or detaching a shared tool makes a version (and promotes it) instead of editing main in place. */
  readonly attachMakesVersion: boolean;
  /** The older canary body `versions: [{version_id, percentage}]` is still understood. */
  readonly legacyCanaryBody: boolean;
  /** An update that promotes also ends a running canary. */
  readonly updateDropsCanary: boolean;
  /** Deleting a tool, MCP server or version that something refers to. */
  readonly deleteInUse: 'allow' | 'conflict';
  /** Saving checks that each named integration secret exists. */
  readonly secretsCheck: boolean;
  /** Saving checks that MCP servers, insight groups and handoff assistants named in the body exist. */
  readonly referenceCheck: boolean;
  /** `sip_auth_password` comes back as asterisks. */
  readonly maskSipPassword: boolean;
  /** `PATCH /ai/assistants/{id}` works like POST. */
  readonly patchAlias: boolean;
  /** The list of assistants comes in pages of at most 100, with `meta`. */
  readonly pagedAssistants: boolean;
  /** Lists of assistants leave out what tools, MCP servers and conversation flow an assistant has. */
  readonly abbreviatedList: boolean;
  /** Which version's id a list entry shows. */
  readonly listVersionId: 'main' | 'newest' | 'absent';
  /** Entries per page where the client names no `page[size]`; 0 is what each endpoint documents. */
  readonly defaultPageSize: number;
  /** Lists come without `meta`. */
  readonly metaMissing: boolean;
  /** The list of MCP servers: `{data, meta}` or a bare array. */
  readonly mcpList: 'envelope' | 'array';
  /** Single MCP servers come as `{data}`. */
  readonly mcpWrapped: boolean;
  /** What pointers in error bodies begin with. */
  readonly pointerPrefix: '/body' | '';
  /** Deleting an assistant that another one names in a handoff tool or a flow edge. */
  readonly deleteReferenced: 'refuse' | 'allow';
  /** Whether references in versions that are not main count as well. */
  readonly deleteCounts: 'main' | 'versions';
  /** Deleted assistants stay restorable for 30 days, unless `hard_delete` is asked for. */
  readonly softDelete: boolean;
  /** Every update checks the whole stored configuration again, whatever it sends. */
  readonly checkStored: boolean;
  /** A version that a canary routes to cannot be edited. */
  readonly canaryLocks: boolean;
  /** Tests that call or text a number can be run on a chosen version. */
  readonly phoneTestsOnVersions: boolean;
  /** A new account has an insight, an insight group and a shared tool of the platform. */
  readonly stockObjects: boolean;
  /** Forms in which the server keeps what it is sent. */
  readonly ownForm: readonly OwnForm[];
  readonly unknownFields: 'ignore' | 'store' | 'reject';
  /** `tool_ids` in assistant replies: a list (null when empty), always null, or missing. */
  readonly toolIdsInResponse: 'list' | 'null' | 'absent';
  /** How long after enabling telephony the TeXML application id appears. */
  readonly texmlIdDelayMs: number;
  /** Whether promoting moves main to the version itself or to a new copy of it. */
  readonly promoteVersionId: 'reuse' | 'copy';
  readonly defaultModel: string;
  /** Whether PUT resets the optional fields that it does not carry. */
  readonly mcpPut: 'replace' | 'merge';
  readonly testPut: 'replace' | 'merge';
  readonly insightPut: 'replace' | 'merge';
  /** Assigning an insight to a group that has it already. */
  readonly assignTwice: 'allow' | 'conflict';
  /** How replies show a JSON Schema of an insight that was sent as an object. */
  readonly jsonSchemaInResponse: 'object' | 'text';
  /** White space at both ends of free text is dropped when saving. */
  readonly trimStrings: boolean;
  /** Replies carry fields that no document knows, at the top and inside. */
  readonly extraFields: boolean;
  /** Replies shuffle object keys and arrays whose order means nothing. */
  readonly reorder: boolean;
  /** Replies write absent optional fields as null. */
  readonly nullsForAbsent: boolean;
  /** `Idempotency-Key` has no effect. */
  readonly idempotencyIgnored: boolean;
  /** A replayed reply lacks the header that says so. */
  readonly replayUnmarked: boolean;
}

export const DEFAULT_QUIRKS: Quirks = {
  stagedBase: 'main',
  listLagMs: 0,
  replyLacksFields: [],
  nested: 'replace',
  nestedBlocks: { telephony_settings: 'merge', dynamic_variables: 'replace' },
  nullHandling: 'ignore',
  attachMakesVersion: false,
  legacyCanaryBody: false,
  updateDropsCanary: false,
  deleteInUse: 'allow',
  secretsCheck: false,
  referenceCheck: true,
  maskSipPassword: false,
  patchAlias: true,
  unknownFields: 'ignore',
  toolIdsInResponse: 'absent',
  texmlIdDelayMs: 0,
  promoteVersionId: 'reuse',
  defaultModel: 'moonshotai/Kimi-K2.6',
  mcpPut: 'replace',
  testPut: 'merge',
  insightPut: 'merge',
  assignTwice: 'allow',
  jsonSchemaInResponse: 'object',
  trimStrings: false,
  extraFields: false,
  reorder: false,
  nullsForAbsent: false,
  idempotencyIgnored: false,
  replayUnmarked: false,
  pagedAssistants: true,
  abbreviatedList: true,
  listVersionId: 'main',
  defaultPageSize: 0,
  metaMissing: false,
  mcpList: 'envelope',
  mcpWrapped: false,
  pointerPrefix: '/body',
  deleteReferenced: 'refuse',
  deleteCounts: 'main',
  softDelete: true,
  checkStored: true,
  canaryLocks: true,
  phoneTestsOnVersions: false,
  stockObjects: true,
  ownForm: [],
};

/** The accepted words of the quirks that are words. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  stagedBase: ['main', 'newest'],
  nested: ['replace', 'merge'],
  nullHandling: ['clear', 'ignore', 'reject'],
  deleteInUse: ['allow', 'conflict'],
  unknownFields: ['ignore', 'store', 'reject'],
  toolIdsInResponse: ['list', 'null', 'absent'],
  promoteVersionId: ['reuse', 'copy'],
  mcpPut: ['replace', 'merge'],
  testPut: ['replace', 'merge'],
  insightPut: ['replace', 'merge'],
  assignTwice: ['allow', 'conflict'],
  jsonSchemaInResponse: ['object', 'text'],
  listVersionId: ['main', 'newest', 'absent'],
  mcpList: ['envelope', 'array'],
  pointerPrefix: ['/body', ''],
  deleteReferenced: ['refuse', 'allow'],
  deleteCounts: ['main', 'versions'],
};

const NUMBERS = ['listLagMs', 'texmlIdDelayMs', 'defaultPageSize'];
const LAYINGS: readonly unknown[] = ['replace', 'merge'];
const isTexts = (value: Json): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

function isSubset(value: Json, of: readonly string[]): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && of.includes(item));
}

function fits(name: string, value: Json): boolean {
  const words = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  if (words !== undefined) return typeof value === 'string' && words.includes(value);
  if (name === 'replyLacksFields') return isTexts(value);
  if (name === 'ownForm') return isTexts(value) && isSubset(value, OWN_FORMS);
  if (name === 'nestedBlocks')
    return isObject(value) && Object.values(value).every((laying) => LAYINGS.includes(laying));
  if (name === 'defaultModel') return typeof value === 'string';
  if (NUMBERS.includes(name)) return typeof value === 'number' && value >= 0;
  return typeof value === 'boolean';
}

function isQuirks(value: JsonObject): value is JsonObject & Partial<Quirks> {
  return Object.entries(value).every(
    ([name, setting]) => Object.hasOwn(DEFAULT_QUIRKS, name) && fits(name, setting),
  );
}

/** Checks quirks that come from outside, e.g. a command line. Throws an Error that names the first wrong one. */
export function decodeQuirks(value: JsonObject): Partial<Quirks> {
  if (isQuirks(value)) return value;
  const wrong = Object.keys(value).find((name) => !isQuirks({ [name]: value[name] ?? null })) ?? '';
  const words = Object.hasOwn(WORDS, wrong) ? ` (one of ${WORDS[wrong]?.join(', ')})` : '';
  if (Object.hasOwn(DEFAULT_QUIRKS, wrong)) throw new Error(`quirk ${wrong} cannot have that value${words}`);
  throw new Error(`unknown quirk ${wrong}; known are ${Object.keys(DEFAULT_QUIRKS).join(', ')}`);
}
