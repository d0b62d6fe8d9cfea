/** What the objects of a Vapi export and the files of a gitops folder are. */
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { type Cursor, hasMember } from '../source/cursor.ts';

/** A thing of a gitops folder under the name of its file, or of an export under its id. */
export interface VapiResource {
  readonly ids: readonly string[];
  readonly at: Cursor;
}

export type VapiPart =
  | 'assistant'
  | 'tool'
  | 'squad'
  | 'structuredOutput'
  | 'personality'
  | 'scenario'
  | 'simulation'
  | 'suite'
  | 'workflow'
  | 'eval';

/** Names of folders of a gitops project, and of `type` in a list of its files. */
const FOLDERS: { readonly [name: string]: VapiPart } = {
  assistants: 'assistant',
  tools: 'tool',
  squads: 'squad',
  structuredoutputs: 'structuredOutput',
  personalities: 'personality',
  scenarios: 'scenario',
  simulations: 'simulation',
  tests: 'simulation',
  suites: 'suite',
  simulationsuites: 'suite',
  workflows: 'workflow',
  evals: 'eval',
};

const TOOL_TYPES: ReadonlySet<string> = new Set([
  ...[
    'function',
    'apiRequest',
    'transferCall',
    'endCall',
    'dtmf',
    'voicemail',
    'handoff',
    'query',
    'sms',
    'mcp',
  ],
  ...['code', 'bash', 'computer', 'textEditor', 'make', 'ghl', 'output', 'sipRequest', 'slack.message.send'],
]);

/** Undefined for what is not Vapi's. */
export function vapiPart(value: Json, file: string): VapiPart | undefined {
  if (!isObject(value)) return undefined;
  const listed = listedPart(value);
  if (listed !== undefined) return listed;
  const folder = folderPart(file);
  if (folder !== undefined && !isWrapper(value)) return folder;
  return shapePart(value);
}

/** `{ type: "assistants", id, data }`: one file of a folder. */
function listedPart(value: JsonObject): VapiPart | undefined {
  const type = typeof value.type === 'string' ? value.type.toLowerCase() : '';
  return isObject(value.data) && typeof value.id === 'string' ? FOLDERS[type] : undefined;
}

/** `resources/<org>/simulations/scenarios/x.yml` → scenario: the innermost folder counts. */
function folderPart(file: string): VapiPart | undefined {
  const folders = file
    .split('/')
    .slice(0, -1)
    .map((name) => name.toLowerCase());
  if (!folders.includes('resources') && !/\.(ya?ml|md)$/.test(file)) return undefined;
  return folders.toReversed().flatMap((name) => FOLDERS[name] ?? [])[0];
}

function isWrapper(value: JsonObject): boolean {
  return ['assistants', 'tools', 'squads', 'data', 'results'].some(
    (name) => isArray(value[name]) && value.name === undefined && value.model === undefined,
  );
}

function shapePart(value: JsonObject): VapiPart | undefined {
  const has = (...names: readonly string[]): boolean => hasMember(value, ...names);
  if (isArray(value.members) && value.members.every(isMember)) return 'squad';
  if (
    isArray(value.nodes) &&
    isArray(value.edges) &&
    value.edges.some((edge) => isObject(edge) && edge.from !== undefined)
  ) {
    return 'workflow';
  }
  if (isArray(value.simulationIds) || isArray(value.simulations)) return 'suite';
  if (has('personalityId', 'personality') && has('scenarioId', 'scenario')) return 'simulation';
  if (isArray(value.evaluations) && typeof value.instructions === 'string') return 'scenario';
  if (isObject(value.assistant) && typeof value.name === 'string' && !has('assistantId', 'members'))
    return 'personality';
  if (
    typeof value.type === 'string' &&
    TOOL_TYPES.has(value.type) &&
    has('function', 'server', 'destinations', 'url')
  )
    return 'tool';
  if (isObject(value.schema) && has('assistant_ids', 'assistantIds', 'workflow_ids'))
    return 'structuredOutput';
  const model = isObject(value.model) ? value.model : {};
  const talks =
    typeof model.provider === 'string' || isArray(model.messages) || model.systemPrompt !== undefined;
  const heard = isObject(value.voice) || isObject(value.transcriber);
  return talks || (heard && has('firstMessage', 'name')) || has('firstMessage') ? 'assistant' : undefined;
}

function isMember(value: Json): boolean {
  return isObject(value) && (typeof value.assistantId === 'string' || isObject(value.assistant));
}
