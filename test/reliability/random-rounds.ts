import fc from 'fast-check';
import type { Fault } from '../../src/emulator/contract/contract.ts';
import type { Quirks } from '../../src/emulator/contract/quirks.ts';
import type { Specs } from '../support/specs.ts';
import type { LiveEdit } from './live.ts';
import { company } from './random-specs.ts';

/** What goes wrong while an apply runs; numbers count its requests, or instants of its life. */
export type Trouble =
  | { readonly kind: 'none' }
  | { readonly kind: 'faults'; readonly faults: readonly PlacedFault[] }
  | { readonly kind: 'crash'; readonly instant: number }
  | { readonly kind: 'stop'; readonly request: number };

export interface PlacedFault {
  readonly at: number;
  /** So many requests in a row: more than three outlast the retries. */
  readonly times: number;
  readonly fault: Fault;
}

/** One commit, what the dashboard did before it, and how its first apply fared. */
export interface Round {
  readonly specs: Specs;
  readonly edits: readonly LiveEdit[];
  readonly trouble: Trouble;
  readonly prune: boolean;
  readonly drift: 'report' | 'revert';
  /** How conflicts are decided, when there are any. */
  readonly take: 'git' | 'live';
  /** The state is lost before this round, which then applies the specs of the one before. */
  readonly loseState: boolean;
}

export interface Story {
  readonly quirks: Partial<Quirks>;
  readonly rounds: readonly Round[];
}

/** Scalar fields of which the expected cause of a difference is computed independently. */
export const FIELDS: { readonly [kind: string]: readonly string[] } = {
  assistant: [
    '/greeting',
    '/model',
    '/instructions',
    '/voice_settings/voice_speed',
    '/telephony_settings/time_limit_secs',
    '/dynamic_variables/brand',
    '/dynamic_variables/tier',
  ],
  tool: ['/webhook/url', '/timeout_ms'],
  mcp_server: ['/url'],
  test: ['/instructions', '/max_duration_seconds'],
  insight: ['/instructions'],
  insight_group: ['/description'],
};

/** Fields that no random spec ever writes. */
export const UNMANAGED = ['/description', '/telephony_settings/user_idle_timeout_secs'] as const;

const ASSISTANTS = ['assistant/a', 'assistant/b', 'assistant/c'];

const set = (addresses: readonly string[], pointer: string, ...values: readonly (string | number)[]) =>
  fc.record({
    do: fc.constant('set' as const),
    address: fc.constantFrom(...addresses),
    pointer: fc.constant(pointer),
    value: fc.constantFrom(...values),
  });

