/** First words of users of other tools for which no single command line of ours does the same. */

const EDIT = 'edit the YAML document, then assistantctl apply does that';
const WRITE = 'write a YAML document for it, then assistantctl apply does that';
const TAKE_OUT = 'take its document out of the specs, then assistantctl apply --prune does that';
const KEY =
  'the API key is read from the variable TELNYX_API_KEY and is stored nowhere; assistantctl status shows what it reaches';
const SECRET =
  'secrets stay in the account: make an integration secret in the portal and write its name where the field ends in _ref';
const ENVIRONMENT = 'write --env NAME after any command; assistantctl status lists the environments';
const GIT = 'use git for that; assistantctl plan compares the files as they lie in the working tree';
const FORMATTER = 'the YAML is yours to format, for example with prettier; assistantctl validate checks it';
const CALLS =
  'conversations are in the portal; assistantctl state history lists what was applied, and --verbose shows requests';
const STOP =
  'assistants answer as long as a number leads to them: take the number away in the portal; assistantctl rollout abort ADDRESS ends a canary';
const NUMBERS =
  'phone numbers are given to assistants in the portal; assistantctl assistant show NAME prints the application that a number leads to';
const FLOW =
  'a flow is the field conversation_flow of an assistant: assistantctl schema assistant prints its form';
const SCHEDULE =
  'a schedule of the pipeline starts commands: assistantctl init --ci github writes one; assistantctl event create NAME schedules a call';
const PORTAL =
  'assistants are in the portal; assistantctl status says where an environment stands, and assistantctl controller serves a page';
const MODULES =
  'what documents share is written with "extends", "for_each" or a defaults.yaml; assistantctl explain ADDRESS shows what comes of it';
const PROJECT_FILE = 'settings stand in assistantctl.yaml; assistantctl status shows those in force';

