import {
  APPLY_WHEN_FREE,
  FAILURE_CODE,
  INSTALL,
  indent,
  jobName,
  OPERATE,
  type PipelineEnvironment,
  type PipelineFacts,
  type PipelineFile,
} from './facts.ts';

// Pinned by commit; the comment behind each names the release.
const CHECKOUT = 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0';
const SETUP_NODE = 'actions/setup-node@a0853c24544627f65ddf259abe73b1d18a591444 # v5.0.0';
const CACHE = '0057852bfaa89a56745cba8c7296529d2fc39830 # v4.3.0';
const UPLOAD = 'actions/upload-artifact@330a01c490aca151604b8cf639adc76d48f6c5d4 # v5.0.0';

/** The workflows of a project on GitHub. */
export function githubPipeline(facts: PipelineFacts): readonly PipelineFile[] {
  const files = {
    'assistantctl.yml': mainWorkflow(facts),
    'assistantctl-operate.yml': operateWorkflow(facts),
    'assistantctl-preview.yml': previewWorkflow(facts),
    'assistantctl-watch.yml': watchWorkflow(facts),
    ...(facts.canaries && { 'assistantctl-rollouts.yml': rolloutsWorkflow(facts) }),
  };
  return Object.entries(files).map(([name, text]) => ({
    file: `.github/workflows/${name.replace('assistantctl', `assistantctl${facts.slug}`)}`,
    text,
  }));
}

