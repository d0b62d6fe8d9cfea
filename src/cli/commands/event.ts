import { Failure } from '../../model/errors.ts';
import { isId, scalarText } from '../../model/side-api.ts';
import { withApi, workplace } from '../../operations/account/account.ts';
import { renderRecord, renderRecords } from '../../render/terminal/records.ts';
import type { Context } from '../context.ts';
import { type EventCreateFlags, eventBody } from '../event-body.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { requireTime } from '../pairs.ts';

export interface EventListFlags {
  readonly from?: string;
  readonly to?: string;
  readonly channel?: string;
  readonly format: string;
}

/** Calls and messages that are scheduled for an assistant. */
export async function listEvents(context: Context, text: string, flags: EventListFlags): Promise<number> {
  const filter = {
    from: flags.from === undefined ? undefined : requireTime('--from', flags.from),
    to: flags.to === undefined ? undefined : requireTime('--to', flags.to),
    channel: flags.channel,
  };
  const { project, idOf } = await workplace(context);
  const id = await idOf('assistant', text);
  const events = await withApi(context, project, (api) => api.listEvents(id, filter));
  if (flags.format === 'json') {
    context.printJson({ assistant_id: id, events });
    return EXIT_DONE;
  }
  const titles = ['ID', 'AT', 'CHANNEL', 'FROM', 'TO', 'STATUS'];
  const names = ['scheduled_event_id', 'scheduled_at_fixed_datetime', 'telnyx_conversation_channel'];
  const more = ['telnyx_agent_target', 'telnyx_end_user_target', 'status'];
  const rows = events.map((event) => [...names, ...more].map((name) => scalarText(event[name])));
  context.print(renderRecords(titles, rows, 'Nothing is scheduled.', context.style));
  return EXIT_DONE;
}

/** One scheduled event with everything that the API tells of it. */
export async function showEvent(
  context: Context,
  text: string,
  event: string,
  format: string,
): Promise<number> {
  requireEventId(event);
  const { project, idOf } = await workplace(context);
  const id = await idOf('assistant', text);
  const found = await withApi(context, project, (api) => api.getEvent(id, event));
  if (format === 'json') context.printJson({ event: found });
  else context.print(renderRecord(`event ${event}`, [], [['details', found]], context.style));
  return EXIT_DONE;
}

/** Schedules a call or a message. The body is checked before any request. */
export async function createEvent(context: Context, text: string, flags: EventCreateFlags): Promise<number> {
  const body = eventBody(flags, context.runtime.clock());
  const { project, idOf } = await workplace(context);
  const id = await idOf('assistant', text);
  const made = await withApi(context, project, (api) => api.createEvent(id, body, context.runtime.uuid()));
  const event = scalarText(made.scheduled_event_id ?? made.id);
  if (flags.format === 'json') context.printJson({ event: made });
  else context.print(`Event ${event} is scheduled for ${scalarText(body.scheduled_at_fixed_datetime)}.\n`);
  return EXIT_DONE;
}

/** Takes a scheduled event back. */
export async function cancelEvent(
  context: Context,
  text: string,
  event: string,
  format: string,
): Promise<number> {
  requireEventId(event);
  const { project, idOf } = await workplace(context);
  const id = await idOf('assistant', text);
  await withApi(context, project, (api) => api.cancelEvent(id, event));
  if (format === 'json') context.printJson({ assistant_id: id, event_id: event, cancelled: true });
  else context.print(`Event ${event} is cancelled.\n`);
  return EXIT_DONE;
}

function requireEventId(text: string): void {
  if (isId(text)) return;
  throw new Failure('usage', `${JSON.stringify(text)} is no id of an event`, {
    code: 'ID_INVALID',
    hint: 'assistantctl event list ADDR shows the ids',
  });
}
