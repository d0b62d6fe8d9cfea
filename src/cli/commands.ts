/**
 * The command line as a table: names, arguments and options here, what they do in commands/, loaded when
 * needed. `--help`, `--version` and a typing error never pay for the validators or the HTTP client.
 */
import { Argument, Option } from 'commander';
import type { Declared } from './declared.ts';

import { collectAddressOrAll, format, planningOptions, reviewedOption } from './options.ts';
import { SCHEMA_NAMES } from './schema-names.ts';
import { ACCOUNT_COMMANDS } from './table-account.ts';
import { ASSISTANT_COMMANDS } from './table-assistant.ts';
import { CONTROLLER_COMMANDS } from './table-controller.ts';
import { FORGE_COMMANDS } from './table-forge.ts';
import { PREVIEW_COMMANDS } from './table-preview.ts';
import { PULL_COMMANDS } from './table-pull.ts';
import { RELEASE_COMMANDS } from './table-release.ts';
import { ROLLOUT_COMMANDS } from './table-rollout.ts';
import { STATE_PAST_COMMANDS } from './table-state.ts';
import { VIEW_COMMANDS } from './table-views.ts';

const STATE_COMMANDS: readonly Declared[] = [
  {
    usage: 'list',
    summary: 'what is bound to what',
    declare: (command) => command.addOption(format('text', 'json')),
    action: async (context, _args, command) =>
      (await import('./commands/state-read.ts')).listState(context, command.opts().format),
  },
  {
    usage: 'show <address>',
    summary: 'one binding with its last applied form',
    declare: (command) => command.addOption(format('text', 'json')),
    action: async (context, [address], command) =>
      (await import('./commands/state-read.ts')).showState(context, address, command.opts().format),
  },
  {
    usage: 'mv <from> <to>',
    summary: 'give a binding another address of the same kind',
    action: async (context, [from, to]) =>
      (await import('./commands/state-edit.ts')).moveState(context, from, to),
  },
  {
    usage: 'rm <address>',
    summary: 'forget a binding; the live resource stays',
    action: async (context, [address]) =>
      (await import('./commands/state-edit.ts')).removeState(context, address),
  },
  {
    usage: 'import <address> <id>',
    summary: 'bind an address to a live resource',
    action: async (context, [address, id]) =>
      (await import('./commands/state-import.ts')).importState(context, address, id),
  },
  {
    usage: 'unlock',
    summary: 'remove the lease of an apply that is gone, and show whose it was',
    action: async (context) => (await import('./commands/state-edit.ts')).unlockState(context),
  },
  ...STATE_PAST_COMMANDS,
];

