import type { Argument, CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import type { ArgumentInfo, CommandInfo, OptionInfo } from '../model/command-info.ts';

const GLOBAL = ['--project', '--env', '--verbose', '--verbose-bodies', '--no-color', '--help'];

/** The command line as data. */
export function describeCommand(command: CommandUnknownOpts, path: readonly string[] = []): CommandInfo {
  const help = command.createHelp();
  return {
    path,
    summary: command.description(),
    arguments: command.registeredArguments.map(argumentInfo),
    options: help.visibleOptions(command).map(optionInfo),
    subcommands: command.commands
      .filter((sub) => sub.name() !== 'help')
      .map((sub) => describeCommand(sub, [...path, sub.name()])),
  };
}

function argumentInfo(argument: Argument): ArgumentInfo {
  return {
    name: argument.name(),
    required: argument.required,
    variadic: argument.variadic,
    choices: argument.argChoices ?? [],
    description: argument.description,
  };
}

function optionInfo(option: Option): OptionInfo {
  const value = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1];
  const assumed = option.defaultValue;
  const shown = typeof assumed === 'string' || typeof assumed === 'number' ? String(assumed) : undefined;
  return {
    flags: option.flags,
    long: option.long ?? undefined,
    short: option.short ?? undefined,
    value,
    choices: option.argChoices ?? [],
    description: option.description,
    defaultValue: shown,
    global: GLOBAL.includes(option.long ?? ''),
  };
}
