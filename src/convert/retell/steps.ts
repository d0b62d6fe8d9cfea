import type { JsonObject } from '../../model/json.ts';
import { exampleSaying, exampleSayings, exampleSection } from '../blocks/examples.ts';
import { modelBlock } from '../blocks/model.ts';
import { positionOf, wordForWord } from '../blocks/steps.ts';
import type { Carry } from '../carry.ts';
import type { Exit, FlowStep, StepAction, Tool } from '../neutral.ts';
import { type Cursor, elements, member, memberAt, rawFlag, rawText } from '../source/cursor.ts';
import { exitsOf, goBackWords, transferExit } from './conditions.ts';
import { dtmfTool, extractTool, retellTool, smsTool, transferTool } from './tools.ts';

/** Tools of the flow by their id and by their name. */
export type ToolTable = ReadonlyMap<string, Tool>;

export function retellStep(carry: Carry, node: Cursor, tools: ToolTable): FlowStep {
  const id = member(node, 'id');
  const name = member(node, 'name');
  carry.ledger.frame(id);
  carry.ledger.exact(name);
  const condition = memberAt(node, 'global_node_setting', 'condition');
  const words = globalWords(carry, node, condition);
  const position = positionOf(member(node, 'display_position'));
  const { action: bare, exits } = actionOf(carry, node, tools);
  const action = withMore(bare, `${goBackWords(carry, node)}${stepExamples(carry, node)}`);
  return {
    id: rawText(id) ?? '',
    ...(rawText(name) ? { name: rawText(name) ?? '' } : {}),
    ...(position === undefined ? {} : { position }),
    at: node,
    action,
    ...(condition === undefined || words === undefined || words === ''
      ? {}
      : { global: { words, at: condition } }),
    exits,
  };
}

/** What else the model has to know in a step that it leads. */
function withMore(action: StepAction, more: string): StepAction {
  return action.type === 'talk' && more !== '' ? { ...action, text: `${action.text}${more}` } : action;
}

function stepExamples(carry: Carry, node: Cursor): string {
  const dialogues = exampleSection(carry, member(node, 'finetune_conversation_examples'));
  const ways = elements(member(node, 'finetune_transition_examples')).flatMap((each) => {
    const target = member(each, 'destination_node_id');
    const saying = exampleSaying(carry, each);
    carry.ledger.near(target, 'examples-text');
    return saying === '' ? [] : [`- ${rawText(target) ?? 'stay here'}: ${saying}`];
  });
  return ways.length === 0
    ? dialogues
    : `${dialogues}\n\nExamples of when to go on with which step:\n${ways.join('\n')}`;
}

function globalWords(carry: Carry, node: Cursor, condition: Cursor | undefined): string | undefined {
  const words = carry.text(condition, 'global-step')?.trim();
  const setting = member(node, 'global_node_setting');
  const yes = exampleSayings(carry, member(setting, 'positive_finetune_examples'));
  const no = exampleSayings(carry, member(setting, 'negative_finetune_examples'));
  if (!words) return undefined;
  const holds = yes.length === 0 ? '' : `\nIt holds for example for: ${yes.join('; ')}`;
  const fails = no.length === 0 ? '' : `\nIt does not hold for: ${no.join('; ')}`;
  return `${words}${holds}${fails}`;
}

interface Acting {
  readonly action: StepAction;
  readonly exits: readonly Exit[];
}

function actionOf(carry: Carry, node: Cursor, tools: ToolTable): Acting {
  const type = rawText(member(node, 'type')) ?? 'conversation';
  switch (type) {
    case 'conversation':
    case 'subagent':
      return talking(carry, node, tools);
    case 'end':
      return ending(carry, node);
    case 'function':
    case 'tool':
      return running(carry, node, tools);
    case 'transfer_call':
      return transferring(carry, node);
    case 'press_digit':
      carry.ledger.near(member(node, 'delay_ms'), 'step-setting');
      return withTool(carry, node, dtmfTool(carry, node), 'Press the keys that this step asks for.');
    case 'sms':
      return texting(carry, node);
    case 'extract_dynamic_variables':
      return extracting(carry, node);
    case 'branch':
    case 'logic_split':
      return { action: { type: 'route' }, exits: exitsOf(carry, node) };
    case 'code':
      carry.ledger.lost(member(node, 'code'), 'code');
      carry.ledger.lost(member(node, 'response_variables'), 'code');
      return { action: { type: 'route' }, exits: exitsOf(carry, node) };
    case 'agent_swap':
      return swapping(carry, node);
    case 'mcp':
      return asking(carry, node);
    default:
      return unknown(carry, node, type);
  }
}

