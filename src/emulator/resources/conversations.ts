import type { JsonObject } from '../../model/json.ts';
import { type Call, type EmulatedWorld, empty, ok, type Reply, type Route } from '../contract/contract.ts';
import { invalidBody, notFound } from '../contract/errors.ts';
import { nested, objects, text } from '../contract/fields.ts';
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
  { method: 'POST', path: `${ASSISTANT}/instructions/enhance`, handle: enhance },
];
