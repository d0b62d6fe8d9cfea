/**
 * Agents as every platform has them: what a decoder makes of files and the writer makes documents of. Texts are
 * ready to be written (variables renamed, credentials replaced); a cursor says where a thing came from.
 */
import type { Json, JsonObject } from '../model/json.ts';
import type { Cursor } from './source/cursor.ts';

export interface Agent {
  /** Names by which other agents and tests of the same files speak of this one. */
  readonly ids: readonly string[];
  readonly name: string;
  readonly at: Cursor;
  readonly prompt: string;
  /** The first sentence; `MODEL_GREETING` lets the model write it, empty waits for the caller. */
  readonly greeting?: string;
  /** Blocks of the assistant as Telnyx names them: model, voice_settings, telephony_settings and so on. */
  readonly settings: JsonObject;
  readonly tools: readonly Tool[];
  readonly servers: readonly Server[];
  readonly flow?: Flow;
  readonly insights: readonly Insight[];
  /** Service that gets the results of the insights. */
  readonly resultsWebhook?: string;
  readonly variables: { readonly [name: string]: Json };
}

/** Makes the model write the first sentence. */
export const MODEL_GREETING = '<assistant-speaks-first-with-model-generated-message>';

/** Types of which an assistant may have any number; of every other type it has one. */
export type ManyType = 'webhook' | 'client_side_tool';

export type SingleType =
  | 'hangup'
  | 'transfer'
  | 'send_dtmf'
  | 'send_message'
  | 'skip_turn'
  | 'update_dynamic_variables'
  | 'handoff';

export interface Tool {
  readonly type: ManyType | SingleType;
  readonly name: string;
  readonly at: Cursor;
  /** The inner object of the type as Telnyx has it, without the agents of a handoff. */
  readonly config: JsonObject;
  readonly timeoutMs?: number;
  /** Of a handoff. */
  readonly agents?: readonly AgentMention[];
}

/** Another agent, by any of its names. */
export interface AgentMention {
  readonly id: string;
  readonly at: Cursor;
  readonly when?: string;
}

export interface Server {
  readonly name: string;
  readonly at: Cursor;
  readonly config: JsonObject;
  /** Absent: all of them. */
  readonly allowed?: readonly string[];
}

export interface Insight {
  readonly name: string;
  readonly at: Cursor;
  readonly instructions: string;
  readonly schema?: Json;
}

export interface Flow {
  readonly steps: readonly FlowStep[];
  readonly start?: string;
  readonly at: Cursor;
}

export interface FlowStep {
  readonly id: string;
  readonly name?: string;
  readonly position?: { readonly x: number; readonly y: number };
  readonly at: Cursor;
  readonly action: StepAction;
  /** When the conversation goes here from any step that talks. */
  readonly global?: { readonly words: string; readonly at: Cursor };
  readonly exits: readonly Exit[];
}

export type StepAction =
  /** The model leads the conversation. `own`: without the instructions of the agent. */
  | {
      readonly type: 'talk';
      readonly text: string;
      readonly tools: readonly Tool[];
      readonly own?: boolean;
      readonly settings?: JsonObject;
    }
  /** Says a sentence and goes on. */
  | { readonly type: 'say'; readonly text: string }
  /** Runs a tool; `before` is said first. */
  | { readonly type: 'call'; readonly tool: Tool; readonly before?: string }
  /** Decides, without a turn. */
  | { readonly type: 'route' }
  | {
      readonly type: 'agent';
      readonly agent: AgentMention;
      readonly before?: string;
      readonly ownVoice?: boolean;
    }
  | { readonly type: 'end'; readonly before?: string };

export interface Exit {
  readonly id: string;
  readonly when: Condition;
  readonly to: string;
  readonly at: Cursor;
}

export type Condition =
  | { readonly type: 'words'; readonly text: string }
  | { readonly type: 'expression'; readonly expression: JsonObject }
  /** `words` says the same after a step that talks, where Telnyx has no such edge. */
  | { readonly type: 'otherwise'; readonly words: string };

export interface SimulatedCall {
  readonly name: string;
  readonly at: Cursor;
  readonly description?: string;
  readonly instructions: string;
  readonly criteria: readonly { readonly name: string; readonly text: string }[];
  readonly suite?: string;
  /** The agent that is tested; absent: the file does not say. */
  readonly agent?: string;
  readonly maxSeconds?: number;
}

export interface Decoded {
  readonly agents: readonly Agent[];
  /** Tools that no agent of the files uses. */
  readonly tools?: readonly Tool[];
  readonly tests: readonly SimulatedCall[];
  /** Id of the agent that tests without a target are for. */
  readonly entry?: string;
}
