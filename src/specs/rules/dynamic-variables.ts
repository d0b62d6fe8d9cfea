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

/** Over all assistants of an environment, because a handoff takes the variables of the conversation along. */
export function dynamicVariableRules(world: RuleContext): readonly (readonly [Address, Finding])[] {
  const assistants = [...world.resources.values()].filter(({ kind }) => kind === 'assistant');
  const tools = [...world.resources.values()].filter(({ kind }) => kind === 'tool');
  const known = knownAfterHandoffs(assistants, world);
  const users = new Map<Address, DesiredResource[]>();
  for (const assistant of assistants) {
    for (const tool of sharedToolsOf(assistant, world)) {
      const using = users.get(tool.address);
      if (using === undefined) users.set(tool.address, [assistant]);
      else using.push(assistant);
    }
  }
  const ofAssistants = assistants.flatMap((assistant) => {
    return findingsIn(assistant, known.get(assistant.address));
  });
  const ofTools = tools.flatMap((tool) => {
    const using = users.get(tool.address) ?? [];
    const sets = new Set(using.map(({ address }) => known.get(address)));
    if (using.length === 0 || sets.has(undefined)) return [];
    const [first, ...others] = sets;
    return findingsIn(
      tool,
      others.length === 0 ? first : new Set([...sets].flatMap((set) => [...(set ?? [])])),
    );
  });
  return [...ofAssistants, ...ofTools];
}

function findingsIn(resource: DesiredResource, known: Known): readonly (readonly [Address, Finding])[] {
  if (known === undefined) return [];
  const findings: (readonly [Address, Finding])[] = [];
  eachText(resource.spec, [], (text, pointer) => {
    const told = new Set<string>();
    for (const [written, name = ''] of text
      .replace(SECRET, (secret) => ' '.repeat(secret.length))
      .matchAll(PLACEHOLDER)) {
      if (known.has(name) || name.startsWith('telnyx_') || told.has(name)) continue;
      told.add(name);
      const near = nearest(name, known);
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

/** What each assistant knows by itself and from those that hand a conversation over to it. */
function knownAfterHandoffs(
  assistants: readonly DesiredResource[],
  world: RuleContext,
): ReadonlyMap<Address, Known> {
  const known = new Map<Address, Known>(
    assistants.map((assistant) => [assistant.address, setBy(assistant, world)]),
  );
  const handoffs = new Map<Address, readonly Address[]>();
  for (const { address, references } of assistants) {
    const targets = references.flatMap(({ target }) => {
      const to = referenced({ $ref: target }, world);
      return to?.kind === 'assistant' ? [to.address] : [];
    });
    if (targets.length > 0) handoffs.set(address, targets);
  }
  // Whoever learns something tells those that it hands over to; a set that holds all of theirs is shared, not copied.
  const waiting = new Set(handoffs.keys());
  for (const from of waiting) {
    waiting.delete(from);
    const given = known.get(from);
    for (const to of handoffs.get(from) ?? []) {
      const before = known.get(to);
      if (before === undefined || before === given || (given !== undefined && holds(before, given))) continue;
      known.set(to, given === undefined ? undefined : union(before, given));
      if (handoffs.has(to)) waiting.add(to);
    }
  }
  return known;
}

function holds(all: ReadonlySet<string>, some: ReadonlySet<string>): boolean {
  if (all.size < some.size) return false;
  for (const name of some) if (!all.has(name)) return false;
  return true;
}

function union(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return holds(b, a) ? b : new Set([...a, ...b]);
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
