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
  const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...document, $defs };
  return document.properties?.spec === undefined ? schema : asWritten(schema, defs);
}

// What a document may write in the place of a value: a variable where a number, a boolean or one of some words is
// wanted, and an included file where an object or a list is. `validate` holds what comes of it against the sources.
const VARIABLE = {
  title: 'Variable',
  description: 'A variable that stands alone.',
  type: 'string',
  pattern: '^\\$\\{(var|each)\\.[^}]+\\}$',
};
const TEMPLATE = {
  title: 'Text with variables',
  description: 'A text in which variables are filled in.',
  type: 'string',
  pattern: '\\$\\{(var|each)\\.[^}]+\\}',
};
const DATA_FILE = {
  title: 'Included value',
  description: 'A JSON or YAML file that holds the value, relative to the document that names it.',
  type: 'object',
  required: ['$file'],
  additionalProperties: false,
  properties: { $file: { description: 'Path of the file.', type: 'string', minLength: 1 } },
};
const TEXT_FILES = {
  title: 'Included text',
  description: 'A text file of the project, or several in their order.',
  type: 'object',
  required: ['$file'],
  additionalProperties: false,
  properties: {
    $file: {
      description: 'Path of the text file, relative to the document that names it; or a list of paths.',
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
      ],
    },
  },
};

function asWritten(schema, defs) {
  const reached = new Set();
  const queue = [...refNames(schema.properties.spec), ...specNames(schema)];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (reached.has(next) || defs[next] === undefined || next.endsWith('Patch')) continue;
    reached.add(next);
    queue.push(...refNames(defs[next]));
  }
  const $defs = Object.fromEntries(
    Object.entries(schema.$defs).map(([name, each]) => {
      if (name === 'Text') return [name, textAsWritten(each)];
      return [name, patternsAsWritten(reached.has(name) ? partsAsWritten(each, defs) : each)];
    }),
  );
  const { extends: inherits, only } = schema.properties;
  const around = {
    extends: patternsAsWritten(inherits),
    // An entry may hold the whole list.
    only: { description: defs.Only.description, anyOf: [only, { $ref: '#/$defs/Variable' }] },
  };
  const forms = { DataFile: DATA_FILE, Template: TEMPLATE, TextFiles: TEXT_FILES, Variable: VARIABLE };
  const properties = Object.fromEntries(
    Object.entries(schema.properties).map(([name, each]) => [name, around[name] ?? each]),
  );
  return { ...schema, properties, $defs: { ...$defs, ...forms } };
}

// Keys, references and names of a form: with variables in them, their form is known when those are filled in.
function patternsAsWritten(schema) {
  if (Array.isArray(schema)) return schema.map(patternsAsWritten);
  if (schema === null || typeof schema !== 'object' || schema.title === 'Environment name') return schema;
  if (schema.type === 'string' && (schema.pattern !== undefined || schema.format !== undefined)) {
    const { title, description, default: fallback, ...rest } = schema;
    return {
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      ...(fallback === undefined ? {} : { default: fallback }),
      anyOf: [rest, { $ref: '#/$defs/Template' }],
    };
  }
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'propertyNames' || key.startsWith('x-') ? value : patternsAsWritten(value),
    ]),
  );
}

function specNames(schema) {
  return [...refNames(schema.else ?? {}), ...refNames(schema.then ?? {})].filter((name) =>
    name.endsWith('Spec'),
  );
}

/** The inverse: the value that is meant, for whoever describes fields. */
export function asMeant(schema) {
  if (Array.isArray(schema)) return schema.map(asMeant);
  if (schema === null || typeof schema !== 'object') return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, asMeant(value)]));
  const [value, other, third] = inner.anyOf ?? [];
  if (third !== undefined && inner['x-text']) {
    return { title: inner.title, description: inner.description, 'x-text': true, ...TEXT };
  }
  if (third !== undefined || !WRITTEN.includes(other?.$ref)) return inner;
  const { anyOf: _both, ...rest } = inner;
  return { ...value, ...rest };
}

const WRITTEN = ['#/$defs/DataFile', '#/$defs/Template', '#/$defs/Variable'];
const TEXT = { type: ['string', 'object'], required: ['$file'], properties: { $file: { type: 'string' } } };

function textAsWritten({ title, description }) {
  const file = { $ref: '#/$defs/TextFiles' };
  const part = { anyOf: [{ type: 'string' }, file] };
  return {
    title,
    description,
    'x-text': true,
    anyOf: [{ type: 'string' }, file, { type: 'array', minItems: 1, items: part }],
  };
}

// Every property of a definition, and the items of its lists.
function partsAsWritten(schema, defs) {
  if (Array.isArray(schema)) return schema.map((each) => partsAsWritten(each, defs));
  if (schema === null || typeof schema !== 'object' || schema['x-map']) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key !== 'properties') return [key, partsAsWritten(value, defs)];
      const tags = [schema['x-tag'], 'type', 'kind'];
      const parts = Object.entries(value).map(([name, part]) => {
        return [name, tags.includes(name) ? part : valueAsWritten(partsAsWritten(part, defs), part, defs)];
      });
      return [key, Object.fromEntries(parts)];
    }),
  );
  return inner;
}

function valueAsWritten(schema, source, defs) {
  const target = defs[refName(source)] ?? source;
  if (target['x-text']) return schema;
  const types = [target.type ?? []].flat();
  const scalar =
    types.some((type) => ['integer', 'number', 'boolean'].includes(type)) && !types.includes('string');
  const words =
    target.enum !== undefined && types.length === 0 && target.enum.some((each) => typeof each === 'string');
  const value =
    target['x-map'] ||
    target.oneOf ||
    ((types.includes('object') || types.includes('array')) && !types.includes('string'));
  if (!scalar && !words && !value) return schema;
  const { description = target.description, title, default: fallback, ...rest } = schema;
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [rest, { $ref: value ? '#/$defs/DataFile' : '#/$defs/Variable' }],
  };
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
