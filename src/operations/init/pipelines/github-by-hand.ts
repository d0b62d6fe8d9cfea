/** Workflows that run by the clock or because a person says so. */
import {
  FAILURE_CODE,
  indent,
  jobName,
  OPERATE,
  type PipelineEnvironment,
  type PipelineFacts,
  PROPOSE_DRIFT,
  REPORT_BACK,
} from './facts.ts';
import {
  contentsRight,
  keyLine,
  keyLines,
  lastEnvironment,
  saveStep,
  setupSteps,
  workflowHead,
  writerGroup,
} from './github-steps.ts';

export function watchWorkflow(facts: PipelineFacts): string {
  const jobs = facts.environments.flatMap((environment) => [
    watchJob(facts, environment),
    ...(environment.revertsDrift ? [] : [driftRequestJob(facts, environment)]),
  ]);
  return `# Once a day: one issue while the account differs from Git, one while it lags behind the branch; what was changed outside
# Git comes back as one pull request; forgotten previews go.
name: assistantctl${facts.slug} watch
on:
  schedule:
    - cron: "23 5 * * *"
  workflow_dispatch:

${workflowHead(facts)}
jobs:
${jobs.join('\n')}`;
}

function watchJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  const environments = [environment];
  return `  ${jobName('watch', environment, facts)}:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    environment: ${environment.name}
    env:
      ENVIRONMENT: ${environment.name}
    outputs:
      drift: \${{ steps.drift.outputs.drift }}
    permissions:
      ${contentsRight(environments, 'reads')}
      issues: write
    steps:
${indent(setupSteps(facts, { history: true, environments }), 6)}      - name: Look for drift
        id: drift
        env:
          ${keyLine(environment)}
          GITHUB_TOKEN: \${{ github.token }}
        run: |
          code=0
          assistantctl drift --env "$ENVIRONMENT" --format json > "$RUNNER_TEMP/drift.json" || code=$?
          # Only 0 and 2 say something about the account; everything else is a failure of this run.
          case "$code" in 0 | 2) ;; *) exit "$code" ;; esac
          if [ "$code" = 2 ]; then echo "drift=true" >> "$GITHUB_OUTPUT"; fi
          assistantctl comment "$RUNNER_TEMP/drift.json" --issue --env "$ENVIRONMENT"
      - name: Is the branch ahead of the account?
        if: \${{ !cancelled() }}
        env:
          ${keyLine(environment)}
          GITHUB_TOKEN: \${{ github.token }}
        run: |
          code=0
          assistantctl plan --env "$ENVIRONMENT" --format json > "$RUNNER_TEMP/ahead.json" || code=$?
          # What apply would refuse waits all the same; everything else is a failure of this run.
          case "$code" in 0 | 5 | 6) ;; *) exit "$code" ;; esac
          assistantctl comment "$RUNNER_TEMP/ahead.json" --issue --topic ahead --env "$ENVIRONMENT" \\
            --title "assistantctl: ${facts.branch} is ahead of $ENVIRONMENT"
      - name: Remove forgotten previews
        if: \${{ !cancelled() }}
        env:
          ${keyLine(environment)}
        run: assistantctl preview gc --env "$ENVIRONMENT" --older-than 14d
`;
}

function driftRequestJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  const watch = jobName('watch', environment, facts);
  return `  ${jobName('propose', environment, facts)}:
    needs: ${watch}
    if: needs.${watch}.outputs.drift == 'true'
    runs-on: ubuntu-latest
    timeout-minutes: 20
    environment: ${environment.name}
    env:
      ENVIRONMENT: ${environment.name}
      BRANCH: assistantctl${facts.slug}/drift-${environment.name}
    # Pushes its one branch, and opens its one pull request.
    permissions:
      contents: write
      pull-requests: write
    steps:
${indent(setupSteps(facts, { history: true, environments: [environment], pushes: true }), 6)}      - name: Propose it to Git
        env:
          ${keyLine(environment)}
          GITHUB_TOKEN: \${{ github.token }}
        run: |
${indent(PROPOSE_DRIFT, 10)}
          if ! git diff --quiet "refs/remotes/origin/$BRANCH" "refs/heads/$BRANCH" --; then
            git push --quiet --force origin "refs/heads/$BRANCH"
          fi
          assistantctl comment "$RUNNER_TEMP/drift.json" --request "$BRANCH" --env "$ENVIRONMENT" \\
            --title "Take over what was changed outside Git in $ENVIRONMENT"
`;
}

function tickGroup(facts: PipelineFacts, environment: PipelineEnvironment): string {
  if (!environment.gitState) return writerGroup(facts, environment);
  return `    # Of its own: a tick never takes the place of a merge that waits. Writers exclude each other by their lease.
    concurrency:
      group: assistantctl${facts.slug}-rollout-${environment.name}
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
${tickGroup(facts, environment)}    permissions:
      ${contentsRight([environment], 'writes')}
      pull-requests: write
    steps:
${indent(setupSteps(facts, { environments: [environment] }), 6)}      - name: Next step of each open rollout
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
${indent(REPORT_BACK, 10)}
          exit "$code"
${indent(saveStep(facts, [environment]), 6)}`,
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
  const { environments } = facts;
  const named = '${{ inputs.environment }}';
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
${writerGroup(facts, { name: named, gitState: environments.every(({ gitState }) => gitState) })}    permissions:
      ${contentsRight(environments, 'writes')}
      pull-requests: write
    steps:
${indent(setupSteps(facts, { history: true, environments, named }), 6)}      - name: Operate
        env:
${keyLines(environments, 10)}          GITHUB_TOKEN: \${{ github.token }}
          ACTION: \${{ inputs.action }}
          ADDRESS: \${{ inputs.address }}
          VERSION: \${{ inputs.version }}
          REASON: \${{ inputs.reason }}
          OPTIONS: \${{ inputs.options }}
        run: |
          RESULT="$RUNNER_TEMP/report.json"
${indent(OPERATE, 10)}
          if [ -s "$RESULT" ]; then
${indent(REPORT_BACK, 12)}
          fi
          exit "$code"
${indent(saveStep(facts, environments, named), 6)}`;
}
