import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenOf } from '../../src/canonical/set-entries.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Planned } from '../../src/model/plan.ts';
import type { ReviewedSet } from '../../src/model/review.ts';
import type { Binding, State } from '../../src/model/state.ts';
import { judgedUnits } from '../../src/plan/judged-units.ts';
import { makePlan } from '../../src/plan/plan.ts';
import { unionOfSets, unreviewedUnits } from '../../src/plan/review-verdict.ts';
import { reviewOfPlan } from '../../src/plan/reviewed-set.ts';
import { transitionOf } from '../../src/plan/transitions.ts';
import { markerLine, markerOfPlan, readMarker, setOfMarker } from '../../src/render/markdown/marker.ts';
import { desiredState } from '../support/specs.ts';

// Requests from one base, merged and applied in every order: the pure core alone, with an account that is a record.

type Specs = Readonly<Record<string, JsonObject>>;

/** What is live and what was applied last are the same here: nobody touches the account beside us. */
type Applied = Specs;

/** A request: fields of a document that it sets, or a document that it adds. */
interface Request {
  readonly address: string;
  readonly fields: JsonObject;
}

const BASE: Specs = {
  'assistant/a': { name: 'a', model: 'openai/gpt-4o', instructions: 'A.', greeting: 'Hello.' },
  'assistant/b': { name: 'b', model: 'openai/gpt-4o', instructions: 'B.', greeting: 'Hello.' },
};

function merged(specs: Specs, { address, fields }: Request): Specs {
  return { ...specs, [address]: { ...specs[address], ...fields } };
}

function planned(specs: Specs, applied: Applied): { readonly plan: Planned; readonly state: State } {
  const state = stateOf(applied);
  const plan = makePlan({
    project: { name: 'acme', environment: 'live', drift: 'report' },
    desired: desiredState(specs, {}, {}),
    state,
    account: {
      resources: Object.entries(applied).map(([address, config]) => ({
        kind: 'assistant',
        id: `id-${address}`,
        name: String(config.name),
        config,
        versionId: `version-${address}`,
        versionName: undefined,
        createdAt: '2026-01-01T00:00:00Z',
      })),
      integrations: undefined,
      read: new Set(Object.keys(applied).map((address) => `id-${address}`)),
    },
    apiBase: 'https://api.example',
    options: { prune: false, recreate: false, take: null, targets: [] },
    git: null,
    tool: { name: 'assistantctl', version: '0.0.0' },
    createdAt: '2026-01-02T00:00:00Z',
    expiresAt: '2026-01-03T00:00:00Z',
    settings: {},
  });
  return { plan, state };
}

function stateOf(applied: Applied): State {
  const resources = Object.entries(applied).map(([address, base]): [string, Binding] => [
    address,
    {
      remote_id: `id-${address}`,
      base,
      foreign: [],
      main_version_id: `version-${address}`,
      staged_version_id: null,
      prevent_destroy: false,
      updated_at: '2026-01-01T00:00:00Z',
    },
  ]);
  return {
    format_version: '1.0',
    lineage: '00000000-0000-4000-8000-000000000000',
    serial: 1,
    project: 'acme',
    environment: 'live',
    api_base: 'https://api.example',
    account: 'account',
    resources: Object.fromEntries(resources),
    deleted: [],
    completed: { commit: null, dirty: false, settings: {}, at: '2026-01-01T00:00:00Z' },
  };
}

/** The set that the request's comment holds, planned against its target as it was, through the text of the marker. */
function setOf(request: Request, target: Specs, applied: Applied): ReviewedSet {
  const after = merged(target, request);
  const { plan } = planned(after, applied);
  const desired = (specs: Specs) => ({ desired: desiredState(specs, {}, {}), settings: {} });
  const refs = new Map(Object.keys(applied).map((address) => [`id-${address}`, address]));
  const review = reviewOfPlan({
    plan: plan.plan,
    target: planned(target, applied).plan.plan,
    transition: transitionOf(desired(target), desired(after), { identity: plan.plan, refs, seal: undefined }),
    head: 'a'.repeat(40),
    base: 'b'.repeat(40),
    ttlMs: 1_000_000,
  });
  const read = readMarker(markerLine(markerOfPlan({ ...plan.plan, review })));
  const set = read === undefined ? undefined : setOfMarker(read);
  if (set === undefined) throw new Error('the marker holds no set');
  return set;
}

interface Judged {
  readonly covered: boolean;
  readonly tokens: readonly (readonly string[])[];
}

