#!/usr/bin/env bash
# What action.yml runs. Everything comes from variables: INPUT_*, CHANGE, and those of GitHub's runner. Any bash from 3.2 on.
set -euo pipefail

# How the command ended, and whatever else is known by then, is an output also of a run that failed.
code=0
leave() {
  status=$?
  if [ "$code" -eq 0 ]; then code=$status; fi
  echo "exit-code=$code" >> "$GITHUB_OUTPUT"
  exit "$code"
}
trap leave EXIT

where=(--project "${INPUT_PROJECT:-.}")
if [ -n "${INPUT_ENVIRONMENT:-}" ]; then where+=(--env "$INPUT_ENVIRONMENT"); fi
# Account that the token writes as, for tokens that cannot tell, as those of an app.
writer=()
if [ -n "${INPUT_AUTHOR:-}" ]; then writer=(--author "$INPUT_AUTHOR"); fi
temp="$(mktemp -d "${RUNNER_TEMP:-/tmp}/assistantctl.XXXXXX")"

# The program is the action's own, built from its own sources, or the package that the input names, in a folder of its
# own. The checkout has no say in it: nothing of its node_modules is run, and its .npmrc configures nothing.
program="$GITHUB_ACTION_PATH/dist/main.js"
if [ -n "${INPUT_PACKAGE:-}" ]; then
  case "$INPUT_PACKAGE" in
    https://*.tgz | https://*.tar.gz) ;;
    *)
      printf 'assistantctl: %q is no https address of a tarball\n' "$INPUT_PACKAGE" >&2
      exit 3
      ;;
  esac
  mkdir "$temp/program"
  (
    cd "$temp/program"
    unset GITHUB_TOKEN GITLAB_TOKEN ${!TELNYX@} ${!ASSISTANTCTL@}
    npm install --no-save --no-audit --no-fund --ignore-scripts --prefix "$temp/program" -- "$INPUT_PACKAGE" >&2
  )
  program="$temp/program/node_modules/assistantctl/dist/main.js"
elif [ ! -f "$program" ]; then
  (
    cd "$GITHUB_ACTION_PATH"
    unset GITHUB_TOKEN GITLAB_TOKEN ${!TELNYX@} ${!ASSISTANTCTL@}
    npm ci --no-audit --no-fund --ignore-scripts >&2
    node scripts/build.mjs >&2
  )
fi

assistantctl() {
  node "$program" "$@" "${where[@]}"
}

# Runs a command, keeps what it prints, and remembers how it ended.
kept() {
  code=0
  assistantctl "$@" > "$temp/out" 2> "$temp/log" || code=$?
  cat "$temp/log" >&2
}

# A comment that cannot be written fails a step that had gone well, and hides no failure of the command.
told() {
  status=0
  assistantctl comment "$@" || status=$?
  if [ "$code" -eq 0 ]; then code=$status; fi
}

show() {
  told "$temp/out" --exit-code "$code" --log "$temp/log" ${writer[@]+"${writer[@]}"} "$@"
}

# Tells change requests and the summary what a command printed as JSON. One that printed nothing has failed in its log.
# A forge that is slow or refuses changes nothing about how the command ended.
report() {
  if [ -s "$temp/out" ]; then
    cat "$temp/out"
    echo "report=$temp/out" >> "$GITHUB_OUTPUT"
    assistantctl comment --report "$temp/out" ${writer[@]+"${writer[@]}"} ||
      echo "::warning::the change requests were not told; what was done ended with $code"
  fi
}

# Digest, counts and paths of a saved plan.
describe() {
  if [ ! -f "$1" ]; then return 0; fi
  node - "$1" >> "$GITHUB_OUTPUT" << 'PROGRAM'
const plan = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'));
const { summary } = plan;
const counts = ['create', 'update', 'delete', 'adopt', 'takeover', 'move', 'promote', 'drift', 'conflict'];
const lines = [
  ['digest', plan.plan_digest],
  ['plan', process.argv[2]],
  ['summary', JSON.stringify(summary)],
  ['changes', plan.changes.length],
  ...counts.map((name) => [name, summary[name] ?? 0]),
  ['reviewed', plan.reviewed?.covered ?? ''],
];
console.log(lines.map((line) => line.join('=')).join('\n'));
PROGRAM
}

