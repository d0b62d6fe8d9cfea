import type { Json, JsonObject } from '../../model/json.ts';

/**
 * What the public documents of the Telnyx API leave open, as switches. The defaults are the reading that the documents
 * and observed replies support best; every other value is a server that a careful client must survive as well.
 */
export interface Quirks {
  /** What an update with `promote_to_main: false` starts from. */
  readonly stagedBase: 'main' | 'newest';
  /** Lists show the state of this many milliseconds ago. */
  readonly listLagMs: number;
  /** The list of assistants shows `tools` and `mcp_servers` as [] and `conversation_flow` as null, whatever they are. */
  readonly abbreviatedList: boolean;
  /** Slash paths that replies to writes leave out although reads have them. */
  readonly replyLacksFields: readonly string[];
  /** Whether a nested settings object in an update replaces the stored one or is merged into it. */
  readonly nested: 'replace' | 'merge';
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
  abbreviatedList: false,
  replyLacksFields: [],
  nested: 'replace',
  nullHandling: 'clear',
  attachMakesVersion: false,
  legacyCanaryBody: false,
  updateDropsCanary: false,
  deleteInUse: 'allow',
  secretsCheck: false,
  referenceCheck: true,
  maskSipPassword: false,
  patchAlias: false,
  unknownFields: 'ignore',
  toolIdsInResponse: 'list',
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
};

function fits(name: string, value: Json): boolean {
  const words = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  if (words !== undefined) return typeof value === 'string' && words.includes(value);
  if (name === 'replyLacksFields')
    return Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (name === 'defaultModel') return typeof value === 'string';
  if (name === 'listLagMs' || name === 'texmlIdDelayMs') return typeof value === 'number' && value >= 0;
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
