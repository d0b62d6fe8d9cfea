import { type Command, Option } from 'commander';
import type { Declared } from './declared.ts';
import { format } from './options.ts';

const APPROVE = ['--approve <env>', 'needed for a protected environment'] as const;
const CHANNELS = ['phone_call', 'sms_chat'];

function textOrJson(command: Command): Command {
  return command.addOption(format('text', 'json'));
}

function channel(): Option {
  return new Option('--channel <channel>', 'how the conversation is held').choices(CHANNELS);
}

const EVENT: readonly Declared[] = [
  {
    usage: 'list <assistant>',
    summary: 'calls and messages that are scheduled',
    declare: (command) =>
      textOrJson(command)
        .option('--from <time>', 'not before')
        .option('--to <time>', 'not after')
        .addOption(channel()),
    action: async (context, [assistant], command) =>
      (await import('./commands/event.ts')).listEvents(context, assistant, command.opts()),
  },
  {
    usage: 'create <assistant>',
    summary: 'schedule a call or a message',
    declare: (command) =>
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
    action: async (context, [assistant], command) =>
      (await import('./commands/event.ts')).createEvent(context, assistant, command.opts()),
  },
  {
    usage: 'show <assistant> <event>',
    summary: 'one scheduled event',
    declare: textOrJson,
    action: async (context, [assistant, event], command) =>
      (await import('./commands/event.ts')).showEvent(context, assistant, event, command.opts().format),
  },
  {
    usage: 'cancel <assistant> <event>',
    summary: 'take a scheduled event back',
    declare: textOrJson,
    action: async (context, [assistant, event], command) =>
      (await import('./commands/event.ts')).cancelEvent(context, assistant, event, command.opts().format),
  },
];

const INTEGRATION: readonly Declared[] = [
  {
    usage: 'list',
    summary: 'the catalogue',
    declare: textOrJson,
    action: async (context, _args, command) =>
      (await import('./commands/integration.ts')).listIntegrations(context, command.opts().format),
  },
  {
    usage: 'show <integration>',
    summary: 'one entry of the catalogue, by name or id',
    declare: textOrJson,
    action: async (context, [integration], command) =>
      (await import('./commands/integration.ts')).showIntegration(
        context,
        integration,
        command.opts().format,
      ),
  },
  {
    usage: 'connections [connection]',
    summary: 'what the account has connected',
    declare: textOrJson,
    action: async (context, [connection], command) =>
      (await import('./commands/integration.ts')).listConnections(context, connection, command.opts().format),
  },
  {
    usage: 'disconnect <connection>',
    summary: 'end a connection, named by its id or its integration',
    declare: (command) => textOrJson(command).option(...APPROVE),
    action: async (context, [connection], command) =>
      (await import('./commands/integration.ts')).disconnect(context, connection, command.opts()),
  },
];

const INSIGHT: readonly Declared[] = [
  {
    usage: 'show <conversation>',
    summary: 'what the insights found in a conversation',
    declare: textOrJson,
    action: async (context, [conversation], command) =>
      (await import('./commands/insight.ts')).showInsights(context, conversation, command.opts().format),
  },
  {
    usage: 'count',
    summary: 'how often the insights found what',
    declare: (command) =>
      textOrJson(command)
        .option('--by <field...>', 'fields to count by, for example metadata.assistant_id')
        .option('--insight <id>', 'of this insight alone'),
    action: async (context, _args, command) =>
      (await import('./commands/insight.ts')).countInsights(context, command.opts()),
  },
];

const MCP: readonly Declared[] = [
  {
    usage: 'list',
    summary: 'every MCP server of the account',
    declare: textOrJson,
    action: async (context, _args, command) =>
      (await import('./commands/account-read.ts')).listMcpServers(context, command.opts().format),
  },
  {
    usage: 'show <server>',
    summary: 'one MCP server as it is live',
    declare: textOrJson,
    action: async (context, [server], command) =>
      (await import('./commands/account-read.ts')).showMcpServer(context, server, command.opts().format),
  },
];

const CANARY: readonly Declared[] = [
  {
    usage: 'show <assistant>',
    summary: 'the open canary deploy of an assistant, whoever opened it',
    declare: textOrJson,
    action: async (context, [assistant], command) =>
      (await import('./commands/account-read.ts')).showCanary(context, assistant, command.opts().format),
  },
];

/** Part of the `test` commands. */
export const TEST_SUITES: Declared = {
  usage: 'suites [suite]',
  summary: "the suites that the account's tests belong to, or the runs of one",
  declare: (command) =>
    textOrJson(command)
      .option('--trigger', 'start every test of the suite first, and do not wait')
      .option('--version <id>', 'version that the triggered tests talk to'),
  action: async (context, [suite], command) =>
    (await import('./commands/test-suites.ts')).testSuites(context, suite, command.opts()),
};

/** Commands on single live resources: what the API can do beside what specs describe. */
export const ACCOUNT_COMMANDS: readonly Declared[] = [
  { usage: 'event', summary: 'scheduled calls and messages', subcommands: EVENT },
  {
    usage: 'integration',
    summary: 'the integration catalogue and its connections',
    subcommands: INTEGRATION,
  },
  { usage: 'insight', summary: 'look at what insights found in conversations', subcommands: INSIGHT },
  { usage: 'mcp', summary: 'look at live MCP servers', subcommands: MCP },
  { usage: 'canary', summary: 'look at canary deploys', subcommands: CANARY },
];
