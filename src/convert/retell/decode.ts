/** Exports of Retell: an agent with its conversation flow or its LLM in one file, or each in a file of its own. */
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { modelBlock } from '../blocks/model.ts';
import { merged } from '../blocks/settings.ts';
import { fileTitle } from '../blocks/steps.ts';
import { withoutAbsent } from '../blocks/voice.ts';
import { toolName } from '../blocks/webhook.ts';
import type { Carry } from '../carry.ts';
import { type Agent, type Decoded, type Flow, MODEL_GREETING, type Server, type Tool } from '../neutral.ts';
import { type Cursor, elements, entries, hasMember, member, memberAt, rawText } from '../source/cursor.ts';
import { retellInsights, retellTest } from './analysis.ts';
import { flowOfComponents } from './components.ts';
import { habitSection, retellSettings } from './settings.ts';
import { statesFlow } from './states.ts';
import { retellTool } from './tools.ts';

export type RetellPart = 'agent' | 'llm' | 'flow' | 'test';

/** What an object of an export is; undefined when it is none of Retell's. */
export function retellPart(value: Json): RetellPart | undefined {
  if (!isObject(value)) return undefined;
  const has = (...names: readonly string[]): boolean => hasMember(value, ...names);
  if (has('response_engine', 'conversationFlow', 'conversation_flow', 'retellLlmData', 'retell_llm_data'))
    return 'agent';
  if (
    isArray(value.nodes) &&
    value.edges === undefined &&
    (has('start_node_id', 'global_prompt', 'start_speaker', 'conversation_flow_id') || hasInstruction(value))
  ) {
    return 'flow';
  }
  if (has('general_prompt', 'general_tools', 'llm_id', 'states')) return 'llm';
  if (has('agent_name', 'agent_id') && has('voice_id')) return 'agent';
  return has('user_prompt') && has('metrics', 'dynamic_variables', 'tool_mocks') ? 'test' : undefined;
}

function hasInstruction({ nodes }: JsonObject): boolean {
  return (
    isArray(nodes) &&
    nodes.some((node) => isObject(node) && (isObject(node.instruction) || node.tool_type !== undefined))
  );
}

export function decodeRetell(carry: Carry, parts: readonly Cursor[]): Decoded {
  const of = (kind: RetellPart): readonly Cursor[] => parts.filter(({ value }) => retellPart(value) === kind);
  const engines = [...of('llm'), ...of('flow')];
  const used = new Set<Cursor>();
  const agents = of('agent').map((agent) => {
    const inline = member(
      agent,
      'conversationFlow',
      'conversation_flow',
      'retellLlmData',
      'retell_llm_data',
      'llm',
    );
    const engine = inline ?? engines.find((each) => belongs(agent, each));
    if (engine !== undefined) used.add(engine);
    return decodeAgent(carry, agent, engine);
  });
  const alone = engines.filter((each) => !used.has(each)).map((each) => decodeAgent(carry, each, each));
  for (const each of of('test')) carry.ledger.enclose(each);
  const tests = of('test').flatMap((each) => retellTest(carry, each));
  return { agents: [...agents, ...alone], tests };
}

function belongs(agent: Cursor, engine: Cursor): boolean {
  return ['llm_id', 'conversation_flow_id'].some((name) => {
    const wanted = rawText(memberAt(agent, 'response_engine', name));
    return wanted !== undefined && wanted !== '' && rawText(member(engine, name)) === wanted;
  });
}

