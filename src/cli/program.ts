import {
  Command,
  CommanderError,
  type CommandUnknownOpts,
  type OptionValues,
} from '@commander-js/extra-typings';
import { closest } from '../model/closest.ts';
import type { FailureCode } from '../model/codes/failure-codes.ts';
import type { CommandInfo } from '../model/command-info.ts';
import { Failure } from '../model/errors.ts';
import { ARGUMENTS, DOCS, GROUPS, helpAfter, helpGroupOf } from '../render/words/help.ts';
import type { Runtime } from '../runtime.ts';
import { describeCommand } from './command-info.ts';
import { COMMANDS } from './commands.ts';
import type { Context, GlobalFlags } from './context.ts';
import { createContext } from './context.ts';
import type { Prepared, Row } from './define.ts';
import { EXIT_DONE } from './exit-codes.ts';
import { reportFailure } from './outcome.ts';
import { answerArgument, answerCommand, answerOption, locate, misspelled } from './words/answer.ts';

/**
 * Runs one command line (without the program's name) and returns its exit code. Never rejects: every failure
 * is reported on stderr, and on stdout too when `--format json` asked for a document.
 */
export async function run(argv: readonly string[], runtime: Runtime): Promise<number> {
  const wantsJson = asksForJson(argv);
  let context = createContext(runtime, {});
  let code = EXIT_DONE;
  const complaints: string[] = [];
  const { program } = createProgram(runtime, complaints, async (flags, action) => {
    context = createContext(runtime, flags);
    code = await action(context);
  });
  try {
    if (argv.length === 0) program.help();
    await program.parseAsync([...helpArguments(argv)], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT_DONE;
    return reportFailure(context, await asFailure(error, complaints, argv, program), wantsJson);
  } finally {
    context.finish();
  }
}

/** The whole command line as data, with what every command takes. Runs nothing. */
export async function commandReference(): Promise<CommandInfo> {
  const silent = { isTTY: false, columns: () => undefined, rows: () => undefined, write: () => undefined };
  const { program, loadAll } = createProgram({ stdout: silent, version: '' }, [], async () => undefined);
  await loadAll();
  return describeCommand(program);
}

type Perform = (flags: GlobalFlags, action: (context: Context) => Promise<number>) => Promise<void>;

interface Program {
  readonly program: Command;
  /** Puts the options of every command on the command line; otherwise only those of the called one are there. */
  readonly loadAll: () => Promise<void>;
}

function createProgram(
  runtime: Pick<Runtime, 'stdout' | 'version'>,
  complaints: string[],
  perform: Perform,
): Program {
  const program = new Command('assistantctl')
    .description('Keeps the AI assistants of a Telnyx account equal to YAML files in a Git repository.')
    // Options of the program would otherwise shadow those of its commands (`promote --version ID`).
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => runtime.stdout.write(text),
      writeErr: (text) => complaints.push(text),
      getOutHelpWidth: () => runtime.stdout.columns() ?? 100,
    })
    .configureHelp({ subcommandTerm })
    // Descriptions are wrapped on narrow screens too, instead of being cut inside a word.
    .configureHelp({ minWidthToWrap: 20 })
    .showSuggestionAfterError(false)
    .commandsGroup('Other:')
    .helpCommand('help [command]', 'show the options of a command')
    .version(runtime.version, '-V, --version', 'print the version')
    .addHelpText('after', () => `\n${START}\n`);
  addGlobalOptions(program);
  const loaders = addRows(program, inGroups(COMMANDS), { perform, outer: () => globalFlags(program.opts()) });
  for (const command of program.commands) {
    command.helpGroup(helpGroupOf(command.name())).addHelpText('after', () => helpAfter(command.name()));
  }
  return {
    program,
    loadAll: async () => {
      await Promise.all(loaders.map((load) => load()));
    },
  };
}

/** Every command has options, also those whose file is not loaded when the list is printed. */
function subcommandTerm(command: CommandUnknownOpts): string {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...(command.name() === 'help' ? [] : ['[options]']), ...words].join(' ');
}

const START = `With an account that exists:  assistantctl init --empty, then assistantctl pull --adopt
To try it without one:        assistantctl init my-voice, then assistantctl apply
Guide and reference:          ${DOCS}guide.md`;

/** In the order of their headings, which are printed as they are first met. */
function inGroups(rows: readonly Row[]): readonly Row[] {
  const names = GROUPS.flatMap(([, group]) => group);
  const place = ({ usage }: Row): number => {
    const at = names.indexOf(usage.split(' ', 1)[0] ?? '');
    return at < 0 ? names.length : at;
  };
  return rows.toSorted((a, b) => place(a) - place(b));
}

/** `help state mv` is `state mv --help`, however deep. A word that is no command is left to be complained of. */
function helpArguments(argv: readonly string[]): readonly string[] {
  const [first, ...words] = argv;
  if (first !== 'help' || words.length === 0) return argv;
  const { named, known } = namedBy(words);
  return named.length < words.length && known !== undefined ? words : [...named, '--help'];
}

interface Surroundings {
  readonly perform: Perform;
  /** What was written of the options of every command before the name of this one. */
  readonly outer: () => GlobalFlags;
}

