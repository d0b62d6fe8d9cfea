import { Option } from '@commander-js/extra-typings';
import { pullAccount } from '../../operations/pull/pull-command.ts';
import { defineCommand } from '../define.ts';
import { format } from '../options.ts';
import { showPull } from '../show-pull.ts';

/** Live → YAML. */
export const pull = defineCommand({
  usage: 'pull [resources...]',
  options: (command) =>
    command
      .option('--adopt', 'only resources that no spec manages: write documents for them and bind them')
      .option('--drift', 'only what was changed outside Git: edit the files it came from')
      .addOption(
        new Option(
          '--layout <style>',
          'files: one for each document; compact: tools in one file, tests in one for each suite, texts inside',
        ).choices(['files', 'compact'] as const),
      )
      .option('--pr-branch <name>', 'commit the result on a new branch')
      .addOption(
        new Option('--as <place>', 'where drift goes that several accounts share').choices([
          'overlay',
          'shared',
        ]),
      )
      .addOption(format('text', 'json')),
  several: { takes: 'patterns', writes: true, rereads: true, singleOptions: ['prBranch'] },
  run: async (context, [names], flags) => {
    return showPull(context, await pullAccount(context, names, flags), flags.format);
  },
});
