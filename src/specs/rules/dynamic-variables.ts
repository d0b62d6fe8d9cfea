/**
 * `{{name}}` in the texts of an assistant and of its tools. Telnyx fills it in during the conversation; a name that
 * nothing sets is spoken to the caller as it is written.
 */
import type { Address } from '../../model/address.ts';
import type { DesiredResource } from '../../model/desired.ts';
import { isArray, isObject, type Json, type JsonObject, toPointer } from '../../model/json.ts';
import type { Finding } from '../problems/problem.ts';
import { nearest } from '../problems/suggest.ts';
import { objectOf, objectsOf, type RuleContext, referenced, textOf, warning } from './world.ts';

const PLACEHOLDER = /\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}/g;
/** What stands between these tags names a secret and no variable. */
const SECRET = /\{\{#\w+\}\}[^{]*\{\{\/\w+\}\}/g;

/** Undefined where a webhook may set any variable. */
type Known = ReadonlySet<string> | undefined;

/**
 * Which assistant sets which variables. Computed on demand, because few texts name a variable that their own
 * assistant does not set.
 */
interface Variables {
  /** What an assistant sets by itself and through its tools. */
  readonly setBy: (assistant: Address) => Known;
  /** The assistants from which a conversation may come to one of these, themselves first. */
  readonly before: (assistants: readonly Address[]) => Iterable<Address>;
}

/** Over all assistants of an environment, because a handoff takes the variables of the conversation along. */
export function dynamicVariableRules(world: RuleContext): readonly (readonly [Address, Finding])[] {
  const assistants = [...world.resources.values()].filter(({ kind }) => kind === 'assistant');
  const tools = [...world.resources.values()].filter(({ kind }) => kind === 'tool');
  const variables = variablesOf(assistants, world);
  const users = new Map<Address, Address[]>();
  for (const assistant of assistants) {
    for (const tool of sharedToolsOf(assistant, world)) {
      const using = users.get(tool.address);
      if (using === undefined) users.set(tool.address, [assistant.address]);
      else using.push(assistant.address);
    }
  }
  return [
    ...assistants.flatMap((assistant) => findingsIn(assistant, [assistant.address], variables)),
    ...tools.flatMap((tool) => findingsIn(tool, users.get(tool.address) ?? [], variables)),
  ];
}

/** `speakers` are the assistants that say or use the texts of the resource; those of a tool that nobody uses are said by none. */
function findingsIn(
  resource: DesiredResource,
  speakers: readonly Address[],
  variables: Variables,
): readonly (readonly [Address, Finding])[] {
  if (speakers.length === 0) return [];
  const findings: (readonly [Address, Finding])[] = [];
  let names: ReadonlySet<string> | undefined;
  eachText(resource.spec, [], (text, pointer) => {
    const told = new Set<string>();
    for (const [written, name = ''] of text
      .replace(SECRET, (secret) => ' '.repeat(secret.length))
      .matchAll(PLACEHOLDER)) {
      if (name.startsWith('telnyx_') || told.has(name)) continue;
      told.add(name);
      if (isKnown(name, speakers, variables)) continue;
      names ??= namesBefore(speakers, variables);
      const near = nearest(name, names);
      const hint =
        near === undefined
          ? 'set it under dynamic_variables, or let a tool or the webhook for dynamic variables set it'
          : `did you mean {{${near}}}?`;
      const message = `nothing sets the dynamic variable ${name}`;
      findings.push([
        resource.address,
        { ...warning('DYNAMIC_VARIABLE_UNKNOWN', pointer, message, hint), excerpt: written },
      ]);
    }
  });
  return findings;
}

function isKnown(name: string, speakers: readonly Address[], { setBy, before }: Variables): boolean {
  for (const assistant of before(speakers)) {
    const known = setBy(assistant);
    if (known === undefined || known.has(name)) return true;
  }
  return false;
}

function namesBefore(speakers: readonly Address[], { setBy, before }: Variables): ReadonlySet<string> {
  const names = new Set<string>();
  for (const assistant of before(speakers)) for (const name of setBy(assistant) ?? []) names.add(name);
  return names;
}

/** `path` is changed in place: few texts need their pointer. */
function eachText(value: Json, path: string[], look: (text: string, pointer: string) => void): void {
  if (typeof value === 'string') {
    if (value.includes('{{')) look(value, `/spec${toPointer(path)}`);
  } else if (isArray(value)) {
    for (const [index, item] of value.entries()) {
      path.push(String(index));
      eachText(item, path, look);
      path.pop();
    }
  } else if (isObject(value)) {
    for (const name in value) {
      path.push(name);
      eachText(value[name] ?? null, path, look);
      path.pop();
    }
  }
}

function variablesOf(assistants: readonly DesiredResource[], world: RuleContext): Variables {
  const own = new Map<Address, Known>();
  let sources: ReadonlyMap<Address, readonly Address[]> | undefined;
  return {
    setBy: (address) => {
      const assistant = world.resources.get(address);
      if (assistant === undefined) return undefined;
      if (!own.has(address)) own.set(address, setBy(assistant, world));
      return own.get(address);
    },
    *before(speakers) {
      const waiting = new Set(speakers);
      for (const address of waiting) {
        yield address;
        sources ??= handoffSources(assistants, world);
        for (const source of sources.get(address) ?? []) waiting.add(source);
      }
    },
  };
}

/** The assistants that hand over to an assistant. */
function handoffSources(
  assistants: readonly DesiredResource[],
  world: RuleContext,
): ReadonlyMap<Address, readonly Address[]> {
  const sources = new Map<Address, Address[]>();
  for (const { address, references } of assistants) {
    for (const { target } of references) {
      const to = referenced({ $ref: target }, world);
      if (to?.kind !== 'assistant') continue;
      const known = sources.get(to.address);
      if (known === undefined) sources.set(to.address, [address]);
      else known.push(address);
    }
  }
  return sources;
}

function setBy(assistant: DesiredResource, world: RuleContext): Known {
  const { spec } = assistant;
  if (spec.dynamic_variables_webhook_url !== undefined || usesForeignTools(spec)) return undefined;
  const names = new Set(Object.keys(objectOf(spec.dynamic_variables)));
  const tools = [
    ...objectsOf(spec.tools).map(([, body]) => body),
    ...sharedToolsOf(assistant, world).map((tool) => tool.spec),
  ];
  for (const tool of tools) for (const name of storedBy(tool)) names.add(name);
  return names;
}

/** Shared tools that nobody manages here may store variables of any name. */
function usesForeignTools(value: Json): boolean {
  if (isArray(value)) return value.some(usesForeignTools);
  if (!isObject(value)) return false;
  if (typeof value.shared_tool_id === 'string') return true;
  if (holdsText(value.tool_ids) || holdsText(value.shared_tool_ids)) return true;
  for (const name in value) {
    const member = value[name];
    if (typeof member === 'object' && member !== null && usesForeignTools(member)) return true;
  }
  return false;
}

function holdsText(list: Json | undefined): boolean {
  return isArray(list) && list.some((id) => typeof id === 'string');
}

/** The variables that a tool stores from a reply, or that the model may set with it. */
function storedBy(tool: JsonObject): readonly string[] {
  const bodies = [tool, ...Object.values(tool).filter(isObject)];
  return bodies.flatMap((body) => [
    ...objectsOf(body.store_fields_as_variables).flatMap(([, { name }]) => textOf(name) ?? []),
    ...objectsOf(body.updatable_variables).flatMap(([, { name }]) => textOf(name) ?? []),
  ]);
}

function sharedToolsOf(assistant: DesiredResource, world: RuleContext): readonly DesiredResource[] {
  return assistant.references.flatMap(({ target }) => {
    const tool = referenced({ $ref: target }, world);
    return tool?.kind === 'tool' ? [tool] : [];
  });
}