function talking(carry: Carry, node: Cursor, tools: ToolTable): Acting {
  const instruction = member(node, 'instruction');
  const exits = exitsOf(carry, node);
  const verbatim = rawText(member(instruction, 'type')) === 'static_text';
  const onlyOn = exits.length > 0 && exits.every(({ when }) => when.type === 'otherwise') && skips(node);
  const text =
    carry.text(member(instruction, 'text', 'prompt'), verbatim && !onlyOn ? 'fixed-text' : undefined) ?? '';
  if (verbatim && onlyOn && text.trim() !== '') return { action: { type: 'say', text }, exits };
  const named = elements(member(node, 'tool_ids')).flatMap((at) => lookUp(carry, at, tools) ?? []);
  const own = elements(member(node, 'tools')).flatMap((at) => retellTool(carry, at) ?? []);
  const spoken = verbatim ? wordForWord(text) : text;
  return {
    action: { type: 'talk', text: spoken, tools: [...named, ...own], settings: nodeSettings(carry, node) },
    exits,
  };
}

/** The step goes on without waiting for an answer. */
function skips(node: Cursor): boolean {
  return member(node, 'skip_response_edge') !== undefined && elements(member(node, 'edges')).length === 0;
}

function nodeSettings(carry: Carry, node: Cursor): JsonObject {
  return modelBlock(carry, memberAt(node, 'model_choice', 'model'));
}

function lookUp(carry: Carry, at: Cursor | undefined, tools: ToolTable): Tool | undefined {
  const tool = tools.get(rawText(at) ?? '');
  if (tool === undefined) carry.ledger.lost(at, 'tool-missing', rawText(at));
  else carry.ledger.exact(at);
  return tool;
}

function running(carry: Carry, node: Cursor, tools: ToolTable): Acting {
  const tool = lookUp(carry, member(node, 'tool_id'), tools);
  const exits = exitsOf(carry, node);
  const before = fixedText(carry, node);
  const waits = member(node, 'wait_for_result');
  if (rawFlag(waits) === true) carry.ledger.exact(waits);
  if (tool === undefined) return { action: { type: 'route' }, exits };
  return { action: { type: 'call', tool, ...before }, exits };
}

/** What a step says before it acts: fixed texts only, the model cannot write them there. */
function fixedText(carry: Carry, node: Cursor): { readonly before?: string } {
  const instruction = member(node, 'instruction');
  const text = member(instruction, 'text', 'prompt');
  const speaks = rawFlag(member(node, 'speak_during_execution')) !== false;
  if (text === undefined || !speaks) return {};
  carry.ledger.exact(member(node, 'speak_during_execution'));
  if (rawText(member(instruction, 'type')) === 'static_text') {
    const before = carry.text(text);
    return before === undefined || before.trim() === '' ? {} : { before };
  }
  const sentence = quotedIn(rawText(text));
  if (sentence === undefined) {
    carry.ledger.lost(text, 'step-message');
    return {};
  }
  const carried = carry.text({ ...text, value: sentence }, 'step-message');
  return carried === undefined ? {} : { before: carried };
}

/** With a prompt the model says something of its own and then transfers; else the step does it by itself. */
function transferring(carry: Carry, node: Cursor): Acting {
  const tool = transferTool(carry, node, rawText(member(node, 'name'))?.trim() || 'transfer');
  const instruction = member(node, 'instruction');
  const text = member(instruction, 'text', 'prompt');
  const free =
    rawText(member(instruction, 'type')) !== 'static_text' && quotedIn(rawText(text)) === undefined;
  const exits = transferExit(carry, node);
  if (text === undefined || !free || rawFlag(member(node, 'speak_during_execution')) === false) {
    return { action: { type: 'call', tool, ...fixedText(carry, node) }, exits };
  }
  carry.ledger.exact(member(node, 'speak_during_execution'));
  const words = carry.text(text, 'step-message') ?? '';
  const then = `${words}\n\nThen transfer the call with the transfer tool.`;
  return { action: { type: 'talk', text: then, tools: [tool] }, exits };
}