function decodeAgent(carry: Carry, agent: Cursor, engine: Cursor | undefined): Agent {
  carry.ledger.enclose(agent);
  if (engine !== undefined && engine.file !== agent.file) carry.ledger.enclose(engine);
  const title = member(agent, 'agent_name', 'name');
  carry.ledger.exact(title);
  const nodes = member(engine, 'nodes');
  const tools = elements(member(engine, 'general_tools')).flatMap((at) => retellTool(carry, at) ?? []);
  const states = elements(member(engine, 'states'));
  const flow =
    nodes !== undefined && engine !== undefined
      ? flowOfComponents(carry, engine, toolTable(carry, member(engine, 'tools')))
      : engine !== undefined && states.length > 0
        ? statesFlow(carry, engine)
        : undefined;
  const model = memberAt(engine, 'model_choice', 'model') ?? member(engine, 'model');
  const socket = memberAt(agent, 'response_engine', 'llm_websocket_url');
  carry.ledger.lost(socket, 'custom-model');
  const prompt = carry.text(member(engine, 'global_prompt', 'general_prompt')) ?? '';
  const settings = merged([modelBlock(carry, model), retellSettings(carry, agent)]);
  const insights = retellInsights(carry, member(agent, 'post_call_analysis_data'));
  const webhook = resultsWebhook(carry, agent, insights);
  const variables = carry.json(member(engine, 'default_dynamic_variables'));
  const greeting = greetingOf(carry, engine, flow);
  return {
    ids: identities(agent, engine),
    name: rawText(title)?.trim() || fileTitle(agent),
    at: agent,
    prompt: `${prompt}${habitSection(carry, agent)}`,
    ...(greeting === undefined ? {} : { greeting }),
    settings,
    tools,
    servers: mcpServers(carry, member(engine, 'mcps')),
    ...(flow === undefined ? {} : { flow }),
    insights,
    ...(webhook === undefined ? {} : { resultsWebhook: webhook }),
    variables: isObject(variables) ? variables : {},
  };
}

/** Only the results of insights are sent to it: without any there is nothing to send. */
function resultsWebhook(carry: Carry, agent: Cursor, insights: Agent['insights']): string | undefined {
  const at = member(agent, 'webhook_url');
  if (insights.length > 0) return carry.text(at, 'results-webhook') || undefined;
  carry.ledger.lost(at, 'events-webhook');
  return undefined;
}

function identities(agent: Cursor, engine: Cursor | undefined): readonly string[] {
  const names = ['agent_id', 'agent_name', 'name', 'llm_id', 'conversation_flow_id'];
  return [agent, engine].flatMap((at) => names.flatMap((name) => rawText(member(at, name)) || []));
}

function greetingOf(carry: Carry, engine: Cursor | undefined, flow: Flow | undefined): string | undefined {
  const message = member(engine, 'begin_message');
  const opens = flow?.steps.find(({ id }) => id === flow.start) ?? flow?.steps[0];
  const own = member(opens?.at, 'start_speaker');
  const speaker = member(engine, 'start_speaker') ?? own;
  carry.ledger.exact(own);
  const text = carry.text(message);
  if (text !== undefined && text.trim() !== '') {
    carry.ledger.exact(speaker);
    return text;
  }
  if (rawText(speaker) === 'user') {
    carry.ledger.exact(speaker);
    return '';
  }
  const opening = member(opens?.at, 'instruction');
  if (opens !== undefined && rawText(member(opening, 'type')) === 'static_text') {
    carry.ledger.exact(speaker);
    return carry.text(member(opening, 'text'));
  }
  if (speaker === undefined && flow === undefined && message === undefined) return undefined;
  carry.ledger.exact(speaker);
  return MODEL_GREETING;
}

function toolTable(carry: Carry, at: Cursor | undefined): ReadonlyMap<string, Tool> {
  const table = new Map<string, Tool>();
  for (const each of elements(at)) {
    const tool = retellTool(carry, each);
    if (tool === undefined) continue;
    for (const name of ['tool_id', 'name']) {
      const id = rawText(member(each, name));
      if (id !== undefined && !table.has(id)) table.set(id, tool);
    }
  }
  return table;
}

function mcpServers(carry: Carry, at: Cursor | undefined): readonly Server[] {
  return elements(at).flatMap((each) => {
    const name = member(each, 'name');
    carry.ledger.exact(name);
    const url = carry.text(member(each, 'url'), 'mcp')?.trim() ?? '';
    if (url === '') return [];
    const key = entries(member(each, 'headers')).find(([header]) => /authorization|key|token/i.test(header));
    const title = rawText(name) ?? 'mcp';
    const ref = key === undefined ? undefined : carry.secret(`${toolName(title, 'mcp')}_key`, key[1]);
    carry.ledger.near(key?.[1], 'secret-header', ref);
    return [
      {
        name: title,
        at: each,
        config: withoutAbsent([
          ['type', 'http'],
          ['url', url],
          ['api_key_ref', ref],
        ]),
      },
    ];
  });
}
