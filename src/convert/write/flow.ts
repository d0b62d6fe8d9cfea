/** A flow as Telnyx has it: prompt, speak and tool nodes with edges that follow its rules. */
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { junction, negation } from '../blocks/expression.ts';
import type { Condition, Exit, Flow, FlowStep, Tool } from '../neutral.ts';
import { compact, reference } from './registry.ts';
import { createRoutes, MAX_EDGES } from './routes.ts';
import { stepTools, type ToolWriter, toolDocument, withAgents } from './tools.ts';

const HANGUP = 'end_call';

/** Undefined when the flow has no step. */
export function conversationFlow(writer: ToolWriter, flow: Flow): JsonObject | undefined {
  const steps = prepared(writer, flow);
  const all = new Map(steps.map((step) => [step.id, step]));
  const first = steps[0];
  if (first === undefined) return undefined;
  const routes = createRoutes(all, writer.ledger);
  for (const { action, at } of steps)
    if (action.type === 'route')
      writer.ledger.near({ ...at, value: 'route', path: [...at.path, 'type'] }, 'branch-folded');
  const nodes: JsonObject[] = [];
  const edges: Edge[] = [];
  const spoken = steps.filter(({ action }) => action.type !== 'route');
  const globals = spoken.filter(({ global }) => global !== undefined);
  for (const step of spoken) {
    const exits = step.exits.flatMap((exit) => routes.follow(exit));
    const reach = step.action.type === 'talk' ? globalExits(step, exits, globals) : [];
    const made = nodesOf(writer, step, all, [...exits, ...reach]);
    nodes.push(...made.nodes);
    edges.push(...made.edges);
  }
  const start = flow.start !== undefined && all.has(flow.start) ? flow.start : first.id;
  return compact({
    start_node_id: start,
    nodes,
    edges: distinctIds(edges.slice(0, MAX_EDGES * 2)),
  });
}

/** An edge before its condition was brought into a form that its step may have. */
interface Edge {
  readonly id: string;
  readonly start: string;
  readonly target: JsonObject;
  readonly condition: JsonObject;
}

/** Unique ids; a flow begins with a step that does something. */
function prepared(writer: ToolWriter, flow: Flow): readonly FlowStep[] {
  const seen = new Set<string>();
  const steps = flow.steps.map((step, index) =>
    step.id === '' ? { ...step, id: `step-${index + 1}` } : step,
  );
  const start = (steps.find(({ id }) => id === flow.start) ?? steps[0])?.id;
  return steps.flatMap((step) => {
    const { id } = step;
    if (seen.has(id)) {
      writer.ledger.lost(step.at, 'name-twice', id);
      return [];
    }
    seen.add(id);
    return id === start || step.global !== undefined ? opened(writer, step) : [step];
  });
}

/** A step that is entered without an edge, or from everywhere, cannot be folded into the edges before it. */
function opened(writer: ToolWriter, step: FlowStep): readonly FlowStep[] {
  const { action, at, id } = step;
  if (action.type === 'route') {
    const text = 'Say nothing. Go on at once with the step whose condition holds.';
    return [{ ...step, action: { type: 'talk', text, tools: [] } }];
  }
  if (action.type !== 'agent' || writer.lookup.agent(action.agent.id) === undefined) return [step];
  const next = `${id}-agent`;
  const exit: Exit = { id: `${id}-handover`, when: { type: 'words', text: 'Always.' }, to: next, at };
  const talk = { type: 'talk', text: action.before ?? 'Say nothing. Hand over at once.', tools: [] } as const;
  const { before: _said, ...silent } = action;
  return [
    { ...step, action: talk, exits: [...step.exits, exit] },
    { id: next, at, action: silent, exits: [] },
  ];
}

function globalExits(step: FlowStep, exits: readonly Exit[], globals: readonly FlowStep[]): readonly Exit[] {
  return globals.flatMap(({ id, global }) => {
    if (global === undefined || id === step.id || exits.some(({ to }) => to === id)) return [];
    return [
      {
        id: `${step.id}-to-${id}`,
        when: { type: 'words' as const, text: global.words },
        to: id,
        at: global.at,
      },
    ];
  });
}

