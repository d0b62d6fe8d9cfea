/** What `--help` says beyond names and options: the group of a command, examples to copy, and the page to read. */

export interface CommandHelp {
  /** Command lines without the program's name, each with what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** Page below docs/. */
  readonly page: string;
}

/** Where the pages of docs/ can be read. */
export const DOCS = 'https://github.com/assistantctl/assistantctl/blob/main/docs/';

/** Headings of the list of commands, in order. A command under none of them is printed under the last. */
export const GROUPS: readonly (readonly [heading: string, commands: readonly string[]])[] = [
  ['Begin:', ['init', 'pull', 'import', 'doctor', 'status']],
  ['Review and apply:', ['validate', 'plan', 'show', 'apply', 'drift', 'explain', 'graph']],
  ['Release:', ['promote', 'rollback', 'rollout', 'versions', 'preview', 'test']],
  ['Bindings and their history:', ['state']],
  ['Pipelines:', ['comment', 'approve', 'request', 'controller']],
  ['Live resources, one by one:', ['assistant', 'tool', 'mcp', 'canary', 'event', 'integration', 'insight']],
  ['Other:', ['schema', 'emulator', 'completion', 'help']],
];

/** Descriptions of arguments, by their name in the usage line. */
export const ARGUMENTS: { readonly [name: string]: string } = {
  address: 'kind/key, for example assistant/front-desk; the key alone where only one resource has it',
  addresses: 'kind/key of each, or the key alone; all of them when left out',
  resources: 'kind/key, key, name or id of each; the whole account when left out',
  from: 'what it is called now',
  to: 'what it is to be called',
  id: 'id of the live resource or version, as the API writes it',
  file: 'the file to read',
  files: 'documents to check; the whole project when left out',
  dir: 'the folder to write; the working directory when left out',
  pointer: 'JSON Pointer of one field, for example /voice_settings/voice',
  assistant: 'address, key, name or id of an assistant',
  tool: 'address, key, name or id of a tool',
  server: 'address, key, name or id of an MCP server',
  event: 'id of the scheduled event',
  integration: 'name or id in the catalogue',
  connection: 'id of a connection, or the name of its integration',
  suite: 'name of a test suite',
  kind: 'which document',
  'project/environment': 'what project and environment were called before',
  digests: 'digest of a plan, as the plan and the status page show it',
  words: 'a command and its arguments, after --',
  conversation: 'id of the conversation',
};

export const HELP: { readonly [command: string]: CommandHelp } = {
  init: {
    examples: [
      ['init --empty', 'the frame for an account that exists; then pull --adopt'],
      ['init my-voice', 'a project with samples, to try it without an account'],
    ],
    page: 'guide.md',
  },
  validate: {
    examples: [
      ['validate', 'everything, in every environment'],
      [
        'validate assistants/billing.yaml',
        'the problems of one file, as an editor or a commit hook wants them',
      ],
    ],
    page: 'specs.md',
  },
  plan: {
    examples: [
      ['plan', 'what apply would do'],
      ['plan --env production --out plan.json', 'save it, to be applied as it was read'],
      ['plan --target assistant/billing', 'one resource'],
      ['plan --detailed-exitcode', 'exit 2 when there is something to do'],
    ],
    page: 'how-it-works.md',
  },
  show: {
    examples: [
      ['show plan.json', 'what a saved plan would do'],
      ['show plan.json --format html', 'the same as a page'],
    ],
    page: 'reviews.md',
  },
  status: { examples: [['status', 'project, account, state, and what waits']], page: 'guide.md' },
  apply: {
    examples: [
      ['apply', 'plan, ask, and do it'],
      ['apply plan.json', 'do what was saved, and nothing else'],
      ['apply --env production --approve production', 'a protected environment, without a saved plan'],
    ],
    page: 'how-it-works.md',
  },
  controller: {
    examples: [
      ['controller --env production', 'follow main of the origin, and apply what was reviewed'],
      [
        'controller --repo https://git.example/acme/voice.git --branch main',
        'follow a repository by its address',
      ],
    ],
    page: 'controller.md',
  },
  approve: {
    examples: [['approve --env production sha256:…', 'let the controller apply the plan with this digest']],
    page: 'controller.md',
  },
  request: {
    examples: [
      [
        'request --env production -- rollback assistant/billing --reason "callers complain"',
        'without an API key',
      ],
    ],
    page: 'controller.md',
  },
  drift: {
    examples: [['drift --env production', 'exit 2 when somebody changed something']],
    page: 'pull.md',
  },
  pull: {
    examples: [
      ['pull --adopt', 'write documents for everything that is not managed yet'],
      ['pull --drift', 'bring into the files what was changed in the dashboard'],
      ['pull assistant/billing', 'one resource'],
    ],
    page: 'pull.md',
  },
  explain: {
    examples: [
      ['explain assistant/billing', 'each value and where it comes from'],
      ['explain assistant/billing /greeting', 'one field'],
    ],
    page: 'specs.md',
  },
  promote: { examples: [['promote', 'every version that waits']], page: 'releases.md' },
  rollback: {
    examples: [['rollback assistant/billing --reason "callers complain"', 'back to the main before']],
    page: 'releases.md',
  },
  versions: { examples: [['versions list assistant/billing', 'what there is']], page: 'releases.md' },
  rollout: { examples: [['rollout status', 'which canaries are open']], page: 'rollouts.md' },
  preview: {
    examples: [
      ['preview up --id pr-42', 'stage and test what this branch changes'],
      ['plan', 'what pulumi calls preview'],
    ],
    page: 'previews.md',
  },
  test: {
    examples: [
      ['test run --suite release-gate', 'one suite'],
      ['test run assistant/billing', 'the tests of one assistant'],
    ],
    page: 'releases.md',
  },
  state: {
    examples: [
      ['state list', 'what is bound to what'],
      ['state import assistant/billing assistant-123', 'bind a live resource to a document'],
    ],
    page: 'state.md',
  },
  comment: { examples: [], page: 'reviews.md' },
  assistant: { examples: [['assistant chat "Front desk"', 'talk to it']], page: 'api-commands.md' },
  tool: { examples: [], page: 'api-commands.md' },
  mcp: { examples: [], page: 'api-commands.md' },
  canary: { examples: [], page: 'api-commands.md' },
  event: { examples: [], page: 'api-commands.md' },
  integration: { examples: [], page: 'api-commands.md' },
  schema: {
    examples: [
      ['schema assistant', 'print one'],
      ['schema --write', 'renew those of the project after an upgrade'],
    ],
    page: 'specs.md',
  },
  emulator: {
    examples: [['emulator --port 8080 --data api.json', 'for other programs']],
    page: 'how-it-works.md',
  },
};

/** The lines below the options: examples, then the page. */
export function helpAfter(command: string): string {
  const help = Object.hasOwn(HELP, command) ? HELP[command] : undefined;
  if (help === undefined) return '';
  const width = Math.max(0, ...help.examples.map(([line]) => line.length));
  const lines = help.examples.map(([line, does]) => `  $ assistantctl ${line.padEnd(width)}   # ${does}`);
  const examples = lines.length === 0 ? [] : ['', 'Examples:', ...lines];
  return [...examples, '', `More: ${DOCS}${help.page}`, ''].join('\n');
}

/** The heading under which a command is listed. */
export function helpGroupOf(command: string): string {
  return GROUPS.find(([, commands]) => commands.includes(command))?.[0] ?? GROUPS.at(-1)?.[0] ?? 'Commands:';
}
