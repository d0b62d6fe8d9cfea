import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../src/canonical/edit.ts';
import { SHAPES } from '../../src/model/generated/shapes.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { compare, type Policy } from '../../src/plan/compare.ts';
import type { Sides } from '../../src/plan/fields.ts';

const REPORT: Policy = { drift: 'report', take: null };

function sides(
  base: JsonObject | null,
  desired: JsonObject,
  live: JsonObject,
  foreign: readonly string[] = [],
): Sides {
  return { shape: SHAPES.assistant, base, desired, live, foreign };
}

function paths(fields: readonly { readonly path: string }[]): readonly string[] {
  return fields.map((field) => field.path);
}

describe('base, desired and live of one field', () => {
  const base = { name: 'A', instructions: 'old' };

  it('changed in Git alone is an update', () => {
    const result = compare(sides(base, { ...base, instructions: 'new' }, base), REPORT);
    expect(result.fields).toEqual([{ path: '/instructions', before: 'old', after: 'new', origin: 'config' }]);
    expect(result.drift).toEqual([]);
  });

  it('changed live alone is drift and left as it is', () => {
    const result = compare(sides(base, base, { ...base, instructions: 'by hand' }), REPORT);
    expect(result.edits).toEqual([]);
    expect(result.drift).toEqual([
      { path: '/instructions', before: 'old', after: 'by hand', origin: 'drift' },
    ]);
  });

  it('changed live alone is put back under drift: revert', () => {
    const result = compare(sides(base, base, { ...base, instructions: 'by hand' }), {
      ...REPORT,
      drift: 'revert',
    });
    expect(result.fields).toEqual([
      { path: '/instructions', before: 'by hand', after: 'old', origin: 'drift' },
    ]);
    expect(result.drift).toEqual([]);
  });

  it('changed on both sides to the same needs nothing, and the base follows', () => {
    const same = { ...base, instructions: 'new' };
    const result = compare(sides(base, same, same), REPORT);
    expect([result.edits, result.drift, result.conflicts]).toEqual([[], [], []]);
    expect(result.base).toEqual(same);
  });

  it('changed on both sides to different values is a conflict', () => {
    const result = compare(
      sides(base, { ...base, instructions: 'git' }, { ...base, instructions: 'hand' }),
      REPORT,
    );
    expect(result.conflicts).toEqual([{ path: '/instructions', base: 'old', git: 'git', live: 'hand' }]);
    expect(result.edits).toEqual([]);
  });

  it('--take git makes a conflict an update; --take live leaves it and keeps the base', () => {
    const both = sides(base, { ...base, instructions: 'git' }, { ...base, instructions: 'hand' });
    expect(compare(both, { ...REPORT, take: 'git' }).edits).toMatchObject([
      { path: ['instructions'], after: 'git' },
    ]);
    const live = compare(both, { ...REPORT, take: 'live' });
    expect(live.edits).toEqual([]);
    expect(live.base).toEqual(base);
  });

  it('no longer written is let go and named', () => {
    const written = { ...base, greeting: 'Hello' };
    const result = compare(sides(written, base, written), REPORT);
    expect(result.edits).toEqual([]);
    expect(result.released).toEqual([
      { path: '/greeting', before: 'Hello', after: 'Hello', origin: 'removed' },
    ]);
  });

  it('written for the first time is an update whoever set the live value', () => {
    const result = compare(sides(base, { ...base, greeting: 'Hello' }, { ...base, greeting: 'Hi' }), REPORT);
    expect(result.fields).toEqual([
      { path: '/greeting', before: 'Hi', after: 'Hello', origin: 'config', replaces: true },
    ]);
    expect(result.conflicts).toEqual([]);
  });
});

