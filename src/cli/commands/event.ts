import { Option } from '@commander-js/extra-typings';
import { Failure } from '../../model/errors.ts';
import { isId, scalarText } from '../../model/side-api.ts';
import { resourceIds, withApi } from '../../operations/account/account.ts';
import { renderRecord, renderRecords } from '../../render/terminal/records.ts';
import { defineCommand } from '../define.ts';
import { eventBody } from '../event-body.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { textOrJson } from '../options.ts';
import { requireTime } from '../pairs.ts';

function channel() {
  return new Option('--channel <channel>', 'how the conversation is held').choices([
    'phone_call',
    'sms_chat',
  ]);
}

/** Calls and messages that are scheduled for an assistant. */
export const listEvents = defineCommand({
  usage: 'list <assistant>',
  options: (command) =>
    textOrJson(command)
      .option('--from <time>', 'not before')
      .option('--to <time>', 'not after')
      .addOption(channel()),
  run: async (context, [text], flags) => {
    const filter = {
      from: flags.from === undefined ? undefined : requireTime('--from', flags.from),
      to: flags.to === undefined ? undefined : requireTime('--to', flags.to),
      channel: flags.channel,
    };
    const { project, idOf } = await resourceIds(context);
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
  },
});

/** One scheduled event with everything that the API tells of it. */
export const showEvent = defineCommand({
  usage: 'show <assistant> <event>',
  options: (command) => textOrJson(command),
  run: async (context, [text, event], { format }) => {
    requireEventId(event);
    const { project, idOf } = await resourceIds(context);
    const id = await idOf('assistant', text);
    const found = await withApi(context, project, (api) => api.getEvent(id, event));
    if (format === 'json') context.printJson({ event: found });
    else context.print(renderRecord(`event ${event}`, [], [['details', found]], context.style));
    return EXIT_DONE;
  },
});

/** Schedules a call or a message. The body is checked before any request. */
export const createEvent = defineCommand({
  usage: 'create <assistant>',
  options: (command) =>
    textOrJson(command)
      .requiredOption('--at <time>', 'when, for example 2030-01-31T09:00:00Z')
      .requiredOption('--from <number>', "the assistant's number")
      .requiredOption('--to <number>', 'who is called or gets the message')
      .addOption(channel().makeOptionMandatory())
      .option('--text <text>', 'first message, for SMS')
      .option('--var <name=value...>', 'dynamic variable')
      .option('--metadata <name=value...>', 'metadata of the conversation')
      .option('--max-retries <n>', 'retries after client errors, for calls: 0 to 10')
      .option('--retry-interval <seconds>', 'between retries, for calls: 60 to 86400')
      .addOption(
        new Option('--sip-region <region>', 'region of the call').choices([
          'US',
          'Europe',
          'Canada',
          'Australia',
          'Middle East',
        ]),
      ),
  run: async (context, [text], flags) => {
    const body = eventBody(flags, context.runtime.clock());
    const { project, idOf } = await resourceIds(context);
    const id = await idOf('assistant', text);
    const made = await withApi(context, project, (api) => api.createEvent(id, body, context.runtime.uuid()));
    const event = scalarText(made.scheduled_event_id ?? made.id);
    if (flags.format === 'json') context.printJson({ event: made });
    else context.print(`Event ${event} is scheduled for ${scalarText(body.scheduled_at_fixed_datetime)}.\n`);
    return EXIT_DONE;
  },
});

/** Takes a scheduled event back. */
export const cancelEvent = defineCommand({
  usage: 'cancel <assistant> <event>',
  options: (command) => textOrJson(command),
  run: async (context, [text, event], { format }) => {
    requireEventId(event);
    const { project, idOf } = await resourceIds(context);
    const id = await idOf('assistant', text);
    await withApi(context, project, (api) => api.cancelEvent(id, event));
    if (format === 'json') context.printJson({ assistant_id: id, event_id: event, cancelled: true });
    else context.print(`Event ${event} is cancelled.\n`);
    return EXIT_DONE;
  },
});

function requireEventId(text: string): void {
  if (isId(text)) return;
  throw new Failure('usage', `${JSON.stringify(text)} is no id of an event`, {
    code: 'ID_INVALID',
    hint: 'assistantctl event list ADDR shows the ids',
  });
}
