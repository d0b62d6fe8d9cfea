/** A workflow: nodes and edges by id; an edge may lead back under a condition of its own. */
import { isObject, type JsonObject } from '../../model/json.ts';
import { modelBlock } from '../blocks/model.ts';
import { positionOf, wordForWord } from '../blocks/steps.ts';
import { voiceSettings } from '../blocks/voice.ts';
import type { Carry } from '../carry.ts';
import type { Condition, Exit, Flow, FlowStep, StepAction, Tool } from '../neutral.ts';
import { type Cursor, elements, entries, member, memberAt, rawText } from '../source/cursor.ts';
import { elevenLabsExpression } from './expressions.ts';
import { elevenLabsTool, transferTarget } from './tools.ts';

/** A workflow that only starts says nothing that the agent does not say. */
export function workflowFlow(
  carry: Carry,
  at: Cursor | undefined,
  tools: ReadonlyMap<string, Cursor>,
): Flow | undefined {
  const nodes = entries(member(at, 'nodes')).filter(([, node]) => isObject(node.value));
  if (at === undefined || nodes.length === 0) return undefined;
  if (nodes.every(([, node]) => typeOf(node) === 'start')) {
    carry.ledger.frame(at);
    return undefined;
  }
  const edges = entries(member(at, 'edges'));
  const steps = nodes.map(([id, node]) => ({
    ...workflowStep(carry, id, node, tools),
    exits: exitsOf(carry, id, node, edges),
  }));
  const start = nodes.find(([, node]) => typeOf(node) === 'start')?.[0];
  return { steps, at, ...(start === undefined ? {} : { start }) };
}

function typeOf(node: Cursor): string {
  return rawText(member(node, 'type')) ?? 'override_agent';
}

function workflowStep(
  carry: Carry,
  id: string,
  node: Cursor,
  tools: ReadonlyMap<string, Cursor>,
): Omit<FlowStep, 'exits'> {
  const label = member(node, 'label');
  carry.ledger.exact(label);
  const position = positionOf(member(node, 'position'));
  const name = rawText(label)?.trim();
  return {
    id,
    ...(name ? { name } : {}),
    ...(position === undefined ? {} : { position }),
    at: node,
    action: actionOf(carry, node, tools),
  };
}

function actionOf(carry: Carry, node: Cursor, tools: ReadonlyMap<string, Cursor>): StepAction {
  const type = typeOf(node);
  switch (type) {
    case 'start':
    case 'update_state':
      return { type: 'route' };
    case 'end':
      return { type: 'end' };
    case 'override_agent':
    case 'subagent':
      return talking(carry, node, tools);
    case 'say': {
      const fixed = carry.text(
        memberAt(node, 'message', 'text') ?? member(node, 'message', 'text', 'literal'),
      );
      if (fixed !== undefined && fixed.trim() !== '') return { type: 'say', text: fixed };
      return {
        type: 'talk',
        text: carry.text(memberAt(node, 'message', 'prompt') ?? member(node, 'prompt')) ?? '',
        tools: [],
      };
    }
    case 'tool':
    case 'dispatch_tool':
      return running(carry, node, tools);
    case 'phone_number':
    case 'transfer_to_number':
      return calling(carry, node);
    case 'standalone_agent':
    case 'agent_transfer': {
      const id = member(node, 'agent_id');
      const before = carry.text(member(node, 'transfer_message'));
      const agent = { id: rawText(id) ?? '', at: id ?? node };
      return {
        type: 'agent',
        agent,
        ownVoice: true,
        ...(before === undefined || before === '' ? {} : { before }),
      };
    }
    default: {
      carry.ledger.lost(member(node, 'type'), 'step-unknown', type);
      const text = carry.text(member(node, 'additional_prompt', 'prompt'), 'step-unknown');
      return text === undefined || text.trim() === '' ? { type: 'route' } : { type: 'talk', text, tools: [] };
    }
  }
}

function talking(carry: Carry, node: Cursor, tools: ReadonlyMap<string, Cursor>): StepAction {
  const config = member(node, 'conversation_config');
  const prompt = memberAt(config, 'agent', 'prompt');
  const own = carry.text(member(prompt, 'prompt'))?.trim() ?? '';
  const first = carry.text(memberAt(config, 'agent', 'first_message'))?.trim() ?? '';
  const added = carry.text(member(node, 'additional_prompt'))?.trim() ?? '';
  const greeting = first === '' ? '' : wordForWord(first);
  const text = [own, added, greeting].filter(Boolean).join('\n\n');
  const ids = [...elements(member(node, 'additional_tool_ids')), ...elements(member(prompt, 'tool_ids'))];
  const settings: JsonObject = {
    ...modelBlock(carry, member(prompt, 'llm')),
    ...voiceSettings(carry, {
      provider: 'elevenlabs',
      id: memberAt(config, 'tts', 'voice_id'),
      model: memberAt(config, 'tts', 'model_id'),
    }),
  };
  return {
    type: 'talk',
    text,
    tools: ids.flatMap((id) => lookUp(carry, id, tools) ?? []),
    own: own !== '',
    settings,
  };
}

