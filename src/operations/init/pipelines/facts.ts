/** What a pipeline has to know of the project that it is written for. */
export interface PipelineFacts {
  /** What `npm install` is given; empty where the team has yet to choose. */
  readonly packageSpec: string;
  /** Folder of the project in the repository, with forward slashes; empty for its root. */
  readonly projectPath: string;
  /** Tells the files and groups of several projects of one repository apart: empty, or `-` and a word. */
  readonly slug: string;
  /** At least one, in the order in which a merge reaches them: the one that matters most comes last. */
  readonly environments: readonly [PipelineEnvironment, ...PipelineEnvironment[]];
  /** The branch that is applied. */
  readonly branch: string;
  /** Some assistant is promoted by a canary, so that somebody has to take its steps. */
  readonly canaries: boolean;
}

export interface PipelineEnvironment {
  readonly name: string;
  /** Variable that holds the API key. */
  readonly keyVariable: string;
  /** The state is kept in Git; otherwise the pipeline has to keep the file. */
  readonly gitState: boolean;
  /** What was changed outside Git is put back by the next apply, and so never proposed to Git. */
  readonly revertsDrift: boolean;
}

/** A file that a pipeline consists of. */
export interface PipelineFile {
  /** Relative to the repository. */
  readonly file: string;
  readonly text: string;
}

/** Names of jobs take letters, digits, `_` and `-`, and begin with a letter or `_`. */
export function jobName(prefix: string, { name }: PipelineEnvironment, all: PipelineFacts): string {
  return all.environments.length === 1 ? prefix : `${prefix}-${name.replace(/[^A-Za-z0-9_-]/g, '-')}`;
}

/** Text with every line but empty ones moved to the right. */
export function indent(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(columns));
}

/** What `npm install --global` is told, in the words of every shell: a package that the team has chosen. */
export const INSTALL = `if ! command -v assistantctl; then
  if [ -z "$ASSISTANTCTL_PACKAGE" ]; then
    echo "Set the variable ASSISTANTCTL_PACKAGE to what npm installs: the address of a tarball that you trust." >&2
    exit 3
  fi
  # Away from the checkout: nothing in it configures npm.
  cd "$RUNNER_TEMP"
  npm install --global --ignore-scripts "$ASSISTANTCTL_PACKAGE"
fi`;

/** Prints the code of the failure in a JSON result; nothing where there is none. */
export const FAILURE_CODE = `failure_code() {
  node -p 'let d = {}; try { d = JSON.parse(require("fs").readFileSync(0, "utf8")); } catch {} d.error?.code ?? ""' < "$1"
}`;

/**
 * True where the apply was refused because a later commit is applied already, which contains this one: a run that came
 * late, or is run again, has nothing left to do.
 */
export const IS_OVERTAKEN = `overtaken() {
  node -p 'let d = {}; try { d = JSON.parse(require("fs").readFileSync(0, "utf8")); } catch {} const { code, details } = d.error ?? {}; code === "BEHIND" && details?.relation === "behind"' < "$1"
}`;

/** Branch and request that bring into Git what was changed outside of it; what a person did on the branch stays. */
export const PROPOSE_DRIFT = `export GIT_COMMITTER_NAME=assistantctl GIT_COMMITTER_EMAIL=assistantctl@localhost
if git fetch --quiet --no-tags origin "+refs/heads/$BRANCH:refs/remotes/origin/$BRANCH"; then
  if [ "$(git log -1 --format=%ce "refs/remotes/origin/$BRANCH")" != assistantctl@localhost ]; then
    echo "Somebody works on $BRANCH: it is left alone."
    exit 0
  fi
fi
# A runner that keeps its clone has the branch of the last time.
if git rev-parse --quiet --verify "refs/heads/$BRANCH" > "$RUNNER_TEMP/proposed"; then
  git branch --quiet --delete --force "$BRANCH"
fi
code=0
assistantctl drift --env "$ENVIRONMENT" --format json > "$RUNNER_TEMP/drift.json" || code=$?
case "$code" in 0 | 2) ;; *) exit "$code" ;; esac
assistantctl pull --drift --env "$ENVIRONMENT" --pr-branch "$BRANCH"
if ! git rev-parse --quiet --verify "refs/heads/$BRANCH" > "$RUNNER_TEMP/proposed"; then
  echo "Nothing of it can be written into documents."
  exit 0
fi`;

