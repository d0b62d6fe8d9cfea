import type { Command } from 'commander';
import type { Declared } from './declared.ts';
import { format } from './options.ts';

const APPROVE = ['--approve <env>', 'needed for a protected environment'] as const;

function textOrJson(command: Command): Command {
  return command.addOption(format('text', 'json'));
}

const ASSISTANT: readonly Declared[] = [
  {
    usage: 'list',
    summary: 'every assistant of the account, managed or not',
    declare: textOrJson,
    action: async (context, _args, command) =>
      (await import('./commands/assistant-read.ts')).listAssistants(context, command.opts().format),
  },
  {
    usage: 'show <assistant>',
    summary: 'one assistant as it is live, with its phone numbers and TeXML application',
    declare: textOrJson,
    action: async (context, [assistant], command) =>
      (await import('./commands/assistant-read.ts')).showAssistant(context, assistant, command.opts().format),
  },
  {
    usage: 'texml <assistant>',
    summary: 'the TeXML that the platform runs for calls',
    declare: textOrJson,
    action: async (context, [assistant], command) =>
      (await import('./commands/assistant-read.ts')).showTexml(context, assistant, command.opts().format),
  },
  {
    usage: 'tags [assistant]',
    summary: 'all tags of the account, or those of one assistant; add and remove some',
    declare: (command) =>
      textOrJson(command)
        .option('--add <tag...>', 'tags to add')
        .option('--remove <tag...>', 'tags to remove')
        .option(...APPROVE),
    action: async (context, [assistant], command) =>
      (await import('./commands/assistant-tags.ts')).assistantTags(context, assistant, command.opts()),
  },
  {
    usage: 'clone <assistant>',
    summary: 'copy an assistant, without telephony and messaging settings',
    declare: (command) => textOrJson(command).option(...APPROVE),
    action: async (context, [assistant], command) =>
      (await import('./commands/assistant-write.ts')).cloneAssistant(context, assistant, command.opts()),
  },
  {
    usage: 'chat <assistant>',
    summary: 'talk to an assistant; from a pipe, one message a line',
    declare: (command) =>
      textOrJson(command)
        .option('--message <text...>', 'say this instead of reading the input')
        .option('--conversation <id>', 'go on with an earlier conversation')
        .option('--version <id>', 'talk to this version, through a temporary copy of it'),
    action: async (context, [assistant], command) =>
      (await import('./commands/chat.ts')).chat(context, assistant, command.opts()),
  },
  {
    usage: 'sms <assistant>',
    summary: 'let an assistant begin a conversation by SMS',
    declare: (command) =>
      textOrJson(command)
        .requiredOption('--from <number>', "number of the assistant's messaging profile")
        .requiredOption('--to <number>', 'who gets the message')
        .option('--text <text>', 'first message; the assistant words one when left out'),
    action: async (context, [assistant], command) =>
      (await import('./commands/assistant-write.ts')).sendSms(context, assistant, command.opts()),
  },
  {
    usage: 'whatsapp <assistant>',
    summary: 'let an assistant begin a conversation by WhatsApp',
    declare: (command) =>
      textOrJson(command)
        .requiredOption('--from <number>', "the assistant's WhatsApp number")
        .requiredOption('--to <number>', 'who gets the message')
        .requiredOption('--text <text>', 'the message'),
    action: async (context, [assistant], command) =>
      (await import('./commands/assistant-write.ts')).sendWhatsapp(context, assistant, command.opts()),
  },
  {
    usage: 'deleted [assistant]',
    summary: 'assistants that were deleted and can be restored, or one of them',
    declare: textOrJson,
    action: async (context, [assistant], command) =>
      (await import('./commands/assistant-deleted.ts')).showDeleted(
        context,
        assistant,
        command.opts().format,
      ),
  },
  {
    usage: 'restore <assistant>',
    summary: 'bring a deleted assistant back: the same id, versions and TeXML application',
    declare: (command) => textOrJson(command).option(...APPROVE),
    action: async (context, [assistant], command) =>
      (await import('./commands/assistant-deleted.ts')).restoreDeleted(context, assistant, command.opts()),
  },
  {
    usage: 'enhance <assistant>',
    summary: 'print better instructions as the platform words them; changes nothing',
    declare: (command) =>
      textOrJson(command)
        .option('--wish <text>', 'what to make better')
        .option('--file <file>', 'start from this text instead of the live instructions'),
    action: async (context, [assistant], command) =>
      (await import('./commands/assistant-write.ts')).enhanceAssistant(context, assistant, command.opts()),
  },
];

const TOOL: readonly Declared[] = [
  {
    usage: 'test <tool>',
    summary: 'call a webhook tool as an assistant would; exit 9 when it does not succeed',
    declare: (command) =>
      textOrJson(command)
        .option('--assistant <assistant>', 'as part of this assistant; by default the only one that uses it')
        .option('--arg <name=value...>', 'argument of the call; name:=JSON for other than text')
        .option('--var <name=value...>', 'dynamic variable'),
    action: async (context, [tool], command) =>
      (await import('./commands/tool-try.ts')).testTool(context, tool, command.opts()),
  },
  ...(['attach', 'detach'] as const).map(
    (verb): Declared => ({
      usage: `${verb} <tool> <assistant>`,
      summary: `${verb} a shared tool by hand; for managed assistants write tool_ids instead`,
      declare: (command) => textOrJson(command).option(...APPROVE),
      action: async (context, [tool, assistant], command) => {
        const { attachTool } = await import('./commands/tool-try.ts');
        return attachTool(context, [tool, assistant], verb === 'attach', command.opts());
      },
    }),
  ),
];

/** Commands on live assistants and their tools. */
export const ASSISTANT_COMMANDS: readonly Declared[] = [
  { usage: 'assistant', summary: 'look at live assistants, talk to them, copy them', subcommands: ASSISTANT },
  { usage: 'tool', summary: 'try a tool, attach it by hand', subcommands: TOOL },
];
