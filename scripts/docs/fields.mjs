import { cell, code, table } from './markdown.mjs';

/** Schemas that the page describes, in its order. */
export const DOCUMENTS = ['project', 'assistant', 'tool', 'mcp_server', 'test', 'insight', 'insight_group'];

const TITLES = {
  project: 'Project file',
  assistant: 'Document: assistant',
  tool: 'Document: tool',
  mcp_server: 'Document: mcp_server',
  test: 'Document: test',
  insight: 'Document: insight',
  insight_group: 'Document: insight_group',
};

/** docs/reference/fields.md from the published schemas. Types that several documents share are described once. */
export function fieldsPage(schemas) {
  const described = new Map();
  const parts = DOCUMENTS.filter((name) => schemas[name] !== undefined).flatMap((name) =>
    documentParts(name, schemas[name], described),
  );
  return `${[
    '# Fields',
    '<!-- Written by `npm run docs` from the JSON Schemas. Do not edit. -->',
    'Every field of the project file and of the spec documents. `assistantctl schema KIND` prints the same as JSON Schema, from which editors complete. How documents work together stands in [specs.md](../specs.md). Bold fields are required.',
    ...parts,
  ].join('\n\n')}\n`;
}

function documentParts(name, schema, described) {
  const body = schema.else?.properties?.spec;
  const properties = { ...schema.properties, ...(body === undefined ? {} : { spec: body }) };
  const context = { document: name, defs: schema.$defs ?? {}, queue: [], described };
  const parts = [
    `## ${TITLES[name]}`,
    cell(schema.description ?? ''),
    fieldTable({ ...schema, properties }, context),
  ];
  for (let next = context.queue.shift(); next !== undefined; next = context.queue.shift()) {
    parts.push(`### ${next.title}`, ...typeParts(next, context));
  }
  return parts.filter((part) => part !== '');
}

function typeParts(type, context) {
  const text = cell(type.description ?? '');
  if (type.oneOf !== undefined || type.anyOf !== undefined) {
    const variants = (type.oneOf ?? type.anyOf).map((variant) => `- ${typeText(variant, context)}`);
    return [`${text} One of:`, variants.join('\n')];
  }
  const others = type.additionalProperties;
  const open =
    typeof others === 'object' && Object.keys(others).length > 0
      ? `Further keys: ${typeText(others, context)}.`
      : '';
  return [text, type.properties === undefined ? '' : fieldTable(type, context), open];
}

function fieldTable(type, context) {
  const required = new Set(type.required ?? []);
  const rows = Object.entries(type.properties ?? {}).map(([name, raw]) => {
    const field = resolve(raw, context);
    const label = required.has(name) ? `**${code(name)}**` : code(name);
    const assumed = field.default === undefined ? '' : code(JSON.stringify(field.default));
    return [label, typeText(raw, context), assumed, cell(raw.description ?? field.description ?? '')];
  });
  return table(['field', 'type', 'default', 'means'], rows);
}

/** The definition behind a reference, with what the place itself says on top. */
function resolve(schema, { defs }) {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...own } = schema;
  return { ...defs[$ref.slice('#/$defs/'.length)], ...own };
}

function typeText(raw, context) {
  const type = resolve(raw, context);
  const name = raw.$ref?.slice('#/$defs/'.length);
  const title = name === undefined ? type.title : context.defs[name]?.title;
  if (/ overlay$/.test(title ?? '')) return 'merge patch of `spec`';
  if (type.properties?.$file !== undefined) return 'text, or `{ $file: … }`';
  if (type['x-ref'] !== undefined) return `id, or ${code(`{ $ref: ${type['x-ref']}/… }`)}`;
  if (type.const !== undefined) return code(JSON.stringify(type.const));
  if (type.enum !== undefined) return type.enum.map((value) => code(String(value))).join(', ');
  if (type.oneOf !== undefined || type.anyOf !== undefined) {
    if (title !== undefined) return link(type, title, context);
    return (type.oneOf ?? type.anyOf).map((variant) => typeText(variant, context)).join(' or ');
  }
  if (type.type === 'array')
    return type.items === undefined ? 'list' : `list of ${typeText(type.items, context)}`;
  if (type.properties !== undefined && title !== undefined && type.type !== 'string')
    return link(type, title, context);
  if (type.type === 'object' || type.properties !== undefined) {
    const values = type.additionalProperties;
    return typeof values === 'object' && Object.keys(values).length > 0
      ? `map of ${typeText(values, context)}`
      : 'object';
  }
  return scalar(type);
}

function scalar(type) {
  const names = [type.type ?? 'any'].flat().join(' or ');
  const limits = [
    ...(type.minimum === undefined ? [] : [`≥ ${type.minimum}`]),
    ...(type.exclusiveMinimum === undefined ? [] : [`> ${type.exclusiveMinimum}`]),
    ...(type.maximum === undefined ? [] : [`≤ ${type.maximum}`]),
    ...(type.exclusiveMaximum === undefined ? [] : [`< ${type.exclusiveMaximum}`]),
    ...(type.maxLength === undefined ? [] : [`at most ${type.maxLength} characters`]),
    ...(type.format === undefined ? [] : [type.format]),
    ...(type.pattern === undefined || type.pattern.length > 40 ? [] : [code(type.pattern)]),
  ];
  return limits.length === 0 ? names : `${names} (${limits.join(', ')})`;
}

/** Queues the type's own section, once, and links to it. Types of one title are told apart by their document. */
function link(type, title, context) {
  const known = context.described.get(title) ?? [];
  const text = JSON.stringify({ ...type, description: undefined, default: undefined });
  let found = known.find((entry) => entry.text === text);
  if (found === undefined) {
    const name = known.length === 0 ? title : `${title} (${context.document})`;
    found = { text, name: known.some((entry) => entry.name === name) ? `${name} ${known.length}` : name };
    context.described.set(title, [...known, found]);
    context.queue.push({ ...type, title: found.name });
  }
  return `[${found.name}](#${found.name
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')})`;
}
