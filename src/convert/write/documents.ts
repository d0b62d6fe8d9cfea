/** Agents and tests to documents. */
import { type Address, toAddress } from '../../model/address.ts';
import type { JsonObject } from '../../model/json.ts';
import { insightSchema } from '../blocks/schema.ts';
import { merged } from '../blocks/settings.ts';
import { withoutRepetition } from '../blocks/steps.ts';
import type { ImportLedger } from '../import-ledger.ts';
import type { Agent, Decoded, Server, SimulatedCall } from '../neutral.ts';
import { conversationFlow } from './flow.ts';
import {
  type ConvertedResource,
  compact,
  createRegistry,
  type Registry,
  type Reserved,
  reference,
} from './registry.ts';
import { assistantTools, type Lookup, type ToolWriter, toolDocument } from './tools.ts';

/** Limits of the API for tests; source: its public OpenAPI document. */
const MOST = { name: 255, description: 1000, instructions: 5000, suite: 100 } as const;

interface Placed {
  readonly agent: Agent;
  readonly address: Address;
  readonly name: string;
}

export function convertedResources(
  decoded: Decoded,
  ledger: ImportLedger,
  reserved: readonly Reserved[],
): readonly ConvertedResource[] {
  const registry = createRegistry(reserved);
  const placed = decoded.agents.map((agent): Placed => {
    const { key, name } = registry.reserve('assistant', agent.name.trim() || 'Assistant');
    if (name !== agent.name) ledger.note(agent.at, 'name-twice', name);
    return { agent, address: toAddress('assistant', key), name };
  });
  const lookup = lookupOf(placed);
  for (const each of placed) putAssistant(registry, ledger, lookup, each);
  const loose: ToolWriter = { registry, ledger, lookup, owner: 'without an assistant' };
  for (const tool of decoded.tools ?? []) if (tool.type !== 'handoff') toolDocument(loose, tool);
  for (const test of decoded.tests) putTest(registry, ledger, test, lookup, decoded.entry, placed[0]);
  return registry.resources();
}

/** By id first, then by name; the first of several counts. */
function lookupOf(placed: readonly Placed[]): Lookup {
  const known = new Map<string, Placed>();
  for (const each of placed) for (const id of each.agent.ids) if (!known.has(id)) known.set(id, each);
  for (const each of placed) if (!known.has(each.agent.name)) known.set(each.agent.name, each);
  return { agent: (id) => known.get(id) };
}

function putAssistant(
  registry: Registry,
  ledger: ImportLedger,
  lookup: Lookup,
  { agent, address, name }: Placed,
): void {
  const writer: ToolWriter = { registry, ledger, lookup, owner: name };
  const flow =
    agent.flow === undefined
      ? undefined
      : conversationFlow(writer, withoutRepetition(agent.flow, agent.greeting));
  const group = insightGroup(writer, agent);
  const blocks = merged([
    agent.settings,
    group === undefined ? {} : { insight_settings: { insight_group_id: reference(group) } },
  ]);
  const { model, ...settings } = blocks;
  const spec = compact({
    name,
    model,
    instructions: agent.prompt.trim() === '' ? fallbackPrompt(name) : agent.prompt,
    greeting: agent.greeting,
    enabled_features: ['telephony'],
    ...assistantTools(writer, agent.tools),
    mcp_servers: agent.servers.map((server) => mcpServer(registry, name, server)),
    ...settings,
    dynamic_variables: agent.variables,
    conversation_flow: flow,
  });
  registry.put({ kind: 'assistant', key: address.slice('assistant/'.length), name, spec, at: agent.at });
}

function fallbackPrompt(name: string): string {
  return `You are ${name}. Follow the steps of the conversation.`;
}

function mcpServer(registry: Registry, owner: string, { name, config, allowed, at }: Server): JsonObject {
  const id = reference(registry.share('mcp_server', name, owner, config, at));
  return {
    id,
    ...(allowed === undefined || allowed.length === 0 ? {} : { allowed_tools: [...new Set(allowed)] }),
  };
}

function insightGroup({ registry, owner }: ToolWriter, agent: Agent): Address | undefined {
  if (agent.insights.length === 0) return undefined;
  const insights = agent.insights.map(({ name, instructions, schema, at }) =>
    registry.share(
      'insight',
      name,
      owner,
      compact({ instructions, json_schema: insightSchema(name, schema) }),
      at,
    ),
  );
  const spec = compact({ webhook: agent.resultsWebhook, insights: [...new Set(insights)].map(reference) });
  return registry.share('insight_group', owner, owner, spec, agent.at);
}

function putTest(
  registry: Registry,
  ledger: ImportLedger,
  test: SimulatedCall,
  lookup: Lookup,
  entry: string | undefined,
  first: Placed | undefined,
): void {
  const named = test.agent ?? entry;
  const target = named === undefined ? undefined : lookup.agent(named);
  const destination = target?.address ?? first?.address;
  if (destination === undefined) {
    ledger.lost(test.at, 'agent-missing');
    return;
  }
  if (test.agent === undefined) ledger.note(test.at, 'test-target', destination);
  const cut = (text: string, most: number): string => {
    if ([...text].length <= most) return text;
    ledger.note(test.at, 'text-cut');
    return [...text].slice(0, most).join('');
  };
  const rubric = test.criteria.map(({ name, text }) => ({ name, criteria: text }));
  const reserved = registry.reserve('test', cut(test.name, MOST.name - 10));
  const spec = compact({
    name: reserved.name,
    description: test.description === undefined ? undefined : cut(test.description, MOST.description),
    destination: reference(destination),
    telnyx_conversation_channel: 'web_chat',
    test_suite: test.suite === undefined ? undefined : cut(test.suite, MOST.suite),
    max_duration_seconds: test.maxSeconds,
    instructions: cut(test.instructions, MOST.instructions),
    rubric:
      rubric.length > 0
        ? distinctNames(rubric)
        : [{ name: 'Goal', criteria: 'The caller got what they wanted.' }],
  });
  registry.put({ kind: 'test', key: reserved.key, name: reserved.name, spec, at: test.at });
}

/** Criteria are told apart by their names. */
function distinctNames(
  rubric: readonly { readonly name: string; readonly criteria: string }[],
): readonly JsonObject[] {
  const seen = new Set<string>();
  return rubric.map(({ name, criteria }) => {
    let own = name;
    for (let number = 2; seen.has(own); number += 1) own = `${name} (${number})`;
    seen.add(own);
    return { name: own, criteria };
  });
}