/** What all workflows have in common below their triggers. */
function head({ projectPath, packageSpec }: PipelineFacts): string {
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
function setup(facts: PipelineFacts, { history, ref, environment, reads = true }: Setup): string {
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
${reads ? restore(facts, environment) : ''}`;
}

function restore(facts: PipelineFacts, environment: PipelineEnvironment): string {
  if (environment.gitState) return '';
  return `- uses: actions/cache/restore@${CACHE}
  if: \${{ !cancelled() }}
  with:
${indent(cacheOf(facts, environment), 4)}
    restore-keys: assistantctl${facts.slug}-${environment.name}-
`;
}

function save(facts: PipelineFacts, environment: PipelineEnvironment): string {
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

function key({ keyVariable }: PipelineEnvironment): string {
  return `${keyVariable}: \${{ secrets.${keyVariable} }}`;
}

function contents({ gitState }: PipelineEnvironment, writes: boolean): string {
  return `contents: ${gitState && writes ? 'write' : 'read'}`;
}

function mainWorkflow(facts: PipelineFacts): string {
  const jobs = facts.environments.map((environment, index) => {
    const before = facts.environments[index - 1];
    return [
      planJob(facts, environment),
      applyJob(facts, environment, before),
      approveJob(facts, environment),
    ].join('\n');
  });
  return `# A pull request is planned and shown in one comment; what was merged and reviewed is applied.
name: assistantctl${facts.slug}
on:
  pull_request:
  merge_group:
  push:
    branches: [main]

${head(facts)}
jobs:
${jobs.join('\n')}`;
}

function planJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  return `  ${jobName('plan', environment, facts)}:
    if: github.event_name != 'push'
    runs-on: ubuntu-latest
    timeout-minutes: 15
    env:
      ENVIRONMENT: ${environment.name}
    concurrency:
      group: assistantctl${facts.slug}-plan-${environment.name}-\${{ github.ref }}
      cancel-in-progress: true
    permissions:
      ${contents(environment, false)}
      pull-requests: write
    steps:
${indent(setup(facts, { history: true, environment, reads: false }), 6)}      - name: Validate
        run: assistantctl validate --format github
${indent(restore(facts, environment), 6)}      - name: Plan
        id: plan
        if: \${{ !cancelled() }}
        env:
          ${key(environment)}
          # What the change request itself changes is what a review agrees to.
          BASE: \${{ github.event.merge_group.base_sha || 'HEAD^1' }}
        run: |
          # Pull requests from forks get no secrets: Git is then compared with the last apply alone.
          how=()
          if [ -z "$${environment.keyVariable}" ]; then how=(--offline); fi
          code=0
          assistantctl plan --env "$ENVIRONMENT" --base "$BASE" "\${how[@]}" --format markdown \\
            --out "$RUNNER_TEMP/plan.json" --html "$RUNNER_TEMP/plan.html" \\
            > "$RUNNER_TEMP/plan.md" 2> "$RUNNER_TEMP/plan.log" || code=$?
          cat "$RUNNER_TEMP/plan.log" >&2
          echo "code=$code" >> "$GITHUB_OUTPUT"
          exit "$code"
      - name: Page
        if: \${{ !cancelled() && steps.plan.outputs.code != '' }}
        uses: ${UPLOAD}
        with:
          name: plan-${environment.name}
          path: |
            \${{ runner.temp }}/plan.html
            \${{ runner.temp }}/plan.json
          if-no-files-found: ignore
      - name: Comment
        if: \${{ !cancelled() && steps.plan.outputs.code != '' && github.event_name == 'pull_request' }}
        env:
          GITHUB_TOKEN: \${{ github.token }}
          CODE: \${{ steps.plan.outputs.code }}
        run: |
          assistantctl comment "$RUNNER_TEMP/plan.md" --env "$ENVIRONMENT" --exit-code "$CODE" \\
            --plan "$RUNNER_TEMP/plan.json" --log "$RUNNER_TEMP/plan.log"
`;
}

function applyJob(
  facts: PipelineFacts,
  environment: PipelineEnvironment,
  before: PipelineEnvironment | undefined,
): string {
  const needs = before === undefined ? '' : `    needs: ${jobName('apply', before, facts)}\n`;
  return `  ${jobName('apply', environment, facts)}:
    if: github.event_name == 'push'
${needs}    runs-on: ubuntu-latest
    timeout-minutes: 60
    # This environment holds the key, is limited to main, and has no reviewers: the review was the pull request.
    environment: ${environment.name}
    env:
      ENVIRONMENT: ${environment.name}
    outputs:
      digest: \${{ steps.apply.outputs.digest }}
      exit-code: \${{ steps.apply.outputs.exit-code }}
    permissions:
      ${contents(environment, true)}
      pull-requests: write
    steps:
${indent(setup(facts, { history: true, environment }), 6)}      - name: Apply what was reviewed
        id: apply
        env:
          ${key(environment)}
          GITHUB_TOKEN: \${{ github.token }}
        run: |
          RESULT="$RUNNER_TEMP/report.json"
${indent(FAILURE_CODE, 10)}
${indent(APPLY_WHEN_FREE, 10)}
          assistantctl comment --print-reviewed --env "$ENVIRONMENT" > "$RUNNER_TEMP/reviewed.txt"
          apply --reviewed "$RUNNER_TEMP/reviewed.txt"
          if [ "$code" = 6 ] && [ "$(failure_code "$RESULT")" = UNREVIEWED ]; then
            # Nobody reviewed all of it: the plan is shown, and the next job waits for somebody to approve it.
            assistantctl plan --env "$ENVIRONMENT" --format markdown --out "$RUNNER_TEMP/plan.json" \\
              > "$RUNNER_TEMP/plan.md"
            cat "$RUNNER_TEMP/plan.md" >> "$GITHUB_STEP_SUMMARY"
            digest="$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).plan_digest' "$RUNNER_TEMP/plan.json")"
            echo "digest=$digest" >> "$GITHUB_OUTPUT"
            code=0
          else
            assistantctl comment --report "$RESULT" --env "$ENVIRONMENT"
          fi
          echo "exit-code=$code" >> "$GITHUB_OUTPUT"
          exit "$code"
${indent(save(facts, environment), 6)}`;
}

function approveJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  const apply = jobName('apply', environment, facts);
  return `  ${jobName('approve', environment, facts)}:
    needs: ${apply}
    if: needs.${apply}.outputs.digest != ''
    runs-on: ubuntu-latest
    timeout-minutes: 60
    # This environment has reviewers: they read the plan in the summary of the job before.
    environment: ${environment.name}-approval
    env:
      ENVIRONMENT: ${environment.name}
    permissions:
      ${contents(environment, true)}
      pull-requests: write
    steps:
${indent(setup(facts, { history: true, environment }), 6)}      - name: Apply what was approved
        env:
          ${key(environment)}
          GITHUB_TOKEN: \${{ github.token }}
          DIGEST: \${{ needs.${apply}.outputs.digest }}
        run: |
          RESULT="$RUNNER_TEMP/report.json"
${indent(FAILURE_CODE, 10)}
${indent(APPLY_WHEN_FREE, 10)}
          apply --approve "$ENVIRONMENT" --expect-digest "$DIGEST"
          assistantctl comment --report "$RESULT" --env "$ENVIRONMENT"
          exit "$code"
${indent(save(facts, environment), 6)}`;
}

/** The environment whose candidates are shown: the one that matters most. */
function last({ environments }: PipelineFacts): PipelineEnvironment {
  return environments.at(-1) ?? environments[0];
}

function previewWorkflow(facts: PipelineFacts): string {
  const environment = last(facts);
  return `# Candidate versions of what a pull request changes, tested on the platform, gone when it is closed.
name: assistantctl${facts.slug} preview
on:
  pull_request:
    types: [opened, synchronize, reopened, closed]

${head(facts)}  ENVIRONMENT: ${environment.name}
  PREVIEW: pr-\${{ github.event.number }}

# Up and down of one preview never overlap.
concurrency:
  group: assistantctl${facts.slug}-preview-\${{ github.event.number }}

jobs:
  up:
    # Pull requests from forks get no secrets.
    if: github.event.action != 'closed' && github.event.pull_request.head.repo.full_name == github.repository
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: read
      pull-requests: write
    steps:
${indent(setup(facts, { environment }), 6)}      - name: Preview and its tests
        env:
          ${key(environment)}
          GITHUB_TOKEN: \${{ github.token }}
        run: |
          code=0
          assistantctl preview up --id "$PREVIEW" --env "$ENVIRONMENT" --format markdown \\
            > "$RUNNER_TEMP/preview.md" 2> "$RUNNER_TEMP/preview.log" || code=$?
          cat "$RUNNER_TEMP/preview.log" >&2
          assistantctl comment "$RUNNER_TEMP/preview.md" --env "$ENVIRONMENT" --topic preview \\
            --exit-code "$code" --log "$RUNNER_TEMP/preview.log"
          exit "$code"

  down:
    if: github.event.action == 'closed' && github.event.pull_request.head.repo.full_name == github.repository
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: read
      pull-requests: write
    steps:
      # The branch may be gone by now.
${indent(setup(facts, { ref: '${{ github.event.pull_request.base.sha }}', environment, reads: false }), 6)}      - name: Remove the preview
        env:
          ${key(environment)}
          GITHUB_TOKEN: \${{ github.token }}
        run: |
          code=0
          assistantctl preview down --id "$PREVIEW" --env "$ENVIRONMENT" --format json > "$RUNNER_TEMP/down.json" || code=$?
          assistantctl comment --report "$RUNNER_TEMP/down.json" --env "$ENVIRONMENT"
          exit "$code"
`;
}

function watchWorkflow(facts: PipelineFacts): string {
  const jobs = facts.environments.map((environment) => driftJob(facts, environment)).join('\n');
  return `# Once a day: one issue while the account differs from Git or main is ahead of it, and forgotten previews go.
name: assistantctl${facts.slug} watch
on:
  schedule:
    - cron: "23 5 * * *"
  workflow_dispatch:

${head(facts)}
jobs:
${jobs}`;
}

function driftJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  return `  ${jobName('watch', environment, facts)}:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    environment: ${environment.name}
    env:
      ENVIRONMENT: ${environment.name}
    permissions:
      ${contents(environment, false)}
      issues: write
    steps:
${indent(setup(facts, { history: true, environment }), 6)}      - name: Look for drift
        env:
          ${key(environment)}
          GITHUB_TOKEN: \${{ github.token }}
        run: |
          code=0
          assistantctl drift --env "$ENVIRONMENT" --format json > "$RUNNER_TEMP/drift.json" || code=$?
          # Only 0 and 2 say something about the account; everything else is a failure of this run.
          case "$code" in 0 | 2) ;; *) exit "$code" ;; esac
          assistantctl comment "$RUNNER_TEMP/drift.json" --issue --env "$ENVIRONMENT"
      - name: Is main ahead of the account?
        if: \${{ !cancelled() }}
        env:
          ${key(environment)}
        run: |
          code=0
          assistantctl plan --env "$ENVIRONMENT" --detailed-exitcode > "$RUNNER_TEMP/ahead.txt" || code=$?
          if [ "$code" = 2 ]; then
            { echo "main is ahead of $ENVIRONMENT:"; echo '\`\`\`'; cat "$RUNNER_TEMP/ahead.txt"; echo '\`\`\`'; } >> "$GITHUB_STEP_SUMMARY"
            echo "::warning::main is ahead of $ENVIRONMENT; the summary shows what waits"
            code=0
          fi
          exit "$code"
      - name: Remove forgotten previews
        if: \${{ !cancelled() }}
        env:
          ${key(environment)}
        run: assistantctl preview gc --env "$ENVIRONMENT" --older-than 14d
