import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canaryPlanOf, rulesOf, sameRules } from '../../src/canonical/canary.ts';
import { canonical, canonicalLike, EMPTY, isTree, knownTree } from '../../src/canonical/canonical.ts';
import { differencesFrom, missingValues } from '../../src/canonical/differences.ts';
import { holdsExactly } from '../../src/canonical/exact-match.ts';
import { keyedElements, refTarget } from '../../src/canonical/keys.ts';
import { isOwnSpelling, isPlainSpelling } from '../../src/canonical/own-spelling.ts';
import { holdsHiddenSecret, requestBody } from '../../src/canonical/payload.ts';
import { projectLike } from '../../src/canonical/project.ts';
import {
  formatEntries,
  parseEntries,
  placeOfUnit,
  setEntryOf,
  tokenOf,
} from '../../src/canonical/set-entries.ts';
import { diffTrees, isBelow, touches } from '../../src/canonical/tree-diff.ts';
import { namesAny, unlinkedBody } from '../../src/canonical/unlinked.ts';
import { withoutMissing } from '../../src/canonical/without-missing.ts';
import { SHAPES } from '../../src/model/generated/shapes.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';

const SHAPE = SHAPES.assistant;
const json: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !JSON.stringify(value).includes('__proto__'))
  .map((value) => JSON.parse(JSON.stringify(value)));
const config: fc.Arbitrary<JsonObject> = fc.record(
  {
    name: fc.string(),
    instructions: fc.string(),
    tags: fc.array(fc.constantFrom('a', 'b', 'c')),
    tool_ids: fc.array(fc.constantFrom('tool-1', 'tool-2')),
    dynamic_variables: fc.dictionary(fc.constantFrom('x', 'y'), fc.string()),
    something_new: json,
  },
  { requiredKeys: ['name'] },
);

describe('a normal form', () => {
  it('of any two configurations differs at the same paths from either side, and nowhere from itself', () => {
    fc.assert(
      fc.property(config, config, (a, b) => {
        const [left, right] = [canonical(SHAPE, a), canonical(SHAPE, b)];
        if (!isTree(left) || !isTree(right)) throw new Error('a configuration is a tree');
        expect(diffTrees(left, left)).toEqual([]);
        const turned = diffTrees(right, left);
        expect(
          diffTrees(left, right)
            .map(({ path }) => path.join('/'))
            .sort(),
        ).toEqual(turned.map(({ path }) => path.join('/')).sort());
      }),
    );
  });

  it('shows a member without a name that comes and one that goes', () => {
    expect(diffTrees({ a: {} }, { a: { '': 'x' } })).toEqual([{ path: ['a', ''], type: 'added' }]);
    expect(diffTrees({ a: { '': 'x' } }, { a: {} })).toEqual([{ path: ['a', ''], type: 'removed' }]);
  });

  it('read through the spec that wrote it is its own', () => {
    fc.assert(
      fc.property(config, (spec) => {
        expect(differencesFrom(SHAPE, spec, spec)).toEqual([]);
      }),
    );
  });

  it('sees no field that the spec does not write, and every element of a list that it writes', () => {
    fc.assert(
      fc.property(config, json, (live, other) => {
        const seen = canonicalLike(SHAPE, { ...live, greeting: other }, { name: 'Desk' });
        expect(Object.keys(seen)).toEqual(['name']);
      }),
    );
    const spec: JsonObject = { tags: ['a'] };
    expect(differencesFrom(SHAPE, spec, { tags: ['a', 'b'] })).toEqual([['tags', 'b']]);
    expect(differencesFrom(SHAPE, spec, { tags: [] })).toEqual([['tags', 'a']]);
  });

  it.each([null, '', [], {}])('takes %j for nothing', (empty) => {
    expect(canonicalLike(SHAPE, { greeting: empty }, { greeting: 'Hello.' })).toEqual({ greeting: EMPTY });
    expect(knownTree(SHAPE, { greeting: empty })).toEqual({});
  });

  it('is not needed where a live configuration holds exactly what is wanted', () => {
    fc.assert(
      fc.property(config, config, (wanted, live) => {
        if (holdsExactly(SHAPE, live, wanted)) expect(differencesFrom(SHAPE, wanted, live)).toEqual([]);
      }),
    );
  });

  it('names what a write was to set and the reply lacks, and nothing that was there besides', () => {
    expect(missingValues(SHAPE, { tags: ['a', 'b'] }, { tags: ['b', 'c'] })).toEqual(['/tags/a']);
    expect(missingValues(SHAPE, { greeting: 'x', tags: ['a'] }, {}, [['tags']])).toEqual(['/tags/a']);
  });
});

