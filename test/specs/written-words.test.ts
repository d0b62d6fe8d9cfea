import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentText, readsAs } from '../../src/specs/yaml/write-yaml.ts';

// What pull writes is also read by programs that speak YAML 1.1.

describe('words that YAML 1.1 takes for something else', () => {
  it.each([
    'yes',
    'No',
    'on',
    'OFF',
    'y',
    '1_000',
    '12:30:45',
    '0777',
    '0x1F',
    '2026-11-28',
    '1e3',
    '~',
    'a\tb',
  ])('%j is written in quotes', (word) => {
    const text = documentText({ spec: { instructions: word, tags: [word], [word]: 'x' } });
    expect(text).not.toMatch(new RegExp(`(: |\\[)${word.replaceAll('\t', '\\t')}(\\]|$)`, 'm'));
    expect(readsAs(text, { spec: { instructions: word, tags: [word], [word]: 'x' } })).toBe(true);
  });

  it.each(['yesterday', 'Front desk', 'v1.2', '+13125550100x', 'online'])('%j is written plainly', (word) => {
    expect(documentText({ name: word })).toBe(`name: ${word}\n`);
  });

  it('short lists are on one line, whether their words have blanks or not', () => {
    const body = { a: ['telephony', 'messaging'], b: ['prod', 'Voice Team'] };
    expect(documentText(body)).toBe('a: [telephony, messaging]\nb: [prod, Voice Team]\n');
  });

  it('every text comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (word) => {
        expect(readsAs(documentText({ a: word, b: [word] }), { a: word, b: [word] })).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
