/** Options of other tools, without the dashes, and what they are called or how they are done here. */

export interface OptionAnswer {
  /** An option of ours, written as in its help; the value of the foreign one takes the place of VALUE. */
  readonly option?: string;
  /** A command line that does what the option asks for. */
  readonly command?: string;
  /** The answer as a sentence, where neither is enough. */
  readonly sentence?: string;
}

const VARIABLES: OptionAnswer = {
  sentence:
    'variables stand in assistantctl.yaml, under "variables" of the environment, and are written ${var.NAME} in documents',
};
const NEVER_ASKS: OptionAnswer = { sentence: 'without a terminal nothing ever asks, so leave it out' };
const REPLACING: OptionAnswer = {
  sentence: 'nothing is made anew on purpose: change the document, and apply stages a new version',
};
const CONCURRENCY: OptionAnswer = { sentence: 'write "concurrency: VALUE" in assistantctl.yaml' };
const LEASE: OptionAnswer = {
  sentence: 'the lease is always taken; assistantctl state unlock removes one that was left behind',
};
const WHOLE_FOLDER: OptionAnswer = {
  sentence:
    'the folder "specs" of assistantctl.yaml is read whole; assistantctl apply --target ADDRESS limits it',
};

export const OTHER_OPTIONS: { readonly [name: string]: OptionAnswer } = {
  'auto-approve': { option: '--yes' },
  'auto-accept': { option: '--yes' },
  approve: { option: '--yes' },
  'non-interactive': NEVER_ASKS,
  'no-input': NEVER_ASKS,
  input: NEVER_ASKS,
  batch: NEVER_ASKS,
  doit: { command: 'apply' },
  'do-it': { command: 'apply' },
  'dry-run': { command: 'plan' },
  dryrun: { command: 'plan' },
  'skip-preview': { option: '--yes' },
  diff: { command: 'plan' },
  'show-diff': { command: 'plan' },
  'refresh=false': { option: '--offline' },
  'refresh=true': {
    sentence: 'leave it out: the account is read each time; --refresh also reads every assistant by id',
  },
  refresh: { command: 'drift' },
  'refresh-only': { command: 'drift' },
  destroy: {
    sentence: 'take the documents out of the specs, then assistantctl apply --prune does that',
  },
  delete: {
    sentence: 'take the documents out of the specs, then assistantctl apply --prune does that',
  },
  json: { option: '--format json' },
  yaml: { option: '--format json' },
  o: { option: '--format VALUE' },
  output: { option: '--format VALUE' },
  'output-format': { option: '--format VALUE' },
  e: { option: '--env VALUE' },
  environment: { option: '--env VALUE' },
  stack: { option: '--env VALUE' },
  s: { option: '--env VALUE' },
  workspace: { option: '--env VALUE' },
  context: { option: '--env VALUE' },
  namespace: { option: '--env VALUE' },
  n: { option: '--env VALUE' },
  profile: { option: '--env VALUE' },
  stage: { option: '--env VALUE' },
  'all-environments': { option: '--env all' },
  'all-namespaces': { option: '--env all' },
  A: { option: '--env all' },
  all: {
    sentence:
      'without an address everything is meant, so leave it out; --env all means every environment, where a command takes several',
  },
  'generate-config-out': { command: 'pull --adopt' },
  chdir: { option: '--project VALUE' },
  cwd: { option: '--project VALUE' },
  C: { option: '--project VALUE' },
  dir: { option: '--project VALUE' },
  directory: { option: '--project VALUE' },
  config: { option: '--project VALUE' },
  'config-file': { option: '--project VALUE' },
  c: { option: '--project VALUE' },
  t: { option: '--target VALUE' },
  targets: { option: '--target VALUE' },
  only: { option: '--target VALUE' },
  select: { option: '--target VALUE' },
  'target-dependents': { option: '--target VALUE' },
  save: { option: '--out VALUE' },
  'save-plan': { option: '--out VALUE' },
  'plan-file': { option: '--out VALUE' },
  'detailed-exit-code': { option: '--detailed-exitcode' },
  'exit-code': { option: '--detailed-exitcode' },
  'expect-no-changes': { option: '--detailed-exitcode' },
  v: { sentence: '--verbose logs every request, --version prints the version' },
  debug: { option: '--verbose' },
  trace: { option: '--verbose' },
  'log-level': { option: '--verbose' },
  color: {
    sentence: 'colours come by themselves at a terminal; FORCE_COLOR=1 asks for them, --no-color refuses',
  },
  var: VARIABLES,
  'var-file': VARIABLES,
  set: VARIABLES,
  values: VARIABLES,
  replace: REPLACING,
  'force-replace': REPLACING,
  taint: REPLACING,
  parallel: CONCURRENCY,
  parallelism: CONCURRENCY,
  p: CONCURRENCY,
  concurrency: CONCURRENCY,
  lock: LEASE,
  'lock-timeout': LEASE,
  f: WHOLE_FOLDER,
  filename: WHOLE_FOLDER,
  file: WHOLE_FOLDER,
  k: WHOLE_FOLDER,
  R: WHOLE_FOLDER,
  recursive: WHOLE_FOLDER,
  specs: WHOLE_FOLDER,
  'no-refresh': { option: '--offline' },
  m: { sentence: 'the commit is the message: versions are named after it' },
  message: { sentence: 'the commit is the message: versions are named after it' },
  w: { sentence: 'apply waits by itself until all is done' },
  wait: { sentence: 'apply waits by itself until all is done' },
  'api-key': {
    sentence: 'a key on the command line is seen by other users; put it into the variable TELNYX_API_KEY',
  },
  token: {
    sentence: 'a key on the command line is seen by other users; put it into the variable TELNYX_API_KEY',
  },
  'compact-warnings': {
    sentence: 'write "diagnostics: { CODE: ignore }" in assistantctl.yaml to silence a warning',
  },
  quiet: { sentence: 'the result alone is on stdout; send stderr elsewhere with 2>/dev/null' },
  q: { sentence: 'the result alone is on stdout; send stderr elsewhere with 2>/dev/null' },
  watch: {
    sentence:
      'a command ends when it is done; assistantctl controller follows a branch, and assistantctl drift in a schedule looks again',
  },
  force: {
    sentence:
      'nothing is forced as a whole: each refusal names the option that lifts it, such as --approve ENV, --take-over ADDRESS or --override-limits',
  },
  'force-conflicts': { option: '--take git' },
  overwrite: { option: '--take git' },
  'server-side': {
    sentence: 'leave it out: what changed on both sides is always found by comparison with what was applied',
  },
  timeout: {
    sentence:
      'write "retry: { budget: 60s }" in assistantctl.yaml for requests, gate: { timeout: 15m } for tests',
  },
  'show-sensitive': {
    sentence: 'secrets are never printed; assistantctl explain ADDRESS names the file and line of each value',
  },
  upgrade: {
    sentence:
      'there are no providers to upgrade; assistantctl schema --write renews the schemas of the project',
  },
  'migrate-state': { command: 'state migrate --to git' },
  reconfigure: { command: 'state migrate --to git' },
  'backend-config': {
    sentence:
      'the state is set in assistantctl.yaml: state: { backend: git, remote: origin, ref: refs/assistantctl/ENV }',
  },
  fix: { sentence: 'nothing is mended by itself: each finding of assistantctl doctor names what to do' },
  'target-file': { option: '--target VALUE' },
  exclude: {
    sentence: 'name what is wanted with --target ADDRESS; what a spec does not write is never touched',
  },
  type: { option: '--format VALUE' },
  'delete-missing': { option: '--prune' },
  'remove-deleted': { option: '--prune' },
};
