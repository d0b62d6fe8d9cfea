import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { DriftEntry, Plan } from '../../src/model/plan.ts';
import { buildChange, buildPlan, field } from './builders.ts';

const ESC = '\u001b';

/** Control and bidi characters except the line break. */
export const CONTROL = /[^\n\P{Cc}]|[\u202a-\u202e\u2066-\u2069]/u;

/** What nobody should send and somebody will. */
export const HOSTILE = [
  `${ESC}[2J${ESC}]0;owned\u0007`,
  'admin\u202egnp.exe',
  '</details><!-- gone --> @octocat fixes #12 ``` ```` GH-7 https://evil.example www.evil.example',
  'zero\u200bwidth\u2060and\u{e0041}tags',
  'tab\tcr\rnul\u0000 c1\u009b31m',
  '::error::fake',
  '| table | $math$ ~~~',
  '\ud800 alone',
].join(' ');

export const HOSTILE_PLAN: Plan = buildPlan(
  {
    project: `north--><script>${HOSTILE}`,
    environment: `prod ${HOSTILE}`,
    git: { commit: HOSTILE, branch: HOSTILE, dirty: true },
    changes: [
      buildChange('assistant/front-desk', {
        reason: HOSTILE,
        remote_id: HOSTILE,
        fields: [
          field(`/dynamic_variables/${HOSTILE}`, HOSTILE, `${HOSTILE} changed`),
          field('/instructions', `one\n${HOSTILE}\nthree\n`, `one\n${HOSTILE} \nthree`),
          field('/name', 'Caf\u00e9 desk', 'Cafe\u0301 desk'),
        ],
        affects: [HOSTILE],
      }),
    ],
    drift: [{ address: 'tool/x', remote_id: HOSTILE, deleted: true, fields: [] } satisfies DriftEntry],
    diagnostics: [
      { severity: 'warning', code: 'TYPE_WRONG', message: HOSTILE, hint: HOSTILE } satisfies Diagnostic,
    ],
  },
  { update: 1, drift: 1 },
);
