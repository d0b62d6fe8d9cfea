import {
  APPLY_WHEN_FREE,
  FAILURE_CODE,
  IS_OVERTAKEN,
  indent,
  JUDGE_APPLY,
  jobName,
  type PipelineEnvironment,
  type PipelineFacts,
  type PipelineFile,
  REPORT_BACK,
} from './facts.ts';
import { operateWorkflow, rolloutsWorkflow, watchWorkflow } from './github-by-hand.ts';
import {
  contentsRight,
  keyLine,
  keyLines,
  lastEnvironment,
  restoreSteps,
  saveStep,
  setupSteps,
  workflowHead,
  writerGroup,
} from './github-steps.ts';

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

function mainWorkflow(facts: PipelineFacts): string {
  const jobs = facts.environments.flatMap((environment, index) => [
    applyJob(facts, environment, facts.environments[index - 1]),
    approveJob(facts, environment),
  ]);
  return `# A pull request is planned and shown in one comment; what was merged and reviewed is applied.
name: assistantctl${facts.slug}
on:
  pull_request:
  merge_group:
  push:
    branches: [${JSON.stringify(facts.branch)}]

${workflowHead(facts)}
jobs:
${[planJob(facts), ...jobs].join('\n')}`;
}

/** One job and one comment for all environments: the table comes first, then each of them. */
function planJob(facts: PipelineFacts): string {
  const { environments } = facts;
  const names = environments.map(({ name }) => name).join(',');
  const missing = [...new Set(environments.map(({ keyVariable }) => `[ -z "$${keyVariable}" ]`))].join(
    ' || ',
  );
  const saved = environments.length > 1 ? '' : '--out "$RUNNER_TEMP/plan.json" ';
  const shown = environments.length > 1 ? '' : '--plan "$RUNNER_TEMP/plan.json" ';
  return `  plan:
    if: github.event_name != 'push'
    runs-on: ubuntu-latest
    timeout-minutes: 15
    env:
      ENVIRONMENT: ${JSON.stringify(names)}
    concurrency:
      group: assistantctl${facts.slug}-plan-\${{ github.ref }}
      cancel-in-progress: true
    permissions:
      ${contentsRight(environments, 'reads')}
      pull-requests: write
      # The verdict in the list of checks; without it the comment says the same.
      checks: write
    steps:
${indent(setupSteps(facts, { history: true, environments, reads: false }), 6)}      - name: Validate
        run: assistantctl validate --format github
${indent(restoreSteps(facts, environments), 6)}      - name: Plan
        id: plan
        if: \${{ !cancelled() }}
        env:
${keyLines(environments, 10)}          # What the change request itself changes is what a review agrees to.
          BASE: \${{ github.event.merge_group.base_sha || 'HEAD^1' }}
        run: |
          # Pull requests from forks get no secrets: Git is then compared with the last apply alone.
          how=()
          if ${missing}; then how=(--offline); fi
          code=0
          assistantctl plan --env "$ENVIRONMENT" --base "$BASE" "\${how[@]}" --format markdown \\
            ${saved}--html "$RUNNER_TEMP/plan.html" \\
            > "$RUNNER_TEMP/plan.md" 2> "$RUNNER_TEMP/plan.log" || code=$?
          cat "$RUNNER_TEMP/plan.log" >&2
          echo "code=$code" >> "$GITHUB_OUTPUT"
          exit "$code"
      - name: Page
        if: \${{ !cancelled() && steps.plan.outputs.code != '' }}
        uses: ${UPLOAD}
        with:
          name: plan${facts.slug}
          path: |
            \${{ runner.temp }}/plan*.html
            \${{ runner.temp }}/plan.json
            \${{ runner.temp }}/plan.md
          if-no-files-found: ignore
      - name: Comment
        if: \${{ !cancelled() && steps.plan.outputs.code != '' && github.event_name == 'pull_request' }}
        env:
          GITHUB_TOKEN: \${{ github.token }}
          CODE: \${{ steps.plan.outputs.code }}
        run: |
          assistantctl comment "$RUNNER_TEMP/plan.md" --env "$ENVIRONMENT" --exit-code "$CODE" \\
            ${shown}--log "$RUNNER_TEMP/plan.log" --check "assistantctl${facts.slug}: $ENVIRONMENT"
`;
}

/** The one before is applied first, with an approval where it needed one; what failed there stops the next. */
function orderAfter(facts: PipelineFacts, before: PipelineEnvironment | undefined): string {
  if (before === undefined) return "    if: github.event_name == 'push'\n";
  const [apply, approve] = [jobName('apply', before, facts), jobName('approve', before, facts)];
  return `    needs: [${apply}, ${approve}]
    if: >-
      \${{ !cancelled() && github.event_name == 'push' && needs.${apply}.result == 'success' &&
      (needs.${apply}.outputs.digest == '' || needs.${approve}.result == 'success') }}
`;
}

