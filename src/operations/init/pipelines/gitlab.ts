import {
  APPLY_WHEN_FREE,
  FAILURE_CODE,
  INSTALL,
  indent,
  jobName,
  OPERATE,
  type PipelineEnvironment,
  type PipelineFacts,
} from './facts.ts';

/** The pipeline of a project on GitLab, one file to be the pipeline or to be included in one. */
export function gitlabPipeline(facts: PipelineFacts): string {
  const { environments } = facts;
  const last = environments.at(-1) ?? environments[0];
  const jobs = [
    validateJob(),
    ...environments.map((environment) => planJob(facts, environment)),
    previewJobs(last),
    ...environments.flatMap((environment) => [
      applyJob(facts, environment),
      approveJob(facts, environment),
      watchJob(facts, environment),
      ...(facts.canaries ? [rolloutJob(facts, environment)] : []),
    ]),
    operateJob(facts),
  ];
  return `${head(facts)}\n${jobs.join('\n')}`;
}

function head({ projectPath, packageSpec, environments, canaries, slug }: PipelineFacts): string {
  const keys = [...new Set(environments.map(({ keyVariable }) => keyVariable))].join(', ');
  const enter = projectPath === '' ? '' : `    - cd ${JSON.stringify(projectPath)}\n`;
  const cached = environments.some(({ gitState }) => !gitState);
  const cache = `  cache:
    key: assistantctl${slug}
    paths: ["${projectPath === '' ? '' : `${projectPath}/`}.assistantctl/state"]
`;
  return `# assistantctl in GitLab CI/CD: as .gitlab-ci.yml, or included there.
#
# Variables to set in the project (Settings, CI/CD), protected and masked: ${keys}, and GITLAB_TOKEN, a
# project access token with the scope api, because a job's own token may not write comments. Schedules to add: one a
# day with the variable ASSISTANTCTL_JOB set to watch${canaries ? ', and one every quarter of an hour with rollout' : ''}.
# Protect the environments (Settings, CI/CD, Protected environments): those that end in -approval need approvers.

variables:
  # What npm installs: the address of a tarball that you trust, or the name of a package with its version.
  ASSISTANTCTL_PACKAGE: ${JSON.stringify(packageSpec)}

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
${enter}${
  cached
    ? `${cache}    policy: pull
`
    : ''
}
.assistantctl-writer:
  extends: .assistantctl
  timeout: 1h
${
  cached
    ? `${cache}    policy: pull-push
    # What was applied last has to outlive a failed run too.
    when: always
`
    : ''
}`;
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

function planJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  return `${jobName('assistantctl-plan', environment, facts)}:
  extends: .assistantctl
  stage: test
  interruptible: true
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - |
      # Merge requests from forks get no protected variables: Git is then compared with the last apply alone.
      set --
      if [ -z "\${${environment.keyVariable}:-}" ]; then set -- --offline; fi
      code=0
      # What the merge request itself changes is what a review agrees to.
      assistantctl plan --env ${environment.name} --base "$CI_MERGE_REQUEST_DIFF_BASE_SHA" "$@" --format markdown \\
        --out "$CI_PROJECT_DIR/plan.json" --html "$CI_PROJECT_DIR/plan.html" \\
        --gitlab-report "$CI_PROJECT_DIR/counts.json" \\
        > "$RUNNER_TEMP/plan.md" 2> "$RUNNER_TEMP/plan.log" || code=$?
      cat "$RUNNER_TEMP/plan.log" >&2
      assistantctl comment "$RUNNER_TEMP/plan.md" --env ${environment.name} --exit-code "$code" \\
        --plan "$CI_PROJECT_DIR/plan.json" --log "$RUNNER_TEMP/plan.log"
      exit "$code"
  artifacts:
    when: always
    expose_as: The plan of ${environment.name}
    paths: [plan.html]
    reports:
      terraform: counts.json
`;
}

function previewJobs({ name }: PipelineEnvironment): string {
  return `assistantctl-preview:
  extends: .assistantctl
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID
  environment:
    name: preview/mr-$CI_MERGE_REQUEST_IID
    on_stop: assistantctl-preview-down
  script:
    - |
      code=0
      assistantctl preview up --id "mr-$CI_MERGE_REQUEST_IID" --env ${name} --format markdown \\
        > "$RUNNER_TEMP/preview.md" 2> "$RUNNER_TEMP/preview.log" || code=$?
      cat "$RUNNER_TEMP/preview.log" >&2
      assistantctl comment "$RUNNER_TEMP/preview.md" --env ${name} --topic preview \\
        --exit-code "$code" --log "$RUNNER_TEMP/preview.log"
      exit "$code"

# GitLab runs it by itself when the merge request is merged or closed.
assistantctl-preview-down:
  extends: .assistantctl
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID
      when: manual
  allow_failure: true
  environment:
    name: preview/mr-$CI_MERGE_REQUEST_IID
    action: stop
  script:
    - |
      code=0
      assistantctl preview down --id "mr-$CI_MERGE_REQUEST_IID" --env ${name} --format json \\
        > "$RUNNER_TEMP/down.json" || code=$?
      assistantctl comment --report "$RUNNER_TEMP/down.json" --env ${name}
      exit "$code"
`;
}

