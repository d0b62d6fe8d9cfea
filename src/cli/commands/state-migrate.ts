import { Option } from '@commander-js/extra-typings';
import { migrateState } from '../../operations/state/migrate.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { format } from '../options.ts';

/** Moves the state of the environment to the other backend. */
export const migrate = defineCommand({
  usage: 'migrate',
  options: (command) =>
    command
      .addOption(
        new Option('--to <backend>', 'where the state is to be')
          .choices(['git', 'file'])
          .makeOptionMandatory(),
      )
      .option('--ref <name>', 'full name of the Git ref; by default that of the project file')
      .addOption(format('text', 'json')),
  run: async (context, _args, flags) => {
    const { from, to, bindings, line } = await migrateState(context, flags);
    if (flags.format === 'json') {
      context.printJson({ from, to, bindings, project_file: line ?? null });
      return EXIT_DONE;
    }
    const count = bindings === 1 ? '1 binding' : `${bindings} bindings`;
    context.print(`Moved ${count} from ${from} to ${to}.\n`);
    if (line !== undefined) context.print(`Write into assistantctl.yaml, for this environment:\n  ${line}\n`);
    return EXIT_DONE;
  },
});