describe('elements of keyed lists, sets and maps', () => {
  const hangup = { type: 'hangup', hangup: { description: 'End the call.' } };
  const skip = { type: 'skip_turn', skip_turn: {} };
  const base = {
    name: 'A',
    instructions: 'x',
    tags: ['a', 'b'],
    dynamic_variables: { k: 'v', old: '1' },
    tools: [hangup, skip],
  };

  it('removed from the spec are removed live, alone', () => {
    const desired = { ...base, tags: ['a'], dynamic_variables: { k: 'v' }, tools: [hangup] };
    const result = compare(sides(base, desired, base), REPORT);
    expect(paths(result.fields)).toEqual(['/tags/b', '/dynamic_variables/old', '/tools/skip_turn']);
    expect(result.fields.every((field) => field.origin === 'removed')).toBe(true);
    expect(applyEdits(SHAPES.assistant, base, result.edits)).toEqual(desired);
  });

  it('added live are drift and survive an edit of their list', () => {
    const live = { ...base, tags: ['b', 'by-hand', 'a'] };
    const result = compare(sides(base, { ...base, tags: ['a', 'b', 'c'] }, live), REPORT);
    expect(result.drift).toEqual([
      { path: '/tags/by-hand', before: null, after: 'by-hand', origin: 'drift' },
    ]);
    expect(applyEdits(SHAPES.assistant, live, result.edits).tags).toEqual(['b', 'by-hand', 'a', 'c']);
  });

  it('are never removed when there is no base, and are remembered as foreign', () => {
    const result = compare(sides(null, { ...base, tags: ['a'] }, base), REPORT);
    expect(result.edits).toEqual([]);
    expect(result.foreign).toEqual(['/tags/b']);
  });

  it('known as foreign are no drift', () => {
    const result = compare(
      sides({ ...base, tags: ['a'] }, { ...base, tags: ['a'] }, base, ['/tags/b']),
      REPORT,
    );
    expect([result.drift, result.edits]).toEqual([[], []]);
    expect(result.foreign).toEqual(['/tags/b']);
  });

  it('of a list that is no longer written stay', () => {
    const { tags: _, ...desired } = base;
    const result = compare(sides(base, desired, base), REPORT);
    expect(result.edits).toEqual([]);
    expect(paths(result.released)).toEqual(['/tags']);
  });

  it('removed in Git but changed live are a conflict', () => {
    const live = { ...base, dynamic_variables: { k: 'v', old: '2' } };
    const result = compare(sides(base, { ...base, dynamic_variables: { k: 'v' } }, live), REPORT);
    expect(result.conflicts).toEqual([{ path: '/dynamic_variables/old', base: '1', git: null, live: '2' }]);
  });

  it('added by hand and then added otherwise in Git are a conflict, unless they were known as foreign', () => {
    const live = { ...base, dynamic_variables: { ...base.dynamic_variables, hand: 'live' } };
    const desired = { ...base, dynamic_variables: { ...base.dynamic_variables, hand: 'git' } };
    const result = compare(sides(base, desired, live), REPORT);
    expect(result.conflicts).toEqual([
      { path: '/dynamic_variables/hand', base: null, git: 'git', live: 'live' },
    ]);
    const known = compare(sides(base, desired, live, ['/dynamic_variables/hand']), REPORT);
    expect(paths(known.fields)).toEqual(['/dynamic_variables/hand']);
    expect(compare(sides(base, live, live), REPORT)).toMatchObject({ fields: [], drift: [], conflicts: [] });
  });

  it('in another order are the same', () => {
    const live = { ...base, tags: ['b', 'a'], tools: [skip, hangup] };
    expect(compare(sides(base, base, live), REPORT)).toMatchObject({ fields: [], drift: [], conflicts: [] });
  });

  it('of one name are told apart by number', () => {
    const twice = { ...base, tools: [hangup, hangup] };
    expect(compare(sides(twice, twice, twice), REPORT)).toMatchObject({ fields: [], drift: [] });
    expect(paths(compare(sides(twice, { ...twice, tools: [hangup] }, twice), REPORT).fields)).toEqual([
      '/tools/hangup#2',
    ]);
  });
});

