/** Agents of ElevenLabs: single exports, and the files of a project of its command line tool. */
import { isObject, type Json } from '../../model/json.ts';
import { fileTitle } from '../blocks/steps.ts';
import { withoutAbsent } from '../blocks/voice.ts';
import type { Carry } from '../carry.ts';
import type { Agent, Decoded, Insight, Server, SimulatedCall } from '../neutral.ts';
import { type Cursor, elements, entries, member, memberAt, rawText } from '../source/cursor.ts';
import { type ElevenLabsPart, elevenLabsPart } from './parts.ts';
import { elevenLabsSettings } from './settings.ts';
import { builtInTools, elevenLabsTool } from './tools.ts';
import { workflowFlow } from './workflow.ts';

export function decodeElevenLabs(carry: Carry, parts: readonly Cursor[]): Decoded {
  const of = (kind: ElevenLabsPart): readonly Cursor[] =>
    parts.filter(({ value, file }) => elevenLabsPart(value, file.name) === kind);
  const indexes = of('index').flatMap(indexEntries);
  const tools = toolTable(of('tool'), indexes);
  for (const part of parts)
    if (elevenLabsPart(part.value, part.file.name) !== 'index') carry.ledger.enclose(part);
  const used = new Set<Cursor>();
  const agents = of('agent').map((at) => decodeAgent(carry, at, tools, indexes, used));
  const loose = of('tool').flatMap((tool) => (used.has(tool) ? [] : (elevenLabsTool(carry, tool) ?? [])));
  return { agents, tests: of('test').flatMap((at) => decodeTest(carry, at)), tools: loose };
}

interface IndexEntry {
  readonly config: string;
  readonly id: string;
  readonly name: string;
}

/** `agents.json`, `tools.json`: which id the thing in a file has on the platform. */
function indexEntries(at: Cursor): readonly IndexEntry[] {
  return ['agents', 'tools', 'tests'].flatMap((list) =>
    elements(member(at, list)).map((each) => ({
      config: rawText(member(each, 'config')) ?? '',
      id: rawText(member(each, 'id')) ?? '',
      name: rawText(member(each, 'name')) ?? '',
    })),
  );
}

function idsInIndex(at: Cursor, indexes: readonly IndexEntry[]): readonly string[] {
  const found = indexes.filter(({ config }) => config !== '' && at.file.name.endsWith(config));
  return found.flatMap(({ id, name }) => [id, name]).filter(Boolean);
}

function toolTable(tools: readonly Cursor[], indexes: readonly IndexEntry[]): ReadonlyMap<string, Cursor> {
  const table = new Map<string, Cursor>();
  for (const at of tools) {
    const config = member(at, 'tool_config') ?? at;
    const base = fileTitle(at);
    const names = [member(at, 'id'), member(at, 'tool_id'), member(config, 'id'), member(config, 'name')];
    const ids = [...names.flatMap((name) => rawText(name) ?? []), ...idsInIndex(at, indexes), base];
    for (const id of ids) if (!table.has(id)) table.set(id, at);
  }
  return table;
}

function decodeAgent(
  carry: Carry,
  at: Cursor,
  tools: ReadonlyMap<string, Cursor>,
  indexes: readonly IndexEntry[],
  used: Set<Cursor>,
): Agent {
  const title = member(at, 'name');
  carry.ledger.exact(title);
  const config = member(at, 'conversation_config');
  const own = member(config, 'agent');
  const prompt = member(own, 'prompt');
  const text = carry.text(typeof prompt?.value === 'string' ? prompt : member(prompt, 'prompt')) ?? '';
  const inline = [
    ...elements(member(prompt, 'tools')),
    ...elements(member(own, 'tools')),
    ...elements(member(at, 'tools')),
  ];
  const named = elements(member(prompt, 'tool_ids')).flatMap((id) => {
    const found = tools.get(rawText(id) ?? '');
    if (found !== undefined) carry.ledger.exact(id);
    // The API answers with the tools themselves beside their ids.
    else if (inline.length > 0) carry.ledger.frame(id);
    else carry.ledger.lost(id, 'tool-missing', rawText(id));
    return found === undefined ? [] : [found];
  });
  for (const tool of tools.values()) if (named.includes(tool) || mentionsTool(at, tool)) used.add(tool);
  const greeting = carry.text(member(own, 'first_message'));
  const flow = workflowFlow(carry, member(at, 'workflow') ?? member(config, 'workflow'), tools);
  const placeholders = carry.json(memberAt(own, 'dynamic_variables', 'dynamic_variable_placeholders'));
  const name = rawText(title)?.trim() || fileTitle(at);
  return {
    ids: [...[member(at, 'agent_id')].flatMap((id) => rawText(id) ?? []), ...idsInIndex(at, indexes), name],
    name,
    at,
    prompt: text,
    ...(greeting === undefined ? {} : { greeting }),
    settings: elevenLabsSettings(carry, at),
    tools: [
      ...[...named, ...inline].flatMap((each) => elevenLabsTool(carry, each) ?? []),
      ...builtInTools(carry, member(prompt, 'built_in_tools')),
    ],
    servers: mcpServers(carry, member(prompt, 'mcp_servers')),
    ...(flow === undefined ? {} : { flow }),
    insights: insightsOf(carry, member(at, 'platform_settings')),
    variables: isObject(placeholders) ? variables(placeholders) : {},
  };
}