interface Made {
  readonly nodes: readonly JsonObject[];
  readonly edges: readonly Edge[];
}

function nodesOf(
  writer: ToolWriter,
  step: FlowStep,
  all: ReadonlyMap<string, FlowStep>,
  exits: readonly Exit[],
): Made {
  const { action, id } = step;
  const head = compact({ id, name: step.name, position: positionOf(step) });
  const targeted = (start: string, prompt: boolean): readonly Edge[] =>
    edgesOf(writer, { ...step, id: start }, all, exits, prompt);
  switch (action.type) {
    case 'talk': {
      const tools = stepTools(writer, action.tools);
      const text = action.text.trim() === '' ? 'Go on with the conversation.' : action.text;
      const node = {
        ...promptNode(head, text, action.own),
        ...(tools.length > 0 ? { shared_tool_ids: tools, tools_mode: 'append' } : {}),
        ...(action.settings ?? {}),
      };
      return { nodes: [node], edges: targeted(id, true) };
    }
    case 'say':
      return { nodes: [{ type: 'speak', ...head, message: action.text }], edges: targeted(id, false) };
    case 'call': {
      const tool = withAgents(writer, action.tool);
      if (tool === undefined)
        return { nodes: [promptNode(head, 'Go on with the conversation.')], edges: targeted(id, true) };
      return after(head, action.before, 'run', (own) => ({
        nodes: [{ type: 'tool', ...own, shared_tool_id: reference(toolDocument(writer, tool)) }],
        edges: targeted(String(own.id), false),
      }));
    }
    case 'end': {
      const hangup: Tool = { type: 'hangup', name: HANGUP, at: step.at, config: {} };
      return after(head, action.before, 'hangup', (own) => ({
        nodes: [{ type: 'tool', ...own, shared_tool_id: reference(toolDocument(writer, hangup)) }],
        edges: [],
      }));
    }
    case 'agent':
      return agentNodes(writer, step, head, targeted);
    case 'route':
      return { nodes: [], edges: [] };
  }
}

function promptNode(head: JsonObject, instructions: string, own = false): JsonObject {
  return { type: 'prompt', ...head, instructions, instructions_mode: own ? 'replace' : 'append' };
}

/** Where nothing has to be said, edges lead to the other agent directly. */
function agentNodes(
  writer: ToolWriter,
  { action, id }: FlowStep,
  head: JsonObject,
  targeted: (start: string, prompt: boolean) => readonly Edge[],
): Made {
  if (action.type !== 'agent') return { nodes: [], edges: [] };
  const target = agentTarget(writer, action);
  if (target === undefined) {
    writer.ledger.lost(action.agent.at, 'agent-missing', action.agent.id.slice(0, 60));
    const text =
      action.before ?? 'Say that nobody else is available at the moment, and offer to help yourself.';
    return { nodes: [promptNode(head, text)], edges: targeted(id, true) };
  }
  writer.ledger.exact(action.agent.at);
  if (action.before === undefined || action.before.trim() === '') return { nodes: [], edges: [] };
  const edge: Edge = { id: `${id}-handover`, start: id, target, condition: { type: 'default' } };
  return { nodes: [{ type: 'speak', ...head, message: action.before }], edges: [edge] };
}

function agentTarget(writer: ToolWriter, action: FlowStep['action']): JsonObject | undefined {
  if (action.type !== 'agent') return undefined;
  const found = writer.lookup.agent(action.agent.id);
  if (found === undefined) return undefined;
  const voice_mode = action.ownVoice === true ? 'distinct' : 'unified';
  return { type: 'assistant', assistant_id: reference(found.address), voice_mode };
}