`;
}

function rolloutsWorkflow(facts: PipelineFacts): string {
  const jobs = facts.environments.map(
    (environment) => `  ${jobName('rollout', environment, facts)}:
    runs-on: ubuntu-latest
    timeout-minutes: 14
    environment: ${environment.name}
    env:
      ENVIRONMENT: ${environment.name}
    # Of its own: a tick never takes the place of a merge that waits. Writers exclude each other by their lease.
    concurrency:
      group: assistantctl${facts.slug}-rollout-${environment.name}
    permissions:
      ${contents(environment, true)}
      pull-requests: write
    steps:
${indent(setup(facts, { environment }), 6)}      - name: Next step of each open rollout
        env:
          ${key(environment)}
          GITHUB_TOKEN: \${{ github.token }}
        run: |
          RESULT="$RUNNER_TEMP/report.json"
${indent(FAILURE_CODE, 10)}
          code=0
          assistantctl rollout tick --env "$ENVIRONMENT" --format json > "$RESULT" || code=$?
          # An apply is at work: the next tick is soon enough.
          if [ "$code" = 5 ] && [ "$(failure_code "$RESULT")" = LOCK_HELD ]; then exit 0; fi
          assistantctl comment --report "$RESULT" --env "$ENVIRONMENT"
          exit "$code"
