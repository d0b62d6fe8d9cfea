import type { Address } from '../../src/model/address.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type {
  Change,
  ConflictEntry,
  DriftEntry,
  FieldChange,
  Plan,
  PlanSummary,
} from '../../src/model/plan.ts';
import type { ApplyReport, StepResult } from '../../src/model/report.ts';
import type { Binding, State } from '../../src/model/state.ts';

const NO_COUNTS: PlanSummary = {
  create: 0,
  update: 0,
  delete: 0,
  adopt: 0,
  promote: 0,
  unchanged: 14,
  drift: 0,
  conflict: 0,
  orphan: 0,
  unmanaged: 0,
};

export function buildPlan(parts: Partial<Plan> = {}, counts: Partial<PlanSummary> = {}): Plan {
  return {
    format_version: '1.0',
    tool: { name: 'assistantctl', version: '0.1.0' },
    project: 'northwind-voice',
    environment: 'production',
    api_base: 'https://api.telnyx.com/v2',
    account: 'acct:1f2e3d4c',
    created_at: '2026-11-22T12:00:00.000Z',
    expires_at: '2026-11-23T12:00:00.000Z',
    git: { commit: '4be19d20c5a4b0f1e2d3c4b5a697887766554433', branch: 'main', dirty: false },
    inputs_digest: `sha256:${'1'.repeat(64)}`,
    plan_digest: 'sha256:9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0',
    options: { prune: false, recreate: false, take: null, targets: [] },
    summary: { ...NO_COUNTS, ...counts },
    changes: [],
    drift: [],
    conflicts: [],
    orphans: [],
    released: [],
    diagnostics: [],
    ...parts,
  };
}

export function buildChange(address: Address, parts: Partial<Change> = {}): Change {
  return {
    address,
    action: 'update',
    remote_id: 'remote-1',
    reason: 'The spec changed.',
    fields: [],
    promotes: false,
    live_version_id: null,
    base_digest: null,
    live_digest: null,
    desired_digest: null,
    depends_on: [],
    affects: [],
    ...parts,
  };
}

export function field(
  path: string,
  before: FieldChange['before'],
  after: FieldChange['after'],
  origin: FieldChange['origin'] = 'config',
): FieldChange {
  return { path, before, after, origin };
}

const PROMPT = [
  '# Who you are',
  'You answer the phone for Northwind Outdoor, a shop for tents and boots.',
  'Speak in short sentences. One question at a time.',
  '',
  '# What you can do',
  '- Look up an order by its number.',
  '- Explain opening hours.',
  '- Hand over to billing when the caller talks about money.',
  '',
  '# What you never do',
  '- Never promise a delivery date.',
  '- Never read out a card number.',
  '- Never argue.',
  '',
  '# How you say goodbye',
  'Thank the caller by name.',
  '',
].join('\n');

const NEW_PROMPT = PROMPT.replace(
  'Look up an order by its number.',
  'Look up an order by its number or e-mail.',
)
  .replace('- Never argue.\n', '- Never argue.\n- Never guess: say that you will find out.\n')
  .replace('Thank the caller by name.', 'Thank the caller by name and wish them a good day.');

const LONG_LINE =
  'Thanks for calling Northwind Outdoor, the home of tents, boots and good advice since 1974. ' +
  'My name is Nora and I am happy to help you with orders, returns and opening hours. How can I help you today?';

