import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAILURE_CODES } from '../../src/model/codes/failure-codes.ts';
import { PLAN_CODES } from '../../src/model/codes/plan-codes.ts';
import { SPEC_CODES } from '../../src/model/codes/spec-codes.ts';
import { ROOT, readPage } from './markdown.ts';

// Tables in the docs that repeat what is decided elsewhere.

const ALL_CODES = { ...SPEC_CODES, ...PLAN_CODES, ...FAILURE_CODES };

test('a code means one thing: it stands in one table', () => {
  const tables = [SPEC_CODES, PLAN_CODES, FAILURE_CODES].map((table) => Object.keys(table));
  expect(Object.keys(ALL_CODES)).toHaveLength(tables.flat().length);
});

// That each used code is in a table is what `FailureCode` and `DiagnosticCode` see to.
test('no code is in the tables that nothing reports any more', () => {
  const tables = join('model', 'codes');
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith(tables))
    .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'))
    .join('\n');
  const used = new Set([...sources.matchAll(/'([A-Z][A-Z0-9_]+)'/g)].map(([, code]) => code));
  expect(Object.keys(ALL_CODES).filter((code) => !used.has(code))).toEqual([]);
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
