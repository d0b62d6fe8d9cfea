import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { KIND_NAMES } from '../../src/model/address.ts';
import { SPEC_CODES } from '../../src/model/codes/spec-codes.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { escapePlaceholders } from '../../src/model/placeholders.ts';
import { mergePatch } from '../../src/specs/documents/overlay.ts';
import { interpolate } from '../../src/specs/documents/variables.ts';
import { fieldsOfDocument, fieldsOfProject } from '../../src/specs/problems/schema-fields.ts';
import { parseYaml } from '../../src/specs/yaml/yaml-parse.ts';
import { yamlValue } from '../../src/specs/yaml/yaml-value.ts';

const key = fc
  .string({ minLength: 1, maxLength: 12 })
  .filter((name) => !/^(__proto__|constructor|prototype|<<)$/.test(name));
const leaf = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Number.isInteger(value) ? 0.5 : value)),
);
const json = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  object: fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value'), { maxLength: 4 }), tie('object')),
})).object;

function read(text: string): Json {
  const { documents, problems } = parseYaml(text);
  expect(problems).toEqual([]);
  const { value, problems: found } = yamlValue(documents[0]?.contents ?? null, text);
  expect(found).toEqual([]);
  return value;
}

function shuffled(value: Json, seed: number): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => shuffled(item, seed));
  const entries = Object.entries(value).sort(([a], [b]) => ((a.length * seed) % 7) - ((b.length * seed) % 7));
  return Object.fromEntries(entries.map(([name, item]) => [name, shuffled(item, seed)]));
}

describe('properties', () => {
  test('any key order, quoting and line end of a document reads as the same value', () => {
    const styles = fc.record({
      defaultStringType: fc.constantFrom(
        'PLAIN',
        'QUOTE_DOUBLE',
        'QUOTE_SINGLE',
        'BLOCK_LITERAL',
        'BLOCK_FOLDED',
      ),
      collectionStyle: fc.constantFrom('any', 'block', 'flow'),
      indent: fc.integer({ min: 1, max: 6 }),
      lineWidth: fc.constantFrom(0, 40, 80),
    });
    fc.assert(
      fc.property(json, styles, fc.integer({ min: 1, max: 6 }), (value, style, seed) => {
        const text = stringify(shuffled(value, seed), { ...style, version: '1.2' });
        // The writer loses white space in some folded scalars; such a text says something else.
        fc.pre(isDeepStrictEqual(parse(text), value));
        expect(read(text)).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  test('any text is answered with values or problems, never with an exception', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&x ',
      '*x',
      '"',
      "'",
      '|',
      '>',
      '!t ',
      '#',
      '---\n',
      '\t',
      ',',
      '<<: ',
      '? ',
      '%',
      '\u{1F600}',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        for (const document of parseYaml(text).documents) {
          if (document.errors.length > 0) continue;
          const { problems } = yamlValue(document.contents, text);
          for (const { code, offset } of problems) {
            expect(Object.keys(SPEC_CODES)).toContain(code);
            expect(offset).toBeLessThanOrEqual(text.length);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a merge patch gives what it says and touches nothing else', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const before = JSON.stringify(target);
        const result = mergePatch(target, patch);
        expect(JSON.stringify(target)).toBe(before);
        for (const name of Object.keys(target)) {
          if (!Object.hasOwn(patch, name)) expect(result[name]).toBe(target[name]);
        }
        for (const [name, value] of Object.entries(patch)) {
          if (value === null) expect(Object.hasOwn(result, name)).toBe(false);
          else if (typeof value !== 'object' || Array.isArray(value)) expect(result[name]).toBe(value);
        }
        expect(mergePatch(result, patch)).toEqual(result);
      }),
    );
  });

  test('a text without variables stays, and an escaped variable comes out literally', () => {
    fc.assert(
      fc.property(fc.string(), fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/), (text, name) => {
        const plain = text.replaceAll('${', '');
        expect(interpolate(plain, { variables: { [name]: 'x' } })).toEqual({ text: plain, problems: [] });
        const escaped = escapePlaceholders(`${text}\${var.${name}}\${${text}}`);
        expect(interpolate(escaped, { variables: { [name]: 'x' } })).toEqual({
          text: `${text}\${var.${name}}\${${text}}`,
          problems: [],
        });
        expect(interpolate(`a\${var.${name}}b`, { variables: { [name]: '${var.z}' } })).toEqual({
          text: 'a${var.z}b',
          problems: [],
        });
      }),
    );
  });
});

describe('tables', () => {
  test('every code is explained and has a test', () => {
    const all = `${import.meta.dirname}/..`;
    const tests = readdirSync(all, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => readFileSync(`${all}/${file}`, 'utf8'))
      .join('\n');
    const untested = Object.keys(SPEC_CODES).filter((code) => !new RegExp(`\\b${code}\\b`).test(tests));
    expect(untested).toEqual([]);
    for (const meaning of Object.values(SPEC_CODES)) expect(meaning).toMatch(/\.$/);
  });

  test('the fields offered as suggestions are those of the schemas', () => {
    const schema = (name: string): unknown =>
      JSON.parse(readFileSync(`${import.meta.dirname}/../../schemas/${name}.schema.json`, 'utf8'));
    const names = (value: unknown): readonly string[] =>
      typeof value === 'object' && value !== null && 'properties' in value
        ? Object.keys(value.properties ?? {}).sort()
        : [];
    expect([...fieldsOfProject('')].sort()).toEqual(names(schema('project')));
    for (const kind of KIND_NAMES) {
      expect([...fieldsOfDocument(kind, '')].sort()).toEqual(names(schema(kind)));
    }
  });
});
