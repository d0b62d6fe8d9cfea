import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { ApplyReport, StepResult } from '../../src/model/report.ts';
import type { Binding, State } from '../../src/model/state.ts';
import { RICH_PLAN } from './sample-plans.ts';

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
        code: 'API_422',
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
        code: 'API_CONNECTION',
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
  { severity: 'error', code: 'SPECS_EMPTY', message: 'There is no document.', hint: 'assistantctl init' },
  {
    severity: 'error',
    code: 'REF_DANGLING',
    message: 'There is no tool/lookup-ordr.',
    position: { file: 'assistants/front-desk.yaml', line: 3, column: 14 },
    hint: 'Did you mean tool/lookup-order?',
  },
  {
    severity: 'warning',
    code: 'FIELD_UNKNOWN',
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
