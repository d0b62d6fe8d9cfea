/** Tools to documents and inline tools: any number of webhooks and client tools, one of every other type. */
import type { Address } from '../../model/address.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { ImportLedger } from '../import-ledger.ts';
import type { AgentMention, SingleType, Tool } from '../neutral.ts';
import { compact, type Registry, reference } from './registry.ts';

/** How the writer finds what a name of the source stands for. */
export interface Lookup {
  /** Address of an agent by any of its names. */
  agent(id: string): { readonly address: Address; readonly name: string } | undefined;
}

export interface ToolWriter {
  readonly registry: Registry;
  readonly ledger: ImportLedger;
  readonly lookup: Lookup;
  /** Name of the assistant, for tools that have to be told apart. */
  readonly owner: string;
}

const MANY: ReadonlySet<string> = new Set(['webhook', 'client_side_tool']);

/** The tools of an assistant: documents to refer to, and what is written into it. */
export function assistantTools(writer: ToolWriter, tools: readonly Tool[]): JsonObject {
  const inline = singles(writer, tools).map((tool) => ({ type: tool.type, [tool.type]: tool.config }));
  return compact({ tool_ids: many(writer, tools).map(reference), tools: inline });
}

/** Documents for all tools of a step, in one list. */
export function stepTools(writer: ToolWriter, tools: readonly Tool[]): readonly JsonObject[] {
  return [...many(writer, tools), ...singles(writer, tools).map((tool) => toolDocument(writer, tool))].map(
    reference,
  );
}

/** A document for one tool. */
export function toolDocument(writer: ToolWriter, tool: Tool): Address {
  const { registry, owner } = writer;
  const spec = compact({ type: tool.type, timeout_ms: tool.timeoutMs });
  return registry.share('tool', tool.name, owner, { ...spec, [tool.type]: tool.config }, tool.at);
}

/** A handoff without its agents is none. */
export function withAgents(writer: ToolWriter, tool: Tool): Tool | undefined {
  if (tool.type !== 'handoff') return tool;
  const known = (tool.agents ?? []).flatMap((mention) => targetOf(writer, mention));
  if (known.length === 0) return undefined;
  return { ...tool, config: { ...tool.config, ai_assistants: unique(known) } };
}

function targetOf({ ledger, lookup }: ToolWriter, { id, at }: AgentMention): readonly JsonObject[] {
  const found = lookup.agent(id);
  if (found === undefined) {
    ledger.lost(at, 'agent-missing', id.slice(0, 60));
    return [];
  }
  ledger.exact(at);
  return [{ id: reference(found.address), name: found.name }];
}

function unique(targets: readonly JsonObject[]): readonly JsonObject[] {
  const seen = new Set<string>();
  return targets.filter((target) => {
    const key = JSON.stringify(target.id);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Equal tools once; different ones of one name get names of their own. */
function many(writer: ToolWriter, tools: readonly Tool[]): readonly Address[] {
  const names = new Map<string, string>();
  const addresses = new Set<Address>();
  for (const tool of tools.filter(({ type }) => MANY.has(type))) {
    const content = JSON.stringify(tool.config);
    const before = names.get(tool.name);
    if (before === content) continue;
    let named = tool;
    for (let number = 2; before !== undefined && names.has(named.name); number += 1)
      named = renamedTool(tool, number);
    if (named !== tool) writer.ledger.note(tool.at, 'tool-renamed', named.name);
    names.set(named.name, content);
    addresses.add(toolDocument(writer, named));
  }
  return [...addresses];
}

function renamedTool(tool: Tool, number: number): Tool {
  const name = `${tool.name}_${number}`;
  return { ...tool, name, config: { ...tool.config, name } };
}

function singles(writer: ToolWriter, tools: readonly Tool[]): readonly Tool[] {
  const byType = new Map<SingleType, Tool>();
  for (const tool of tools) {
    if (tool.type === 'webhook' || tool.type === 'client_side_tool') continue;
    const whole = withAgents(writer, tool);
    if (whole === undefined || whole.type === 'webhook' || whole.type === 'client_side_tool') continue;
    const before = byType.get(whole.type);
    byType.set(whole.type, before === undefined ? whole : mergedTool(before, whole));
  }
  return [...byType.values()];
}

/** Lists are joined, texts put after each other, everything else is that of the first. */
function mergedTool(first: Tool, second: Tool): Tool {
  const config: { [name: string]: Json } = { ...second.config, ...first.config };
  for (const [name, value] of Object.entries(second.config)) {
    const own = first.config[name];
    if (isArray(own) && isArray(value)) config[name] = distinct([...own, ...value]);
    else if (
      name === 'description' &&
      typeof own === 'string' &&
      typeof value === 'string' &&
      !own.includes(value)
    ) {
      config[name] = `${own} ${value}`;
    }
  }
  return { ...first, config };
}

function distinct(items: readonly Json[]): readonly Json[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key =
      isObject(item) && typeof item.name === 'string' && item.to === undefined
        ? item.name
        : JSON.stringify(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
