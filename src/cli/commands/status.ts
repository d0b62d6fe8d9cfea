import { findStatus } from '../../operations/status/status.ts';
import { renderStatus, statusJson } from '../../render/terminal/status-text.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { textOrJson } from '../options.ts';

/** Says in ten lines where the environment stands; exits 0 also when something could not be read. */
export const status = defineCommand({
  usage: 'status',
  options: (command) => textOrJson(command),
  run: async (context, _args, { format }) => {
    const report = await findStatus(context);
    if (format === 'json') context.printJson(statusJson(report));
    else context.print(renderStatus(report, context.style));
    return EXIT_DONE;
  },
});