function judge(main: Specs, applied: Applied, sets: readonly ReviewedSet[]): Judged {
  const { plan, state } = planned(main, applied);
  const units = judgedUnits({ plan: plan.plan, desired: desiredState(main, {}, {}), state });
  const left = unreviewedUnits(units, plan.plan.plan_digest, unionOfSets(sets));
  return {
    covered: left.length === 0,
    tokens: units.map(({ digest, also = [] }) => [digest, ...also].map(tokenOf)),
  };
}

const FIELDS = ['greeting', 'model', 'instructions', 'description'] as const;
const VALUES = {
  greeting: ['One.', 'Two.'],
  model: ['openai/gpt-4.1', 'moonshotai/Kimi-K2.6'],
  instructions: ['Be brief.', 'Be kind.'],
  description: ['x', 'y'],
} as const;

const request = fc
  .record({
    address: fc.constantFrom('assistant/a', 'assistant/b'),
    field: fc.constantFrom(...FIELDS),
    value: fc.nat(1),
  })
  .map(
    ({ address, field, value }): Request => ({ address, fields: { [field]: VALUES[field][value] ?? '' } }),
  );

const added = fc.constantFrom('assistant/c', 'assistant/d').map(
  (address): Request => ({
    address,
    fields: { name: address.slice(-1), model: 'openai/gpt-4o', instructions: 'New.' },
  }),
);

/** Requests that touch different things: no two of them name one field or one new document. */
const apart = fc
  .uniqueArray(fc.oneof({ weight: 4, arbitrary: request }, { weight: 1, arbitrary: added }), {
    minLength: 1,
    maxLength: 6,
    selector: ({ address, fields }) =>
      address > 'assistant/b' ? address : `${address} ${Object.keys(fields).join()}`,
  })
  .chain((requests) =>
    fc.record({
      requests: fc.constant(requests),
      order: fc.shuffledSubarray(requests, { minLength: requests.length }),
      /** After which merges an apply comes through; the others are applied with a later one. */
      applies: fc.array(fc.boolean(), { minLength: requests.length, maxLength: requests.length }),
    }),
  );

describe('requests from one base that touch different things', () => {
  it('are applied in every order, whatever applies come between, and come to the same', () => {
    fc.assert(
      fc.property(apart, ({ requests, order, applies }) => {
        const sets = new Map(requests.map((each) => [each, setOf(each, BASE, BASE)]));
        let [main, applied] = [BASE, BASE];
        let waiting: ReviewedSet[] = [];
        for (const [index, each] of order.entries()) {
          main = merged(main, each);
          waiting.push(sets.get(each) ?? setOf(each, BASE, BASE));
          if (applies[index] !== true && index < order.length - 1) continue;
          expect(judge(main, applied, waiting).covered).toBe(true);
          applied = main;
          waiting = [];
          // The same job once more.
          expect(judge(main, applied, []).covered).toBe(true);
        }
        expect(applied).toEqual(requests.reduce(merged, BASE));
      }),
      { numRuns: 30 },
    );
  });

  it('are covered only together where they are applied together', () => {
    fc.assert(
      fc.property(apart, ({ requests, order }) => {
        const main = order.reduce(merged, BASE);
        const sets = requests.map((each) => setOf(each, BASE, BASE));
        for (const missing of requests.keys()) {
          const changes = requests[missing];
          if (changes === undefined || sets[missing]?.entries?.length === 0) continue;
          expect(
            judge(
              main,
              BASE,
              sets.filter((_, index) => index !== missing),
            ).covered,
          ).toBe(false);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('requests that may touch one field', () => {
  const merges = fc.array(fc.record({ request, apply: fc.boolean(), reviewed: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  });

  it('run nothing that no counting set holds, and end with what was merged last', () => {
    fc.assert(
      fc.property(merges, (steps) => {
        let [main, applied] = [BASE, BASE];
        let waiting: ReviewedSet[] = [];
        for (const { request: each, apply, reviewed } of steps) {
          // Each is planned against main as it is then, as a forge asks where two edit one line.
          if (reviewed) waiting.push(setOf(each, main, applied));
          main = merged(main, each);
          const { covered, tokens } = judge(main, applied, waiting);
          if (covered) {
            const held = new Set(waiting.flatMap(({ entries = [] }) => entries.map(({ token }) => token)));
            for (const names of tokens) expect(names.some((name) => held.has(name))).toBe(true);
          }
          if (steps.every((step) => step.reviewed)) expect(covered).toBe(true);
          if (!covered || !apply) continue;
          applied = main;
          waiting = [];
        }
        if (waiting.length === 0 && steps.every((step) => step.reviewed && step.apply)) {
          expect(applied).toEqual(main);
        }
      }),
      { numRuns: 50 },
    );
  });
});