const edit: fc.Arbitrary<LiveEdit> = fc.oneof(
  set(ASSISTANTS, '/greeting', 'Hello.', 'From the dashboard.'),
  set(ASSISTANTS, '/model', 'openai/gpt-4o', 'openai/o4'),
  set(ASSISTANTS, '/instructions', 'You answer.', 'Edited by hand.'),
  set(ASSISTANTS, '/voice_settings/voice_speed', 1.1, 1.7),
  set(ASSISTANTS, '/telephony_settings/time_limit_secs', 900, 1111),
  set(ASSISTANTS, '/dynamic_variables/brand', 'North', 'East'),
  set(ASSISTANTS, '/dynamic_variables/tier', 'gold', 'wood'),
  set(ASSISTANTS, '/dynamic_variables/by_hand', 'one', 'two'),
  set(ASSISTANTS, '/description', 'set by hand', 'set again'),
  set(ASSISTANTS, '/telephony_settings/user_idle_timeout_secs', 45, 60),
  set(['tool/x', 'tool/y'], '/webhook/url', 'https://x2.example/', 'https://hand.example/'),
  set(['tool/x', 'tool/y'], '/timeout_ms', 6000, 9000),
  set(['mcp_server/m'], '/url', 'https://m2.example/mcp', 'https://hand.example/mcp'),
  set(['test/t', 'test/u'], '/instructions', 'Say hello.', 'By hand.'),
  set(['test/t', 'test/u'], '/max_duration_seconds', 90, 200),
  set(['insight/i', 'insight/j'], '/instructions', 'What did the caller want?', 'By hand.'),
  set(['insight_group/g'], '/description', 'Sales calls.', 'By hand.'),
  fc.record({
    do: fc.constant('add' as const),
    kind: fc.constantFrom(
      ...(['assistant', 'tool', 'mcp_server', 'test', 'insight', 'insight_group'] as const),
    ),
    name: fc.constantFrom('By hand', 'By hand too'),
  }),
  fc.record({
    do: fc.constant('remove' as const),
    address: fc.constantFrom(
      ...ASSISTANTS,
      'tool/x',
      'test/t',
      'mcp_server/m',
      'insight/i',
      'insight_group/g',
    ),
  }),
  fc.record({
    do: fc.constant('stage' as const),
    address: fc.constantFrom(...ASSISTANTS),
    greeting: fc.constantFrom('Staged by hand.', 'Never promoted.'),
  }),
);

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom<Fault>(
    { kind: 'reset-before' },
    { kind: 'reset-after' },
    { kind: 'garbage' },
    { kind: 'truncate' },
    { kind: 'status', status: 500, afterEffect: true },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 502, body: '<html>bad gateway</html>' },
    { kind: 'status', status: 503, headers: { 'retry-after': '0' } },
    { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
    { kind: 'status', status: 429, headers: { 'retry-after': '120' } },
    { kind: 'status', status: 409 },
    { kind: 'status', status: 422 },
    { kind: 'status', status: 403 },
  ),
  { weight: 1, arbitrary: fc.constantFrom<Fault>({ kind: 'hang' }, { kind: 'hang', afterEffect: true }) },
);

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.constant<Trouble>({ kind: 'none' }),
  fc.record({
    kind: fc.constant('faults' as const),
    faults: fc.array(fc.record({ at: fc.nat(60), times: fc.constantFrom(1, 1, 1, 2, 4), fault }), {
      minLength: 1,
      maxLength: 5,
    }),
  }),
  fc.record({ kind: fc.constant('crash' as const), instant: fc.nat(60) }),
  fc.record({ kind: fc.constant('stop' as const), request: fc.nat(40) }),
);

const round: fc.Arbitrary<Round> = fc.record({
  specs: company,
  edits: fc.array(edit, { maxLength: 4 }),
  trouble,
  prune: fc.boolean(),
  drift: fc.constantFrom('report', 'revert'),
  take: fc.constantFrom('git', 'live'),
  loseState: fc.integer({ min: 0, max: 7 }).map((n) => n === 7),
});

const quirks: fc.Arbitrary<Partial<Quirks>> = fc.record(
  {
    stagedBase: fc.constantFrom('main', 'newest'),
    listLagMs: fc.constant(3),
    replyLacksFields: fc.constantFrom<readonly string[]>(
      ['tools', 'voice_settings', 'version_id', 'rubric', 'tool_definition', 'url'],
      ['tool_ids', 'dynamic_variables', 'telephony_settings', 'mcp_servers'],
    ),
    nested: fc.constantFrom('replace', 'merge'),
    nullHandling: fc.constantFrom('clear', 'reject'),
    deleteInUse: fc.constantFrom('allow', 'conflict'),
    unknownFields: fc.constantFrom('ignore', 'store', 'reject'),
    toolIdsInResponse: fc.constantFrom('list', 'null', 'absent'),
    promoteVersionId: fc.constantFrom('reuse', 'copy'),
    mcpPut: fc.constantFrom('replace', 'merge'),
    testPut: fc.constantFrom('replace', 'merge'),
    insightPut: fc.constantFrom('replace', 'merge'),
    assignTwice: fc.constantFrom('allow', 'conflict'),
    jsonSchemaInResponse: fc.constantFrom('object', 'text'),
    referenceCheck: fc.boolean(),
    trimStrings: fc.boolean(),
    extraFields: fc.boolean(),
    reorder: fc.boolean(),
    nullsForAbsent: fc.boolean(),
    idempotencyIgnored: fc.boolean(),
    replayUnmarked: fc.boolean(),
    texmlIdDelayMs: fc.constant(20),
  },
  { requiredKeys: [] },
);

export const story: fc.Arbitrary<Story> = fc.record({
  quirks,
  rounds: fc.array(round, { minLength: 2, maxLength: 3 }),
});