/** What is said first is a node of its own, under the id that edges lead to. */
function after(
  head: JsonObject,
  before: string | undefined,
  suffix: string,
  make: (head: JsonObject) => Made,
): Made {
  if (before === undefined || before.trim() === '') return make(head);
  const id = String(head.id);
  const next = `${id}-${suffix}`;
  const { nodes, edges } = make({ ...head, id: next, ...shifted(head.position) });
  const edge: Edge = {
    id: `${id}-then`,
    start: id,
    target: { type: 'node', node_id: next },
    condition: { type: 'default' },
  };
  return { nodes: [{ type: 'speak', ...head, message: before }, ...nodes], edges: [edge, ...edges] };
}

function shifted(position: Json | undefined): JsonObject {
  if (!isObject(position) || typeof position.x !== 'number') return {};
  return { position: { ...position, x: position.x + 160 } };
}

function positionOf({ position }: FlowStep): JsonObject | undefined {
  return position === undefined ? undefined : { x: position.x, y: position.y };
}

/** `prompt`: the node talks, and has no edge that is taken otherwise; every other node has exactly one. */
function edgesOf(
  writer: ToolWriter,
  step: FlowStep,
  all: ReadonlyMap<string, FlowStep>,
  exits: readonly Exit[],
  prompt: boolean,
): readonly Edge[] {
  const leaving = exits.filter((exit) => {
    if (exit.to !== step.id) return true;
    writer.ledger.near(exit.at, 'edge-self');
    return false;
  });
  const conditions = prompt ? promptConditions(writer, leaving) : passedConditions(writer, leaving);
  for (const { at } of leaving) writer.ledger.exact(at);
  return conditions.map(([exit, condition], index) => ({
    id: exit.id === '' ? `${step.id}-${index + 1}` : exit.id,
    start: step.id,
    target: targetOf(writer, exit.to, all),
    condition,
  }));
}

function targetOf(writer: ToolWriter, to: string, all: ReadonlyMap<string, FlowStep>): JsonObject {
  const action = all.get(to)?.action;
  const silent = action?.type === 'agent' && (action.before === undefined || action.before.trim() === '');
  const target = silent ? agentTarget(writer, action) : undefined;
  return target ?? { type: 'node', node_id: to };
}

function promptConditions(
  writer: ToolWriter,
  exits: readonly Exit[],
): readonly (readonly [Exit, JsonObject])[] {
  const expressions = exits.flatMap(({ when }) => (when.type === 'expression' ? [when.expression] : []));
  return exits.map((exit) => {
    if (exit.when.type !== 'otherwise') return [exit, conditionOf(exit.when)] as const;
    writer.ledger.near(exit.at, 'edge-words');
    const computed = expressions.length > 0 && expressions.length === exits.length - 1;
    if (computed)
      return [exit, { type: 'expression', expression: negation(junction('or', expressions)) }] as const;
    return [exit, { type: 'llm', prompt: exit.when.words }] as const;
  });
}

function passedConditions(
  writer: ToolWriter,
  exits: readonly Exit[],
): readonly (readonly [Exit, JsonObject])[] {
  const first = exits.find(({ when }) => when.type === 'otherwise') ?? exits.at(-1);
  return exits.flatMap((exit) => {
    if (exit === first) {
      if (exit.when.type !== 'otherwise') writer.ledger.near(exit.at, 'edge-default');
      return [[exit, { type: 'default' }] as const];
    }
    if (exit.when.type === 'otherwise') return [[exit, { type: 'llm', prompt: exit.when.words }] as const];
    return [[exit, conditionOf(exit.when)] as const];
  });
}

function conditionOf(when: Exclude<Condition, { readonly type: 'otherwise' }>): JsonObject {
  return when.type === 'words'
    ? { type: 'llm', prompt: when.text }
    : { type: 'expression', expression: when.expression };
}

function distinctIds(edges: readonly Edge[]): readonly JsonObject[] {
  const seen = new Set<string>();
  return edges.map(({ id, start, target, condition }) => {
    let own = id;
    for (let number = 2; seen.has(own); number += 1) own = `${id}-${number}`;
    seen.add(own);
    return { id: own, start_node_id: start, target, condition };
  });
}
