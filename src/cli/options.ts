import { type Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { isAddressWord } from '../model/address.ts';

/** Options that several commands have. */

/** `--format` with the first choice as default. */
export function format<const Choices extends readonly [string, ...string[]]>(...choices: Choices) {
  const [first]: readonly [Choices[number], ...string[]] = choices;
  return new Option('--format <format>', 'form of the result').default(first).choices(choices);
}

/** The forms that most commands have. */
export type TextOrJson = 'text' | 'json';

export type TextJsonOrMarkdown = TextOrJson | 'markdown';

export function textOrJson<Args extends unknown[]>(
  command: Command<Args>,
): Command<Args, { format: TextOrJson }> {
  return command.addOption(format('text', 'json'));
}

export const APPROVE = ['--approve <env>', 'needed for a protected environment'] as const;
export const APPROVE_UNLESS_ASKED = [
  '--approve <env>',
  'needed for a protected environment, unless a terminal asks',
] as const;
export const YES = ['-y, --yes', 'do not ask, even at a terminal'] as const;

export function planningOptions<Args extends unknown[]>(command: Command<Args>) {
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
export function reviewedOption() {
  const each = (name: string, earlier: readonly string[] | undefined): readonly string[] => [
    ...(earlier ?? []),
    name,
  ];
  return new Option(
    '--reviewed <source>',
    'what was reviewed: Markdown of a plan, a plan as JSON, or markers; - is stdin; repeatable',
  ).argParser(each);
}

/** Says what the only argument of a command may be. */
export function oneOf<Args extends unknown[]>(
  command: Command<Args>,
  description: string,
  choices: readonly string[],
) {
  for (const argument of command.registeredArguments) {
    argument.choices(choices);
    argument.description = description;
  }
  return command;
}
