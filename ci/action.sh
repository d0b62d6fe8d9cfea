#!/usr/bin/env bash
# What action.yml runs. Everything comes from variables: INPUT_*, CHANGE, and those of GitHub's runner.
set -euo pipefail

where=(--project "${INPUT_PROJECT:-.}")
if [ -n "${INPUT_ENVIRONMENT:-}" ]; then where+=(--env "$INPUT_ENVIRONMENT"); fi
temp="$(mktemp -d "${RUNNER_TEMP:-/tmp}/assistantctl.XXXXXX")"

# The program is the action's own, or comes from the registry into a folder of its own. The checkout has no say in it:
# nothing of its node_modules is run, and its .npmrc configures nothing.
program="$GITHUB_ACTION_PATH/dist/main.js"
if [ -n "${INPUT_VERSION:-}" ] || [ ! -f "$program" ]; then
  own="$(node -p 'require(process.env.GITHUB_ACTION_PATH + "/package.json").version')"
  version="${INPUT_VERSION:-$own}"
  if [[ ! "$version" =~ ^[0-9A-Za-z][0-9A-Za-z.+-]*$ ]]; then
    echo "assistantctl: ${version@Q} is no version" >&2
    exit 3
  fi
  mkdir "$temp/program"
  (
    cd "$temp/program"
    unset GITHUB_TOKEN GITLAB_TOKEN "${!TELNYX@}" "${!ASSISTANTCTL@}"
    npm install --no-save --no-audit --no-fund --ignore-scripts --prefix "$temp/program" "assistantctl@$version" >&2
  )
  program="$temp/program/node_modules/assistantctl/dist/main.js"
fi

assistantctl() {
  node "$program" "$@" "${where[@]}"
}

# Runs a command, keeps what it prints for the comment, and remembers how it ended.
code=0
kept() {
  assistantctl "$@" > "$temp/out" 2> "$temp/log" || code=$?
  cat "$temp/log" >&2
}

show() {
  assistantctl comment "$temp/out" --exit-code "$code" --log "$temp/log" "$@"
}

case "${INPUT_COMMAND:-plan}" in
  validate)
    assistantctl validate --format github || code=$?
    ;;
  plan)
    assistantctl validate --format github || true
    kept plan --format markdown --out "$temp/plan.json"
    # Pull requests from forks get no secrets: Git is then compared with the last apply alone.
    if [ "$code" -eq 4 ] && grep -q KEY_MISSING "$temp/log"; then
      code=0
      kept plan --offline --format markdown --out "$temp/plan.json"
    fi
    if [ -f "$temp/plan.json" ]; then
      digest="$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).plan_digest' "$temp/plan.json")"
      echo "digest=$digest" >> "$GITHUB_OUTPUT"
    fi
    show --plan "$temp/plan.json"
    ;;
  apply)
    digest="${INPUT_DIGEST:-}"
    if [ -z "$digest" ]; then digest="$(assistantctl comment --print-digest)"; fi
    approve=()
    if [ -n "${INPUT_ENVIRONMENT:-}" ]; then approve=(--approve "$INPUT_ENVIRONMENT"); fi
    assistantctl apply "${approve[@]}" --expect-digest "$digest" || code=$?
    ;;
  preview-up)
    kept preview up --id "pr-$CHANGE" --format markdown
    show --topic preview
    ;;
  preview-down)
    assistantctl preview down --id "pr-$CHANGE" || code=$?
    ;;
  drift)
    kept drift --format json
    # Only 0 and 2 say something about the account.
    case "$code" in
      0 | 2)
        assistantctl comment "$temp/out" --issue
        code=0
        ;;
    esac
    ;;
  rollout-tick)
    assistantctl rollout tick || code=$?
    ;;
  *)
    echo "assistantctl: there is no command ${INPUT_COMMAND@Q} in this action" >&2
    code=3
    ;;
esac

echo "exit-code=$code" >> "$GITHUB_OUTPUT"
exit "$code"
