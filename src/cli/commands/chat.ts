import { Failure } from '../../model/errors.ts';
import { isId } from '../../model/side-api.ts';
import { type AccountApi, resourceIds, withApi } from '../../operations/account/account.ts';
import { withVersionCopy } from '../../operations/preview/version-copy.ts';
import { renderText } from '../../render/terminal/records.ts';
import { visible } from '../../render/terminal/visible.ts';
import type { Context } from '../context.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { type TextOrJson, textOrJson } from '../options.ts';
import { isLive } from '../terminal.ts';

interface Turn {
  readonly message: string;
  readonly reply: string;
}

/**
 * Talks to an assistant: one line is one message, from a person at a terminal or from a pipe; replies go to stdout.
 * Ends with the input. A version is talked to through a temporary copy of it, which is gone afterwards.
 */
export const chat = defineCommand({
  usage: 'chat <assistant>',
  options: (command) =>
    textOrJson(command)
      .option('--message <text...>', 'say this instead of reading the input')
      .option('--conversation <id>', 'go on with an earlier conversation')
      .option('--version <id>', 'talk to this version, through a temporary copy of it'),
  run: async (context, [text], flags) => {
    const { conversation } = flags;
    const version = flags.version === 'main' ? undefined : flags.version;
    if (conversation !== undefined && !isId(conversation)) {
      throw new Failure('usage', `${JSON.stringify(conversation)} is no id of a conversation`, {
        code: 'ID_INVALID',
      });
    }
    if (version !== undefined) checkVersion(version, conversation);
    const { project, idOf } = await resourceIds(context);
    const assistantId = await idOf('assistant', text);
    // Before the first write, so that a signal lets the copy be removed.
    context.interrupt();
    await withApi(context, project, async (api) => {
      const talkTo = (id: string): Promise<void> => talk(context, api, { ...flags, assistantId, id });
      if (version === undefined) await talkTo(assistantId);
      else await withVersionCopy(context, api, { assistantId, versionId: version }, talkTo);
    });
    if (context.interruptedBy() === undefined) return EXIT_DONE;
    throw new Failure('interrupted', 'the conversation was interrupted', { code: 'INTERRUPTED' });
  },
});

interface Partner {
  readonly assistantId: string;
  /** Who answers: the assistant itself, or the copy of its version. */
  readonly id: string;
  readonly message?: readonly string[];
  readonly conversation?: string;
  readonly version?: string;
  readonly format: TextOrJson;
}

async function talk(context: Context, api: AccountApi, partner: Partner): Promise<void> {
  const { assistantId, id } = partner;
  const json = partner.format === 'json';
  const pieces = !json && isLive(context.runtime.stdout, context.runtime.env);
  const stop = context.interrupt().stop;
  const turns: Turn[] = [];
  let conversation = partner.conversation;
  const document = () => ({
    assistant_id: assistantId,
    ...(partner.version === undefined ? {} : { version_id: partner.version }),
    conversation_id: conversation ?? null,
    turns: [...turns],
  });
  for await (const line of messages(context, partner.message)) {
    if (stop.aborted) break;
    const message = line.trim();
    if (message === '') continue;
    conversation ??= await api.startConversation(id, context.runtime.uuid());
    const show = pieces
      ? (piece: string) => context.printExactly(piece.split('\n').map(visible).join('\n'))
      : undefined;
    const reply = await api.chat(id, conversation, message, show);
    turns.push({ message, reply });
    if (json) context.printJson(document());
    else context.printExactly(pieces ? '\n' : renderText(reply));
  }
  if (json && turns.length === 0) context.printJson(document());
  if (conversation !== undefined && !json) context.note(`conversation ${conversation}\n`);
}

function checkVersion(version: string, conversation: string | undefined): void {
  if (!isId(version)) {
    throw new Failure('usage', `${JSON.stringify(version)} is no id of a version`, { code: 'ID_INVALID' });
  }
  if (conversation === undefined) return;
  throw new Failure('usage', 'a conversation with a version cannot be gone on with: its copy is gone', {
    code: 'OPTION_INVALID',
    hint: 'leave out --conversation or --version',
  });
}

async function* messages(context: Context, given: readonly string[] | undefined): AsyncGenerator<string> {
  if (given !== undefined) yield* given;
  else yield* context.runtime.lines('> ', context.interrupt().stop);
}