/** Merges of one environment run one after the other, in their order. */
function resourceGroup({ slug }: PipelineFacts, { name }: PipelineEnvironment): string {
  return `  resource_group: assistantctl${slug}-${name}\n`;
}

function applyJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  const { name } = environment;
  return `${jobName('assistantctl-apply', environment, facts)}:
  extends: .assistantctl-writer
  stage: deploy
  rules:
    - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
${resourceGroup(facts, environment)}  environment:
    name: ${name}
  script:
    - |
      ENVIRONMENT=${name}
      RESULT="$RUNNER_TEMP/report.json"
${indent(FAILURE_CODE, 6)}
${indent(APPLY_WHEN_FREE, 6)}
      assistantctl comment --print-reviewed --env "$ENVIRONMENT" > "$RUNNER_TEMP/reviewed.txt"
      apply --reviewed "$RUNNER_TEMP/reviewed.txt"
      if [ "$code" = 6 ] && [ "$(failure_code "$RESULT")" = UNREVIEWED ]; then
        # Nobody reviewed all of it: the plan is shown, and the next job waits for somebody to start it.
        assistantctl plan --env "$ENVIRONMENT" --out "$RUNNER_TEMP/waiting.json"
        node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).plan_digest' < "$RUNNER_TEMP/waiting.json" \\
          > "$CI_PROJECT_DIR/waiting-digest.txt"
        exit 6
      fi
      assistantctl comment --report "$RESULT" --env "$ENVIRONMENT"
      exit "$code"
  # Waiting for approval is no failure.
  allow_failure:
    exit_codes: [6]
  artifacts:
    when: always
    paths: [waiting-digest.txt]
`;
}

function approveJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  const { name } = environment;
  return `${jobName('assistantctl-approve', environment, facts)}:
  extends: .assistantctl-writer
  stage: deploy
  needs: [${jobName('assistantctl-apply', environment, facts)}]
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
      if [ ! -s "$CI_PROJECT_DIR/waiting-digest.txt" ]; then echo "Nothing waits for an approval."; exit 0; fi
${indent(FAILURE_CODE, 6)}
${indent(APPLY_WHEN_FREE, 6)}
      apply --approve "$ENVIRONMENT" --expect-digest "$(cat "$CI_PROJECT_DIR/waiting-digest.txt")"
      assistantctl comment --report "$RESULT" --env "$ENVIRONMENT"
      exit "$code"
`;
}

function watchJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  const { name } = environment;
  return `${jobName('assistantctl-watch', environment, facts)}:
  extends: .assistantctl
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" && $ASSISTANTCTL_JOB == "watch"
  script:
    - |
      code=0
      assistantctl drift --env ${name} --format json > "$RUNNER_TEMP/drift.json" || code=$?
      # Only 0 and 2 say something about the account; everything else is a failure of this run.
      case "$code" in 0 | 2) ;; *) exit "$code" ;; esac
      assistantctl comment "$RUNNER_TEMP/drift.json" --issue --env ${name}
      assistantctl preview gc --env ${name} --older-than 14d
`;
}

function rolloutJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  const { name } = environment;
  return `${jobName('assistantctl-rollout', environment, facts)}:
  extends: .assistantctl-writer
  stage: deploy
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" && $ASSISTANTCTL_JOB == "rollout"
  # Of its own: a tick never takes the place of a merge that waits. Writers exclude each other by their lease.
  resource_group: assistantctl${facts.slug}-rollout-${name}
  environment:
    name: ${name}
  script:
    - |
      RESULT="$RUNNER_TEMP/report.json"
${indent(FAILURE_CODE, 6)}
      code=0
      assistantctl rollout tick --env ${name} --format json > "$RESULT" || code=$?
      # An apply is at work: the next tick is soon enough.
      if [ "$code" = 5 ] && [ "$(failure_code "$RESULT")" = LOCK_HELD ]; then exit 0; fi
      assistantctl comment --report "$RESULT" --env ${name}
      exit "$code"
`;
}

function operateJob(facts: PipelineFacts): string {
  const last = facts.environments.at(-1) ?? facts.environments[0];
  return `# What a person decides, from any browser (Build, Pipelines, New pipeline): set ASSISTANTCTL_ACTION to rollback, promote,
# rollout-promote, rollout-abort, apply, unlock or preview-gc, and ADDRESS, VERSION, REASON, OPTIONS where they matter.
assistantctl-operate:
  extends: .assistantctl-writer
  stage: deploy
  rules:
    - if: $CI_PIPELINE_SOURCE == "web" && $ASSISTANTCTL_ACTION && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  environment:
    name: ${last.name}-approval
  script:
    - |
      bash <<'END'
      set -eo pipefail
      export ENVIRONMENT="\${ASSISTANTCTL_ENVIRONMENT:-${last.name}}"
      ACTION="$ASSISTANTCTL_ACTION"
      RESULT="$RUNNER_TEMP/report.json"
${indent(OPERATE, 6)}
      if [ -s "$RESULT" ]; then assistantctl comment --report "$RESULT" --env "$ENVIRONMENT"; fi
      exit "$code"
      END
`;
}
