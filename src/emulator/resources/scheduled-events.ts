import { isObject, type JsonObject } from '../../model/json.ts';
import { type Call, empty, ok, type Reply, type Route } from '../contract/contract.ts';
import { invalid, notFound, type ValidationIssue } from '../contract/errors.ts';
import { pick, text } from '../contract/fields.ts';
import { pageOf } from '../contract/paging.ts';
import { parameter } from '../contract/router.ts';
import { assistantOf } from './versions.ts';

const REQUIRED = [
  'scheduled_at_fixed_datetime',
  'telnyx_agent_target',
  'telnyx_conversation_channel',
  'telnyx_end_user_target',
];
const COMMON = [...REQUIRED, 'conversation_metadata', 'dynamic_variables'];

function* inRange(body: JsonObject, name: string, min: number, max: number): Generator<ValidationIssue> {
  const value = body[name];
  if (value === undefined) return;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    yield { loc: ['body', name], msg: `Input should be an integer from ${min} to ${max}`, type: 'int_range' };
  }
}

function* problems(body: JsonObject): Generator<ValidationIssue> {
  for (const name of REQUIRED) {
    if (typeof body[name] !== 'string') yield { loc: ['body', name], msg: 'Field required', type: 'missing' };
  }
  if (Number.isNaN(Date.parse(text(body, 'scheduled_at_fixed_datetime')))) {
    yield {
      loc: ['body', 'scheduled_at_fixed_datetime'],
      msg: 'Input should be a valid datetime',
      type: 'datetime_parsing',
    };
  }
  const channel = body.telnyx_conversation_channel;
  if (channel !== 'phone_call' && channel !== 'sms_chat') {
    yield {
      loc: ['body', 'telnyx_conversation_channel'],
      msg: "Input should be 'phone_call' or 'sms_chat'",
      type: 'enum',
    };
  }
  if (channel === 'sms_chat' && typeof body.text !== 'string') {
    yield { loc: ['body', 'text'], msg: 'Field required', type: 'missing' };
  }
  yield* inRange(body, 'max_retries_client_errors', 0, 10);
  yield* inRange(body, 'retry_interval_secs', 60, 86_400);
}

function createEvent({ world, params, body }: Call): Reply {
  const assistant = assistantOf(world, parameter(params, 'assistant_id'));
  const issues = [...problems(body)];
  if (issues.length > 0) throw invalid(issues);
  const id = world.uuid();
  const call = body.telnyx_conversation_channel === 'phone_call';
  const event: JsonObject = {
    scheduled_event_id: id,
    assistant_id: text(assistant, 'id'),
    ...pick(body, COMMON),
    created_at: world.now().toISOString(),
    status: 'pending',
    retry_count: 0,
    errors: [],
    ...(call
      ? {
          max_retries_client_errors: 0,
          ...pick(body, ['call_settings', 'max_retries_client_errors', 'retry_interval_secs']),
          call_attempts: [],
        }
      : pick(body, ['text'])),
  };
  world.store.put('scheduled_events', id, event);
  return ok(event, 201);
}

function listEvents(call: Call): Reply {
  const assistant = assistantOf(call.world, parameter(call.params, 'assistant_id'));
  const { from_date: from, to_date: to, conversation_channel: channel } = call.query;
  const at = (event: JsonObject) => Date.parse(text(event, 'scheduled_at_fixed_datetime'));
  const found = call.world.store
    .all('scheduled_events')
    .filter((event) => event.assistant_id === assistant.id)
    .filter((event) => channel === undefined || event.telnyx_conversation_channel === channel)
    .filter((event) => from === undefined || at(event) >= Date.parse(from))
    .filter((event) => to === undefined || at(event) <= Date.parse(to));
  return ok(pageOf(call, found));
}

function eventOf({ world, params }: Call): JsonObject {
  const found = world.store.get('scheduled_events', parameter(params, 'event_id'));
  if (!isObject(found) || found.assistant_id !== parameter(params, 'assistant_id')) {
    throw notFound('Scheduled event not found.');
  }
  return found;
}

const ALL = '/ai/assistants/{assistant_id}/scheduled_events';

export const EVENT_ROUTES: readonly Route[] = [
  { method: 'GET', path: ALL, handle: listEvents },
  { method: 'POST', path: ALL, handle: createEvent, keyed: true },
  { method: 'GET', path: `${ALL}/{event_id}`, handle: (call) => ok(eventOf(call)) },
  {
    method: 'DELETE',
    path: `${ALL}/{event_id}`,
    handle: (call) => {
      call.world.store.remove('scheduled_events', text(eventOf(call), 'scheduled_event_id'));
      return empty(200);
    },
  },
];
