import type { ConflictEntry, Plan } from '../../src/model/plan.ts';
import { buildChange, buildPlan, field } from './builders.ts';

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
        code: 'VALUE_UNKNOWN',
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
