import type { JsonObject } from '../../model/json.ts';
import { type Call, type EmulatedWorld, empty, ok, type Reply, type Route } from '../contract/contract.ts';
import { invalidBody, notFound } from '../contract/errors.ts';
import { nested, numeric, objects, text, without } from '../contract/fields.ts';
import { pageOf } from '../contract/paging.ts';
import { parameter } from '../contract/router.ts';
import { assistantOf, configOf, mainVersion } from './versions.ts';

function conversationOf({ world, params }: Call): JsonObject {
  const found = world.store.get('conversations', parameter(params, 'conversation_id'));
  if (found === undefined) throw notFound('Conversation not found.');
  return found;
}

function newConversation(world: EmulatedWorld, metadata: JsonObject, name?: string): JsonObject {
  const now = world.now().toISOString();
  const conversation: JsonObject = {
    id: world.uuid(),
    ...(name === undefined ? {} : { name }),
    created_at: now,
    last_message_at: now,
    metadata,
  };
  world.store.put('conversations', text(conversation, 'id'), conversation);
  return conversation;
}

function addMessage(world: EmulatedWorld, conversationId: string, role: string, content: string): void {
  const known = world.store.get('messages', conversationId) ?? { items: [] };
  const message = { role, text: content, created_at: world.now().toISOString() };
  world.store.put('messages', conversationId, { items: [...objects(known, 'items'), message] });
}

function listConversations({ world, query }: Call): Reply {
  const wanted = query['metadata->assistant_id']?.replace(/^eq\./, '');
  const data = world.store
    .all('conversations')
    .filter((item) => wanted === undefined || nested(item, 'metadata').assistant_id === wanted);
  return ok({ data });
}

function updateConversation(call: Call): Reply {
  const current = conversationOf(call);
  const changed = {
    ...current,
    metadata: { ...nested(current, 'metadata'), ...nested(call.body, 'metadata') },
  };
  call.world.store.put('conversations', text(current, 'id'), changed);
  return ok({ data: changed });
}

function deleteConversation(call: Call): Reply {
  const id = text(conversationOf(call), 'id');
  call.world.store.remove('conversations', id);
  call.world.store.remove('messages', id);
  return empty(200);
}

function postMessage(call: Call): Reply {
  const { role, content } = call.body;
  if (typeof role !== 'string') throw invalidBody(['role'], 'Field required', 'missing');
  addMessage(call.world, text(conversationOf(call), 'id'), role, typeof content === 'string' ? content : '');
  return empty(200);
}

function listMessages(call: Call): Reply {
  const id = text(conversationOf(call), 'id');
  return ok(pageOf(call, objects(call.world.store.get('messages', id) ?? {}, 'items')));
}

/** No language model here: the answer repeats the question in the assistant's name. */
function answer(world: EmulatedWorld, assistant: JsonObject, content: string): string {
  const name = text(configOf(mainVersion(world, assistant)), 'name');
  return `${name}: you said "${content}".`;
}

function chat({ world, params, body }: Call): Reply {
  const assistant = assistantOf(world, parameter(params, 'assistant_id'));
  const { content, conversation_id: conversationId, stream } = body;
  if (typeof content !== 'string') throw invalidBody(['content'], 'Field required', 'missing');
  if (typeof conversationId !== 'string') throw invalidBody(['conversation_id'], 'Field required', 'missing');
  const said = answer(world, assistant, content);
  addMessage(world, conversationId, 'user', content);
  addMessage(world, conversationId, 'assistant', said);
  if (stream !== true) return ok({ content: said });
  const events = said.split(/(?<= )/).map((piece) => `data: ${JSON.stringify({ content: piece })}\n\n`);
  return { status: 200, raw: { contentType: 'text/event-stream', chunks: [...events, 'data: [DONE]\n\n'] } };
}

function sms({ world, params, body }: Call): Reply {
  const assistant = assistantOf(world, parameter(params, 'assistant_id'));
  for (const name of ['from', 'to']) {
    if (typeof body[name] !== 'string') throw invalidBody([name], 'Field required', 'missing');
  }
  const metadata = { ...nested(body, 'conversation_metadata'), assistant_id: text(assistant, 'id') };
  return ok({ conversation_id: text(newConversation(world, metadata), 'id') });
}

const RESERVED = /^(telnyx_.*|assistant_id)$/;