${indent(save(facts, environment), 6)}`,
  );
  return `# The next step of open canary rollouts. Each run is billed as a minute: 2,880 a month at every quarter of an hour.
name: assistantctl${facts.slug} rollouts
on:
  schedule:
    - cron: "*/15 * * * *"
  workflow_dispatch:

${head(facts)}
jobs:
${jobs.join('\n')}`;
}

function operateWorkflow(facts: PipelineFacts): string {
  const environment = last(facts);
  const choices = facts.environments.map(({ name }) => `          - ${name}\n`).join('');
  const keys = [...new Set(facts.environments.map(key))].map((line) => `          ${line}\n`).join('');
  return `# What a person decides, from any browser: no laptop, no key.
name: assistantctl${facts.slug} operate
on:
  workflow_dispatch:
    inputs:
      environment:
        description: Environment
        type: choice
        default: ${environment.name}
        options:
${choices}      action:
        description: What is to be done
        type: choice
        required: true
        options: [rollback, promote, rollout-promote, rollout-abort, apply, unlock, preview-gc]
      address:
        description: "For example assistant/front-desk"
        default: ""
      version:
        description: "Version id, for rollback and promote"
        default: ""
      reason:
        description: "For the record"
        default: ""
      options:
        description: "For apply: --prune --override-limits --take-over ADDR --not-renamed ADDR --release-hold ADDR --replace --recreate --take git --revert-drift ADDR --allow-behind"
        default: ""

${head(facts)}
jobs:
  operate:
    if: github.ref_name == github.event.repository.default_branch
    runs-on: ubuntu-latest
    timeout-minutes: 60
    # An apply that nobody reviewed waits for the reviewers; a rollback waits for nobody.
    environment: \${{ inputs.action == 'apply' && format('{0}-approval', inputs.environment) || inputs.environment }}
    env:
      ENVIRONMENT: \${{ inputs.environment }}
    permissions:
      ${contents(environment, true)}
      pull-requests: write
    steps:
${indent(setup(facts, { history: true, environment }), 6)}      - name: Operate
        env:
${keys}          GITHUB_TOKEN: \${{ github.token }}
          ACTION: \${{ inputs.action }}
          ADDRESS: \${{ inputs.address }}
          VERSION: \${{ inputs.version }}
          REASON: \${{ inputs.reason }}
          OPTIONS: \${{ inputs.options }}
        run: |
          RESULT="$RUNNER_TEMP/report.json"
${indent(OPERATE, 10)}
          if [ -s "$RESULT" ]; then assistantctl comment --report "$RESULT" --env "$ENVIRONMENT"; fi
          exit "$code"
${indent(save(facts, environment), 6)}`;
}
