import { parseAddress } from '../../model/address.ts';
import { closest } from '../../model/closest.ts';
import { allCommands, type CommandInfo, type OptionInfo } from '../../model/command-info.ts';
import { OTHERWISE } from '../../render/words/other-answers.ts';
import { SAME_AS } from '../../render/words/other-commands.ts';
import { type OptionAnswer, OTHER_OPTIONS } from '../../render/words/other-options.ts';

/**
 * What to answer to a command line that is not ours: the line that does the same here, as one sentence. Everything is
 * looked up in the command table, so that no answer names a command or an option that does not exist.
 */

/** The command that the line begins with, as far as it names one, and the words after it. */
export interface CommandAt {
  readonly command: CommandInfo;
  readonly rest: readonly string[];
}

/** Finds the command of a line; options before its name are passed over. */
export function locate(root: CommandInfo, argv: readonly string[]): CommandAt {
  const words = [...argv];
  let command = root;
  for (;;) {
    const [word] = words;
    if (word === undefined) return { command, rest: words };
    if (word.startsWith('-')) {
      const option = globalOption(root, word);
      if (command.subcommands.length === 0 || option === undefined) return { command, rest: words };
      words.splice(0, option.value === undefined || word.includes('=') ? 1 : 2);
      continue;
    }
    const next = command.subcommands.find(({ path }) => path.at(-1) === word);
    if (next === undefined) return { command, rest: words };
    command = next;
    words.shift();
  }
}

function globalOption(root: CommandInfo, word: string): OptionInfo | undefined {
  const name = word.split('=', 1)[0];
  return root.options.find(({ long, short }) => long === name || short === name);
}

/** The answer to a first word, or a word below a command, that is none of ours. */
export function answerCommand(root: CommandInfo, argv: readonly string[]): string | undefined {
  const { command, rest } = locate(root, argv);
  const [word] = rest;
  if (word === undefined || word.startsWith('-')) return undefined;
  const words = [...command.path, ...leadingWords(rest)];
  for (let length = words.length; length > command.path.length; length -= 1) {
    const phrase = words.slice(0, length).join(' ');
    const same = own(SAME_AS, phrase);
    if (same !== undefined) {
      const line = rest.some(isDryRun) ? same.replace(/^apply\b/, 'plan') : same;
      return `there is no command "${phrase}": assistantctl ${line} does that`;
    }
    const otherwise = own(OTHERWISE, phrase);
    if (otherwise !== undefined) return `there is no command "${phrase}": ${otherwise}`;
  }
  return undefined;
}

/** The nearest command by spelling; undefined when none is near enough to be meant. */
export function misspelled(root: CommandInfo, argv: readonly string[]): string | undefined {
  const { command, rest } = locate(root, argv);
  const names = command.subcommands.map(({ path }) => path.at(-1) ?? '');
  const found = closest(rest[0] ?? '', names);
  return found === undefined
    ? undefined
    : `did you mean ${['assistantctl', ...command.path, found].join(' ')}?`;
}

/** Tells whether a line asks to look only: `push --dry-run` is a plan and must never be answered with apply. */
function isDryRun(word: string): boolean {
  const [flag = '', value] = splitOption(word);
  return (
    /^--?(?:dry-?run|check|noop|no-op|preview|plan|diff)$/i.test(flag) &&
    value !== 'false' &&
    value !== 'none'
  );
}

function leadingWords(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => word.startsWith('-'));
  return words.slice(0, end < 0 ? undefined : end).slice(0, 3);
}

/** The answer to an option that is none of ours; `written` is the word as it was typed. */
export function answerOption(
  root: CommandInfo,
  argv: readonly string[],
  written: string,
): string | undefined {
  const { command } = locate(root, argv);
  const [flag = '', attached] = splitOption(written);
  const name = flag.replace(/^-+/, '');
  const following = argv[argv.indexOf(written) + 1];
  const value = attached ?? (following?.startsWith('-') === false ? following : undefined);
  const intro = `there is no option ${flag}`;
  const exact = attached === undefined ? undefined : own(OTHER_OPTIONS, `${name}=${attached}`);
  if (exact !== undefined) return `${intro}=${attached}: ${sentenceOf(root, command, exact, undefined)}`;
  // `-target=x`, as terraform writes it.
  const ours = optionNamed(command, `--${name}`);
  if (ours !== undefined && ours.value === undefined && attached !== undefined) {
    // A switch of ours that means something else there is no answer.
    const foreign =
      flag.startsWith('--') || !/^(?:true|false)$/.test(attached) ? own(OTHER_OPTIONS, name) : undefined;
    if (foreign !== undefined)
      return `${intro}=${safeValue(attached)}: ${sentenceOf(root, command, foreign, value)}`;
    return `--${name} takes no value: ${attached === 'false' ? 'leave it out' : does(command, `--${name}`)}`;
  }
  if (ours !== undefined && !flag.startsWith('--'))
    return `${intro}: ${does(command, optionLine(ours, value))}`;
  // The form of a result says nothing about what is wanted: no other command is meant by it.
  if (name === 'format' && hasTextAlone(command)) return `${intro}: ${TEXT_ALONE}`;
  const home = name.length < 2 ? undefined : mainLoop(root).find((known) => optionNamed(known, `--${name}`));
  const elsewhere = home === undefined ? undefined : optionNamed(home, `--${name}`);
  if (home !== undefined && elsewhere !== undefined) {
    return `${command.path.join(' ')} has no option --${name}: ${does(home, optionLine(elsewhere, value))}`;
  }
  const answer = own(OTHER_OPTIONS, name) ?? shortWithValue(flag);
  if (answer !== undefined) return `${intro}: ${sentenceOf(root, command, answer, value)}`;
  const near = closest(
    name,
    command.options.map(({ long }) => long?.slice(2) ?? ''),
  );
  return near === undefined ? undefined : `${intro}: did you mean --${near}?`;
}