type Load = () => Promise<unknown>;

/** Adds commands below another; commander calls for their options when it meets their names. */
function addRows(parent: CommandUnknownOpts, rows: readonly Row[], around: Surroundings): readonly Load[] {
  const loads = new Map<string, Load>();
  const below: Load[] = [];
  for (const row of rows) {
    if (row.addTo === undefined) below.push(...addGroup(parent, row, around));
    else {
      const { command, load } = row.addTo(parent);
      loads.set(
        command.name(),
        once(() => complete(command, load, around)),
      );
    }
  }
  parent.hook('preSubcommand', async (_parent, command) => {
    await loads.get(command.name())?.();
  });
  return [...loads.values(), ...below];
}

function addGroup(parent: CommandUnknownOpts, row: Row, around: Surroundings): readonly Load[] {
  // `.command()` and not `addCommand`: only the former inherits exitOverride and the output settings.
  const command = parent.command(row.usage).description(row.summary).allowExcessArguments();
  addGlobalOptions(command);
  const outer = (): GlobalFlags => nearest(around.outer(), globalFlags(command.opts()));
  return addRows(command, row.subcommands, { ...around, outer });
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Adds what the command takes besides its arguments, and what it does. */
async function complete(
  command: CommandUnknownOpts,
  load: () => Promise<Prepared>,
  { perform, outer }: Surroundings,
): Promise<void> {
  const { several, run: runCommand } = await load();
  for (const argument of command.registeredArguments) {
    if (argument.description === '') argument.description = ARGUMENTS[argument.name()] ?? '';
  }
  command.allowExcessArguments();
  addGlobalOptions(command);
  command.action(() => {
    refuseExcess(command);
    return perform(nearest(outer(), globalFlags(command.opts())), async (context) => {
      const act = (own: Context): Promise<number> => runCommand(own, commandReference);
      if (several === undefined || context.flags.env === undefined) return await act(context);
      return await (await import('./several.ts')).runSeveral(
        context,
        { several, options: command.opts(), argument: command.args[0] },
        act,
      );
    });
  });
}

/** A word too many is mostly an environment or an address, as other tools take them. */
function refuseExcess(command: CommandUnknownOpts): void {
  const taken = command.registeredArguments;
  const extra = taken.at(-1)?.variadic === true ? undefined : command.args[taken.length];
  if (extra === undefined) return;
  const info = describeCommand(command, pathOf(command));
  const name = info.path.join(' ');
  const number =
    taken.length === 0 ? 'no argument' : taken.length === 1 ? 'one argument' : `${taken.length} arguments`;
  const answer = answerArgument(describeCommand(rootOf(command)), info, command.args.slice(taken.length));
  throw new Failure('usage', `${name} takes ${number}${answer === undefined ? '' : `: ${answer}`}`, {
    code: 'USAGE_EXCESS_ARGUMENTS',
    ...(answer === undefined ? { hint: `assistantctl ${name} --help lists its arguments and options` } : {}),
  });
}

function pathOf(command: CommandUnknownOpts): readonly string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}

function rootOf(command: CommandUnknownOpts): CommandUnknownOpts {
  return command.parent === null ? command : rootOf(command.parent);
}

function addGlobalOptions(command: CommandUnknownOpts): void {
  command
    .optionsGroup('Options of every command:')
    .option('--project <dir>', 'folder of assistantctl.yaml; by default searched upwards')
    .option('--env <name>', 'environment of the project file; several for commands that say so')
    .option('--verbose', 'log every request on stderr')
    .option('--verbose-bodies', 'log bodies of requests and replies too, without credentials')
    .option('--events <file>', 'append what happens as CloudEvents, one JSON a line; - is stderr')
    .option('--no-color', 'plain text')
    .helpOption('-h, --help', 'show this help');
}

function globalFlags({ project, env, events, verbose, verboseBodies, color }: OptionValues): GlobalFlags {
  return {
    ...(typeof project === 'string' && { project }),
    ...(typeof env === 'string' && { env }),
    ...(typeof events === 'string' && { events }),
    verbose: verbose === true,
    verboseBodies: verboseBodies === true,
    color: color !== false,
  };
}

/** What was written nearest to the end of the line counts. */
function nearest(outer: GlobalFlags, own: GlobalFlags): GlobalFlags {
  return {
    ...outer,
    ...own,
    verbose: own.verbose === true || outer.verbose === true,
    verboseBodies: own.verboseBodies === true || outer.verboseBodies === true,
    color: own.color !== false && outer.color !== false,
  };
}

/** Known before the options are parsed, because a parse error has to be reported in that format too. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, index) => word === '--format=json' || (word === '--format' && argv[index + 1] === 'json'),
  );
}

interface Named {
  /** The words that name a command. */
  readonly named: readonly string[];
  /** The commands below it; undefined where there are none. */
  readonly known: readonly Row[] | undefined;
}

