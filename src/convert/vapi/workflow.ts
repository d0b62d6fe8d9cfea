/** Workflows, the older flows of Vapi: nodes by name, edges with conditions in words. */
import { isObject, type JsonObject } from '../../model/json.ts';
import { positionOf } from '../blocks/steps.ts';
import type { Carry } from '../carry.ts';
import type { Agent, Exit, FlowStep, StepAction, Tool } from '../neutral.ts';
import { type Cursor, elements, member, memberAt, rawFlag, rawText } from '../source/cursor.ts';
import { modelOf } from './assistant.ts';
import type { VapiResource } from './parts.ts';
import { vapiSettings, vapiVoice } from './settings.ts';
import { vapiTool } from './tools.ts';

export function workflowAgent(carry: Carry, { ids, at }: VapiResource): Agent {
  const name = member(at, 'name');
  carry.ledger.exact(name);
  const edges = elements(member(at, 'edges'));
  const nodes = elements(member(at, 'nodes'));
  const steps = nodes.map((node) => workflowStep(carry, node, edges));
  const start = nodes.find((node) => rawFlag(member(node, 'isStart')) === true) ?? nodes[0];
  const first = memberAt(start, 'messagePlan', 'firstMessage') ?? member(start, 'firstMessage');
  const greeting = carry.text(first);
  carry.ledger.exact(member(start, 'isStart'));
  const title = rawText(name)?.trim() || 'Workflow';
  return {
    ids: [...ids, title],
    name: title,
    at,
    prompt: carry.text(member(at, 'globalPrompt')) ?? '',
    ...(greeting === undefined ? {} : { greeting }),
    settings: { ...modelOf(carry, member(at, 'model')), ...vapiSettings(carry, at) },
    tools: [],
    servers: [],
    flow: { steps, at, ...(start === undefined ? {} : { start: nodeName(start) }) },
    insights: [],
    variables: {},
  };
}

function nodeName(node: Cursor): string {
  return rawText(member(node, 'name')) ?? rawText(member(node, 'id')) ?? '';
}

function workflowStep(carry: Carry, node: Cursor, edges: readonly Cursor[]): FlowStep {
  const id = nodeName(node);
  carry.ledger.exact(member(node, 'name'));
  const position = positionOf(memberAt(node, 'metadata', 'position'));
  carry.ledger.frame(member(node, 'metadata'));
  const global = memberAt(node, 'globalNodePlan', 'enterCondition');
  const words = carry.text(global, 'global-step')?.trim();
  return {
    id,
    name: id,
    ...(position === undefined ? {} : { position }),
    at: node,
    action: actionOf(carry, node),
    ...(global === undefined || !words ? {} : { global: { words, at: global } }),
    exits: edges
      .filter((edge) => rawText(member(edge, 'from')) === id)
      .map((edge, index) => edgeOf(carry, edge, id, index)),
  };
}

function actionOf(carry: Carry, node: Cursor): StepAction {
  const type = rawText(member(node, 'type')) ?? 'conversation';
  if (type === 'tool' || type === 'transfer' || type === 'hangup' || type === 'end')
    return toolAction(carry, node, type);
  const text = carry.text(member(node, 'prompt')) ?? '';
  const tool = extraction(carry, node);
  if (type !== 'conversation' && type !== 'start')
    carry.ledger.lost(member(node, 'type'), 'step-unknown', type);
  const settings: JsonObject = {
    ...modelOf(carry, member(node, 'model')),
    ...vapiVoice(carry, member(node, 'voice')),
  };
  return { type: 'talk', text, tools: tool === undefined ? [] : [tool], settings };
}

function toolAction(carry: Carry, node: Cursor, type: string): StepAction {
  if (type === 'hangup' || type === 'end') return { type: 'end' };
  carry.ledger.exact(member(node, 'destination'));
  const own = member(node, 'tool') ?? (type === 'transfer' ? asTransfer(node) : undefined);
  const [tool] = own === undefined || !isObject(own.value) ? [] : vapiTool(carry, own, undefined).tools;
  if (tool === undefined) {
    carry.ledger.lost(member(node, 'toolId'), 'tool-missing');
    return { type: 'route' };
  }
  return tool.type === 'hangup' ? { type: 'end' } : { type: 'call', tool };
}

function asTransfer(node: Cursor): Cursor {
  const destination = member(node, 'destination')?.value ?? {};
  return { ...node, value: { type: 'transferCall', destinations: [destination] } };
}

function extraction(carry: Carry, node: Cursor): Tool | undefined {
  const output = member(node, 'variableExtractionPlan');
  const variables = elements(member(output, 'output')).flatMap((each) => {
    const name = rawText(member(each, 'title', 'name'));
    if (name === undefined || !/^(?!telnyx_)[A-Za-z0-9._-]+$/.test(name)) return [];
    carry.ledger.near(member(each, 'title', 'name'), 'step-extract');
    const description = carry.text(member(each, 'description'));
    return [{ name, ...(description ? { description } : {}) }];
  });
  if (variables.length === 0) return undefined;
  const name = 'extract_variables';
  const config = { name, description: 'Sets what the caller has said.', updatable_variables: variables };
  return { type: 'update_dynamic_variables', name, at: node, config };
}

function edgeOf(carry: Carry, edge: Cursor, from: string, index: number): Exit {
  const condition = member(edge, 'condition');
  const text = carry.text(
    member(condition, 'prompt') ?? (typeof condition?.value === 'string' ? condition : undefined),
  );
  carry.ledger.exact(member(edge, 'to'));
  carry.ledger.frame(member(edge, 'from'));
  const when =
    text === undefined || text.trim() === ''
      ? { type: 'otherwise' as const, words: 'This step is done.' }
      : { type: 'words' as const, text };
  return { id: `${from}-${index + 1}`, when, to: rawText(member(edge, 'to')) ?? '', at: edge };
}