/** Words for what nothing does in one command: the whole answer. */
export const OTHERWISE: { readonly [words: string]: string } = {
  login: KEY,
  logout: KEY,
  auth: KEY,
  'auth login': KEY,
  'auth whoami': 'assistantctl status does that',
  configure: KEY,
  cancel:
    'Ctrl-C ends a running apply cleanly; assistantctl rollout abort ADDRESS ends a canary, assistantctl state unlock removes a lease that was left behind',
  delete: TAKE_OUT,
  destroy: TAKE_OUT,
  down: TAKE_OUT,
  remove: TAKE_OUT,
  rm: `${TAKE_OUT}; assistantctl state rm ADDRESS forgets the binding alone`,
  'assistant delete': TAKE_OUT,
  'assistant rm': TAKE_OUT,
  'agents delete': TAKE_OUT,
  'tool delete': TAKE_OUT,
  'tools delete': TAKE_OUT,
  'mcp delete': TAKE_OUT,
  edit: EDIT,
  'assistant edit': EDIT,
  create: WRITE,
  add: WRITE,
  'agents add': WRITE,
  'agents create': WRITE,
  'assistant create': WRITE,
  'assistant add': WRITE,
  'tool create': WRITE,
  'tools add': WRITE,
  'tools create': WRITE,
  'tests add': WRITE,
  'test create': WRITE,
  'mcp add': WRITE,
  'mcp create': WRITE,
  fmt: FORMATTER,
  format: FORMATTER,
  workspace: ENVIRONMENT,
  'workspace new': `an environment is an entry under "environments" of assistantctl.yaml; ${ENVIRONMENT}`,
  'workspace select': ENVIRONMENT,
  'env select': ENVIRONMENT,
  'stack select': ENVIRONMENT,
  use: ENVIRONMENT,
  'config use-context': ENVIRONMENT,
  config: PROJECT_FILE,
  'config set': PROJECT_FILE,
  'config get': PROJECT_FILE,
  secret: SECRET,
  secrets: SECRET,
  'secret put': SECRET,
  'config secret': SECRET,
  taint: 'nothing is made anew on purpose: change its document, and assistantctl apply stages a new version',
  untaint: 'nothing is ever marked to be made anew; assistantctl plan shows what an apply would do',
  replace:
    'nothing is made anew on purpose: change its document, and assistantctl apply stages a new version',
  output: 'assistantctl state show ADDRESS prints the id and the last applied form of a resource',
  outputs: 'assistantctl state show ADDRESS prints the id and the last applied form of a resource',
  console: 'assistantctl explain ADDRESS shows each value of a document and where it comes from',
  metadata: 'nothing of the kind is needed; assistantctl schema KIND prints the schema of a document',
  providers: 'there are no providers to install; assistantctl schema KIND prints the schema of a document',
  plugin: 'there are no plug-ins to install; assistantctl schema KIND prints the schema of a document',
  install:
    'nothing is installed into the account: assistantctl init writes a project, assistantctl apply brings it live',
  exec: CALLS,
  scale:
    'there is nothing to scale: a canary gives a version a share of the calls, and assistantctl rollout status shows it',
  stop: STOP,
  pause: STOP,
  suspend: STOP,
  top: CALLS,
  ps: 'nothing runs here: calls are in the portal; assistantctl status says where the environment stands',
  wait: 'apply waits by itself until all is done; assistantctl rollout status shows an open canary',
  'port-forward':
    'nothing listens in the account; assistantctl emulator serves the embedded API on this machine',
  calls: NUMBERS,
  phone: NUMBERS,
  'phone-number': NUMBERS,
  'phone-numbers': NUMBERS,
  numbers: NUMBERS,
  squad: `assistants that hand calls over to each other are documents with a handoff tool: assistantctl graph draws them`,
  squads: `assistants that hand calls over to each other are documents with a handoff tool: assistantctl graph draws them`,
  workflow: FLOW,
  workflows: FLOW,
  flow: FLOW,
  residency:
    'the region is the address of the API: write base_url in the environment of assistantctl.yaml; assistantctl status shows the one in force',
  region:
    'the region is the address of the API: write base_url in the environment of assistantctl.yaml; assistantctl status shows the one in force',
  'agents templates': 'assistantctl init writes a sample company to start from',
  'agents widget': 'the widget of an assistant is a field of its document: assistantctl schema assistant',
  components: 'the widget of an assistant is a field of its document: assistantctl schema assistant',
  triggers: SCHEDULE,
  cron: SCHEDULE,
  schedule: SCHEDULE,
  ui: PORTAL,
  dashboard: PORTAL,
  app: PORTAL,
  uninstall: TAKE_OUT,
  modules: MODULES,
  stacks: MODULES,
  dependency: MODULES,
  package: MODULES,
  repo: 'documents come from the folder "specs" of the project alone; assistantctl init writes a project',
  org: 'the account is the one of the API key; assistantctl status shows it',
  orgs: 'the account is the one of the API key; assistantctl status shows it',
  account: 'the account is the one of the API key; assistantctl status shows it',
  accounts: 'the account is the one of the API key; assistantctl status shows it',
  label: EDIT,
  annotate: EDIT,
  run: 'assistantctl apply brings the files live, assistantctl test run runs tests, assistantctl emulator serves the embedded API',
  'run:dev': ENVIRONMENT,
  open: 'assistants are in the portal; assistantctl assistant show NAME prints the id and the configuration of one',
  types: 'assistantctl schema KIND prints the JSON Schema of a document',
  'state replace-provider':
    'there are no providers; assistantctl state mv FROM TO gives a binding another address',
  upgrade: 'install the newer package; assistantctl --version prints the version at hand',
  'self-update': 'install the newer package; assistantctl --version prints the version at hand',
  commit: GIT,
  checkout: GIT,
  branch: GIT,
  merge: GIT,
  stash: GIT,
  tag: `${GIT}; assistantctl assistant tags shows the tags of assistants`,
  clone:
    'assistantctl pull writes an account into files; assistantctl assistant clone NAME copies one assistant',
  logs: CALLS,
  tail: CALLS,
  gc: 'assistantctl preview gc --older-than 7d removes forgotten previews; assistantctl apply --prune deletes orphans',
  cleanup:
    'assistantctl preview gc --older-than 7d removes forgotten previews; assistantctl apply --prune deletes orphans',
  lock: 'an apply takes the lease by itself; assistantctl state unlock removes one that was left behind',
  'rollout pause': 'a rollout holds by itself between its steps; assistantctl rollout abort ADDRESS ends it',
  'rollout restart': 'assistantctl apply begins a rollout; assistantctl rollout abort ADDRESS ends one',
};
