/** Jobs that run by the clock or because a person says so. */
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
import { cacheLines, resourceGroup } from './gitlab-steps.ts';

export function watchJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  const { name } = environment;
  const propose = environment.revertsDrift
    ? ''
    : `      if [ "$drifted" = 2 ]; then
        # What was changed outside Git comes back as one merge request. A token of its own pushes, so that its pipeline runs.
        (
          BRANCH=assistantctl${facts.slug}/drift-${name}
${indent(PROPOSE_DRIFT, 10)}
          if ! git diff --quiet "refs/remotes/origin/$BRANCH" "refs/heads/$BRANCH" --; then
            git -c credential.helper= \\
              -c 'credential.helper=!f() { echo username=oauth2; echo "password=$GITLAB_TOKEN"; }; f' \\
              push --quiet --force "$CI_PROJECT_URL.git" "refs/heads/$BRANCH"
          fi
          assistantctl comment "$RUNNER_TEMP/drift.json" --request "$BRANCH" --env "$ENVIRONMENT" \\
            --title "Take over what was changed outside Git in $ENVIRONMENT"
        )
      fi
`;
  return `${jobName('assistantctl-watch', environment, facts)}:
  extends: .assistantctl
  stage: test
${cacheLines(facts, [environment], { writes: false })}  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" && $ASSISTANTCTL_JOB == "watch"
  script:
    - |
      ENVIRONMENT=${name}
      drifted=0
      assistantctl drift --env "$ENVIRONMENT" --format json > "$RUNNER_TEMP/drift.json" || drifted=$?
      # Only 0 and 2 say something about the account; everything else is a failure of this run.
      case "$drifted" in 0 | 2) ;; *) exit "$drifted" ;; esac
      assistantctl comment "$RUNNER_TEMP/drift.json" --issue --env "$ENVIRONMENT"
      code=0
      assistantctl plan --env "$ENVIRONMENT" --format json > "$RUNNER_TEMP/ahead.json" || code=$?
      # What apply would refuse waits all the same.
      case "$code" in 0 | 5 | 6) ;; *) exit "$code" ;; esac
      assistantctl comment "$RUNNER_TEMP/ahead.json" --issue --topic ahead --env "$ENVIRONMENT" \\
        --title "assistantctl: $CI_DEFAULT_BRANCH is ahead of $ENVIRONMENT"
      assistantctl preview gc --env "$ENVIRONMENT" --older-than 14d
${propose}`;
}

/** Runners share no file: with a state file ticks take turns with applies. Otherwise they have a group of their own. */
function rolloutGroup(facts: PipelineFacts, environment: PipelineEnvironment): string {
  if (!environment.gitState) {
    return `  # The state is a file: one writer at a time.\n${resourceGroup(facts, environment)}`;
  }
  return `  # Of its own: a tick never waits behind a merge. Writers exclude each other by their lease.
  resource_group: assistantctl${facts.slug}-rollout-${environment.name}
`;
}

export function rolloutJob(facts: PipelineFacts, environment: PipelineEnvironment): string {
  const { name } = environment;
  return `${jobName('assistantctl-rollout', environment, facts)}:
  extends: .assistantctl-writer
  stage: deploy
${cacheLines(facts, [environment], { writes: true })}  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" && $ASSISTANTCTL_JOB == "rollout"
${rolloutGroup(facts, environment)}  environment:
    name: ${name}
  script:
    - |
      ENVIRONMENT=${name}
      RESULT="$RUNNER_TEMP/report.json"
${indent(FAILURE_CODE, 6)}
      code=0
      assistantctl rollout tick --env "$ENVIRONMENT" --format json > "$RESULT" || code=$?
      # An apply is at work: the next tick is soon enough.
      if [ "$code" = 5 ] && [ "$(failure_code "$RESULT")" = LOCK_HELD ]; then exit 0; fi
${indent(REPORT_BACK, 6)}
      exit "$code"
`;
}

/** What needs a person's consent waits for the approvers; a rollback waits for nobody. */
export function operateJobs(facts: PipelineFacts): readonly string[] {
  const isFile = facts.environments.some(({ gitState }) => !gitState);
  const group = isFile ? resourceGroup(facts, { name: '$ASSISTANTCTL_ENVIRONMENT' }) : '';
  const job = (name: string, rule: string, environment: string): string => `${name}:
  extends: .assistantctl-writer
  stage: deploy
${cacheLines(facts, facts.environments, { writes: true, named: '$ASSISTANTCTL_ENVIRONMENT' })}  rules:
    - if: $CI_PIPELINE_SOURCE == "web" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && ${rule}
${group}  environment:
    name: ${environment}
  script:
    - |
      bash <<'END'
      set -eo pipefail
      export ENVIRONMENT="$ASSISTANTCTL_ENVIRONMENT"
      ACTION="$ASSISTANTCTL_ACTION"
      RESULT="$RUNNER_TEMP/report.json"
${indent(OPERATE, 6)}
      if [ -s "$RESULT" ]; then
${indent(REPORT_BACK, 8)}
      fi
      exit "$code"
      END
`;
  const names = facts.environments.map(({ name }) => name).join(', ');
  return [
    `# What a person decides, from any browser (Build, Pipelines, New pipeline): set ASSISTANTCTL_ACTION to rollback, promote,
# rollout-promote, rollout-abort, apply, unlock or preview-gc; ADDRESS, VERSION, REASON, OPTIONS where they matter; and
# ASSISTANTCTL_ENVIRONMENT to one of ${names}.
${job('assistantctl-operate', '$ASSISTANTCTL_ACTION && $ASSISTANTCTL_ACTION != "apply"', '$ASSISTANTCTL_ENVIRONMENT')}`,
    job(
      'assistantctl-operate-apply',
      '$ASSISTANTCTL_ACTION == "apply"',
      '$ASSISTANTCTL_ENVIRONMENT-approval',
    ),
  ];
}
