import { Command, CommanderError } from 'commander';
import type { CommandInfo } from '../model/command-info.ts';
import { Failure } from '../model/errors.ts';
import type { Runtime } from '../runtime.ts';
import { describeCommand } from './command-info.ts';
import { COMMANDS } from './commands.ts';
import type { Context, GlobalFlags } from './context.ts';
import { createContext } from './context.ts';
import type { Declared } from './declared.ts';
import { EXIT_DONE } from './exit-codes.ts';
import { reportFailure } from './outcome.ts';

/**
 * Runs one command line (without the program's name) and returns its exit code. Never rejects: every failure
 * is reported on stderr, and on stdout too when `--format json` asked for a document.
 */
export async function run(argv: readonly string[], runtime: Runtime): Promise<number> {
  const wantsJson = asksForJson(argv);
  let context = createContext(runtime, {});
  let code = EXIT_DONE;
  const complaints: string[] = [];
  const program = createProgram(runtime, complaints, async (flags, action) => {
    context = createContext(runtime, flags);
    code = await action(context);
  });
  try {
    if (argv.length === 0) program.help();
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT_DONE;
    return reportFailure(context, asFailure(error, complaints, argv), wantsJson);
  } finally {
    context.finish();
  }
}

/** The whole command line as data, without running anything. */
export function commandReference(): CommandInfo {
  const silent = { isTTY: false, columns: () => undefined, write: () => undefined };
  return describeCommand(createProgram({ stdout: silent, version: '' }, [], async () => undefined));
}

type Perform = (flags: GlobalFlags, action: (context: Context) => Promise<number>) => Promise<void>;

function createProgram(
  runtime: Pick<Runtime, 'stdout' | 'version'>,
  complaints: string[],
  perform: Perform,
): Command {
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
    .helpCommand('help [command]', 'show the options of a command')
    .version(runtime.version, '-V, --version', 'print the version')
    .addHelpText('after', () => `\nStart with: assistantctl init my-project\n`);
  addGlobalOptions(program);
  for (const declared of COMMANDS) addCommand(program, declared, perform);
  return program;
}

function addCommand(parent: Command, declared: Declared, perform: Perform): void {
  const command = parent.command(declared.usage).description(declared.summary);
  // `.command()` and not `addCommand`: only the former inherits exitOverride and the output settings.
  declared.declare?.(command);
  addGlobalOptions(command);
  for (const sub of declared.subcommands ?? []) addCommand(command, sub, perform);
  const { action } = declared;
  if (action === undefined) return;
  command.action(() =>
    perform(globalFlags(command), (context) => action(context, command.processedArgs, command)),
  );
}

function addGlobalOptions(command: Command): void {
  command
    .optionsGroup('Options of every command:')
    .option('--project <dir>', 'folder of assistantctl.yaml; by default searched upwards')
    .option('--env <name>', 'environment of the project file')
    .option('--verbose', 'log every request on stderr')
    .option('--no-color', 'plain text')
    .helpOption('-h, --help', 'show this help');
}

/** What was written nearest to the end of the line counts. */
function globalFlags(command: Command): GlobalFlags {
  const outer: GlobalFlags = command.parent === null ? {} : globalFlags(command.parent);
  const own = command.opts<GlobalFlags>();
  const project = own.project ?? outer.project;
  const env = own.env ?? outer.env;
  return {
    ...(project === undefined ? {} : { project }),
    ...(env === undefined ? {} : { env }),
    verbose: own.verbose === true || outer.verbose === true,
    color: own.color !== false && outer.color !== false,
  };
}

/** Known before the options are parsed, because a parse error has to be reported in that format too. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, index) => word === '--format=json' || (word === '--format' && argv[index + 1] === 'json'),
  );
}

/** Which help to read: that of the command which the line begins with, as far as it names one. */
function helpFor(argv: readonly string[]): string {
  let known: readonly Declared[] | undefined = COMMANDS;
  const named: string[] = [];
  for (const word of argv[0] === 'help' ? argv.slice(1) : argv) {
    const found: Declared | undefined = known?.find(({ usage }) => usage.split(' ', 1)[0] === word);
    if (found === undefined) break;
    named.push(word);
    known = found.subcommands;
  }
  const what = known === undefined ? 'arguments and options' : 'commands';
  return `${['assistantctl', ...named].join(' ')} --help lists its ${what}`;
}

function asFailure(error: unknown, complaints: readonly string[], argv: readonly string[]): unknown {
  if (!(error instanceof CommanderError)) return error;
  if (error.code === 'commander.help') {
    const [first, unknown] = argv;
    return first === 'help' && unknown !== undefined
      ? new Failure('usage', `unknown command '${argv.slice(1).join(' ')}'`, {
          code: 'USAGE_UNKNOWN_COMMAND',
          hint: helpFor(argv),
        })
      : new Failure('usage', 'a command is missing', { code: 'USAGE_COMMAND_MISSING', hint: helpFor(argv) });
  }
  const text = complaints.join('').trim() || error.message;
  const [first = '', ...rest] = text.replace(/^error: /, '').split('\n');
  const suggestion = rest
    .join(' ')
    .trim()
    .replace(/^\(|\)$/g, '');
  return new Failure('usage', first, {
    code: error.code.startsWith('commander.') ? usageCode(error.code) : 'USAGE',
    hint: suggestion === '' ? helpFor(argv) : suggestion,
  });
}

/** `commander.unknownOption` → `USAGE_UNKNOWN_OPTION`. */
function usageCode(code: string): string {
  const name = code.slice('commander.'.length);
  return `USAGE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
