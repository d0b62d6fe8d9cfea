import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { matchesGlob } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { KIND_NAMES } from '../../src/model/address.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { createLayout } from '../../src/pull/layout.ts';

const root = new URL('../../', import.meta.url);

async function published(): Promise<[string, JsonObject][]> {
  const names = (await readdir(new URL('schemas/', root))).filter((name) => name.endsWith('.schema.json'));
  const read = async (name: string): Promise<[string, JsonObject]> => [
    name,
    JSON.parse(await readFile(new URL(`schemas/${name}`, root), 'utf8')),
  ];
  return Promise.all(names.map(read));
}

test('the committed schemas, types, shapes and validators are what the sources generate', async () => {
  const run = promisify(execFile)(process.execPath, ['scripts/generate.mjs', '--check'], { cwd: root });
  await expect(run).resolves.toMatchObject({ stdout: '' });
});

test('the catalogue names each schema of a file that people write, and where pull writes such files', async () => {
  const text = await readFile(new URL('editors/catalog.json', root), 'utf8');
  const { schemas } = JSON.parse(text) as { schemas: { url: string; fileMatch: string[] }[] };
  const published = schemas.map(({ url }) => url.split('/').at(-1)).sort();
  expect(published).toEqual([...KIND_NAMES, 'project'].map((name) => `${name}.schema.json`).sort());
  const matches = (file: string): string[] =>
    schemas.flatMap(({ url, fileMatch }) =>
      fileMatch.some((pattern) => matchesGlob(file, pattern.includes('/') ? pattern : `**/${pattern}`))
        ? [(url.split('/').at(-1) ?? '').replace('.schema.json', '')]
        : [],
    );
  for (const style of ['files', 'compact'] as const) {
    const layout = createLayout('assistants', () => false, style);
    for (const kind of KIND_NAMES.filter((name) => name !== 'assistant')) {
      const unset = { versionId: undefined, versionName: undefined, createdAt: undefined };
      const resource = { kind, id: 'x', name: 'x', config: { test_suite: 'gate' }, ...unset };
      expect(matches(`voice/${layout.fileFor(resource, 'x')}`)).toEqual([kind]);
    }
  }
  expect(matches('a/front-desk.assistant.yaml')).toEqual(['assistant']);
  expect(matches('assistantctl.yaml')).toEqual(['project']);
});

test('every published schema is valid 2020-12 and needs no other file', async () => {
  const schemas = await published();
  expect(schemas.map(([name]) => name)).toEqual([
    'assistant.schema.json',
    'insight.schema.json',
    'insight_group.schema.json',
    'mcp_server.schema.json',
    'plan.schema.json',
    'project.schema.json',
    'report.schema.json',
    'test.schema.json',
    'tool.schema.json',
  ]);
  for (const [name, schema] of schemas) {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    expect(ajv.validateSchema(schema), name).toBe(true);
    expect(() => ajv.compile(schema), name).not.toThrow();
  }
});

test('every property has a description of its own or of its definition, and every definition a title', async () => {
  const bare: string[] = [];
  for (const [name, schema] of await published()) {
    const defs = object(schema.$defs);
    for (const [def, body] of Object.entries(defs)) {
      if (typeof object(body).title !== 'string') bare.push(`${name} ${def} has no title`);
    }
    const visit = (node: Json | undefined, path: string): void => {
      if (Array.isArray(node)) for (const each of node) visit(each, `${path}/-`);
      if (!isObject(node)) return;
      for (const [property, value] of Object.entries(isObject(node.properties) ? node.properties : {})) {
        if (!described(object(value), defs)) bare.push(`${name} ${path}/${property}`);
      }
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [property, each] of Object.entries(object(value))) visit(each, `${path}/${property}`);
        } else visit(value, `${path}/${key}`);
      }
    };
    visit(schema, '');
  }
  expect(bare).toEqual([]);
});

function described(schema: JsonObject, defs: JsonObject): boolean {
  if (typeof schema.description === 'string') return true;
  const name = typeof schema.$ref === 'string' ? schema.$ref.replace('#/$defs/', '') : undefined;
  return name !== undefined && typeof object(defs[name]).description === 'string';
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new Error(`expected an object, got ${JSON.stringify(value)}`);
  return value;
}