/** `say "One moment."` → `One moment.` */
function quotedIn(text: string | undefined): string | undefined {
  return /^\s*(?:say|tell [a-z ]+)?\s*[:,-]?\s*["“]([^"”]{3,400})["”]\.?\s*$/i.exec(text ?? '')?.[1];
}

function ending(carry: Carry, node: Cursor): Acting {
  const instruction = member(node, 'instruction');
  const text = member(instruction, 'text', 'prompt');
  carry.ledger.exact(member(node, 'speak_during_execution'));
  if (text === undefined || (rawText(text) ?? '').trim() === '')
    return { action: { type: 'end' }, exits: [] };
  if (rawText(member(instruction, 'type')) === 'static_text') {
    return { action: { type: 'end', before: carry.text(text) ?? '' }, exits: [] };
  }
  const words = carry.text(text, 'step-end') ?? '';
  const hangup: Tool = { type: 'hangup', name: 'end_call', at: node, config: {} };
  const goodbye = `${words}\n\nThen end the call with the hang-up tool.`;
  return { action: { type: 'talk', text: goodbye, tools: [hangup] }, exits: [] };
}

function withTool(carry: Carry, node: Cursor, tool: Tool | undefined, fallback: string): Acting {
  const instruction = member(node, 'instruction');
  const text = carry.text(member(instruction, 'text', 'prompt'))?.trim() || fallback;
  const settings = nodeSettings(carry, node);
  return {
    action: { type: 'talk', text, tools: tool === undefined ? [] : [tool], settings },
    exits: exitsOf(carry, node),
  };
}

function texting(carry: Carry, node: Cursor): Acting {
  const tool = smsTool(carry, node);
  const exits = exitsOf(carry, node);
  if (tool.config.message_template !== undefined) return { action: { type: 'call', tool }, exits };
  const text = carry.text(memberAt(node, 'instruction', 'text'))?.trim() ?? '';
  const words = `Send the caller a text message with the message tool. ${text}`.trim();
  return { action: { type: 'talk', text: words, tools: [tool] }, exits };
}

function extracting(carry: Carry, node: Cursor): Acting {
  const tool = extractTool(carry, node);
  const exits = exitsOf(carry, node);
  if (tool === undefined) return { action: { type: 'route' }, exits };
  carry.ledger.near(member(node, 'type'), 'step-extract');
  const text = `Set the variables with the tool ${tool.name} from what the caller has said so far. Say nothing and ask nothing.`;
  return { action: { type: 'talk', text, tools: [tool] }, exits };
}

function swapping(carry: Carry, node: Cursor): Acting {
  const id = member(node, 'agent_id');
  const keeps = member(node, 'keep_current_voice');
  carry.ledger.exact(keeps);
  const before = fixedText(carry, node);
  const agent = { id: rawText(id) ?? '', at: id ?? node };
  const ownVoice = rawFlag(keeps) !== true;
  return { action: { type: 'agent', agent, ownVoice, ...before }, exits: transferExit(carry, node) };
}

function asking(carry: Carry, node: Cursor): Acting {
  const tool = member(node, 'mcp_tool_name');
  const name = carry.text(tool, 'mcp') ?? 'of the MCP server';
  const instruction = carry.text(memberAt(node, 'instruction', 'text'), 'step-message') ?? '';
  carry.ledger.lost(member(node, 'response_variables'), 'mcp');
  const text = `Call the tool ${name} and go on with its result. ${instruction}`.trim();
  return { action: { type: 'talk', text, tools: [] }, exits: exitsOf(carry, node) };
}

function unknown(carry: Carry, node: Cursor, type: string): Acting {
  carry.ledger.lost(member(node, 'type'), 'step-unknown', type);
  const text = carry.text(memberAt(node, 'instruction', 'text'), 'step-unknown');
  const exits = [...exitsOf(carry, node), ...transferExit(carry, node)];
  if (text === undefined || text.trim() === '') return { action: { type: 'route' }, exits };
  return { action: { type: 'talk', text, tools: [] }, exits };
}
