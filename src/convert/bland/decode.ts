/** Pathways of Bland, and the settings of an inbound number with one prompt. */
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { modelBlock } from '../blocks/model.ts';
import { block, listening, merged, timeLimit } from '../blocks/settings.ts';
import { fileTitle } from '../blocks/steps.ts';
import { voiceSettings } from '../blocks/voice.ts';
import type { Carry } from '../carry.ts';
import type { Agent, Decoded, FlowStep, Tool } from '../neutral.ts';
import {
  type Cursor,
  elements,
  entries,
  hasMember,
  member,
  memberAt,
  rawFlag,
  rawNumber,
  rawText,
} from '../source/cursor.ts';
import { blandStep } from './steps.ts';
import { blandTool } from './tools.ts';

export type BlandPart = 'pathway' | 'number';

const NUMBER_FIELDS = [
  ...[
    'first_sentence',
    'transfer_list',
    'transfer_phone_number',
    'interruption_threshold',
    'max_duration',
    'dynamic_data',
  ],
  ...['wait_for_greeting', 'pathway_id', 'task', 'request_data', 'voicemail_message', 'phone_number'],
];

/** Undefined for what is not Bland's. */
export function blandPart(value: Json): BlandPart | undefined {
  if (!isObject(value)) return undefined;
  if (isArray(value.nodes) && value.nodes.some(isNode)) return 'pathway';
  const prompt = typeof value.prompt === 'string' || typeof value.task === 'string';
  return prompt && hasMember(value, ...NUMBER_FIELDS) ? 'number' : undefined;
}

function isNode(value: Json): boolean {
  return (
    isObject(value) &&
    (isObject(value.data) || isObject(value.globalConfig)) &&
    value.instruction === undefined
  );
}

export function decodeBland(carry: Carry, parts: readonly Cursor[]): Decoded {
  for (const part of parts) carry.ledger.enclose(part);
  const agents = parts.map((at) =>
    blandPart(at.value) === 'pathway' ? pathway(carry, at) : inbound(carry, at),
  );
  return { agents, tests: [] };
}

function pathway(carry: Carry, at: Cursor): Agent {
  const title = member(at, 'name', 'pathway_name');
  carry.ledger.exact(title);
  const nodes = elements(member(at, 'nodes'));
  const edges = elements(member(at, 'edges'));
  const real = nodes.filter((node) => member(node, 'globalConfig') === undefined);
  const start = real.find((node) => rawFlag(memberAt(node, 'data', 'isStart')) === true) ?? real[0];
  const steps = real.map((node) => withGreeting(blandStep(carry, node, edges), node === start));
  const id = rawText(member(start, 'id'));
  const greeting = greetingOf(carry, start);
  const name = rawText(title)?.trim() || fileTitle(at);
  return {
    ids: [...[member(at, 'id', 'pathway_id')].flatMap((each) => rawText(each) ?? []), name],
    name,
    at,
    prompt: globalPrompt(carry, at, nodes),
    ...(greeting === undefined ? {} : { greeting }),
    settings: block('description', carry.text(member(at, 'description'))),
    tools: [],
    servers: [],
    flow: { steps, at, ...(id === undefined ? {} : { start: id }) },
    insights: [],
    variables: {},
  };
}

/** The first step's fixed text is the greeting; the step itself then listens. */
function greetingOf(carry: Carry, start: Cursor | undefined): string | undefined {
  const data = member(start, 'data');
  const fixed = (rawText(member(data, 'prompt')) ?? '').trim() === '';
  const text = fixed ? carry.text(member(data, 'text')) : undefined;
  return text === undefined || text.trim() === '' ? undefined : text;
}

function withGreeting(step: FlowStep, isStart: boolean): FlowStep {
  const { action } = step;
  return isStart && action.type === 'say'
    ? { ...step, action: { type: 'talk', text: action.text, tools: [] } }
    : step;
}

/** One for the whole pathway; older exports repeat it in every step. */
function globalPrompt(carry: Carry, at: Cursor, nodes: readonly Cursor[]): string {
  const places = [
    member(at, 'globalPrompt', 'global_prompt'),
    memberAt(at, 'globalConfig', 'globalPrompt'),
    ...nodes.flatMap((node) => [
      memberAt(node, 'globalConfig', 'globalPrompt'),
      memberAt(node, 'data', 'globalPrompt'),
    ]),
  ];
  const texts = places.flatMap((place) => carry.text(place)?.trim() || []);
  return [...new Set(texts)].join('\n\n');
}

function inbound(carry: Carry, at: Cursor): Agent {
  const title = member(at, 'name', 'label');
  carry.ledger.exact(title);
  const number = rawText(member(at, 'phone_number'));
  const name = rawText(title)?.trim() || (number === undefined ? fileTitle(at) : `Number ${number}`);
  const greeting =
    rawFlag(member(at, 'wait_for_greeting')) === true ? '' : carry.text(member(at, 'first_sentence'));
  carry.ledger.exact(member(at, 'wait_for_greeting'));
  // It gets the results of insights, and a number has none.
  carry.ledger.lost(member(at, 'webhook'), 'events-webhook');
  const variables = carry.json(member(at, 'request_data'));
  const voicemail = carry.text(member(at, 'voicemail_message'), 'voicemail')?.trim();
  return {
    ids: [name],
    name,
    at,
    prompt: carry.text(member(at, 'prompt', 'task')) ?? '',
    ...(greeting === undefined ? {} : { greeting }),
    settings: merged([
      modelBlock(carry, member(at, 'model')),
      voiceSettings(carry, { id: member(at, 'voice', 'voice_id') }),
      listening(carry, member(at, 'language')),
      timeLimit(carry, member(at, 'max_duration'), 60),
      interruption(carry, member(at, 'interruption_threshold')),
      block('telephony_settings.recording_settings.enabled', carry.flag(member(at, 'record'))),
      voicemail ? left(voicemail) : {},
    ]),
    tools: [
      ...transfers(carry, at),
      ...elements(member(at, 'tools')).flatMap((each) => blandTool(carry, each) ?? []),
    ],
    servers: [],
    insights: [],
    variables: isObject(variables) ? variables : {},
  };
}

function left(message: string): JsonObject {
  const voicemail_message = { type: 'message', message };
  const action = 'leave_message_and_stop_assistant';
  return block('telephony_settings.voicemail_detection.on_voicemail_detected', { action, voicemail_message });
}

/** Milliseconds of patience before the assistant speaks. */
function interruption(carry: Carry, at: Cursor | undefined): JsonObject {
  const value = rawNumber(at);
  if (value === undefined) return {};
  carry.ledger.near(at, 'turn-taking');
  const seconds = Math.min(Math.max(value / 1000, 0), 3);
  return block('interruption_settings.start_speaking_plan.wait_seconds', seconds);
}

function transfers(carry: Carry, at: Cursor): readonly Tool[] {
  const single = carry.text(member(at, 'transfer_phone_number'))?.trim();
  const list = entries(member(at, 'transfer_list')).flatMap(([name, each]) => {
    const to = carry.text(each)?.trim();
    return to ? [{ name, to }] : [];
  });
  const targets = [
    ...list,
    ...(single && !list.some(({ to }) => to === single) ? [{ name: 'default', to: single }] : []),
  ];
  if (targets.length === 0) return [];
  return [
    { type: 'transfer', name: 'transfer_call', at, config: { from: '{{telnyx_agent_target}}', targets } },
  ];
}
