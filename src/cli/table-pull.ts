import { Option } from 'commander';
import { PLATFORMS } from '../model/file-import.ts';
import { IMPORT_PROVIDERS } from '../model/import-api.ts';
import type { Declared } from './declared.ts';
import { format } from './options.ts';

/** Commands that bring what is live into the files. */
export const PULL_COMMANDS: readonly Declared[] = [
  {
    usage: 'pull [resources...]',
    summary: 'write what is live into the specs: unmanaged resources and drift, or only one of the two',
    declare: (command) =>
      command
        .option('--adopt', 'only resources that no spec manages: write documents for them and bind them')
        .option('--drift', 'only what was changed outside Git: edit the files it came from')
        .addOption(
          new Option(
            '--layout <style>',
            'files: one for each document; compact: tools in one file, tests in one for each suite, texts inside',
          ).choices(['files', 'compact']),
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
    action: async (context, [resources], command) =>
      (await import('./commands/pull.ts')).pull(context, resources, command.opts()),
  },
  {
    usage: 'import',
    summary: 'turn files of another platform into documents, or have the API copy its assistants',
    declare: (command) =>
      command
        .option('--from <path...>', 'exported files or folders of Retell, Vapi, ElevenLabs or Bland; offline')
        .addOption(
          new Option(
            '--platform <name>',
            'where the files come from; by default seen from the files',
          ).choices(PLATFORMS),
        )
        .option('--out <dir>', 'folder for the documents; by default that of the project')
        .addOption(
          new Option('--provider <name>', 'platform whose account is copied').choices(IMPORT_PROVIDERS),
        )
        .option('--api-key-ref <id>', "integration secret with the other platform's key")
        .option('--id <id...>', 'only these assistants of the other platform')
        .option('--overwrite', 'replace what an earlier import has made')
        .option('--approve <env>', 'needed for a protected environment')
        .addOption(format('text', 'json')),
    action: async (context, _args, command) =>
      (await import('./commands/import-files.ts')).importAny(context, command.opts()),
  },
  {
    usage: 'explain <address> [pointer]',
    summary: 'where each value of a spec comes from: file and line, overlay, variable, base or API default',
    declare: (command) => command.addOption(format('text', 'json')),
    several: { takes: 'patterns', writes: false, singleOptions: [] },
    action: async (context, [address, pointer], command) =>
      (await import('./commands/explain.ts')).explain(context, address, pointer, command.opts().format),
  },
];
