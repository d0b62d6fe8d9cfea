import { type DoneRequest, runRequest } from '../operations/session/run-request.ts';
import { visible } from '../render/terminal/visible.ts';
import type { Context } from './context.ts';
import { emitEvents } from './events.ts';

/** Requests that one command does, so that a flood of them does not keep it from its own work. */
const MOST_REQUESTS = 5;

/**
 * Does what people asked for beside the state, each once: in pipelines these commands run without a person who could
 * type it. What becomes of a request is noted and is no failure of the command.
 */
export async function doLeftRequests(context: Context): Promise<void> {
  for (let count = 0; count < MOST_REQUESTS; count += 1) {
    const done = await runRequest(context);
    if (done === undefined) return;
    context.note(noteOf(done));
    await emitEvents(context, () => done.happenings, { notify: true });
  }
}

function noteOf({ words, by, exitKind, message }: DoneRequest): string {
  const asked = visible(`${words.join(' ')}, asked for by ${by}`);
  return exitKind === null
    ? `Done: ${asked}.\n`
    : `Not done: ${asked}: ${visible(message ?? `it ended as ${exitKind}`)}.\n`;
}