describe('elements of lists', () => {
  it('keep their order, and none is lost under the key of another', () => {
    const shape = { t: 'list', by: 'key', keys: ['name'], item: { t: 'opaque' } } as const;
    const elements = [{ name: 'a', n: 1 }, { name: 'b' }, { name: 'a', n: 2 }, { name: 'a', n: 1 }];
    expect([...keyedElements(shape, elements).keys()]).toEqual(['a', 'b', 'a#2', 'a#3']);
  });

  it('of a set count once', () => {
    const shape = { t: 'list', by: 'value', item: { t: 'scalar' } } as const;
    expect([...keyedElements(shape, ['a', 'b', 'a']).keys()]).toEqual(['a', 'b']);
  });

  it('are references only where nothing stands beside $ref', () => {
    expect(refTarget({ $ref: 'tool/x' })).toBe('tool/x');
    expect(refTarget({ $ref: 'tool/x', note: 'mine' })).toBeUndefined();
    expect(refTarget({ $ref: 1 })).toBeUndefined();
  });
});

describe('paths of changes', () => {
  const path = fc.array(fc.constantFrom('a', 'b'), { maxLength: 4 });

  it('touch a place at, above and below it and nowhere else', () => {
    fc.assert(
      fc.property(path, path, (changed, place) => {
        const both = isBelow(changed, place) || isBelow(place, changed);
        expect(touches([{ path: changed, type: 'edited' }], place)).toBe(both);
        expect(isBelow(place, place)).toBe(true);
      }),
    );
  });
});

describe('entries of a reviewed set', () => {
  const unit = fc.record({
    address: fc.constantFrom('assistant/a', 'tool/b', 'project'),
    action: fc.constantFrom('update' as const, 'setting' as const),
    path: fc
      .array(fc.string(), { maxLength: 3 })
      .map((parts) => parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')),
    digest: fc
      .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
      .map((hex) => `sha256:${hex}`),
  });

  it('come back as they were written, grouped by address', () => {
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const entries = units.map(setEntryOf);
        const read = parseEntries(formatEntries(entries)) ?? [];
        const sorted = (list: readonly object[]) => list.map((entry) => JSON.stringify(entry)).sort();
        expect(sorted(read)).toEqual(sorted(entries));
      }),
    );
  });

  it('that were cut off are none', () => {
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1 }), fc.nat(), (units, at) => {
        const text = formatEntries(units.map(setEntryOf));
        const cut = text.slice(0, at % text.length);
        const read = parseEntries(cut);
        // A cut between two members leaves fewer of them, each one whole.
        if (read !== undefined) expect(read.length).toBeLessThan(units.length);
      }),
    );
  });

  it('show that one place lies below another, and settings of a name apart from its resource', () => {
    const place = (path: string, action: 'update' | 'setting' = 'update') =>
      placeOfUnit({ address: 'assistant/a', action, path });
    expect(place('/voice/speed').startsWith(`${place('/voice')}.`)).toBe(true);
    expect(place('', 'setting')).not.toBe(place(''));
    expect(tokenOf(`sha256:${'ab'.repeat(32)}`)).toHaveLength(22);
  });
});

describe('a request body', () => {
  it('holds no field that neither the documents nor the spec know, and no null that the spec did not write', () => {
    const live = { name: 'Desk', greeting: null, created_at: '2026', mine: 1 };
    expect(requestBody(SHAPE, live, { name: 'Desk' })).toEqual({ name: 'Desk' });
    expect(requestBody(SHAPE, live, { mine: 1, greeting: null })).toEqual({
      name: 'Desk',
      greeting: null,
      mine: 1,
    });
  });

  const secret = { t: 'object', fields: { pin: { t: 'scalar', secret: true } } } as const;

  it('takes a masked secret from the spec, and leaves it out where the spec has none', () => {
    const shape = { t: 'object', fields: { block: secret } } as const;
    const live: JsonObject = { block: { pin: '******' } };
    expect(requestBody(shape, live, { block: { pin: 'word' } })).toEqual({ block: { pin: 'word' } });
    expect(requestBody(shape, live, { block: {} })).toEqual({ block: {} });
    expect(holdsHiddenSecret(shape, live, { block: {} })).toBe(true);
    expect(holdsHiddenSecret(shape, live, { block: { pin: 'word' } })).toBe(false);
  });
});

