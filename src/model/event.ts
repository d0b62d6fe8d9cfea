import type { JsonObject } from './json.ts';

/** What happened, for programs: names, counts and versions, and never a text of a document. */
export const EVENT_TYPES = [
  'planned',
  'waiting',
  'applied',
  'partly',
  'failed',
  'gate',
  'promoted',
  'rolled_back',
  'rollout.step',
  'rollout.paused',
  'rollout.aborted',
  'rollout.promoted',
  'drift',
  'behind',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** A happening before it has an id and a time, unless it was kept with both to be told later. */
export interface Happening {
  readonly id?: string;
  /** RFC 3339, UTC. */
  readonly at?: string;
  readonly type: EventType;
  /** Address of the resource that it is about; absent: the environment as a whole. */
  readonly subject?: string;
  /** One sentence without any text of a document. */
  readonly text: string;
  readonly data: JsonObject;
}

/** CloudEvents 1.0 in JSON. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** For receivers that show one line. */
  readonly text: string;
  readonly data: JsonObject;
}
