import { cell, code, table } from './markdown.mjs';

/** docs/codes.md from the tables of src/model/codes. */
export function codesPage({ SPEC_CODES, PLAN_CODES, FAILURE_CODES }) {
  const parts = [
    '# Codes',
    '<!-- Written by `npm run docs` from src/model/codes. Do not edit. -->',
    `- [Codes of validate](#codes-of-validate)
- [Codes of plan and apply](#codes-of-plan-and-apply)
- [Other codes](#other-codes)`,
    '## Codes of validate',
    `Every problem that \`validate\`, \`plan\` and \`apply\` find in the project file and the specs has a code that stays
the same from release to release. Search for it here, or filter on it in a pipeline
(\`assistantctl validate --format json\`).`,
    meanings(SPEC_CODES),
    'Warnings do not change the exit code; errors end with [exit code 3](exit-codes.md#3-usage-or-spec-error).',
    '## Codes of plan and apply',
    'These are found out from the account. [Exit codes](exit-codes.md) say what becomes of the run.',
    table(
      ['code', 'meaning', 'do this'],
      sorted(PLAN_CODES).map(([name, { means, todo }]) => [code(name), cell(means), cell(todo)]),
    ),
    '## Other codes',
    `With these a command ends, or remarks on what it read. The message and the hint beside the code say what was found
and what to do. \`API_\` and a number, such as \`API_422\`, is the status with which the API refused a request.`,
    meanings(FAILURE_CODES),
  ];
  return `${parts.join('\n\n')}\n`;
}

function meanings(codes) {
  return table(
    ['code', 'meaning'],
    sorted(codes).map(([name, means]) => [code(name), cell(means)]),
  );
}

function sorted(codes) {
  return Object.entries(codes).sort(([a], [b]) => (a < b ? -1 : 1));
}
