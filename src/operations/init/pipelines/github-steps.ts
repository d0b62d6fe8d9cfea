import { INSTALL, indent, type PipelineEnvironment, type PipelineFacts } from './facts.ts';

// Pinned by commit; the comment behind each names the release.
const CHECKOUT = 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0';
const SETUP_NODE = 'actions/setup-node@a0853c24544627f65ddf259abe73b1d18a591444 # v5.0.0';
const CACHE = '0057852bfaa89a56745cba8c7296529d2fc39830 # v4.3.0';

/** What all workflows have in common below their triggers. */
export function workflowHead({ projectPath, packageSpec }: PipelineFacts): string {
  const folder =
    projectPath === '' ? '' : `\ndefaults:\n  run:\n    working-directory: ${JSON.stringify(projectPath)}\n`;
  return `# Each job asks for what it needs, and no job for more.
permissions: {}
${folder}
env:
  # What npm installs: the address of a tarball that you trust, or the name of a package with its version.
  ASSISTANTCTL_PACKAGE: ${JSON.stringify(packageSpec)}
`;
}

interface Setup {
  /** Every commit: to tell what is older, and what a change request itself changes. */
  readonly history?: boolean;
  /** The commit to check out; absent: the one of the event. */
  readonly ref?: string;
  /** Those whose state the job reads or writes. */
  readonly environments: readonly PipelineEnvironment[];
  /** Name of the environment where the run decides it. */
  readonly named?: string;
  /** The job pushes a branch. */
  readonly pushes?: boolean;
  /** Bring the state files of earlier runs. */
  readonly reads?: boolean;
}

/** Steps that every job begins with. */
export function setupSteps(facts: PipelineFacts, setup: Setup): string {
  const { history, ref, environments, named, pushes = false, reads = true } = setup;
  const how = [
    ...(ref === undefined ? [] : [`ref: ${ref}`]),
    ...(history === true ? ['fetch-depth: 0'] : []),
    // A state in Git is fetched and pushed by the job.
    `persist-credentials: ${pushes || environments.some(({ gitState }) => gitState)}`,
  ];
  return `- uses: ${CHECKOUT}
  with:
${how.map((line) => `    ${line}\n`).join('')}- uses: ${SETUP_NODE}
  with: { node-version: 22 }
- name: Install
  run: |
${indent(INSTALL, 4)}
${reads ? restoreSteps(facts, environments, named) : ''}`;
}

/** One for each state file; only one where the run decides which. */
export function restoreSteps(
  facts: PipelineFacts,
  environments: readonly PipelineEnvironment[],
  named?: string,
): string {
  const kept = environments.filter(({ gitState }) => !gitState).map(({ name }) => name);
  const names = named === undefined || kept.length === 0 ? kept : [named];
  return names
    .map(
      (name) => `- uses: actions/cache/restore@${CACHE}
  if: \${{ !cancelled() }}
  with:
${indent(cacheOf(facts, name), 4)}
    restore-keys: assistantctl${facts.slug}--${name}--
`,
    )
    .join('');
}

export function saveStep(
  facts: PipelineFacts,
  environments: readonly PipelineEnvironment[],
  named?: string,
): string {
  const [kept] = environments.filter(({ gitState }) => !gitState);
  if (kept === undefined) return '';
  return `# What was applied last is the base of the next comparison: it has to outlive the run, a failed one too.
- if: always()
  uses: actions/cache/save@${CACHE}
  with:
${indent(cacheOf(facts, named ?? kept.name), 4)}
`;
}

function cacheOf({ projectPath, slug }: PipelineFacts, name: string): string {
  const path = projectPath === '' ? '' : `${projectPath}/`;
  return `path: ${path}.assistantctl/state
key: assistantctl${slug}--${name}--\${{ github.run_id }}-\${{ github.run_attempt }}-\${{ github.job }}`;
}

/**
 * Runners share no file: with a state file every job that writes it, a tick or a rollback too, is in one group. Empty
 * where the state is in Git, because there writers exclude each other by their lease.
 */
export function writerGroup(
  { slug }: PipelineFacts,
  { name, gitState }: Pick<PipelineEnvironment, 'name' | 'gitState'>,
): string {
  if (gitState) return '';
  return `    # The state is a file: one writer at a time. GitHub keeps one waiting job of a group and drops older ones; the next
    # merge applies what they would. Where GitHub knows it, add "queue: max" and none is dropped, or keep the state in Git.
    concurrency:
      group: assistantctl${slug}-write-${name}
`;
}

export function keyLine({ keyVariable }: PipelineEnvironment): string {
  return `${keyVariable}: \${{ secrets.${keyVariable} }}`;
}

/** The keys of all of them, one a line below `env`. */
export function keyLines(environments: readonly PipelineEnvironment[], columns: number): string {
  const lines = [...new Set(environments.map(keyLine))];
  return lines.map((line) => `${' '.repeat(columns)}${line}\n`).join('');
}

export function contentsRight(
  environments: readonly PipelineEnvironment[],
  access: 'reads' | 'writes',
): string {
  return `contents: ${access === 'writes' && environments.some(({ gitState }) => gitState) ? 'write' : 'read'}`;
}

/** The environment whose candidates are shown: the one that matters most. */
export function lastEnvironment({ environments }: PipelineFacts): PipelineEnvironment {
  return environments.at(-1) ?? environments[0];
}
