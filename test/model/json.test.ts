import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KIND_NAMES, parseAddress, toAddress } from '../../src/model/address.ts';
import { parseDuration } from '../../src/model/duration.ts';
import { fromPointer, type Json, jsonEqual, stableStringify, toPointer } from '../../src/model/json.ts';
import { KINDS, kindsToList } from '../../src/model/kinds.ts';

const JSON_VALUES: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 4 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);

function withKeysTurned(value: Json): Json {
  if (Array.isArray(value)) return value.map(withKeysTurned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, entry]) => [name, withKeysTurned(entry)]),
  );
}

describe('JSON', () => {
  it('is equal to itself however its keys are ordered, and so is its text', () => {
    fc.assert(
      fc.property(JSON_VALUES, (value) => {
        const turned = withKeysTurned(value);
        expect(jsonEqual(value, turned)).toBe(true);
        expect(stableStringify(turned)).toBe(stableStringify(value));
      }),
    );
  });

  it('has the text that it has without the members that are undefined', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.option(JSON_VALUES, { nil: undefined })), (record) => {
        const copy = JSON.parse(JSON.stringify(record)) as Json;
        expect(stableStringify(record)).toBe(stableStringify(copy));
      }),
    );
  });

  it('is equal exactly where its text is', () => {
    fc.assert(
      fc.property(JSON_VALUES, JSON_VALUES, (a, b) => {
        expect(jsonEqual(a, b)).toBe(stableStringify(a) === stableStringify(b));
      }),
    );
  });

  it('tells absent from null, and an empty list from an empty object', () => {
    expect(jsonEqual(undefined, null)).toBe(false);
    expect(jsonEqual([], {})).toBe(false);
    expect(jsonEqual({ a: null }, {})).toBe(false);
  });
});

describe('JSON Pointers', () => {
  it('name every path and come back as it was, slashes and tildes too', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (path) => {
        expect(fromPointer(toPointer(path))).toEqual(path);
      }),
    );
    expect(toPointer(['a/b', 'm~n'])).toBe('/a~1b/m~0n');
    expect(toPointer([])).toBe('');
  });
});

describe('addresses', () => {
  it.each(KIND_NAMES)('of kind %s are read as they are written', (kind) => {
    expect(parseAddress(toAddress(kind, 'front-desk'))).toEqual({
      kind,
      key: 'front-desk',
      address: `${kind}/front-desk`,
    });
  });

  it.each([
    '',
    'desk',
    'assistant/',
    'assistant/Desk',
    'assistant/a/b',
    'agent/desk',
    '/desk',
    'assistant/-a',
  ])('%j is none', (text) => expect(parseAddress(text)).toBeUndefined());
});

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['30d', 2_592_000_000],
  ])('%s is %d milliseconds', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  it.each(['', '15', 'm', '-5m', '1.5h', '5 m', '1y', '1e3s'])('%j is none', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
});

describe('kinds', () => {
  it('are described one by one', () => {
    expect(Object.keys(KINDS).sort()).toEqual([...KIND_NAMES].sort());
  });

  it('are listed only where an address needs them', () => {
    expect(kindsToList([])).toEqual([]);
    expect(kindsToList(['tool/x'])).toContain('tool');
    expect(kindsToList(['tool/x'])).not.toContain('test');
  });
});