describe('what counts as the same', () => {
  const cases: readonly (readonly [string, JsonObject, JsonObject])[] = [
    [
      'a documented default and nothing',
      { voice_settings: { voice: 'v', voice_speed: 1 } },
      { voice_settings: { voice: 'v' } },
    ],
    ['null, empty text and nothing', { description: '', llm_api_key_ref: '' }, { description: null }],
    ['an empty list and nothing', { tool_ids: [], tags: [] }, { tool_ids: null }],
    ['white space around free text', { instructions: 'Hello\n' }, { instructions: 'Hello' }],
    [
      'record fields that the spec does not write',
      { telephony_settings: { time_limit_secs: 60 } },
      { telephony_settings: { time_limit_secs: 60, new_field: 1, user_idle_reply_secs: 4 } },
    ],
    [
      'key order in opaque values',
      { dynamic_variables: { a: { x: 1, y: 2 } } },
      { dynamic_variables: { a: { y: 2, x: 1 } } },
    ],
    [
      'an empty settings record and nothing',
      { tools: [{ type: 'hangup', hangup: {} }] },
      { tools: [{ type: 'hangup', hangup: { description: 'This tool is used to hang up the call.' } }] },
    ],
  ];

  it.each(cases)('%s', (_, desired, live) => {
    const spec = { name: 'A', instructions: 'x', ...desired };
    const there = { name: 'A', instructions: 'x', ...live };
    expect(compare(sides(null, spec, there), REPORT).edits).toEqual([]);
    expect(compare(sides(spec, spec, there), REPORT)).toMatchObject({ fields: [], drift: [], conflicts: [] });
  });

  it('a default that live overrides is not the same', () => {
    const spec = { name: 'A', instructions: 'x', voice_settings: { voice: 'v', voice_speed: 1 } };
    const live = { ...spec, voice_settings: { voice: 'v', voice_speed: 1.3 } };
    expect(compare(sides(null, spec, live), REPORT).edits).toMatchObject([
      { path: ['voice_settings', 'voice_speed'], after: 1 },
    ]);
  });
});

describe('edits', () => {
  it('write a record that is not there yet as a whole', () => {
    const spec = {
      name: 'A',
      instructions: 'x',
      voice_settings: {
        voice: 'v',
        background_audio: { type: 'predefined_media', value: 'silence', volume: 0.5 },
      },
    };
    const live = { name: 'A', instructions: 'x', voice_settings: { voice: 'v' } };
    const { edits } = compare(sides(null, spec, live), REPORT);
    expect(applyEdits(SHAPES.assistant, live, edits)).toEqual(spec);
    expect(edits).toHaveLength(1);
  });

  it('replace a record that becomes another variant', () => {
    const spec = {
      name: 'A',
      instructions: 'x',
      voice_settings: {
        voice: 'v',
        background_audio: { type: 'media_url', value: 'https://x.example/a.mp3' },
      },
    };
    const live = {
      ...spec,
      voice_settings: {
        voice: 'v',
        background_audio: { type: 'predefined_media', value: 'office', volume: 0.5 },
      },
    };
    const { edits } = compare(sides(live, spec, live), REPORT);
    expect(applyEdits(SHAPES.assistant, live, edits)).toEqual(spec);
  });

  it('change the order of flow edges only when Git does', () => {
    const edge = (id: string) => ({
      id,
      start_node_id: 'n',
      condition: { type: 'default' },
      target: { type: 'node', node_id: 'n' },
    });
    const flow = (ids: readonly string[]) => ({
      name: 'A',
      instructions: 'x',
      conversation_flow: {
        start_node_id: 'n',
        nodes: [{ id: 'n', type: 'prompt', instructions: 'p' }],
        edges: ids.map(edge),
      },
    });
    expect(compare(sides(flow(['a', 'b']), flow(['a', 'b']), flow(['b', 'a'])), REPORT)).toMatchObject({
      reorder: [],
      drift: [],
    });
    const result = compare(sides(flow(['a', 'b']), flow(['b', 'a']), flow(['a', 'b'])), REPORT);
    expect(result.reorder).toEqual([['conversation_flow', 'edges']]);
    expect(result.fields).toMatchObject([
      { path: '/conversation_flow/edges', before: ['a', 'b'], after: ['b', 'a'] },
    ]);
  });

  it('hide secrets in what is shown', () => {
    const refer = (password: string) => ({
      name: 'A',
      instructions: 'x',
      tools: [
        {
          type: 'refer',
          refer: {
            targets: [
              {
                name: 'Desk',
                sip_address: 'sip:d@x.example',
                sip_auth_username: 'u',
                sip_auth_password: password,
              },
            ],
          },
        },
      ],
    });
    const result = compare(sides(refer('one'), refer('two'), refer('one')), REPORT);
    expect(JSON.stringify([result.fields, result.drift])).not.toMatch(/"one"|"two"/);
    expect(result.edits).toHaveLength(1);
    expect(compare(sides(refer('one'), refer('one'), refer('******')), REPORT).drift).toEqual([]);
  });
});
