import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { isAddressWord } from '../operations/address-argument.ts';

/** `--format` with the first choice as default. */
export function format(...choices: readonly [string, ...string[]]): Option {
  return new Option('--format <format>', 'form of the result').choices(choices).default(choices[0]);
}

export function planningOptions(command: Command): Command {
  return command
    .option('--prune', 'delete bound resources whose spec is gone')
    .option('--no-prune', 'delete nothing, whatever the environment says')
    .option('--recreate', 'create again what was deleted outside Git')
    .option('--refresh', 'read every assistant by id, whatever the list says')
    .addOption(new Option('--take <side>', 'who wins a conflict').choices(['git', 'live']))
    .option('--target <address...>', 'only these resources and what must be created for them', collectAddress)
    .option(
      '--revert-drift <address>',
      'put back what was changed outside Git this once; `all` for everything',
      collectAddressOrAll,
    )
    .option(
      '--release-hold <address>',
      'bring again what a rollback or an abort took back; repeatable',
      collectAddress,
    );
}

/** Which resource a word means is known once the documents are read. */
function collectAddress(text: string, earlier: readonly string[] | undefined): readonly string[] {
  const words = text.split(',').map((word) => word.trim());
  if (!words.every(isAddressWord)) {
    throw new InvalidArgumentError(
      'write <kind>/<key>, for example assistant/front-desk, or the key alone where only one resource has it',
    );
  }
  return [...(earlier ?? []), ...words];
}

/** An address or `all`; the option may be given several times, or take a list with commas. */
export function collectAddressOrAll(text: string, earlier: readonly string[] | undefined): readonly string[] {
  const named = collectAddress(text, undefined);
  return [...(earlier ?? []), ...named];
}

/** `--reviewed`, as often as there are sources. */
export function reviewedOption(): Option {
  const each = (name: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), name];
  return new Option(
    '--reviewed <source>',
    'what was reviewed: Markdown of a plan, a plan as JSON, or markers; - is stdin; repeatable',
  ).argParser(each);
}
