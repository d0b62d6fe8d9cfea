/**
 * The table of commands: what each is called and takes, and which file of commands/ has its options and does it. A file
 * is loaded when its command is called, so that `--help` and `--version` do not pay for the validators or the HTTP
 * client.
 */
import { ACCOUNT_COMMANDS } from './commands-account.ts';
import { group, type Row, row } from './define.ts';

const STATE: readonly Row[] = [
  row('list', 'what is bound to what', async () => (await import('./commands/state-read.ts')).listState),
  row(
    'show <address>',
    'one binding with its last applied form',
    async () => (await import('./commands/state-read.ts')).showState,
  ),
  row(
    'mv <from> <to>',
    'give a binding another address of the same kind',
    async () => (await import('./commands/state-edit.ts')).moveState,
  ),
  row(
    'rm <address>',
    'forget a binding; the live resource stays',
    async () => (await import('./commands/state-edit.ts')).removeState,
  ),
  row(
    'import <address> <id>',
    'bind an address to a live resource',
    async () => (await import('./commands/state-import.ts')).importState,
  ),
  row(
    'unlock',
    'remove the lease of an apply that is gone, and show whose it was',
    async () => (await import('./commands/state-edit.ts')).unlockState,
  ),
  row(
    'claim <project/environment>',
    'keep a state after its project or environment was renamed',
    async () => (await import('./commands/state-claim.ts')).claimState,
  ),
  row(
    'history',
    'who applied what and when, and what can be restored',
    async () => (await import('./commands/state-history.ts')).showHistory,
  ),
  row(
    'migrate',
    'move bindings, records and copies between the state file and a Git ref',
    async () => (await import('./commands/state-migrate.ts')).migrate,
  ),
  row(
    'restore <address>',
    'create a deleted resource again from its copy in the state',
    async () => (await import('./commands/state-restore.ts')).restoreState,
  ),
];

const VERSIONS: readonly Row[] = [
  row(
    'list <address>',
    'every version with what it is needed for',
    async () => (await import('./commands/versions-read.ts')).listVersions,
  ),
  row(
    'show <address> <id>',
    'one version whole; "main" and "waiting" are ids too',
    async () => (await import('./commands/versions-read.ts')).showVersion,
  ),
  row(
    'diff <address> [from] [to]',
    'what differs between two versions, or between a version and "git"; by default main and git',
    async () => (await import('./commands/versions-read.ts')).diffVersions,
  ),
  row(
    'prune <address>',
    'delete old versions; never main, the last former mains, canary members, previews and what waits',
    async () => (await import('./commands/versions-prune.ts')).pruneVersions,
  ),
];

const TEST: readonly Row[] = [
  row(
    'run [addresses...]',
    'run tests, or all tests of assistants, on the platform; exit 9 unless all pass',
    async () => (await import('./commands/test-run.ts')).testRun,
  ),
  row(
    'history [addresses...]',
    'how tests did in their last runs, and which are flaky',
    async () => (await import('./commands/test-history.ts')).testHistory,
  ),
  row(
    'suites [suite]',
    "the suites that the account's tests belong to, or the runs of one",
    async () => (await import('./commands/test-suites.ts')).testSuites,
  ),
];

const ROLLOUT: readonly Row[] = [
  row(
    'status [addresses...]',
    'open rollouts, how far they are and what stands in their way',
    async () => (await import('./commands/rollout.ts')).rolloutStatus,
  ),
  row(
    'tick [addresses...]',
    'move each open rollout on by at most one step; for a schedule',
    async () => (await import('./commands/rollout.ts')).tick,
  ),
  row(
    'abort <address>',
    'remove the canary; the version stays',
    async () => (await import('./commands/rollout.ts')).abort,
  ),
  row(
    'promote <address>',
    'end the rollout now by making its version main',
    async () => (await import('./commands/rollout.ts')).finishRollout,
  ),
];

const PREVIEW: readonly Row[] = [
  row(
    'up',
    'stage what the branch changes beside everything live, and test it',
    async () => (await import('./commands/preview.ts')).up,
  ),
  row(
    'status',
    'what previews left in the account, or one of them',
    async () => (await import('./commands/preview-traces.ts')).previewStatus,
  ),
  row(
    'down',
    'remove every trace of a preview, from any machine',
    async () => (await import('./commands/preview-traces.ts')).down,
  ),
  row('gc', 'remove forgotten previews', async () => (await import('./commands/preview-traces.ts')).gc),
];

