import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SPEC_CODES } from '../../src/specs/problems/codes.ts';
import { ROOT, readPage } from './markdown.ts';

// Tables in the docs that repeat what is decided elsewhere.

const rows = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/^\| `([A-Z0-9_]+)` \| (.*) \|$/gm)].map(([, code = '', text = '']) => [code, text]),
  );

const [CODES_OF_VALIDATE = '', CODES_OF_APPLY = ''] = readPage('docs/codes.md').split(
  '## Codes of plan and apply',
);

test('docs/codes.md lists every code of validate with its meaning', () => {
  expect(Object.fromEntries(rows(CODES_OF_VALIDATE))).toEqual(SPEC_CODES);
});

test('docs/codes.md lists every code of plan and apply, and none that is gone', () => {
  // Of these nobody can do anything about: they end with exit code 1.
  const internal = ['GATE_UNAVAILABLE', 'NO_MOVE', 'ROLLOUT_EMPTY'];
  const sources = ['src/plan', 'src/apply'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
  );
  const codes = sources.flatMap((text) => [...text.matchAll(/code: '([A-Z_]+)'/g)].map(([, code]) => code));
  expect(codes).toContain('COPY_KEPT');
  expect([...rows(CODES_OF_APPLY).keys(), ...internal].sort()).toEqual([...new Set(codes)].sort());
});

/** Names of properties whose lists the schemas compare by key or as sets, wherever they occur. */
function comparedLists(value: unknown, name: string, found: Map<string, string>): Map<string, string> {
  if (Array.isArray(value)) for (const item of value) comparedLists(item, name, found);
  else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    const list = entries.find(([key]) => key === 'x-list-type')?.[1];
    if (typeof list === 'string') found.set(name, list);
    for (const [key, child] of entries) comparedLists(child, isKeyword(key) ? name : key, found);
  }
  return found;
}

const isKeyword = (key: string): boolean => ['properties', 'items', 'anyOf', 'oneOf', 'allOf'].includes(key);

describe('docs/specs.md says how lists are compared', () => {
  const schemas = readdirSync(join(ROOT, 'schemas')).filter((file) =>
    /^(assistant|tool|mcp_server|test|insight|insight_group)\.schema/.test(file),
  );
  const lists = new Map<string, string>();
  for (const file of schemas) {
    comparedLists(JSON.parse(readFileSync(join(ROOT, 'schemas', file), 'utf8')), '', lists);
  }
  // Lists of the document itself, which no API call carries; `CustomHeaders` is a definition used by two fields.
  for (const ours of ['ignore_changes', 'only', 'Only', 'suites', 'CustomHeaders']) lists.delete(ours);
  const table = readPage('docs/specs.md').match(/\| list \| compared \|[\s\S]*?\n\n/)?.[0] ?? '';
  const sets = table.split('\n').find((line) => line.includes('as sets')) ?? '';
  const keyed = table.replace(sets, '');

  test.each([...lists])('%s (%s)', (name, type) => {
    expect(type === 'set' ? sets : keyed).toContain(`\`${name}\``);
  });
});
