import { bindLive } from '../../operations/state/import.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/** Binds an address to a live resource that exists. */
export const importState = defineCommand({
  usage: 'import <address> <id>',
  options: (command) => command,
  run: async (context, [text, id]) => {
    context.print(await bindLive(context, text, id));
    return EXIT_DONE;
  },
});