export const RICH_PLAN: Plan = buildPlan(
  {
    changes: [
      buildChange('assistant/front-desk', {
        remote_id: 'assistant-7d0c9b6e',
        live_version_id: '20261120T080000000000',
        promotes: true,
        fields: [
          field('/instructions', PROMPT, NEW_PROMPT),
          field(
            '/greeting',
            LONG_LINE,
            LONG_LINE.replace('happy to help', 'glad to help').replace('today', 'now'),
          ),
          field('/voice_settings/voice_speed', 1, 1.2),
          field('/model', 'moonshotai/Kimi-K2.6', 'openai/gpt-4o'),
          field('/fallback_config', null, {
            model: 'openai/gpt-4o-mini',
            llm_api_key_ref: { $sensitive: true },
          }),
          field(
            '/tool_ids',
            [{ $ref: 'tool/lookup-order' }],
            [{ $ref: 'tool/lookup-order' }, { $ref: 'tool/hours' }],
          ),
          field('/dynamic_variables/old_brand', 'Northwind', null, 'removed'),
          field('/transcription/model', 'deepgram/nova-2', 'deepgram/nova-3', 'drift'),
          field(
            '/tools/webhook:lookup_order/webhook/headers/Authorization',
            { $sha256: 'aa' },
            { $sha256: 'bb' },
          ),
        ],
      }),
      buildChange('tool/lookup-order', {
        remote_id: 'tool-55',
        fields: [
          field('/webhook/timeout_ms', 5000, 8000),
          field('/webhook/url', null, 'https://shop.example/orders'),
        ],
        affects: ['assistant/front-desk', 'assistant/billing'],
      }),
      buildChange('tool/retired', {
        action: 'delete',
        remote_id: 'tool-12',
        reason: 'No spec describes it any more.',
      }),
      buildChange('test/refund', {
        action: 'adopt',
        remote_id: 'test-9',
        reason: 'One live test has exactly this name.',
        fields: [field('/max_duration_seconds', 300, 240)],
      }),
      buildChange('assistant/after-hours', {
        action: 'create',
        remote_id: null,
        reason: 'It is not in the account yet.',
        promotes: true,
        fields: [
          field('/name', null, 'After hours'),
          field('/model', null, 'openai/gpt-4o'),
          field('/instructions', null, PROMPT),
          field('/greeting', null, LONG_LINE),
          field('/tool_ids', null, [{ $ref: 'tool/lookup-order' }]),
          field('/tools', null, [
            {
              type: 'handoff',
              handoff: {
                ai_assistants: [{ name: 'Billing', id: { $ref: 'assistant/billing' } }],
                voice_mode: 'unified',
              },
            },
            { type: 'hangup', hangup: { description: 'When the caller has said goodbye.' } },
          ]),
        ],
      }),
    ],
    drift: [
      {
        address: 'assistant/billing',
        remote_id: 'assistant-2',
        deleted: false,
        fields: [field('/greeting', 'Billing, hello.', 'Hi, this is billing!', 'drift')],
      },
      { address: 'test/old-line', remote_id: 'test-3', deleted: true, fields: [] },
    ],
    orphans: [
      { address: 'tool/retired', remote_id: 'tool-12' },
      { address: 'mcp_server/old-crm', remote_id: 'mcp-4' },
    ],
    released: [
      { address: 'assistant/billing', fields: [field('/voice_settings/voice', 'Telnyx.Astra', null)] },
    ],
    diagnostics: [
      {
        severity: 'warning',
        code: 'MODEL_DEPRECATED',
        message: 'The model is about to be retired.',
        position: { file: 'assistants/billing.yaml', line: 6, column: 10 },
        hint: 'Choose another one.',
      },
    ],
  },
  { create: 1, update: 2, delete: 1, adopt: 1, promote: 2, unchanged: 11, drift: 2, orphan: 1, unmanaged: 3 },
);

const CONFLICT: ConflictEntry = {
  address: 'assistant/front-desk',
  fields: [
    { path: '/greeting', base: 'Hello.', git: 'Hello there.', live: 'Good day.' },
    {
      path: '/instructions',
      base: PROMPT,
      git: PROMPT.replace('Never argue', 'Do not argue'),
      live: PROMPT.replace('short sentences', 'very short sentences'),
    },
    { path: '/voice_settings/voice_speed', base: null, git: 1.1, live: 0.9 },
  ],
};

export const CONFLICT_PLAN: Plan = buildPlan({ conflicts: [CONFLICT] }, { conflict: 1, unchanged: 13 });

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
    diagnostics: [{ severity: 'warning', code: 'ODD', message: HOSTILE, hint: HOSTILE } satisfies Diagnostic],
  },
  { update: 1, drift: 1 },
);