function lookUp(carry: Carry, id: Cursor, tools: ReadonlyMap<string, Cursor>): Tool | undefined {
  const found = tools.get(rawText(id) ?? '');
  if (found === undefined) carry.ledger.lost(id, 'tool-missing', rawText(id));
  else carry.ledger.exact(id);
  return found === undefined ? undefined : elevenLabsTool(carry, found);
}

function running(carry: Carry, node: Cursor, tools: ReadonlyMap<string, Cursor>): StepAction {
  const made = elements(member(node, 'tools')).flatMap((each) => {
    const id = member(each, 'tool_id') ?? (rawText(each) === undefined ? undefined : each);
    if (id !== undefined) return lookUp(carry, id, tools) ?? [];
    return elevenLabsTool(carry, each) ?? [];
  });
  const [tool, ...more] = made;
  if (tool === undefined) return { type: 'route' };
  if (more.length === 0) return { type: 'call', tool };
  const text = `Call these tools one after the other: ${made.map(({ name }) => name).join(', ')}.`;
  return { type: 'talk', text, tools: made };
}

function calling(carry: Carry, node: Cursor): StepAction {
  const [target] = transferTarget(carry, node, 0);
  const before = carry.text(member(node, 'transfer_message'));
  const label = rawText(member(node, 'label')) ?? 'transfer';
  const config = {
    from: '{{telnyx_agent_target}}',
    targets: [{ name: label, to: target?.to ?? '{{transfer_number}}' }],
  };
  const tool: Tool = { type: 'transfer', name: label, at: node, config };
  return { type: 'call', tool, ...(before === undefined || before === '' ? {} : { before }) };
}

type Edges = readonly (readonly [string, Cursor])[];

/** Forward edges in the order of the node, then those that lead back. */
function exitsOf(carry: Carry, id: string, node: Cursor, edges: Edges): readonly Exit[] {
  const order = elements(member(node, 'edge_order')).flatMap((each) => rawText(each) ?? []);
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const forward = edges
    .filter(([, edge]) => rawText(member(edge, 'source')) === id)
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .flatMap(([name, edge]) => exit(carry, name, edge, 'forward_condition', 'target'));
  const backward = edges
    .filter(([, edge]) => rawText(member(edge, 'target')) === id)
    .flatMap(([name, edge]) => exit(carry, `${name}-back`, edge, 'backward_condition', 'source'));
  return [...forward, ...backward];
}

function exit(carry: Carry, id: string, edge: Cursor, which: string, end: string): readonly Exit[] {
  const condition = member(edge, which);
  const target = member(edge, end);
  const to = rawText(target);
  if (to === undefined || (condition === undefined && which === 'backward_condition')) return [];
  carry.ledger.exact(member(edge, 'target'));
  carry.ledger.frame(member(edge, 'source'));
  return [{ id, when: conditionOf(carry, condition), to, at: condition ?? edge }];
}

function conditionOf(carry: Carry, at: Cursor | undefined): Condition {
  const type = rawText(member(at, 'type')) ?? 'unconditional';
  const label = carry.text(member(at, 'label'))?.trim();
  if (type === 'llm') {
    const text = carry.text(member(at, 'condition'))?.trim();
    return { type: 'words', text: text || label || 'This step is done.' };
  }
  if (type === 'expression') {
    const expression = elevenLabsExpression(carry, member(at, 'expression'));
    if (expression !== undefined) return { type: 'expression', expression };
    carry.ledger.near(member(at, 'expression'), 'edge-words');
    return { type: 'words', text: label || 'The condition of this edge holds.' };
  }
  if (type === 'result') {
    const successful = member(at, 'successful');
    carry.ledger.exact(successful);
    if (successful?.value === false) return { type: 'words', text: 'The tool failed, or the transfer did.' };
    return { type: 'otherwise', words: 'The tool succeeded.' };
  }
  return { type: 'otherwise', words: 'This step is done.' };
}
