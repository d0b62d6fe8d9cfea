/** Rules over all tools of an assistant: its inline tools and the shared ones it names. */
import type { DesiredResource } from '../../model/desired.ts';
import { isArray, type Json, type JsonObject } from '../../model/json.ts';
import type { Finding } from '../problems/problem.ts';
import { objectOf, objectsOf, problem, type RuleContext, referenced, textOf, warning } from './world.ts';

interface UsedTool {
  /** Pointer of the inline tool or of the reference. */
  readonly pointer: string;
  readonly body: JsonObject;
  readonly shared: boolean;
}

/** Types of which an assistant may have any number, by the official SDK's description of `tools`. */
const MANY: ReadonlySet<string> = new Set(['function', 'webhook', 'client_side_tool']);
/** Types whose tools the model calls by a name of their own. */
const NAMED = ['function', 'webhook', 'client_side_tool', 'update_dynamic_variables'] as const;

export function assistantToolRules(resource: DesiredResource, world: RuleContext): readonly Finding[] {
  const { spec } = resource;
  const tools: readonly UsedTool[] = [
    ...objectsOf(spec.tools).map(([index, body]) => ({
      pointer: `/spec/tools/${index}`,
      body,
      shared: false,
    })),
    ...sharedTools(spec.tool_ids, '/spec/tool_ids', world),
  ];
  return [
    ...attachedTwice(spec.tool_ids),
    ...singleInstances(tools),
    ...uniqueNames(tools),
    ...payNeedsSilence(resource, [...tools, ...flowTools(spec, world)]),
    ...tools.flatMap(({ body, shared, pointer }) => (shared ? [] : toolRules(body, pointer))),
  ];
}

/** Rules of one tool, inline or shared; `pointer` is that of the object with `type`. */
export function toolRules(body: JsonObject, pointer: string): readonly Finding[] {
  const findings: Finding[] = [];
  if (objectOf(body.webhook).timeout_ms !== undefined) {
    const at = `${pointer}/webhook/timeout_ms`;
    const message = 'the platform stores timeout_ms of a webhook here but does not apply it';
    const hint = `write timeout_ms: ${JSON.stringify(objectOf(body.webhook).timeout_ms)} one level up, beside type`;
    findings.push({ ...warning('WEBHOOK_TIMEOUT', at, message, hint), at: 'key' });
  }
  const transfer = objectOf(body.transfer);
  if (objectOf(transfer.warm_transfer_acceptance).enabled === true && !hasBriefing(transfer)) {
    const at = `${pointer}/transfer/warm_transfer_acceptance`;
    const message =
      'warm_transfer_acceptance needs warm_transfer_instructions, or a message for every target';
    findings.push(problem('WARM_TRANSFER', at, message));
  }
  return findings;
}

function hasBriefing(transfer: JsonObject): boolean {
  if (textOf(transfer.warm_transfer_instructions)?.trim()) return true;
  const targets = objectsOf(transfer.targets);
  return targets.length > 0 && targets.every(([, target]) => Boolean(textOf(target.message)?.trim()));
}

function sharedTools(ids: Json | undefined, pointer: string, world: RuleContext): readonly UsedTool[] {
  if (!isArray(ids)) return [];
  return ids.flatMap((id, index) => {
    const tool = referenced(id, world);
    return tool === undefined ? [] : [{ pointer: `${pointer}/${index}`, body: tool.spec, shared: true }];
  });
}

function flowTools(spec: JsonObject, world: RuleContext): readonly UsedTool[] {
  return objectsOf(objectOf(spec.conversation_flow).nodes).flatMap(([index, node]) => {
    const pointer = `/spec/conversation_flow/nodes/${index}`;
    const single = referenced(node.shared_tool_id, world);
    const one = single && { pointer: `${pointer}/shared_tool_id`, body: single.spec, shared: true };
    return [...(one ? [one] : []), ...sharedTools(node.shared_tool_ids, `${pointer}/shared_tool_ids`, world)];
  });
}

function attachedTwice(ids: Json | undefined): readonly Finding[] {
  const seen = new Set<string>();
  return (isArray(ids) ? ids : []).flatMap((id, index) => {
    const name = JSON.stringify(id);
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [
      warning(
        'TOOL_ATTACHED_TWICE',
        `/spec/tool_ids/${index}`,
        'this tool is attached already',
        'remove the line',
      ),
    ];
  });
}

function singleInstances(tools: readonly UsedTool[]): readonly Finding[] {
  const first = new Map<string, UsedTool>();
  const findings: Finding[] = [];
  for (const tool of tools) {
    const type = textOf(tool.body.type);
    if (type === undefined || MANY.has(type)) continue;
    const other = first.get(type);
    if (other === undefined) {
      first.set(type, tool);
      continue;
    }
    if (tool.shared && other.shared && tool.body === other.body) continue;
    const kept = other.shared ? 'a shared one of tool_ids' : 'an inline one';
    const message = `an assistant can have one ${type} tool only, and there is ${kept} already`;
    findings.push(problem('TOOL_SINGLE_INSTANCE', at(tool, 'type'), message, 'merge the two into one tool'));
  }
  return findings;
}

function uniqueNames(tools: readonly UsedTool[]): readonly Finding[] {
  const first = new Map<string, UsedTool>();
  const findings: Finding[] = [];
  for (const tool of tools) {
    const type = NAMED.find((name) => name === tool.body.type);
    const name = type === undefined ? undefined : textOf(objectOf(tool.body[type]).name);
    if (type === undefined || name === undefined) continue;
    const other = first.get(name);
    if (other === undefined) {
      first.set(name, tool);
      continue;
    }
    if (tool.shared && other.shared && tool.body === other.body) continue;
    const message = `two tools of this assistant are named ${name}; the model could not tell them apart`;
    findings.push(problem('TOOL_NAME_TWICE', at(tool, `${type}/name`), message, 'rename one of the two'));
  }
  return findings;
}

function payNeedsSilence(resource: DesiredResource, tools: readonly UsedTool[]): readonly Finding[] {
  if (objectOf(resource.spec.telephony_settings).disable_dtmf === true) return [];
  return tools
    .filter(({ body }) => body.type === 'pay')
    .slice(0, 1)
    .map((tool) => {
      const message =
        'a pay tool needs telephony_settings.disable_dtmf: true, or the API refuses the assistant';
      return problem(
        'PAY_NEEDS_DISABLE_DTMF',
        at(tool, 'type'),
        message,
        'add telephony_settings: { disable_dtmf: true }',
      );
    });
}

function at(tool: UsedTool, field: string): string {
  return tool.shared ? tool.pointer : `${tool.pointer}/${field}`;
}
