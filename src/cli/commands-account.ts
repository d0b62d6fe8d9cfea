/** The part of the table of commands that is about single live resources: what the API can do beside what specs describe. */
import { group, type Row, row } from './define.ts';

const ASSISTANT: readonly Row[] = [
  row(
    'list',
    'every assistant of the account, managed or not',
    async () => (await import('./commands/assistant-read.ts')).listAssistants,
  ),
  row(
    'show <assistant>',
    'one assistant as it is live, with its phone numbers and TeXML application',
    async () => (await import('./commands/assistant-read.ts')).showAssistant,
  ),
  row(
    'texml <assistant>',
    'the TeXML that the platform runs for calls',
    async () => (await import('./commands/assistant-read.ts')).showTexml,
  ),
  row(
    'tags [assistant]',
    'all tags of the account, or those of one assistant; add and remove some',
    async () => (await import('./commands/assistant-tags.ts')).assistantTags,
  ),
  row(
    'clone <assistant>',
    'copy an assistant, without telephony and messaging settings',
    async () => (await import('./commands/assistant-write.ts')).cloneAssistant,
  ),
  row(
    'chat <assistant>',
    'talk to an assistant; from a pipe, one message a line',
    async () => (await import('./commands/chat.ts')).chat,
  ),
  row(
    'sms <assistant>',
    'let an assistant begin a conversation by SMS',
    async () => (await import('./commands/assistant-write.ts')).sendSms,
  ),
  row(
    'whatsapp <assistant>',
    'let an assistant begin a conversation by WhatsApp',
    async () => (await import('./commands/assistant-write.ts')).sendWhatsapp,
  ),
  row(
    'deleted [assistant]',
    'assistants that were deleted and can be restored, or one of them',
    async () => (await import('./commands/assistant-deleted.ts')).showDeleted,
  ),
  row(
    'restore <assistant>',
    'bring a deleted assistant back: the same id, versions and TeXML application',
    async () => (await import('./commands/assistant-deleted.ts')).restoreDeleted,
  ),
  row(
    'enhance <assistant>',
    'print better instructions as the platform words them; changes nothing',
    async () => (await import('./commands/assistant-write.ts')).enhanceAssistant,
  ),
];

const TOOL: readonly Row[] = [
  row(
    'test <tool>',
    'call a webhook tool as an assistant would; exit 9 when it does not succeed',
    async () => (await import('./commands/tool-try.ts')).testTool,
  ),
  row(
    'attach <tool> <assistant>',
    'attach a shared tool by hand; for managed assistants write tool_ids instead',
    async () => (await import('./commands/tool-try.ts')).attachTool,
  ),
  row(
    'detach <tool> <assistant>',
    'detach a shared tool by hand; for managed assistants write tool_ids instead',
    async () => (await import('./commands/tool-try.ts')).detachTool,
  ),
];

const EVENT: readonly Row[] = [
  row(
    'list <assistant>',
    'calls and messages that are scheduled',
    async () => (await import('./commands/event.ts')).listEvents,
  ),
  row(
    'create <assistant>',
    'schedule a call or a message',
    async () => (await import('./commands/event.ts')).createEvent,
  ),
  row(
    'show <assistant> <event>',
    'one scheduled event',
    async () => (await import('./commands/event.ts')).showEvent,
  ),
  row(
    'cancel <assistant> <event>',
    'take a scheduled event back',
    async () => (await import('./commands/event.ts')).cancelEvent,
  ),
];

const INTEGRATION: readonly Row[] = [
  row('list', 'the catalogue', async () => (await import('./commands/integration.ts')).listIntegrations),
  row(
    'show <integration>',
    'one entry of the catalogue, by name or id',
    async () => (await import('./commands/integration.ts')).showIntegration,
  ),
  row(
    'connections [connection]',
    'what the account has connected',
    async () => (await import('./commands/integration.ts')).listConnections,
  ),
  row(
    'disconnect <connection>',
    'end a connection, named by its id or its integration',
    async () => (await import('./commands/integration.ts')).disconnect,
  ),
];

const INSIGHT: readonly Row[] = [
  row(
    'show <conversation>',
    'what the insights found in a conversation',
    async () => (await import('./commands/insight.ts')).showInsights,
  ),
  row(
    'count',
    'how often the insights found what',
    async () => (await import('./commands/insight.ts')).countInsights,
  ),
];

const MCP: readonly Row[] = [
  row(
    'list',
    'every MCP server of the account',
    async () => (await import('./commands/account-read.ts')).listMcpServers,
  ),
  row(
    'show <server>',
    'one MCP server as it is live',
    async () => (await import('./commands/account-read.ts')).showMcpServer,
  ),
];

const CANARY: readonly Row[] = [
  row(
    'show <assistant>',
    'the open canary deploy of an assistant, whoever opened it',
    async () => (await import('./commands/account-read.ts')).showCanary,
  ),
];

export const ACCOUNT_COMMANDS: readonly Row[] = [
  group('assistant', 'look at live assistants, talk to them, copy them', ASSISTANT),
  group('tool', 'try a tool, attach it by hand', TOOL),
  group('event', 'scheduled calls and messages', EVENT),
  group('integration', 'the integration catalogue and its connections', INTEGRATION),
  group('insight', 'look at what insights found in conversations', INSIGHT),
  group('mcp', 'look at live MCP servers', MCP),
  group('canary', 'look at canary deploys', CANARY),
];
