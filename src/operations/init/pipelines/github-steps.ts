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
  readonly environment: PipelineEnvironment;
  /** Keep a state file for the next run. */
  readonly reads?: boolean;
}

/** Steps that every job begins with. */
export function setupSteps(facts: PipelineFacts, { history, ref, environment, reads = true }: Setup): string {
  const how = [
    ...(ref === undefined ? [] : [`ref: ${ref}`]),
    ...(history === true ? ['fetch-depth: 0'] : []),
    // A state in Git is fetched and pushed by the job.
    `persist-credentials: ${environment.gitState}`,
  ];
  return `- uses: ${CHECKOUT}
  with:
${how.map((line) => `    ${line}\n`).join('')}- uses: ${SETUP_NODE}
  with: { node-version: 22 }
- name: Install
  run: |
${indent(INSTALL, 4)}
${reads ? restoreStep(facts, environment) : ''}`;
}

export function restoreStep(facts: PipelineFacts, environment: PipelineEnvironment): string {
  if (environment.gitState) return '';
  return `- uses: actions/cache/restore@${CACHE}
  if: \${{ !cancelled() }}
  with:
${indent(cacheOf(facts, environment), 4)}
    restore-keys: assistantctl${facts.slug}-${environment.name}-
`;
}

export function saveStep(facts: PipelineFacts, environment: PipelineEnvironment): string {
  if (environment.gitState) return '';
  return `# What was applied last is the base of the next comparison: it has to outlive the run, a failed one too.
- if: always()
  uses: actions/cache/save@${CACHE}
  with:
${indent(cacheOf(facts, environment), 4)}
`;
}

function cacheOf({ projectPath, slug }: PipelineFacts, { name }: PipelineEnvironment): string {
  const path = projectPath === '' ? '' : `${projectPath}/`;
  return `path: ${path}.assistantctl/state
key: assistantctl${slug}-${name}-\${{ github.run_id }}-\${{ github.run_attempt }}`;
}

export function keyLine({ keyVariable }: PipelineEnvironment): string {
  return `${keyVariable}: \${{ secrets.${keyVariable} }}`;
}

export function contentsRight({ gitState }: PipelineEnvironment, writes: boolean): string {
  return `contents: ${gitState && writes ? 'write' : 'read'}`;
}

/** The environment whose candidates are shown: the one that matters most. */
export function lastEnvironment({ environments }: PipelineFacts): PipelineEnvironment {
  return environments.at(-1) ?? environments[0];
}