/** `-ojson` and `-eproduction`: a letter with its value attached. */
function shortWithValue(flag: string): OptionAnswer | undefined {
  const [, letter = '', value] = /^-([oe])(\w+)$/.exec(flag) ?? [];
  const answer = value === undefined ? undefined : own(OTHER_OPTIONS, letter);
  return answer?.option === undefined ? undefined : { option: answer.option.replace('VALUE', value ?? '') };
}

function splitOption(written: string): readonly string[] {
  const at = written.indexOf('=');
  return at < 0 ? [written] : [written.slice(0, at), written.slice(at + 1)];
}

function sentenceOf(
  root: CommandInfo,
  command: CommandInfo,
  answer: OptionAnswer,
  value: string | undefined,
): string {
  if (answer.command !== undefined) return `assistantctl ${answer.command} does that`;
  if (answer.option === undefined) {
    return (answer.sentence ?? '').replace('VALUE', value === undefined ? 'N' : safeValue(value));
  }
  const [name = '', ...words] = answer.option.split(' ');
  const given = words.join(' ');
  if (name === '--format' && hasTextAlone(command)) return TEXT_ALONE;
  const wanted = given === 'VALUE' ? value : given === '' ? undefined : given;
  const home = optionNamed(command, name) === undefined ? commandWith(root, name) : command;
  const option = home === undefined ? undefined : optionNamed(home, name);
  if (home === undefined || option === undefined) return 'leave it out';
  return does(home, optionLine(option, wanted));
}

const TEXT_ALONE = 'it prints text alone; leave it out';

/** Another command with `--format` does something else than this one. */
function hasTextAlone(command: CommandInfo): boolean {
  return command.path.length > 0 && optionNamed(command, '--format') === undefined;
}

function does(command: CommandInfo, option: string): string {
  return `${['assistantctl', ...command.path, option].join(' ')} does that`;
}

function optionNamed(command: CommandInfo, long: string): OptionInfo | undefined {
  return command.options.find((option) => option.long === long);
}

/** Where an option is at home that the command at hand does not have: on the commands of the main loop first. */
function commandWith(root: CommandInfo, long: string): CommandInfo | undefined {
  return [...mainLoop(root), ...allCommands(root)].find(
    (command) => optionNamed(command, long) !== undefined,
  );
}

function mainLoop(root: CommandInfo): readonly CommandInfo[] {
  return ['plan', 'apply'].flatMap((name) => root.subcommands.filter(({ path }) => path[0] === name));
}

function optionLine({ long, value, choices }: OptionInfo, given: string | undefined): string {
  if (value === undefined) return long ?? '';
  const known = given !== undefined && (choices.length === 0 || choices.includes(given));
  const placeholder = choices.includes('json') ? 'json' : value.replace(/\.+$/, '').toUpperCase();
  return `${long} ${known ? safeValue(given, placeholder) : placeholder}`;
}

/** What can be copied into any shell as it stands; everything else is quoted by whoever types it. */
function safeValue(value: string, otherwise = 'VALUE'): string {
  return /^[\w./:@%+-]{1,80}$/.test(value) ? value : otherwise;
}

/** The answer to a word where the command takes none: an environment or an address, as other tools take them. */
export function answerArgument(
  root: CommandInfo,
  command: CommandInfo,
  words: readonly string[],
): string | undefined {
  const path = command.path.join(' ');
  const [word = '', second] = words;
  if (parseAddress(word) !== undefined) {
    if (path === 'import') {
      return `assistantctl state import ${word} ${second === undefined ? 'ID' : safeValue(second, 'ID')} does that`;
    }
    return optionNamed(command, '--target') === undefined
      ? undefined
      : `assistantctl ${path} --target ${word} does that`;
  }
  if (path === 'import') return 'assistantctl import --from FILE does that for files of another platform';
  if (!/^[a-z0-9][\w-]{0,60}$/i.test(word)) return undefined;
  // A second command behind the first, or an argument too many: no environment is meant.
  if (command.arguments.length > 0) {
    return optionNamed(command, '--message') === undefined
      ? undefined
      : `assistantctl ${path} ${command.arguments.map(({ name }) => name.toUpperCase()).join(' ')} --message TEXT does that`;
  }
  const phrase = [...command.path, word].join(' ');
  const same = own(SAME_AS, phrase);
  if (same !== undefined) return `assistantctl ${same} does that`;
  if (root.subcommands.some(({ path: named }) => named.at(-1) === word)) {
    return `assistantctl ${word} is a command of its own`;
  }
  return optionNamed(command, '--env') === undefined
    ? undefined
    : `assistantctl ${path} --env ${word} does that`;
}

function own<Value>(table: { readonly [key: string]: Value }, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
