import {
  APPLY_WHEN_FREE,
  FAILURE_CODE,
  INSTALL,
  IS_OVERTAKEN,
  indent,
  JUDGE_APPLY,
  jobName,
  type PipelineEnvironment,
  type PipelineFacts,
  REPORT_BACK,
} from './facts.ts';
import { operateJobs, rolloutJob, watchJob } from './gitlab-by-hand.ts';
import { cacheLines, resourceGroup } from './gitlab-steps.ts';

/** The pipeline of a project on GitLab, one file to be the pipeline or to be included in one. */
export function gitlabPipeline(facts: PipelineFacts): string {
  const { environments } = facts;
  const last = environments.at(-1) ?? environments[0];
  const jobs = [
    validateJob(),
    planJob(facts),
    previewJobs(facts, last),
    ...environments.flatMap((environment, index) => [
      applyJob(facts, environment, environments[index - 1]),
      approveJob(facts, environment),
      watchJob(facts, environment),
      ...(facts.canaries ? [rolloutJob(facts, environment)] : []),
    ]),
    ...operateJobs(facts),
  ];
  return `${head(facts)}\n${jobs.join('\n')}`;
}

function head({ projectPath, packageSpec, environments, canaries }: PipelineFacts): string {
  const keys = [...new Set(environments.map(({ keyVariable }) => keyVariable))].join(', ');
  const enter = projectPath === '' ? '' : `    - cd ${JSON.stringify(projectPath)}\n`;
  const pushes = environments.some(({ gitState }) => gitState);
  return `# assistantctl in GitLab CI/CD: as .gitlab-ci.yml, or included there.
#
# Variables to set in the project (Settings, CI/CD), protected and masked:
# ${keys}, and GITLAB_TOKEN, a project access token with the scopes api and
# write_repository, because a job's own token may not write comments.
${pushes ? `# Allow the jobs to push the state (Settings, CI/CD, Job token permissions, "Allow Git push requests to the repository").\n` : ''}# Schedules to add: one a day with the variable ASSISTANTCTL_JOB set to watch${canaries ? ',\n# and one every quarter of an hour with rollout' : ''}.
# Protect the environments (Settings, CI/CD, Protected environments): those that end in -approval need approvers.

variables:
  # What npm installs: the address of a tarball that you trust, or the name of a package with its version.
  ASSISTANTCTL_PACKAGE: ${JSON.stringify(packageSpec)}
  # Where what a person decides is done, unless the pipeline that they start says otherwise.
  ASSISTANTCTL_ENVIRONMENT: ${(environments.at(-1) ?? environments[0]).name}

.assistantctl:
  image: node:22
  timeout: 30m
  variables:
    # All of the history: to tell what is older, and what a merge request itself changes.
    GIT_DEPTH: "0"
  before_script:
    - |
      export RUNNER_TEMP="$CI_PROJECT_DIR.tmp"
      rm -rf "$RUNNER_TEMP"
      mkdir -p "$RUNNER_TEMP"
    - |
      here="$PWD"
${indent(INSTALL, 6)}
      cd "$here"
${enter}
.assistantctl-writer:
  extends: .assistantctl
  timeout: 1h
`;
}

function validateJob(): string {
  return `assistantctl-validate:
  extends: .assistantctl
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - assistantctl validate --codequality "$CI_PROJECT_DIR/code-quality.json"
  artifacts:
    when: always
    reports:
      codequality: code-quality.json
`;
}

/** One job and one comment for all environments: the table comes first, then each of them. */
function planJob(facts: PipelineFacts): string {
  const { environments } = facts;
  const several = environments.length > 1;
  const names = environments.map(({ name }) => name).join(',');
  const missing = [...new Set(environments.map(({ keyVariable }) => `[ -z "\${${keyVariable}:-}" ]`))].join(
    ' || ',
  );
  const counts = several
    ? `[${environments.map(({ name }) => `counts.${name}.json`).join(', ')}]`
    : 'counts.json';
  const pages = several
    ? environments.map(({ name }) => `plan.${name}.html`).join(', ')
    : 'plan.html, plan.json';
  return `assistantctl-plan:
  extends: .assistantctl
  stage: test
${cacheLines(facts, environments, { writes: false })}  interruptible: true
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - |
      ENVIRONMENT=${names}
      # Merge requests from forks get no protected variables: Git is then compared with the last apply alone.
      set --
      if ${missing}; then set -- --offline; fi
      # What the merge request itself changes is what a review agrees to. In pipelines for merged results and merge
      # trains the target is the commit that it was merged with.
      if [ -n "\${CI_MERGE_REQUEST_TARGET_BRANCH_SHA:-}" ]; then
        BASE="$CI_MERGE_REQUEST_TARGET_BRANCH_SHA"
      else
        BASE="origin/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
      fi
      code=0
      assistantctl plan --env "$ENVIRONMENT" --base "$BASE" "$@" --format markdown \\
        ${several ? '' : '--out "$CI_PROJECT_DIR/plan.json" '}--html "$CI_PROJECT_DIR/plan.html" \\
        --gitlab-report "$CI_PROJECT_DIR/counts.json" \\
        > "$RUNNER_TEMP/plan.md" 2> "$RUNNER_TEMP/plan.log" || code=$?
      cat "$RUNNER_TEMP/plan.log" >&2
      assistantctl comment "$RUNNER_TEMP/plan.md" --env "$ENVIRONMENT" --exit-code "$code" \\
        ${several ? '' : '--plan "$CI_PROJECT_DIR/plan.json" '}--log "$RUNNER_TEMP/plan.log"
      exit "$code"
  artifacts:
    when: always
    expose_as: The plan
    paths: [${pages}]
    reports:
      terraform: ${counts}
`;
}

function previewJobs(facts: PipelineFacts, environment: PipelineEnvironment): string {
  const { name } = environment;
  const cache = cacheLines(facts, [environment], { writes: false });
  return `assistantctl-preview:
  extends: .assistantctl
  stage: test
${cache}  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID
  environment:
    name: preview/mr-$CI_MERGE_REQUEST_IID
    on_stop: assistantctl-preview-down
  script:
    - |
      code=0
      assistantctl preview up --id "mr-$CI_MERGE_REQUEST_IID" --env ${name} --against main --format markdown \\
        > "$RUNNER_TEMP/preview.md" 2> "$RUNNER_TEMP/preview.log" || code=$?
      cat "$RUNNER_TEMP/preview.log" >&2
      assistantctl comment "$RUNNER_TEMP/preview.md" --env ${name} --topic preview \\
        --exit-code "$code" --log "$RUNNER_TEMP/preview.log"
      exit "$code"

# GitLab runs it by itself when the merge request is merged or closed.
assistantctl-preview-down:
  extends: .assistantctl
  stage: test
${cache}  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID
      when: manual
  allow_failure: true
  environment:
    name: preview/mr-$CI_MERGE_REQUEST_IID
    action: stop
  script:
    - |
      ENVIRONMENT=${name}
      RESULT="$RUNNER_TEMP/down.json"
      code=0
      assistantctl preview down --id "mr-$CI_MERGE_REQUEST_IID" --env "$ENVIRONMENT" --format json > "$RESULT" || code=$?
${indent(REPORT_BACK, 6)}
      exit "$code"
`;
}

/** File with the digest of what waits for an approval. Jobs get the files of those before them: each has its own. */
function waitingFile(environment: PipelineEnvironment, facts: PipelineFacts): string {
  return `${jobName('waiting', environment, facts)}.txt`;
}

/** What waits for an approval in the environment before keeps this one waiting, too. */
function waitsFor(facts: PipelineFacts, before: PipelineEnvironment | undefined): string {
  if (before === undefined) return '';
  const approve = jobName('assistantctl-approve', before, facts);
  return `      approved() {
        printf 'PRIVATE-TOKEN: %s' "\${GITLAB_TOKEN:-}" | curl --silent --show-error --max-time 30 --globoff --header @- \\
          "$CI_API_V4_URL/projects/$CI_PROJECT_ID/pipelines/$CI_PIPELINE_ID/jobs?per_page=100&scope[]=success" |
          node -p 'let d = []; try { d = JSON.parse(require("fs").readFileSync(0, "utf8")); } catch {} Array.isArray(d) && d.some(({ name }) => name === "${approve}")'
      }
      if [ -s "$CI_PROJECT_DIR/${waitingFile(before, facts)}" ] && [ "$(approved)" != true ]; then
        echo "${before.name} waits for an approval: start ${approve}, and then this job again." >&2
        exit 6
      fi
`;
}

function applyJob(
  facts: PipelineFacts,
  environment: PipelineEnvironment,
  before: PipelineEnvironment | undefined,
): string {
  const { name } = environment;
  // What failed before stops it. A manual job cannot be needed, because it may have nothing to do: the script looks.
  const needs = before === undefined ? '' : `  needs: [${jobName('assistantctl-apply', before, facts)}]\n`;
  return `${jobName('assistantctl-apply', environment, facts)}:
  extends: .assistantctl-writer
  stage: deploy
${cacheLines(facts, [environment], { writes: true })}${needs}  rules:
    - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
${resourceGroup(facts, environment)}  environment:
    name: ${name}
  script:
    - |
      ENVIRONMENT=${name}
      RESULT="$RUNNER_TEMP/report.json"
${waitsFor(facts, before)}${indent(FAILURE_CODE, 6)}
${indent(IS_OVERTAKEN, 6)}
${indent(APPLY_WHEN_FREE, 6)}
      assistantctl comment --print-reviewed --env "$ENVIRONMENT" > "$RUNNER_TEMP/reviewed.txt"
      apply --reviewed "$RUNNER_TEMP/reviewed.txt"
${indent(JUDGE_APPLY, 6)}
      if [ "$code" = 6 ] && [ "$(failure_code "$RESULT")" = UNREVIEWED ]; then
        # Nobody reviewed all of it: the plan is shown, and the next job waits for somebody to start it.
        waits=0
        assistantctl plan --env "$ENVIRONMENT" --out "$RUNNER_TEMP/waiting.json" || waits=$?
        # Apply would refuse it whoever approves: the branch has to be mended.
        if [ "$waits" != 0 ]; then exit "$waits"; fi
        node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).plan_digest' < "$RUNNER_TEMP/waiting.json" \\
          > "$CI_PROJECT_DIR/${waitingFile(environment, facts)}"
        exit 6
      fi
      exit "$code"
  # Waiting for approval is no failure.
  allow_failure:
    exit_codes: [6]
  artifacts:
    when: always
    paths: [${waitingFile(environment, facts)}]
`;
}

function approveJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  const { name } = environment;
  return `${jobName('assistantctl-approve', environment, facts)}:
  extends: .assistantctl-writer
  stage: deploy
${cacheLines(facts, [environment], { writes: true })}  needs: [${jobName('assistantctl-apply', environment, facts)}]
  rules:
    - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
      when: manual
  allow_failure: true
${resourceGroup(facts, environment)}  environment:
    name: ${name}-approval
  script:
    - |
      ENVIRONMENT=${name}
      RESULT="$RUNNER_TEMP/report.json"
      if [ ! -s "$CI_PROJECT_DIR/${waitingFile(environment, facts)}" ]; then echo "Nothing waits for an approval."; exit 0; fi
${indent(FAILURE_CODE, 6)}
${indent(IS_OVERTAKEN, 6)}
${indent(APPLY_WHEN_FREE, 6)}
      apply --approve "$ENVIRONMENT" --expect-digest "$(cat "$CI_PROJECT_DIR/${waitingFile(environment, facts)}")"
${indent(JUDGE_APPLY, 6)}
      exit "$code"
`;
}
