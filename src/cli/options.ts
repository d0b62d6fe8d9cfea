import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { type Address, parseAddress } from '../model/address.ts';
import { addressHint } from '../operations/address-argument.ts';

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

function collectAddress(text: string, earlier: readonly Address[] | undefined): readonly Address[] {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new InvalidArgumentError(addressHint(text));
  return [...(earlier ?? []), parsed.address];
}

/** An address or `all`; the option may be given several times, or take a list with commas. */
export function collectAddressOrAll(
  text: string,
  earlier: readonly (Address | 'all')[] | undefined,
): readonly (Address | 'all')[] {
  const named = text.split(',').flatMap((part): readonly (Address | 'all')[] => {
    const name = part.trim();
    return name === 'all' ? [name] : collectAddress(name, undefined);
  });
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