function applyJob(
  facts: PipelineFacts,
  environment: PipelineEnvironment,
  before: PipelineEnvironment | undefined,
): string {
  const environments = [environment];
  return `  ${jobName('apply', environment, facts)}:
${orderAfter(facts, before)}    runs-on: ubuntu-latest
    timeout-minutes: 60
    # This environment holds the key, is limited to ${facts.branch}, and has no reviewers: the review was the pull request.
    environment: ${environment.name}
    env:
      ENVIRONMENT: ${environment.name}
    outputs:
      digest: \${{ steps.apply.outputs.digest }}
      exit-code: \${{ steps.apply.outputs.exit-code }}
${writerGroup(facts, environment)}    permissions:
      ${contentsRight(environments, 'writes')}
      pull-requests: write
    steps:
${indent(setupSteps(facts, { history: true, environments }), 6)}      - name: Apply what was reviewed
        id: apply
        env:
          ${keyLine(environment)}
          GITHUB_TOKEN: \${{ github.token }}
        run: |
          RESULT="$RUNNER_TEMP/report.json"
${indent(FAILURE_CODE, 10)}
${indent(IS_OVERTAKEN, 10)}
${indent(APPLY_WHEN_FREE, 10)}
          code=0
          assistantctl comment --print-reviewed --env "$ENVIRONMENT" > "$RUNNER_TEMP/reviewed.txt" || code=$?
          if [ "$code" != 0 ]; then
            echo "exit-code=$code" >> "$GITHUB_OUTPUT"
            exit "$code"
          fi
          apply --reviewed "$RUNNER_TEMP/reviewed.txt"
${indent(JUDGE_APPLY, 10)}
          if [ "$code" = 6 ] && [ "$(failure_code "$RESULT")" = UNREVIEWED ]; then
            # Nobody reviewed all of it: the plan is shown, and the next job waits for somebody to approve it.
            code=0
            assistantctl plan --env "$ENVIRONMENT" --format markdown --out "$RUNNER_TEMP/plan.json" \\
              > "$RUNNER_TEMP/plan.md" || code=$?
            cat "$RUNNER_TEMP/plan.md" >> "$GITHUB_STEP_SUMMARY"
            if [ "$code" = 0 ]; then
              digest="$(node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).plan_digest' < "$RUNNER_TEMP/plan.json")"
              echo "digest=$digest" >> "$GITHUB_OUTPUT"
            fi
          fi
          echo "exit-code=$code" >> "$GITHUB_OUTPUT"
          exit "$code"
${indent(saveStep(facts, environments), 6)}`;
}

function approveJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  const apply = jobName('apply', environment, facts);
  const environments = [environment];
  return `  ${jobName('approve', environment, facts)}:
    needs: ${apply}
    if: \${{ !cancelled() && needs.${apply}.outputs.digest != '' }}
    runs-on: ubuntu-latest
    timeout-minutes: 60
    # This environment has reviewers: they read the plan in the summary of the job before.
    environment: ${environment.name}-approval
    env:
      ENVIRONMENT: ${environment.name}
${writerGroup(facts, environment)}    permissions:
      ${contentsRight(environments, 'writes')}
      pull-requests: write
    steps:
${indent(setupSteps(facts, { history: true, environments }), 6)}      - name: Apply what was approved
        env:
          ${keyLine(environment)}
          GITHUB_TOKEN: \${{ github.token }}
          DIGEST: \${{ needs.${apply}.outputs.digest }}
        run: |
          RESULT="$RUNNER_TEMP/report.json"
${indent(FAILURE_CODE, 10)}
${indent(IS_OVERTAKEN, 10)}
${indent(APPLY_WHEN_FREE, 10)}
          apply --approve "$ENVIRONMENT" --expect-digest "$DIGEST"
${indent(JUDGE_APPLY, 10)}
          exit "$code"
${indent(saveStep(facts, environments), 6)}`;
}

function previewWorkflow(facts: PipelineFacts): string {
  const environment = lastEnvironment(facts);
  return `# Candidate versions of what a pull request changes, tested on the platform, gone when it is closed.
name: assistantctl${facts.slug} preview
on:
  pull_request:
    types: [opened, synchronize, reopened, closed]

${workflowHead(facts)}  ENVIRONMENT: ${environment.name}
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
${indent(setupSteps(facts, { environments: [environment] }), 6)}      - name: Preview and its tests
        env:
          ${keyLine(environment)}
          GITHUB_TOKEN: \${{ github.token }}
        run: |
          code=0
          # The same tests run on main, too, where it is not known how they go there; each run is billed by Telnyx.
          assistantctl preview up --id "$PREVIEW" --env "$ENVIRONMENT" --against main --format markdown \\
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
${indent(setupSteps(facts, { ref: '${{ github.event.pull_request.base.sha }}', environments: [environment], reads: false }), 6)}      - name: Remove the preview
        env:
          ${keyLine(environment)}
          GITHUB_TOKEN: \${{ github.token }}
        run: |
          RESULT="$RUNNER_TEMP/down.json"
          code=0
          assistantctl preview down --id "$PREVIEW" --env "$ENVIRONMENT" --format json > "$RESULT" || code=$?
${indent(REPORT_BACK, 10)}
          exit "$code"
`;
}
