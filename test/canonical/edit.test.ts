import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, configDigest, hideSecrets, sealSecrets } from '../../src/canonical/canonical.ts';
import { applyEdits, setAtPath } from '../../src/canonical/edit.ts';
import { valueAtPath, withIds, withReferences } from '../../src/canonical/walk.ts';
import { SHAPES } from '../../src/model/generated/shapes.ts';
import type { JsonObject } from '../../src/model/json.ts';

const SHAPE = SHAPES.assistant;

const CONFIG: JsonObject = {
  name: 'Desk',
  instructions: 'Help.',
  tags: ['b', 'a'],
  tool_ids: ['tool-1', 'tool-2'],
  dynamic_variables: { brand: 'Northwind' },
  tools: [
    { type: 'hangup', hangup: { description: 'End.' } },
    { type: 'skip_turn', skip_turn: {} },
  ],
};

describe('the canonical form', () => {
  it('does not depend on the order of keys, sets and keyed lists', () => {
    const turned: JsonObject = {
      tools: [...(CONFIG.tools as JsonObject[])].reverse(),
      tags: ['a', 'b'],
      dynamic_variables: CONFIG.dynamic_variables ?? {},
      tool_ids: ['tool-2', 'tool-1'],
      instructions: 'Help.',
      name: 'Desk',
    };
    expect(canonical(SHAPE, turned)).toEqual(canonical(SHAPE, CONFIG));
    expect(configDigest(SHAPE, turned)).toBe(configDigest(SHAPE, CONFIG));
  });

  it('depends on every text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const digestOf = (instructions: string): string => configDigest(SHAPE, { name: 'x', instructions });
        if (a.length > 0 && b.length > 0) expect(digestOf(a) === digestOf(b)).toBe(a === b);
      }),
    );
  });
});

describe('edits', () => {
  it('set one value and leave everything else', () => {
    const edited = applyEdits(SHAPE, CONFIG, [{ path: ['greeting'], before: undefined, after: 'Hello.' }]);
    expect(edited).toEqual({ ...CONFIG, greeting: 'Hello.' });
    expect(CONFIG.greeting).toBeUndefined();
  });

  it('take away one element of a set, of a keyed list and of a map', () => {
    const edited = applyEdits(SHAPE, CONFIG, [
      { path: ['tags', 'a'], before: 'a', after: undefined },
      { path: ['tools', 'skip_turn'], before: { type: 'skip_turn', skip_turn: {} }, after: undefined },
      { path: ['dynamic_variables', 'brand'], before: 'Northwind', after: undefined },
    ]);
    expect(edited.tags).toEqual(['b']);
    expect(edited.tools).toEqual([{ type: 'hangup', hangup: { description: 'End.' } }]);
    expect(edited.dynamic_variables).toEqual({});
  });

  it('change nothing where there are none', () => {
    expect(applyEdits(SHAPE, CONFIG, [])).toEqual(CONFIG);
  });

  it('are found again where they were set', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (greeting) => {
        const edited = setAtPath(SHAPE, CONFIG, ['greeting'], greeting);
        expect(valueAtPath(SHAPE, edited, ['greeting'])).toBe(greeting);
      }),
    );
  });
});

describe('ids and references', () => {
  const refs = new Map([['tool-1', 'tool/lookup']]);
  const ids = new Map([['tool/lookup', 'tool-1']]);

  it('are turned into each other, and an id that nobody knows stays', () => {
    const spoken = withReferences(SHAPE, CONFIG, refs);
    expect(spoken).toMatchObject({ tool_ids: [{ $ref: 'tool/lookup' }, 'tool-2'] });
    expect(withIds(SHAPE, spoken, (target) => ids.get(target))).toEqual(CONFIG);
  });
});

describe('secrets', () => {
  const SECRET = 'KEY_TEST_CANONICAL_0123456789';
  const config = (password: string): JsonObject => ({
    type: 'transfer',
    display_name: 'to a person',
    transfer: { targets: [{ name: 'Desk', to: 'sip:desk@example.com', sip_auth_password: password }] },
  });

  it('are neither stored nor shown', () => {
    expect(JSON.stringify(sealSecrets(SHAPES.tool, config(SECRET)))).not.toContain(SECRET);
    expect(JSON.stringify(hideSecrets(SHAPES.tool, config(SECRET)))).not.toContain(SECRET);
  });

  it('are compared by what they are: another secret is another form', () => {
    expect(sealSecrets(SHAPES.tool, config('KEY_TEST_OTHER'))).not.toEqual(
      sealSecrets(SHAPES.tool, config(SECRET)),
    );
  });

  it('in a header are not shown', () => {
    const webhook = {
      type: 'webhook',
      webhook: { name: 'x', url: 'https://example.com', headers: [{ name: 'Authorization', value: SECRET }] },
    };
    expect(JSON.stringify(hideSecrets(SHAPES.tool, webhook))).not.toContain(SECRET);
  });
});