failure_code() {
  node -p 'let d = {}; try { d = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")); } catch {} d.error?.code ?? ""' "$1"
}

# A preview belongs to a pull request of this repository: those of forks have no key, and other runs no number.
request_number() {
  case "${CHANGE:-}" in
    '' | *[!0-9]*)
      echo "assistantctl: $INPUT_COMMAND runs for a pull request, and this run has none" >&2
      exit 3
      ;;
  esac
  if [ "${HEAD_REPOSITORY:-$GITHUB_REPOSITORY}" != "$GITHUB_REPOSITORY" ]; then
    echo "::notice::pull requests from forks get no preview: they have no key"
    exit 0
  fi
}

case "${INPUT_COMMAND:-plan}" in
  validate)
    assistantctl validate --format github || code=$?
    ;;
  plan)
    assistantctl validate --format github || true
    how=(--format markdown --out "$temp/plan.json" --html "$temp/plan.html")
    base="${INPUT_BASE:-${QUEUE_BASE:-}}"
    # On a pull request GitHub checks out its merge with the target, which is the first parent.
    if [ -z "$base" ] && [ -n "${CHANGE:-}" ] && git rev-parse --quiet --verify 'HEAD^2^{commit}' > "$temp/parents"; then
      base='HEAD^1'
    fi
    if [ -n "$base" ]; then how+=(--base "$base"); fi
    kept plan "${how[@]}"
    # Pull requests from forks get no secrets: Git is then compared with the last apply alone.
    if [ "$code" -eq 4 ] && grep -q KEY_MISSING "$temp/log"; then kept plan --offline "${how[@]}"; fi
    describe "$temp/plan.json"
    if [ -f "$temp/plan.html" ]; then echo "page=$temp/plan.html" >> "$GITHUB_OUTPUT"; fi
    echo "markdown=$temp/out" >> "$GITHUB_OUTPUT"
    show --plan "$temp/plan.json"
    ;;
  apply)
    # Exactly one plan, where somebody names it; else everything that was reviewed and merged.
    if [ -n "${INPUT_DIGEST:-}" ]; then
      approve=()
      if [ -n "${INPUT_ENVIRONMENT:-}" ]; then approve=(--approve "$INPUT_ENVIRONMENT"); fi
      kept apply ${approve[@]+"${approve[@]}"} --expect-digest "$INPUT_DIGEST" --format json
    else
      assistantctl comment --print-reviewed ${writer[@]+"${writer[@]}"} > "$temp/reviewed.txt"
      kept apply --reviewed "$temp/reviewed.txt" --format json
      if [ "$code" -eq 6 ] && [ "$(failure_code "$temp/out")" = UNREVIEWED ]; then
        # What waits, with its digest, for a job that somebody has to approve.
        assistantctl plan --format markdown --out "$temp/plan.json" > "$temp/plan.md" || true
        cat "$temp/plan.md" >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
        describe "$temp/plan.json"
      fi
    fi
    report
    ;;
  preview-up)
    request_number
    kept preview up --id "pr-$CHANGE" --format markdown
    show --topic preview
    ;;
  preview-down)
    request_number
    kept preview down --id "pr-$CHANGE" --format json
    report
    ;;
  preview-gc)
    assistantctl preview gc --older-than 14d || code=$?
    ;;
  drift)
    kept drift --format json
    # Only 0 and 2 say something about the account.
    case "$code" in
      0 | 2)
        describe "$temp/out"
        echo "drifted=$([ "$code" -eq 2 ] && echo true || echo false)" >> "$GITHUB_OUTPUT"
        code=0
        told "$temp/out" --issue ${writer[@]+"${writer[@]}"}
        ;;
    esac
    ;;
  rollout-tick)
    kept rollout tick --format json
    # An apply is at work: the next tick is soon enough.
    if [ "$code" -eq 5 ] && [ "$(failure_code "$temp/out")" = LOCK_HELD ]; then
      code=0
    else
      report
    fi
    ;;
  *)
    printf 'assistantctl: there is no command %q in this action\n' "$INPUT_COMMAND" >&2
    code=3
    ;;
esac
