import { resolve } from 'node:path';
import { scalarText } from '../../model/side-api.ts';
import { resourceIds, withApi } from '../../operations/account/account.ts';
import { requireApproval } from '../../operations/apply/approval.ts';
import { readTextFile } from '../../operations/files.ts';
import { renderText } from '../../render/terminal/records.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { APPROVE, textOrJson } from '../options.ts';
import { requireNumber } from '../pairs.ts';

/** Copies an assistant. The copy belongs to no spec until someone adopts it. */
export const cloneAssistant = defineCommand({
  usage: 'clone <assistant>',
  options: (command) => textOrJson(command).option(...APPROVE),
  run: async (context, [text], flags) => {
    const { project, idOf } = await resourceIds(context);
    requireApproval(project.environment, { approve: flags.approve });
    const id = await idOf('assistant', text);
    const copy = await withApi(context, project, (api) => api.cloneAssistant(id, context.runtime.uuid()));
    if (flags.format === 'json') context.printJson({ id: copy.id, name: copy.name, copy_of: id });
    else {
      context.print(`${copy.id} (${JSON.stringify(copy.name)}) is a copy of ${id}.\n`);
      context.print(
        `Telephony and messaging settings are not copied. To manage it: assistantctl pull --adopt ${copy.id}\n`,
      );
    }
    return EXIT_DONE;
  },
});

/** Starts a conversation by SMS. */
export const sendSms = defineCommand({
  usage: 'sms <assistant>',
  options: (command) =>
    textOrJson(command)
      .requiredOption('--from <number>', "number of the assistant's messaging profile")
      .requiredOption('--to <number>', 'who gets the message')
      .option('--text <text>', 'first message; the assistant words one when left out'),
  run: async (context, [text], flags) => {
    const sms = {
      from: requireNumber('--from', flags.from),
      to: requireNumber('--to', flags.to),
      text: flags.text,
    };
    const { project, idOf } = await resourceIds(context);
    const id = await idOf('assistant', text);
    const conversation = await withApi(context, project, (api) =>
      api.sendSms(id, sms, context.runtime.uuid()),
    );
    if (flags.format === 'json')
      context.printJson({ assistant_id: id, conversation_id: conversation ?? null });
    else
      context.print(
        `Sent to ${sms.to}${conversation === undefined ? '' : `, conversation ${conversation}`}.\n`,
      );
    return EXIT_DONE;
  },
});

/** Starts a conversation by WhatsApp. */
export const sendWhatsapp = defineCommand({
  usage: 'whatsapp <assistant>',
  options: (command) =>
    textOrJson(command)
      .requiredOption('--from <number>', "the assistant's WhatsApp number")
      .requiredOption('--to <number>', 'who gets the message')
      .requiredOption('--text <text>', 'the message'),
  run: async (context, [text], flags) => {
    const from = requireNumber('--from', flags.from);
    const to = requireNumber('--to', flags.to);
    const { project, idOf } = await resourceIds(context);
    const id = await idOf('assistant', text);
    const reply = await withApi(context, project, (api) =>
      api.sendWhatsapp(id, { from, to, content: flags.text }, context.runtime.uuid()),
    );
    const conversation = scalarText(reply.conversation_id);
    if (flags.format === 'json') context.printJson({ assistant_id: id, ...reply });
    else context.print(`Sent to ${to}${conversation === '' ? '' : `, conversation ${conversation}`}.\n`);
    return EXIT_DONE;
  },
});

/** Asks the platform for better instructions and prints them; the assistant stays as it is. */
export const enhanceAssistant = defineCommand({
  usage: 'enhance <assistant>',
  options: (command) =>
    textOrJson(command)
      .option('--wish <text>', 'what to make better')
      .option('--file <file>', 'start from this text instead of the live instructions'),
  run: async (context, [text], flags) => {
    const { project, idOf } = await resourceIds(context);
    const id = await idOf('assistant', text);
    const instructions =
      flags.file === undefined ? undefined : await readTextFile(resolve(context.runtime.cwd, flags.file));
    const better = await withApi(context, project, (api) =>
      api.enhanceInstructions(id, { instructions, wish: flags.wish }),
    );
    if (flags.format === 'json') context.printJson({ assistant_id: id, instructions: better });
    else context.printExactly(renderText(better));
    return EXIT_DONE;
  },
});
