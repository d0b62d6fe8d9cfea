import { Failure } from '../../model/errors.ts';
import { isId } from '../../model/side-api.ts';
import { withApi, workplace } from '../../operations/account/account.ts';
import { renderText } from '../../render/terminal/records.ts';
import { visible } from '../../render/terminal/visible.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { isLive } from '../terminal.ts';

export interface ChatFlags {
  readonly message?: readonly string[];
  readonly conversation?: string;
  readonly format: string;
}

interface Turn {
  readonly message: string;
  readonly reply: string;
}

/**
 * Talks to an assistant: one line is one message, from a person at a terminal or from a pipe; replies go to stdout.
 * Ends with the input.
 */
export async function chat(context: Context, text: string, flags: ChatFlags): Promise<number> {
  const { conversation } = flags;
  if (conversation !== undefined && !isId(conversation)) {
    throw new Failure('usage', `${JSON.stringify(conversation)} is no id of a conversation`, {
      code: 'ID_INVALID',
    });
  }
  const { project, idOf } = await workplace(context);
  const id = await idOf('assistant', text);
  const json = flags.format === 'json';
  const pieces = !json && isLive(context.runtime.stdout, context.runtime.env);
  await withApi(context, project, async (api) => {
    const stop = context.interrupt().stop;
    const turns: Turn[] = [];
    let talk = conversation;
    for await (const line of messages(context, flags)) {
      if (stop.aborted) break;
      const message = line.trim();
      if (message === '') continue;
      talk ??= await api.startConversation(id, context.runtime.uuid());
      const show = pieces
        ? (piece: string) => context.printExactly(piece.split('\n').map(visible).join('\n'))
        : undefined;
      const reply = await api.chat(id, talk, message, show);
      turns.push({ message, reply });
      if (json) context.printJson({ assistant_id: id, conversation_id: talk, turns: [...turns] });
      else context.printExactly(pieces ? '\n' : renderText(reply));
    }
    if (json && turns.length === 0) {
      context.printJson({ assistant_id: id, conversation_id: talk ?? null, turns });
    }
    if (talk !== undefined && !json) context.note(`conversation ${talk}\n`);
  });
  if (context.interruptedBy() === undefined) return EXIT_DONE;
  throw new Failure('interrupted', 'the conversation was interrupted', { code: 'INTERRUPTED' });
}

async function* messages(context: Context, flags: ChatFlags): AsyncGenerator<string> {
  if (flags.message !== undefined) yield* flags.message;
  else yield* context.runtime.lines('> ', context.interrupt().stop);
}