function result(address: string, parts: Partial<StepResult>): StepResult {
  return {
    address,
    action: 'update',
    status: 'applied',
    remote_id: null,
    version_id: null,
    promoted: false,
    error: null,
    ...parts,
  };
}

export const PARTIAL_REPORT: ApplyReport = {
  format_version: '1.0',
  plan_digest: RICH_PLAN.plan_digest,
  outcome: 'partial',
  results: [
    result('tool/lookup-order', { remote_id: 'tool-55' }),
    result('assistant/front-desk', {
      remote_id: 'assistant-7d0c9b6e',
      version_id: '20261122T120000000000',
      promoted: true,
    }),
    result('assistant/billing', {
      action: 'create',
      status: 'failed',
      error: {
        kind: 'partial',
        code: 'API_REJECTED',
        message: 'The API refused the body: voice_settings.voice is not a voice of this account.',
        status: 422,
        request_id: 'req-8c1d',
        hint: 'See assistants/billing.yaml:9:12.',
      },
    }),
    result('test/refund', {
      action: 'create',
      status: 'unknown',
      error: {
        kind: 'partial',
        code: 'OUTCOME_UNKNOWN',
        message: 'The connection was lost after the request was sent.',
        status: null,
        request_id: null,
        hint: null,
      },
    }),
    result('test/invoice', { action: 'create', status: 'not_attempted' }),
    result('tool/hours', { status: 'skipped', remote_id: 'tool-56' }),
  ],
  next: 'assistantctl apply --env production',
};

export const APPLIED_REPORT: ApplyReport = {
  ...PARTIAL_REPORT,
  outcome: 'applied',
  results: PARTIAL_REPORT.results.slice(0, 2),
  next: 'assistantctl plan --env production',
};

export const DIAGNOSTICS: readonly Diagnostic[] = [
  { severity: 'error', code: 'NO_SPECS', message: 'There is no document.', hint: 'assistantctl init' },
  {
    severity: 'error',
    code: 'REF_DANGLING',
    message: 'There is no tool/lookup-ordr.',
    position: { file: 'assistants/front-desk.yaml', line: 3, column: 14 },
    hint: 'Did you mean tool/lookup-order?',
  },
  {
    severity: 'warning',
    code: 'FIELD_DEPRECATED',
    message: '50% of this,\nis old: very old',
    position: { file: 'assistants/billing, old.yaml', line: 12, column: 3 },
  },
  {
    severity: 'error',
    code: 'FIELD_UNKNOWN',
    message: 'Unknown field "modell".',
    position: { file: 'assistants/front-desk.yaml', line: 2, column: 3 },
  },
];

function binding(remoteId: string, parts: Partial<Binding> = {}): Binding {
  return {
    remote_id: remoteId,
    base: null,
    prevent_destroy: false,
    foreign: [],
    main_version_id: null,
    staged_version_id: null,
    updated_at: '2026-11-22T12:00:00.000Z',
    ...parts,
  };
}

export const STATE: State = {
  format_version: '1.0',
  lineage: '0b9d',
  serial: 7,
  project: 'northwind-voice',
  environment: 'production',
  api_base: 'https://api.telnyx.com/v2',
  account: 'acct:1f2e3d4c',
  resources: {
    'tool/lookup-order': binding('tool-55', {
      base: {
        type: 'webhook',
        display_name: 'Look up order',
        webhook: {
          url: 'https://shop.example/orders',
          headers: [{ name: 'X-Key', value: { $sha256: 'aa' } }],
        },
      },
      foreign: ['/webhook/headers/X-Trace'],
    }),
    'assistant/front-desk': binding('assistant-7d0c9b6e', {
      base: {
        name: 'Front desk',
        instructions: 'Be kind.\nBe brief.\n',
        tool_ids: [{ $ref: 'tool/lookup-order' }],
      },
      main_version_id: '20261120T080000000000',
      staged_version_id: '20261122T120000000000',
    }),
    'test/refund': binding('test-9'),
  },
  deleted: [
    { address: 'tool/retired', remote_id: 'tool-12', deleted_at: '2026-11-22T12:00:00.000Z', config: {} },
  ],
};