/** True when a workflow step of the agent uses the tool. */
function mentionsTool(agent: Cursor, tool: Cursor): boolean {
  const id = rawText(member(tool, 'id')) ?? rawText(member(member(tool, 'tool_config') ?? tool, 'name'));
  return (
    id !== undefined && JSON.stringify(memberAt(agent, 'workflow')?.value ?? '').includes(JSON.stringify(id))
  );
}

/** Values of variables are texts, numbers or truth values. */
function variables(placeholders: { readonly [name: string]: Json }): { readonly [name: string]: Json } {
  const plain = Object.entries(placeholders).filter(([name]) => !name.startsWith('system__'));
  return Object.fromEntries(
    plain.map(([name, value]) => [name, value === null || typeof value === 'object' ? '' : value]),
  );
}

function mcpServers(carry: Carry, at: Cursor | undefined): readonly Server[] {
  return elements(at).flatMap((each) => {
    const url = carry.text(member(each, 'url'), 'mcp')?.trim();
    const name = rawText(member(each, 'name')) ?? 'mcp';
    carry.ledger.exact(member(each, 'name'));
    return url
      ? [
          {
            name,
            at: each,
            config: withoutAbsent([
              ['type', 'http'],
              ['url', url],
            ]),
          },
        ]
      : [];
  });
}

function insightsOf(carry: Carry, platform: Cursor | undefined): readonly Insight[] {
  const criteria = elements(memberAt(platform, 'evaluation', 'criteria')).flatMap(
    (each): readonly Insight[] => {
      const name = member(each, 'name') ?? member(each, 'id');
      carry.ledger.exact(name);
      const goal = carry.text(member(each, 'conversation_goal_prompt', 'prompt'))?.trim();
      if (goal === undefined || goal === '') return [];
      const schema = { type: 'string', enum: ['success', 'failure', 'unknown'] };
      return [{ name: rawText(name) ?? 'Criterion', at: each, instructions: goal, schema }];
    },
  );
  const collected = entries(memberAt(platform, 'data_collection')).map(([name, each]): Insight => {
    const type = rawText(member(each, 'type')) ?? 'string';
    const choices = carry.json(member(each, 'enum'));
    carry.ledger.exact(member(each, 'type'));
    const instructions =
      carry.text(member(each, 'description', 'constant_value'))?.trim() || `Find out: ${name}.`;
    const schema = withoutAbsent([
      ['type', type],
      ['enum', Array.isArray(choices) && choices.length > 0 ? choices : undefined],
    ]);
    return { name, at: each, instructions, schema };
  });
  return [...criteria, ...collected];
}

/** A test of one answer becomes a short conversation with the same criterion. */
function decodeTest(carry: Carry, at: Cursor): readonly SimulatedCall[] {
  const name = member(at, 'name');
  carry.ledger.exact(name);
  const scenario = carry.text(member(at, 'simulation_scenario'), 'simulation')?.trim();
  const said = elements(member(at, 'chat_history')).filter(
    (each) => rawText(member(each, 'role')) === 'user',
  );
  for (const each of elements(member(at, 'chat_history'))) carry.ledger.frame(member(each, 'role'));
  const lines = said.flatMap((each) => carry.text(member(each, 'message', 'content'), 'simulation') ?? []);
  const condition = carry.text(member(at, 'success_condition'), 'simulation')?.trim();
  if (condition === undefined && scenario === undefined) return [];
  const instructions =
    scenario || (lines.length === 0 ? 'Start the conversation.' : `Say in turn:\n${lines.join('\n')}`);
  const criteria = condition ? [{ name: 'Success', text: condition }] : [];
  return [{ name: rawText(name) ?? 'Test', at, instructions, criteria }];
}
