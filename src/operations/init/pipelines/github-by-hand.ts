/** Workflows that run by the clock or because a person says so. */
import {
  FAILURE_CODE,
  indent,
  jobName,
  OPERATE,
  type PipelineEnvironment,
  type PipelineFacts,
} from './facts.ts';
import {
  contentsRight,
  keyLine,
  lastEnvironment,
  saveStep,
  setupSteps,
  workflowHead,
} from './github-steps.ts';

export function watchWorkflow(facts: PipelineFacts): string {
  const jobs = facts.environments.map((environment) => driftJob(facts, environment)).join('\n');
  return `# Once a day: one issue while the account differs from Git or main is ahead of it, and forgotten previews go.
name: assistantctl${facts.slug} watch
on:
  schedule:
    - cron: "23 5 * * *"
  workflow_dispatch:

${workflowHead(facts)}
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
      ${contentsRight(environment, false)}
      issues: write
    steps:
${indent(setupSteps(facts, { history: true, environment }), 6)}      - name: Look for drift
        env:
          ${keyLine(environment)}
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
          ${keyLine(environment)}
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
          ${keyLine(environment)}
        run: assistantctl preview gc --env "$ENVIRONMENT" --older-than 14d
`;
}

export function rolloutsWorkflow(facts: PipelineFacts): string {
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
      ${contentsRight(environment, true)}
      pull-requests: write
    steps:
${indent(setupSteps(facts, { environment }), 6)}      - name: Next step of each open rollout
        env:
          ${keyLine(environment)}
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
${indent(saveStep(facts, environment), 6)}`,
  );
  return `# The next step of open canary rollouts. Each run is billed as a minute: 2,880 a month at every quarter of an hour.
name: assistantctl${facts.slug} rollouts
on:
  schedule:
    - cron: "*/15 * * * *"
  workflow_dispatch:

${workflowHead(facts)}
jobs:
${jobs.join('\n')}`;
}

export function operateWorkflow(facts: PipelineFacts): string {
  const environment = lastEnvironment(facts);
  const choices = facts.environments.map(({ name }) => `          - ${name}\n`).join('');
  const keys = [...new Set(facts.environments.map(keyLine))].map((line) => `          ${line}\n`).join('');
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

${workflowHead(facts)}
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
      ${contentsRight(environment, true)}
      pull-requests: write
    steps:
${indent(setupSteps(facts, { history: true, environment }), 6)}      - name: Operate
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
${indent(saveStep(facts, environment), 6)}`;
}
