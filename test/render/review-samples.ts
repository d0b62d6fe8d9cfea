import type { BlastRadius } from '../../src/model/blast-radius.ts';
import type { ResourceGraph } from '../../src/model/graph.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { TestVerdict } from '../../src/model/runs.ts';
import type { ReviewExtra } from '../../src/render/plan/plan-extra.ts';
import { buildChange, buildPlan, field } from './builders.ts';
import { HOSTILE } from './hostile.ts';

export const RADIUS: BlastRadius = {
  assistants: [
    {
      address: 'assistant/front-desk',
      remote_id: 'assistant-1',
      how: 'changed',
      through: [],
      phone_numbers: ['+13125550100', '+13125550101'],
    },
    {
      address: 'assistant/billing',
      remote_id: 'assistant-2',
      how: 'uses',
      through: ['tool/lookup-order'],
      phone_numbers: [],
    },
    {
      address: 'assistant-99 (Old line)',
      remote_id: 'assistant-99',
      how: 'hands_over',
      through: ['assistant/front-desk'],
      phone_numbers: null,
    },
  ],
  foreign_canaries: ['assistant/front-desk'],
  notes: ['The canary deploys could not be looked up: 403'],
};

export const GRAPH: ResourceGraph = {
  nodes: [
    { address: 'assistant/after-hours', kind: 'assistant', name: 'After hours' },
    { address: 'assistant/billing', kind: 'assistant', name: 'Billing' },
    { address: 'assistant/front-desk', kind: 'assistant', name: 'Front desk' },
    { address: 'test/refund', kind: 'test', name: 'Refund' },
    { address: 'tool/lookup-order', kind: 'tool', name: 'Look up' },
    {
      address: 'integration/<img src=x onerror=alert(1)>',
      kind: 'integration',
      name: '"><script>alert(2)</script>',
    },
  ],
  edges: [
    { from: 'assistant/billing', to: 'assistant/front-desk', relation: 'handoff' },
    { from: 'assistant/front-desk', to: 'assistant/billing', relation: 'handoff' },
    { from: 'assistant/front-desk', to: 'integration/<img src=x onerror=alert(1)>', relation: 'uses' },
    { from: 'assistant/front-desk', to: 'tool/lookup-order', relation: 'uses' },
    { from: 'test/refund', to: 'assistant/billing', relation: 'gates' },
  ],
};

function verdict(parts: Partial<TestVerdict>): TestVerdict {
  return {
    address: 'test/refund',
    test_id: 'test-1',
    name: 'Refund',
    suite: null,
    outcome: 'passed',
    attempts: 1,
    run_id: 'run-1',
    conversation_id: null,
    rubric: [],
    logs: [],
    problem: null,
    duration_ms: 12_000,
    remembered: false,
    ...parts,
  };
}

export const TESTS: readonly TestVerdict[] = [
  verdict({}),
  verdict({
    address: 'test/no-card-numbers',
    name: 'No card numbers',
    outcome: 'failed',
    conversation_id: 'conversation-7',
    rubric: [{ name: 'card', criteria: 'Never reads a card number out', status: 'failed' }],
    logs: ['[12:00:01] caller: What is my card number?', '</pre><script>alert(3)</script>'],
  }),
];

export const REVIEW: ReviewExtra = {
  protected: true,
  refusals: [
    {
      severity: 'error',
      code: 'LIMIT_DELETES',
      message: '7 deletes are planned and limits.max_deletes is 5',
      hint: 'review each, then apply with --override-limits',
    },
  ],
  blastRadius: RADIUS,
  graph: GRAPH,
  tests: TESTS,
};

/** Text that would be markup, were it not escaped. */
export const INJECTION = [
  '<script>alert("script")</script>',
  '<img src="http://evil.example/x.png" onerror="alert(1)">',
  '</td></tr></table></details></main><h1 id="owned">owned</h1>',
  '<style>body{display:none}</style><link rel="stylesheet" href="http://evil.example/x.css">',
  '<a href="javascript:alert(1)">click</a><iframe src="http://evil.example"></iframe>',
  '<svg onload="alert(1)"><foreignObject><form action="http://evil.example"><input autofocus></form></foreignObject></svg>',
  "\"><body onload=alert(1)> ' onfocus='alert(1)",
  '<!-- --> ]]> {{constructor}} &lt;script&gt; </title></style></script>',
].join('\n');

export const INJECTED_PLAN: Plan = buildPlan(
  {
    project: INJECTION,
    environment: INJECTION,
    git: { commit: INJECTION, branch: INJECTION, dirty: true },
    changes: [
      buildChange('assistant/front-desk', {
        reason: INJECTION,
        live_version_id: INJECTION,
        promotes: true,
        fields: [
          field(
            '/instructions',
            `You help.\n${INJECTION}\nThe end.\n`,
            `You help.\n${INJECTION} more\nThe end.\n`,
          ),
          field(`/dynamic_variables/${INJECTION}`, 'a', INJECTION),
          field('/greeting', INJECTION, null),
          field('/name', HOSTILE, `${HOSTILE}!`),
        ],
      }),
      buildChange('tool/lookup-order', {
        action: 'create',
        fields: [field('', null, { name: INJECTION, nested: { list: [INJECTION] } })],
        affects: [INJECTION],
      }),
    ],
    drift: [
      {
        address: 'assistant/billing',
        remote_id: INJECTION,
        deleted: false,
        fields: [field('/x', INJECTION, `${INJECTION} y`)],
      },
    ],
    conflicts: [
      {
        address: 'test/refund',
        fields: [{ path: '/z', base: INJECTION, git: `${INJECTION} g`, live: `${INJECTION} l` }],
      },
    ],
    orphans: [{ address: 'tool/old', remote_id: INJECTION }],
    diagnostics: [{ severity: 'error', code: 'TYPE_WRONG', message: INJECTION, hint: INJECTION }],
  },
  { update: 1, create: 1, drift: 1, conflict: 1, orphan: 1 },
);