/** The command that a line begins with, as far as it names one. */
function namedBy(words: readonly string[]): Named {
  let known: readonly Row[] | undefined = COMMANDS;
  const named: string[] = [];
  for (const word of words) {
    const found: Row | undefined = known?.find(({ usage }) => usage.split(' ', 1)[0] === word);
    if (found === undefined) break;
    named.push(word);
    known = found.addTo === undefined ? found.subcommands : undefined;
  }
  return { named, known };
}

/** Which help to read. */
function helpFor(argv: readonly string[]): string {
  const { named, known } = namedBy(argv[0] === 'help' ? argv.slice(1) : argv);
  const what = known === undefined ? 'arguments and options' : 'commands';
  return `${['assistantctl', ...named].join(' ')} --help lists its ${what}`;
}

async function asFailure(
  error: unknown,
  complaints: readonly string[],
  argv: readonly string[],
  program: Command,
): Promise<unknown> {
  if (!(error instanceof CommanderError)) return error;
  const hint = helpFor(argv);
  if (error.code === 'commander.help') {
    const { named, known = [] } = namedBy(argv);
    const names = known.map(({ usage }) => usage.split(' ', 1)[0]).join(', ');
    // Pulumi's "preview" is a plan.
    const also = named[0] === 'preview' ? '; assistantctl plan shows what an apply would do' : '';
    return new Failure(
      'usage',
      named.length === 0
        ? 'a command is missing'
        : `${named.join(' ')}: a command is missing after it: ${names}`,
      {
        code: 'USAGE_COMMAND_MISSING',
        hint: `${hint}${also}`,
      },
    );
  }
  // Which options there are is asked for by those two alone; the names of the commands are known without their files.
  const deep = ['commander.unknownOption', 'commander.missingMandatoryOptionValue'].includes(error.code);
  const root = deep ? await commandReference() : describeCommand(program);
  const code = USAGE_CODES[error.code] ?? 'USAGE_ERROR';
  const answer = answerTo(error, argv, root);
  if (answer !== undefined) return new Failure('usage', answer, { code });
  const choice = error.code === 'commander.invalidArgument' ? choiceAnswer(error.message) : undefined;
  if (choice !== undefined) return new Failure('usage', choice.text, { code, hint: choice.hint ?? hint });
  const text = complaints.join('').trim() || error.message;
  const [first = ''] = text.replace(/^error: /, '').split('\n');
  const near = error.code === 'commander.unknownCommand' ? misspelled(root, argv) : undefined;
  return new Failure('usage', first, { code, hint: near ?? hint });
}

/** The right line for a line of another tool. */
function answerTo(error: CommanderError, argv: readonly string[], root: CommandInfo): string | undefined {
  const words = argv[0] === 'help' ? argv.slice(1) : argv;
  switch (error.code) {
    case 'commander.unknownCommand':
      return answerCommand(root, words);
    case 'commander.unknownOption':
      return answerOption(root, words, /'([^']+)'/.exec(error.message)?.[1] ?? '');
    case 'commander.missingMandatoryOptionValue': {
      const { command, rest } = locate(root, words);
      const answer = command.arguments.length === 0 ? answerArgument(root, command, rest) : undefined;
      return answer === undefined ? undefined : `${command.path.join(' ')} takes no argument: ${answer}`;
    }
    default:
      return undefined;
  }
}

/** A value that is none of a list, in words of ours: `--format takes text, json or markdown, not "yaml"`. */
function choiceAnswer(message: string): { readonly text: string; readonly hint?: string } | undefined {
  const option = /option '([^' ]+)[^']*' argument '([^']*)' is invalid\. Allowed choices are (.*)\./.exec(
    message,
  );
  const argument =
    /argument value '([^']*)' is invalid for argument '([^']*)'\. Allowed choices are (.*)\./.exec(message);
  const [name, value, list] =
    option !== null
      ? [option[1] ?? '', option[2] ?? '', option[3] ?? '']
      : argument !== null
        ? [`the ${argument[2]}`, argument[1] ?? '', argument[3] ?? '']
        : [];
  if (name === undefined || value === undefined || list === undefined) return undefined;
  // The last two are what completion scripts ask for.
  const choices = list.split(', ').filter((each) => each !== 'environments' && each !== 'addresses');
  const near = closest(value, choices);
  const subject = option === null ? name : name.split(',').at(-1);
  return {
    text: `${subject} is ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}, not ${JSON.stringify(value)}`,
    ...(near !== undefined && { hint: `did you mean ${near}?` }),
  };
}

/** What commander calls an error → what we do. */
const USAGE_CODES: { readonly [code: string]: FailureCode } = {
  'commander.conflictingOption': 'USAGE_CONFLICTING_OPTION',
  'commander.excessArguments': 'USAGE_EXCESS_ARGUMENTS',
  'commander.invalidArgument': 'USAGE_INVALID_ARGUMENT',
  'commander.missingArgument': 'USAGE_MISSING_ARGUMENT',
  'commander.missingMandatoryOptionValue': 'USAGE_MISSING_MANDATORY_OPTION_VALUE',
  'commander.optionMissingArgument': 'USAGE_OPTION_MISSING_ARGUMENT',
  'commander.unknownCommand': 'USAGE_UNKNOWN_COMMAND',
  'commander.unknownOption': 'USAGE_UNKNOWN_OPTION',
};
