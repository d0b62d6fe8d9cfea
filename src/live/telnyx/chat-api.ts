import { ApiError } from '../../model/errors.ts';
import { isObject } from '../../model/json.ts';
import { type SideApi, scalarText } from '../../model/side-api.ts';
import type { Client } from '../http/client.ts';
import { answerReader, pieceOf } from './answer-stream.ts';
import * as paths from './side-endpoints.ts';

type ChatApi = Pick<SideApi, 'startConversation' | 'chat' | 'sendSms'>;

/** Statuses by which a server says that it does not know `stream`. */
const NO_STREAMING: readonly number[] = [400, 406, 415, 422, 501];

/** Conversations with an assistant, over HTTP. */
export function createChatApi(client: Client): ChatApi {
  /** Undefined when nothing came that could be an answer. */
  async function streamedAnswer(
    path: string,
    body: { readonly content: string; readonly conversation_id: string },
    onPiece: (piece: string) => void,
  ): Promise<string | undefined> {
    const reader = answerReader(onPiece);
    const accept = 'text/event-stream, application/json;q=0.9';
    const request = { method: 'POST', path, body: { ...body, stream: true }, accept } as const;
    try {
      await client.send({ ...request, textBody: true, onText: reader.push, retryClass: 'once' });
    } catch (error) {
      if (error instanceof ApiError && NO_STREAMING.includes(error.status)) return undefined;
      throw error;
    }
    return reader.end() ?? '';
  }

  return {
    startConversation: async (assistantId, idempotencyKey) => {
      const body = { metadata: { assistant_id: assistantId } };
      const request = { method: 'POST', path: paths.CONVERSATIONS_PATH, body, idempotencyKey } as const;
      const answer = await client.send({ ...request, retryClass: 'keyed' });
      const reply = isObject(answer.body) && isObject(answer.body.data) ? answer.body.data : answer.body;
      const id = isObject(reply) ? scalarText(reply.id) : '';
      if (id === '') throw answer.reject('the body is no conversation');
      return id;
    },
    chat: async (assistantId, conversationId, message, onPiece) => {
      const path = paths.chatPath(assistantId);
      const body = { content: message, conversation_id: conversationId };
      const streamed = onPiece === undefined ? undefined : await streamedAnswer(path, body, onPiece);
      if (streamed !== undefined) return streamed;
      const answer = await client.send({ method: 'POST', path, body, retryClass: 'once' });
      const said = pieceOf(answer.body);
      if (said === undefined) throw answer.reject('the body holds no answer');
      onPiece?.(said);
      return said;
    },
    sendSms: async (assistantId, { from, to, text }, idempotencyKey) => {
      const path = `${paths.chatPath(assistantId)}/sms`;
      const body = { from, to, ...(text === undefined ? {} : { text }) };
      const answer = await client.send({ method: 'POST', path, body, idempotencyKey, retryClass: 'keyed' });
      const id = isObject(answer.body) ? scalarText(answer.body.conversation_id) : '';
      return id === '' ? undefined : id;
    },
  };
}