/** A WhatsApp message of the assistant's number; the platform's own keys cannot be set. */
function whatsapp({ world, params, body }: Call): Reply {
  const assistant = assistantOf(world, parameter(params, 'assistant_id'));
  for (const name of ['content', 'from', 'to']) {
    if (typeof body[name] !== 'string') throw invalidBody([name], 'Field required', 'missing');
  }
  const given = nested(body, 'conversation_metadata');
  const reserved = Object.keys(given).find((name) => RESERVED.test(name));
  if (reserved !== undefined) throw invalidBody(['conversation_metadata', reserved], 'The key is reserved');
  const metadata = {
    ...given,
    assistant_id: text(assistant, 'id'),
    telnyx_conversation_channel: 'whatsapp_chat',
  };
  const conversation = text(newConversation(world, metadata), 'id');
  addMessage(world, conversation, 'assistant', text(body, 'content'));
  return ok({ conversation_id: conversation, message_id: world.uuid() });
}

/** What the insights of the assistant's group found in a conversation. */
function insightsOf(call: Call): Reply {
  const { world } = call;
  const conversation = conversationOf(call);
  const found = world.store.get('conversation_insights', text(conversation, 'id'));
  return ok(pageOf(call, found === undefined ? [] : [without(found, 'conversation_id')]));
}

/** Counts findings by the fields of `group_by`; `metadata.NAME` is a field of the conversation. */
function aggregates({ world, query }: Call): Reply {
  const fields = (query.group_by ?? '').split(',').filter((name) => name !== '');
  const counts = new Map<string, JsonObject>();
  for (const found of world.store.all('conversation_insights')) {
    const metadata = nested(
      world.store.get('conversations', text(found, 'conversation_id')) ?? {},
      'metadata',
    );
    for (const insight of objects(found, 'conversation_insights')) {
      if (query.insight_id !== undefined && insight.insight_id !== query.insight_id) continue;
      const group = Object.fromEntries(
        fields.map((name) => [
          name,
          (name.startsWith('metadata.') ? metadata[name.slice(9)] : insight[name]) ?? null,
        ]),
      );
      const key = JSON.stringify(group);
      const known = counts.get(key);
      counts.set(key, {
        ...group,
        record_count: (known === undefined ? 0 : numeric(known, 'record_count')) + 1,
      });
    }
  }
  return ok({ data: [...counts.values()] });
}

function enhance({ world, params, body }: Call): Reply {
  const assistant = assistantOf(world, parameter(params, 'assistant_id'));
  const own = text(configOf(mainVersion(world, assistant)), 'instructions');
  const given = text(body, 'instructions') || own;
  const wish = text(body, 'enhancement_prompt');
  const chunks = [given, '\n\n', wish === '' ? 'Be clear and brief.' : wish];
  return { status: 200, raw: { contentType: 'text/plain; charset=utf-8', chunks } };
}

const ALL = '/ai/conversations';
const ONE = `${ALL}/{conversation_id}`;
const ASSISTANT = '/ai/assistants/{assistant_id}';

export const CONVERSATION_ROUTES: readonly Route[] = [
  { method: 'GET', path: ALL, handle: listConversations },
  {
    method: 'POST',
    path: ALL,
    handle: ({ world, body }) =>
      ok(
        newConversation(
          world,
          nested(body, 'metadata'),
          typeof body.name === 'string' ? body.name : undefined,
        ),
      ),
    keyed: true,
  },
  { method: 'GET', path: ONE, handle: (call) => ok({ data: conversationOf(call) }) },
  { method: 'PUT', path: ONE, handle: updateConversation },
  { method: 'DELETE', path: ONE, handle: deleteConversation },
  { method: 'POST', path: `${ONE}/message`, handle: postMessage, keyed: true },
  { method: 'GET', path: `${ONE}/messages`, handle: listMessages },
  { method: 'POST', path: `${ASSISTANT}/chat`, handle: chat },
  { method: 'POST', path: `${ASSISTANT}/chat/sms`, handle: sms, keyed: true },
  { method: 'POST', path: `${ASSISTANT}/chat/whatsapp`, handle: whatsapp, keyed: true },
  { method: 'GET', path: `${ALL}/conversation-insights/aggregates`, handle: aggregates },
  { method: 'GET', path: `${ONE}/conversations-insights`, handle: insightsOf },
  { method: 'POST', path: `${ASSISTANT}/instructions/enhance`, handle: enhance },
];
