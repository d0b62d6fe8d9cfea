import { InvalidArgumentError } from '@commander-js/extra-typings';
import { gatherProject } from '../../operations/session/inputs.ts';
import { openState } from '../../operations/session/open-state.ts';
import { renderDeleted, renderStateHistory } from '../../render/terminal/state-history-text.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { format } from '../options.ts';

/** The applies that made the state what it is, and what can be restored. */
export const showHistory = defineCommand({
  usage: 'history',
  options: (command) =>
    command.option('--last <n>', 'so many applies', wholeNumber, 20).addOption(format('text', 'json')),
  run: async (context, _args, flags) => {
    const project = await gatherProject(context);
    const store = openState(context.runtime, project);
    const [state, entries] = await Promise.all([store.load(), store.history?.(flags.last)]);
    const deleted = (state?.deleted ?? []).map(({ address, remote_id, deleted_at }) => ({
      address,
      remote_id,
      deleted_at,
    }));
    if (flags.format === 'json') {
      context.printJson({
        format_version: '1.0',
        location: store.location,
        serial: state?.serial ?? null,
        entries: entries ?? [],
        deleted,
      });
      return EXIT_DONE;
    }
    context.print(renderStateHistory(entries, state?.serial, context.style));
    context.print(renderDeleted(deleted, context.style));
    if (entries === undefined) {
      const { name } = project.environment;
      context.note(
        `A state file has no history. state: { backend: git, remote: origin, ref: refs/assistantctl/${name} } keeps one.\n`,
      );
    }
    return EXIT_DONE;
  },
});

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It is not a whole number above 0.');
  return Number(text);
}