/** Tells what a command did. A forge that is slow or refuses changes nothing about how the command ended. */
export const REPORT_BACK = `assistantctl comment --report "$RESULT" --env "$ENVIRONMENT" ||
  echo "warning: the change requests were not told; what was done ended with $code."`;

/** What there is to say after an apply, and whether it waits for an approval. */
export const JUDGE_APPLY = `if [ "$code" = 6 ] && [ "$(overtaken "$RESULT")" = true ]; then
  echo "A later commit is applied already, and it contains this one: nothing is left to do."
  code=0
else
${REPORT_BACK.replace(/^/gm, '  ')}
fi`;

/** Waits while another process writes to the environment: a tick is over in seconds, an apply in minutes. */
export const APPLY_WHEN_FREE = `apply() {
  local tries=0
  while :; do
    code=0
    assistantctl apply --env "$ENVIRONMENT" --format json "$@" > "$RESULT" || code=$?
    if [ "$code" != 5 ] || [ "$(failure_code "$RESULT")" != LOCK_HELD ] || [ "$tries" -ge 60 ]; then break; fi
    tries=$((tries + 1))
    sleep 10
  done
}`;

/** The words of \`operate\` that may be said to apply; everything else is refused. */
export const OPERATE_FLAGS = [
  '--prune',
  '--override-limits',
  '--take-over',
  '--not-renamed',
  '--release-hold',
  '--replace',
  '--recreate',
  '--take',
  '--revert-drift',
  '--allow-behind',
  '--rerun-tests',
] as const;

/** Runs what somebody chose in a form: the words come from variables and never reach a shell as text. */
export const OPERATE = `read -ra words <<< "$OPTIONS"
for word in "\${words[@]}"; do
  case "$word" in
    ${OPERATE_FLAGS.join(' | ')}) ;;
    git | live | all | assistant/* | tool/* | test/* | mcp_server/* | insight/* | insight_group/*) ;;
    *) echo "$word is no option of this form." >&2; exit 3 ;;
  esac
done
for word in "$ADDRESS" "$VERSION"; do
  case "$word" in
    -*) echo "$word begins like an option; write an address or the id of a version." >&2; exit 3 ;;
  esac
done
named=()
if [ -n "$ADDRESS" ]; then named=("$ADDRESS"); fi
why=()
if [ -n "$REASON" ]; then why=(--reason "$REASON"); fi
allowed=(--approve "$ENVIRONMENT")
code=0
case "$ACTION" in
  rollback)
    if [ -n "$VERSION" ]; then why+=(--to "$VERSION"); fi
    assistantctl rollback "\${named[@]}" --env "$ENVIRONMENT" "\${allowed[@]}" "\${why[@]}" --yes --format json > "$RESULT" || code=$? ;;
  promote)
    if [ -n "$VERSION" ]; then named+=(--version "$VERSION"); fi
    assistantctl promote "\${named[@]}" --env "$ENVIRONMENT" "\${allowed[@]}" --yes --format json > "$RESULT" || code=$? ;;
  rollout-promote)
    assistantctl rollout promote "\${named[@]}" --env "$ENVIRONMENT" "\${allowed[@]}" --format json > "$RESULT" || code=$? ;;
  rollout-abort)
    assistantctl rollout abort "\${named[@]}" --env "$ENVIRONMENT" "\${why[@]}" --format json > "$RESULT" || code=$? ;;
  unlock)
    assistantctl state unlock --env "$ENVIRONMENT" || code=$? ;;
  preview-gc)
    assistantctl preview gc --env "$ENVIRONMENT" --older-than 7d || code=$? ;;
  apply)
    assistantctl apply --env "$ENVIRONMENT" "\${allowed[@]}" "\${words[@]}" --yes --format json > "$RESULT" || code=$? ;;
  *) echo "$ACTION is no action of this form." >&2; exit 3 ;;
esac
if [ -s "$RESULT" ]; then cat "$RESULT"; fi`;