export const COMMANDS: readonly Row[] = [
  row(
    'init [dir]',
    'write a working project: samples, schemas, CI workflow, .gitignore',
    async () => (await import('./commands/init.ts')).initProject,
  ),
  row(
    'validate [files...]',
    'check everything that can be known offline, in every environment unless --env names one',
    async () => (await import('./commands/validate.ts')).validate,
  ),
  row(
    'plan',
    'compare Git, the last apply and the live account; writes nothing there',
    async () => (await import('./commands/plan.ts')).plan,
  ),
  row(
    'apply [file]',
    'execute a saved plan, or plan and execute',
    async () => (await import('./commands/apply.ts')).apply,
  ),
  row(
    'drift',
    'show what was changed outside Git; exit 2 when there is any',
    async () => (await import('./commands/drift.ts')).drift,
  ),
  row(
    'pull [resources...]',
    'write what is live into the specs: unmanaged resources and drift, or only one of the two',
    async () => (await import('./commands/pull.ts')).pull,
  ),
  row(
    'import',
    'turn files of another platform into documents, or have the API copy its assistants',
    async () => (await import('./commands/import.ts')).importAny,
  ),
  row(
    'explain <address> [pointer]',
    'where each value of a spec comes from: file and line, overlay, variable, base or API default',
    async () => (await import('./commands/explain.ts')).explain,
  ),
  row(
    'promote [addresses...]',
    'move main to the versions that wait for it, or to the one that is named',
    async () => (await import('./commands/promote.ts')).promote,
  ),
  row(
    'rollback <address>',
    'move main back to an earlier version, at once and without a gate',
    async () => (await import('./commands/rollback.ts')).rollback,
  ),

  group('versions', 'look at the versions of an assistant and tidy them', VERSIONS),
  group('test', 'run tests and look at their history', TEST),
  group('rollout', 'canary rollouts: look, move on by one step, end', ROLLOUT),
  group(
    'preview',
    'candidate versions of what a branch changes: tested, then removed without trace',
    PREVIEW,
  ),
  row(
    'status',
    'where an environment stands, in ten lines: account, state, what waits, what to type next',
    async () => (await import('./commands/status.ts')).status,
  ),
  row(
    'doctor',
    'look for what is wrong between project, state, account and pipeline',
    async () => (await import('./commands/doctor.ts')).doctor,
  ),
  row('show [file]', 'print a saved plan', async () => (await import('./commands/show.ts')).show),
  row(
    'graph',
    'draw assistants, tools, MCP servers, handoffs and tests from the specs alone',
    async () => (await import('./commands/graph.ts')).graph,
  ),
  row(
    'completion <shell>',
    'print the completion script of a shell',
    async () => (await import('./commands/completion.ts')).completion,
  ),

  ...ACCOUNT_COMMANDS,
  row(
    'comment [file]',
    'put a plan or another document on the pull or merge request, in one comment that is kept up to date',
    async () => (await import('./commands/comment.ts')).comment,
  ),
  row(
    'controller',
    'follow a branch: apply what was reviewed, take the steps of rollouts, look for drift, until stopped',
    async () => (await import('./commands/controller.ts')).controller,
  ),
  row(
    'approve <digests...>',
    'approve plans by their digest, for the controller to apply; needs no API key',
    async () => (await import('./commands/request.ts')).approve,
  ),
  row(
    'request <words...>',
    'ask the controller for a command, after --: rollback, promote, rollout promote, rollout abort',
    async () => (await import('./commands/request.ts')).request,
  ),

  group('state', 'look at the bindings and mend them', STATE),
  row(
    'schema [kind]',
    'print the JSON Schema of a document, or renew those of the project',
    async () => (await import('./commands/schema.ts')).schema,
  ),
  row(
    'emulator',
    'run the embedded API as a server of its own',
    async () => (await import('./commands/emulator.ts')).emulator,
  ),
];
