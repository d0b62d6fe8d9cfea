/** Assistants, tools, squads and simulations of Vapi, from a gitops folder or from exports of the API. */
import type { Carry } from '../carry.ts';
import type { Agent, AgentMention, Decoded, Tool } from '../neutral.ts';
import { type Cursor, elements, listed, member, rawText } from '../source/cursor.ts';
import { simulatedCall, structuredOutput } from './analysis.ts';
import { type VapiWorld, vapiAgent } from './assistant.ts';
import { type VapiPart, type VapiResource, vapiPart } from './parts.ts';
import { vapiTool } from './tools.ts';
import { workflowAgent } from './workflow.ts';

export function decodeVapi(carry: Carry, parts: readonly Cursor[]): Decoded {
  for (const part of parts) carry.ledger.enclose(part);
  const of = (kind: VapiPart): readonly VapiResource[] =>
    parts.filter(({ value, file }) => vapiPart(value, file.name) === kind).map((at) => resourceOf(carry, at));
  const outputs = of('structuredOutput').map(({ ids, at }) => ({
    ids,
    at,
    insight: structuredOutput(carry, at),
  }));
  const insights = byId(outputs.map(({ ids, insight }) => ({ ids, value: insight })));
  const world: VapiWorld = {
    tools: byId(of('tool').map(({ ids, at }) => ({ ids: [...ids, ...toolNames(at)], value: at }))),
    outputs: insights,
    outputsOf: (ids) => outputs.flatMap(({ at, insight }) => (mentions(carry, at, ids) ? [insight] : [])),
  };
  const squads = of('squad');
  const inline = squads.flatMap(({ at }) =>
    elements(member(at, 'members')).flatMap((each) => memberAssistant(each)),
  );
  const own = [...of('assistant'), ...inline].map((each) => vapiAgent(carry, each, world));
  const agents = squads.reduce<readonly Agent[]>((all, squad) => withSquad(carry, all, squad.at), own);
  const flows = of('workflow').map((each) => workflowAgent(carry, each));
  for (const { at } of of('eval')) carry.ledger.lost(at, 'simulation', 'eval');
  const simulations = {
    personalities: byId(of('personality').map(({ ids, at }) => ({ ids, value: at }))),
    scenarios: byId(of('scenario').map(({ ids, at }) => ({ ids, value: at }))),
    outputs: insights,
    suites: suitesOf(carry, of('suite')),
  };
  const tests = of('simulation').map((each) => simulatedCall(carry, each, simulations));
  const used = new Set(own.flatMap(({ tools }) => tools.map(({ at }) => at)));
  const tools = of('tool').flatMap(({ at }) => (used.has(at) ? [] : vapiTool(carry, at, undefined).tools));
  const entry = squads.flatMap(({ at }) => memberName(elements(member(at, 'members'))[0]) ?? [])[0];
  return { agents: [...agents, ...flows], tests, tools, ...(entry === undefined ? {} : { entry }) };
}

/** Unwraps `{ type, id, data }`, and gives a file of a folder its name as an id. */
function resourceOf(carry: Carry, part: Cursor): VapiResource {
  const data = member(part, 'data');
  const wrapped =
    data !== undefined && member(part, 'id') !== undefined && typeof data.value === 'object'
      ? data
      : undefined;
  const at = wrapped ?? part;
  const written = [member(part, 'id'), member(at, 'id')].flatMap((id) => rawText(id) ?? []);
  carry.ledger.frame(member(part, 'id'));
  return { ids: [...new Set([...written, ...fileIds(part)])], at };
}

/** `resources/dev/assistants/company-1/intake.md` is known as `intake` and as `company-1/intake`. */
function fileIds({ file, path }: Cursor): readonly string[] {
  if (path.length > 0) return [];
  const parts = file.name.replace(/\.[^./]+$/, '').split('/');
  return parts
    .map((_, index) => parts.slice(index).join('/'))
    .toReversed()
    .slice(0, 3);
}

function byId<T>(
  all: readonly { readonly ids: readonly string[]; readonly value: T }[],
): ReadonlyMap<string, T> {
  const known = new Map<string, T>();
  for (const { ids, value } of all) for (const id of ids) if (!known.has(id)) known.set(id, value);
  return known;
}

function toolNames(at: Cursor): readonly string[] {
  return [member(member(at, 'function'), 'name'), member(at, 'name')].flatMap((name) => rawText(name) ?? []);
}

function mentions(carry: Carry, at: Cursor, ids: readonly string[]): boolean {
  const found = elements(member(at, 'assistant_ids', 'assistantIds')).filter((each) =>
    ids.includes(rawText(each) ?? ''),
  );
  for (const each of found) carry.ledger.exact(each);
  return found.length > 0;
}

function memberAssistant(at: Cursor): readonly VapiResource[] {
  const inline = member(at, 'assistant');
  return inline === undefined
    ? []
    : [{ ids: [member(inline, 'id')].flatMap((id) => rawText(id) ?? []), at: inline }];
}

function memberName(at: Cursor | undefined): string | undefined {
  return rawText(member(at, 'assistantId')) ?? rawText(member(member(at, 'assistant'), 'name'));
}

/** Destinations of the members become handoffs of their assistants. */
function withSquad(carry: Carry, agents: readonly Agent[], squad: Cursor): readonly Agent[] {
  carry.ledger.near(member(squad, 'name'), 'squad');
  carry.ledger.lost(member(squad, 'membersOverrides'), 'override');
  const members = elements(member(squad, 'members'));
  return agents.map((agent) => {
    const own = members.filter((each) => agent.ids.includes(memberName(each) ?? ''));
    const added = own.flatMap((each) => squadTools(carry, each));
    return added.length === 0 ? agent : { ...agent, tools: [...agent.tools, ...added] };
  });
}

function squadTools(carry: Carry, at: Cursor): readonly Tool[] {
  carry.ledger.exact(member(at, 'assistantId'));
  const overrides = member(at, 'assistantOverrides');
  const appended = [
    ...elements(member(overrides, 'tools:append')),
    ...elements(member(member(overrides, 'model'), 'tools')),
  ];
  const destinations = [
    ...elements(member(at, 'assistantDestinations')),
    ...appended
      .filter((each) => rawText(member(each, 'type')) === 'handoff')
      .flatMap((each) => elements(member(each, 'destinations'))),
  ];
  const agents = destinations.flatMap((each): readonly AgentMention[] => {
    const name = member(each, 'assistantName', 'assistantId');
    const when = carry.text(member(each, 'description'), 'handoff')?.trim();
    carry.ledger.lost(member(each, 'message'), 'tool-message');
    return name === undefined ? [] : [{ id: rawText(name) ?? '', at: name, ...(when ? { when } : {}) }];
  });
  carry.ledger.lost(overrides, 'override');
  return agents.length === 0 ? [] : [{ type: 'handoff', name: 'handoff', at, config: {}, agents }];
}

function suitesOf(carry: Carry, suites: readonly VapiResource[]): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const { at, ids } of suites) {
    const name = rawText(member(at, 'name'))?.trim() || ids[0] || 'suite';
    carry.ledger.exact(member(at, 'name'));
    for (const each of listed(member(at, 'simulationIds', 'simulations'))) {
      const id = rawText(each) ?? rawText(member(each, 'simulationId', 'id'));
      if (id === undefined) continue;
      carry.ledger.exact(each);
      if (!known.has(id)) known.set(id, name);
    }
  }
  return known;
}
