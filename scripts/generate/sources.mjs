// The authored schemas. schemas/src/defs/*.yaml hold definitions by name, schemas/src/*.yaml one document each.
// They are JSON Schema with one shorthand: `$ref: Name` means `$ref: '#/$defs/Name'`, in whichever file Name is.
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

const PREFIX = '#/$defs/';

/** Reads every source; fails on a name that is defined twice or not at all. */
export async function loadSources(folder) {
  const defs = {};
  for (const [file, content] of await yamlFiles(join(folder, 'defs'))) {
    for (const [name, schema] of Object.entries(content)) {
      if (name in defs) throw new Error(`${file}: ${name} is already defined`);
      defs[name] = expandRefs(schema);
    }
  }
  for (const name of Object.keys(defs).filter((each) => each.endsWith('Spec'))) {
    defs[name.replace(/Spec$/, 'Patch')] = patchOf(defs, name);
  }
  const documents = {};
  for (const [file, content] of await yamlFiles(folder)) {
    documents[basename(file, '.yaml')] = expandRefs(content);
  }
  const missing = [...Object.values(defs), ...Object.values(documents)]
    .flatMap((schema) => [...refNames(schema)])
    .filter((name) => !(name in defs));
  if (missing.length > 0) throw new Error(`undefined: ${[...new Set(missing)].join(', ')}`);
  return { defs, documents };
}

/** The definition name that a schema refers to, if it is a reference. */
export function refName(schema) {
  return typeof schema?.$ref === 'string' ? schema.$ref.slice(PREFIX.length) : undefined;
}

/** Every definition name below a schema, itself included. */
export function refNames(schema, found = new Set()) {
  visit(schema, (each) => {
    const name = refName(each);
    if (name !== undefined) found.add(name);
  });
  return found;
}

/** The alternatives of a tagged union as [tag value, branch schema]; a branch may be a union of its own. */
export function casesOf(defs, union) {
  const tag = union['x-tag'];
  return union.oneOf.flatMap((branch) => tagValues(defs, branch, tag).map((value) => [value, branch]));
}

function tagValues(defs, branch, tag) {
  const schema = defs[refName(branch)] ?? branch;
  if (schema.oneOf) return [...new Set(schema.oneOf.flatMap((each) => tagValues(defs, each, tag)))];
  const property = schema.properties[tag];
  return property.enum ?? [property.const];
}

// An overlay is a merge patch: any part of the spec, with null to remove. Only the top-level names are told, for
// completion; the merged result is what gets checked.
function patchOf(defs, specName) {
  const spec = defs[specName];
  const branches = spec.oneOf ? spec.oneOf.map((branch) => defs[refName(branch)]) : [spec];
  const properties = {};
  for (const branch of branches) {
    for (const [name, schema] of Object.entries(branch.properties)) {
      properties[name] = { description: schema.description ?? defs[refName(schema)].description };
    }
  }
  return {
    title: `${spec.title} overlay`,
    description: 'A JSON Merge Patch onto `spec`.',
    type: 'object',
    properties,
  };
}

function expandRefs(schema) {
  visit(schema, (each) => {
    if (typeof each.$ref === 'string') each.$ref = PREFIX + each.$ref;
  });
  return schema;
}

function visit(node, onObject) {
  if (Array.isArray(node)) for (const each of node) visit(each, onObject);
  else if (node !== null && typeof node === 'object') {
    onObject(node);
    for (const each of Object.values(node)) visit(each, onObject);
  }
}

async function yamlFiles(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(
    names.map(async (name) => [
      name,
      parse(await readFile(join(folder, name), 'utf8'), { uniqueKeys: true }),
    ]),
  );
}