export const COMMANDS: readonly Declared[] = [
  {
    usage: 'init [dir]',
    summary: 'write a working project: samples, schemas, CI workflow, .gitignore',
    declare: (command) =>
      command
        .option('--force', 'overwrite files that exist')
        .option('--empty', 'without samples: the frame for an account that exists, to be filled by pull')
        .addOption(new Option('--ci <system>', 'whose pipeline to write').choices(['github', 'gitlab']))
        .option('--package <spec>', 'what the pipeline installs: the address of a tarball, or a package'),
    action: async (context, [dir], command) =>
      (await import('./commands/init.ts')).initProject(context, dir, command.opts()),
  },
  {
    usage: 'validate [files...]',
    summary: 'check everything that can be known offline, in every environment unless --env names one',
    declare: (command) =>
      command
        .option('--sarif <file>', 'write the problems as SARIF 2.1.0 too')
        .option('--codequality <file>', 'write the problems for GitLab Code Quality too')
        .addOption(format('text', 'json', 'github')),
    action: async (context, [files], command) =>
      (await import('./commands/validate.ts')).validate(context, files, command.opts()),
  },
  {
    usage: 'plan',
    summary: 'compare Git, the last apply and the live account; writes nothing there',
    declare: (command) =>
      planningOptions(command)
        .option('--base <ref>', 'where the change goes: only what differs from it is put up for review')
        .addOption(reviewedOption())
        .option('--out <file>', 'save the plan for `apply FILE`')
        .option('--html <file>', 'write the page of `--format html` beside the result')
        .option('--tests <file>', 'JSON of `test run`, shown in Markdown and HTML')
        .option('--blast-radius', 'look up phone numbers and canaries in the other formats too')
        .option('--detailed-exitcode', 'exit 2 when there is something to do')
        .option('--offline', 'compare with the last apply alone: no key, no request; cannot be applied')
        .option('--gitlab-report <file>', "write the counts for GitLab's terraform report")
        .addOption(format('text', 'json', 'markdown', 'html')),
    several: {
      takes: 'patterns',
      writes: false,
      singleOptions: ['out', 'tests'],
      singleFormats: ['html'],
    },
    action: async (context, _args, command) =>
      (await import('./commands/plan.ts')).plan(context, command.opts()),
  },
  {
    usage: 'apply [file]',
    summary: 'execute a saved plan, or plan and execute',
    declare: (command) =>
      planningOptions(command)
        .option(
          '--approve <env>',
          'needed for a protected environment without a saved plan; a list for several',
        )
        .option('--expect-digest <hex>', 'go on only when the fresh plan has this digest')
        .addOption(reviewedOption())
        .option('--no-promote', 'stage assistant versions and leave main where it is')
        .option('--rerun-tests', 'run also gate tests that this content passed before')
        .option('--replace', 'let a change take the place of an open rollout of the same assistant')
        .option('--override-limits', 'go beyond `limits` of the project file')
        .option('--allow-behind', 'apply a commit that is older than the last applied one')
        .option(
          '--take-over <address>',
          'let this adoption replace live values; `all` for every one',
          collectAddressOrAll,
        )
        .option(
          '--not-renamed <address>',
          'let this resource be created beside one of its name whose spec is gone; `all` for every one',
          collectAddressOrAll,
        )
        .option('-y, --yes', 'do not ask, even at a terminal')
        .option('--keep-going', 'of several environments go on after one that failed')
        .addOption(format('text', 'json', 'markdown')),
    several: {
      takes: 'names',
      writes: true,
      stops: true,
      singleArgument: true,
      singleOptions: ['expectDigest'],
    },
    action: async (context, [file], command) =>
      (await import('./commands/apply.ts')).apply(context, file, command.opts()),
  },
  {
    usage: 'drift',
    summary: 'show what was changed outside Git; exit 2 when there is any',
    declare: (command) => command.addOption(format('text', 'json', 'markdown')),
    several: { takes: 'patterns', writes: false, singleOptions: [] },
    action: async (context, _args, command) =>
      (await import('./commands/drift.ts')).drift(context, command.opts().format),
  },
  ...PULL_COMMANDS,
  ...RELEASE_COMMANDS,
  ...ROLLOUT_COMMANDS,
  ...PREVIEW_COMMANDS,
  ...VIEW_COMMANDS,
  ...ASSISTANT_COMMANDS,
  ...ACCOUNT_COMMANDS,
  ...FORGE_COMMANDS,
  ...CONTROLLER_COMMANDS,
  { usage: 'state', summary: 'look at the bindings and mend them', subcommands: STATE_COMMANDS },
  {
    usage: 'schema',
    summary: 'print the JSON Schema of a document, or renew those of the project',
    declare: (command) =>
      command
        .addArgument(new Argument('[kind]', 'which document').choices(SCHEMA_NAMES))
        .option('--write', 'write the schemas of this version into schemas/ of the project'),
    action: async (context, [kind], command) =>
      (await import('./commands/schema.ts')).schema(context, kind, command.opts()),
  },
  {
    usage: 'emulator',
    summary: 'run the embedded API as a server of its own',
    declare: (command) =>
      command
        .option('--port <n>', 'port on 127.0.0.1; 0 picks a free one', '0')
        .option('--data <file>', 'keep the data in this file; without it, in memory')
        .option('--quirk <name=value...>', 'behaviour on which the public documents are silent')
        .option('--scripts <file>', 'JSON file with the results of test runs')
        .option('--latency <ms>', 'delay of every reply', '0'),
    action: async (context, _args, command) =>
      (await import('./commands/emulator.ts')).emulator(context, command.opts()),
  },
];
