import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { Address } from '../model/address.ts';
import { KIND_NAMES, parseAddress } from '../model/address.ts';
import { Failure } from '../model/errors.ts';
import type { PlanOptions } from '../model/plan.ts';

/** Flags that `plan` and `apply` share, as commander hands them over. */
export interface PlanningFlags {
  readonly prune?: boolean;
  readonly recreate?: boolean;
  readonly take?: 'git' | 'live';
  readonly target?: readonly Address[];
  readonly offline?: boolean;
}

/** `--format` with the first choice as default. */
export function format(...choices: readonly [string, ...string[]]): Option {
  return new Option('--format <format>', 'form of the result').choices(choices).default(choices[0]);
}

export function planningOptions(command: Command): Command {
  return command
    .option('--prune', 'delete bound resources whose spec is gone')
    .option('--recreate', 'create again what was deleted outside Git')
    .addOption(new Option('--take <side>', 'who wins a conflict').choices(['git', 'live']))
    .option('--target <address...>', 'only these resources and what they need', collectAddress);
}

/** The saved plan's options, changed by the flags that were given explicitly. */
export function planOptions(flags: PlanningFlags, saved?: PlanOptions): PlanOptions {
  const targets = flags.target ?? saved?.targets ?? [];
  return {
    prune: flags.prune ?? saved?.prune ?? false,
    recreate: flags.recreate ?? saved?.recreate ?? false,
    take: flags.take ?? saved?.take ?? null,
    targets: [...new Set(targets)].sort(),
    ...(flags.offline === true ? { offline: true as const } : {}),
  };
}

/** Rejects with exit code 3 what is no `<kind>/<key>`. */
export function requireAddress(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed !== undefined) return parsed.address;
  throw new Failure('usage', `${JSON.stringify(text)} is no address`, {
    code: 'ADDRESS_INVALID',
    hint: addressHint(),
  });
}

function collectAddress(text: string, earlier: readonly Address[] | undefined): readonly Address[] {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new InvalidArgumentError(addressHint());
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

function addressHint(): string {
  return `an address is <kind>/<key>, for example assistant/front-desk; kinds: ${KIND_NAMES.join(', ')}`;
}