describe('a value in other words', () => {
  it('is every value itself', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(isOwnSpelling(value, value)).toBe(true);
        expect(isPlainSpelling(value, value)).toBe(true);
      }),
    );
  });

  it.each([
    [true, false],
    ['on', 'off'],
    ['Hello', ''],
    [['a', 'b'], ['a']],
    [{ a: 1 }, { b: 1 }],
  ])('%j is never %j', (sent, got) => {
    expect(isOwnSpelling(sent, got)).toBe(false);
    expect(isPlainSpelling(sent, got)).toBe(false);
  });

  it.each([
    ['Hello  there.', 'hello there'],
    [1, '1.0'],
    [
      ['b', 'a', 'a'],
      ['a', 'b'],
    ],
  ])('%j may be %j', (sent, got) => expect(isPlainSpelling(sent, got)).toBe(true));
});

describe('canary deploys', () => {
  const rollout = (version: string, weight: number) => ({ version_id: version, weight });

  it('are the same whatever the order of clauses, values and shares, and not with other shares', () => {
    const rule = (values: readonly string[], slots: readonly JsonObject[]): JsonObject => ({
      match: [{ attribute: 'x', operator: 'in', values }],
      serve: { rollout: slots },
    });
    const one = rule(['1', '2'], [rollout('a', 10), rollout('b', 20), rollout('c', 0)]);
    const turned = rule(['2', '1'], [rollout('b', 20), rollout('a', 10)]);
    expect(sameRules([one], [turned])).toBe(true);
    expect(sameRules([one], [rule(['1', '2'], [rollout('a', 11), rollout('b', 20)])])).toBe(false);
    expect(sameRules([one], [])).toBe(false);
  });

  it('have the audience of the whole where a step names none', () => {
    const clause = { operator: 'starts_with', values: ['+1'] };
    const plan = canaryPlanOf({
      canary: {
        match: [clause],
        steps: [
          { weight: 5, hold: '1h' },
          { weight: 50, match: [] },
        ],
        deadline: '1d',
      },
    });
    expect(plan?.deadlineMs).toBe(86_400_000);
    expect(plan?.steps.map(({ weight, hold_ms, match }) => [weight, hold_ms, match.length])).toEqual([
      [5, 3_600_000, 1],
      [50, 0, 0],
    ]);
    expect(plan && rulesOf(plan.steps[0], 'v2')).toMatchObject([{ serve: { rollout: [rollout('v2', 5)] } }]);
    expect(canaryPlanOf({ canary: { steps: [] } })).toBeUndefined();
    expect(canaryPlanOf(undefined)).toBeUndefined();
  });
});

describe('configurations without a part', () => {
  const live: JsonObject = {
    name: 'Desk',
    greeting: 'Hi.',
    tags: ['ours', 'theirs'],
    tool_ids: ['tool-1', 'tool-2'],
  };

  it('as a base have the fields of the spec and the elements that are not foreign', () => {
    const base = projectLike(SHAPE, live, { name: 'x', tags: ['ours'] }, ['/tags/theirs']);
    expect(base).toEqual({ name: 'Desk', tags: ['ours'] });
  });

  it('lose references to ids that are no more, and say where', () => {
    const { config: kept, left } = withoutMissing(SHAPE, live, new Set(['tool-2']));
    expect(kept).toEqual({ ...live, tool_ids: ['tool-1'] });
    expect(left).toEqual(['/tool_ids/1']);
  });

  it('lead to no other resource once they are unlinked, whatever stood in them', () => {
    fc.assert(
      fc.property(json, fc.boolean(), (flow, hasFlow) => {
        const before: JsonObject = {
          ...live,
          ...(hasFlow && { conversation_flow: { nodes: [flow, 'tool-1'] } }),
        };
        const after = { ...before, ...unlinkedBody(before) };
        expect(namesAny(after, new Set(['tool-1', 'tool-2']))).toBe(false);
      }),
    );
  });
});
