/** Working files of the tool: states of file backends and the embedded API's data. */
export const GITIGNORE_LINE = '.assistantctl/';

/** The text of a `.gitignore` with our line in it, added once. */
export function withIgnored(text: string): string {
  if (text.split(/\r?\n/).some((line) => /^\/?\.assistantctl\/?$/.test(line.trim()))) return text;
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${separator}${GITIGNORE_LINE}\n`;
}

/** A valid project name ([a-z0-9-], at most 40 characters) made from a folder name. */
export function projectSlug(folder: string): string {
  const slug = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'assistants' : slug;
}

/** GitHub Actions: what a pull request changes is planned, what is merged is applied. */
export const WORKFLOW = `name: assistantctl
on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read

# Two applies of one environment exclude each other; let the second wait instead of failing.
concurrency:
  group: assistantctl-\${{ github.event_name == 'push' && 'apply' || github.ref }}

jobs:
  plan:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    env:
      TELNYX_API_KEY: \${{ secrets.TELNYX_API_KEY }}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22 }
      - run: npx --yes assistantctl validate --format github
      - uses: actions/cache/restore@v4
        with:
          path: .assistantctl/state
          key: assistantctl-state-\${{ github.run_id }}
          restore-keys: assistantctl-state-
      # Pull requests from forks have no secrets; they are validated only.
      - if: env.TELNYX_API_KEY != ''
        run: npx --yes assistantctl plan --env production --format markdown >> "$GITHUB_STEP_SUMMARY"

  apply:
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
    environment: production
    env:
      TELNYX_API_KEY: \${{ secrets.TELNYX_API_KEY }}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22 }
      # What was applied last is the base of the next comparison: it has to outlive the run, a failed one too.
      - uses: actions/cache/restore@v4
        with:
          path: .assistantctl/state
          key: assistantctl-state-\${{ github.run_id }}
          restore-keys: assistantctl-state-
      - run: npx --yes assistantctl apply --env production --approve production
      - if: always()
        uses: actions/cache/save@v4
        with:
          path: .assistantctl/state
          key: assistantctl-state-\${{ github.run_id }}
`;
