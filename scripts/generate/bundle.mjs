// Published schemas stand alone: an editor that is given one file needs no other.
import { casesOf, refName, refNames } from './sources.mjs';

/** One document's schema with every definition that it reaches. */
export function bundle({ defs, documents }, name) {
  const document = inheriting(documents[name]);
  const reached = new Set();
  const queue = [...refNames(document)];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    queue.push(...refNames(defs[next]));
  }
  const $defs = Object.fromEntries([...reached].sort().map((each) => [each, opened(defs, defs[each])]));
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...document, $defs };
}

// Open catalogues: an editor completes the known values and takes others.
function opened(defs, schema) {
  if (Array.isArray(schema)) return schema.map((each) => opened(defs, each));
  if (schema === null || typeof schema !== 'object') return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, opened(defs, value)]));
  if (!schema['x-open']) return inner;
  if (schema.enum) {
    const { enum: known, ...rest } = inner;
    return { ...rest, anyOf: [{ enum: known }, { type: 'string' }] };
  }
  const tag = schema['x-tag'];
  const known = casesOf(defs, schema).map(([value]) => value);
  const other = {
    type: 'object',
    required: [tag],
    properties: {
      [tag]: { description: 'A type that this release does not know.', type: 'string', not: { enum: known } },
    },
  };
  return { ...inner, oneOf: [...inner.oneOf, other] };
}

// A document that extends another, or that others extend, may leave required fields out: what an editor checks of
// its spec are the names. The merged result is what `validate` holds against the whole schema.
function inheriting(document) {
  const { spec, extends: inherits } = document.properties ?? {};
  if (inherits === undefined) return document;
  const name = refName(spec);
  const patch = { $ref: spec.$ref.replace(/Spec$/, 'Patch') };
  return {
    ...document,
    properties: { ...document.properties, spec: { description: `Body of the resource (${name}).` } },
    if: {
      anyOf: [
        { required: ['extends'] },
        { properties: { abstract: { description: 'True.', const: true } }, required: ['abstract'] },
      ],
    },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { spec: patch } },
    else: { properties: { spec } },
  };
}
