import { expect } from 'vitest';
import { type Conversion, convert } from '../../src/convert/convert.ts';
import { findings } from '../../src/convert/report.ts';
import { readJsonText } from '../../src/convert/source/json-text.ts';
import type { ImportedFile, SourceRead } from '../../src/convert/source/source-file.ts';
import { readMarkdownText, readYamlText } from '../../src/convert/source/yaml-text.ts';
import type { Kind } from '../../src/model/address.ts';
import type { Platform } from '../../src/model/file-import.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import { specProblems } from '../../src/specs/documents/check-document.ts';

/** A file of true shape as an export program writes it: JSON with two spaces, or the text as given. */
export function fileOf(name: string, content: Json): ImportedFile {
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
  const read: SourceRead | undefined = name.endsWith('.md')
    ? readMarkdownText(name, text)
    : /\.ya?ml$/.test(name)
      ? readYamlText(name, text)
      : readJsonText(name, text);
  if (read === undefined || !('source' in read)) throw new Error(`${name} cannot be read`);
  return read.source;
}

/** Converts files and holds every document against its schema and rules. */
export function converted(files: { readonly [name: string]: Json }, platform?: Platform): Conversion {
  const conversion = convert(
    Object.entries(files).map(([name, content]) => fileOf(name, content)),
    platform,
  );
  for (const { kind, key, spec } of conversion.resources) {
    const problems = specProblems(kind, spec, { unknownFields: 'error' });
    expect([`${kind}/${key}`, problems]).toEqual([`${kind}/${key}`, []]);
  }
  return conversion;
}

/** The specs of a kind, in the order in which they were made. */
export function specs(conversion: Conversion, kind: Kind): readonly JsonObject[] {
  return conversion.resources.filter((each) => each.kind === kind).map(({ spec }) => spec);
}

/** The only spec of a kind. */
export function only(conversion: Conversion, kind: Kind): JsonObject {
  const found = specs(conversion, kind);
  expect(found).toHaveLength(1);
  return found[0] ?? {};
}

export interface FlowParts {
  readonly start: Json;
  readonly nodes: readonly JsonObject[];
  /** Each edge as `from → to: condition`. */
  readonly edges: readonly string[];
  node(id: string): JsonObject;
}

/** The flow of the only assistant, its edges as lines. */
export function flowOf(conversion: Conversion): FlowParts {
  const flow = only(conversion, 'assistant').conversation_flow;
  const parts = isObject(flow) ? flow : {};
  const nodes = isArray(parts.nodes) ? parts.nodes.filter(isObject) : [];
  const edges = isArray(parts.edges) ? parts.edges.filter(isObject) : [];
  return {
    start: parts.start_node_id ?? null,
    nodes,
    edges: edges.map(({ start_node_id: from, target, condition }) => {
      const to = isObject(target) ? (target.node_id ?? refOf(target.assistant_id)) : '';
      return `${from} → ${to}: ${shown(condition)}`;
    }),
    node: (id) => nodes.find((each) => each.id === id) ?? {},
  };
}

export function refOf(value: Json | undefined): string {
  return isObject(value) ? String(value.$ref) : '';
}

function shown(condition: Json | undefined): string {
  if (!isObject(condition)) return '';
  if (condition.type === 'llm') return String(condition.prompt);
  return condition.type === 'default' ? 'default' : expressionText(condition.expression);
}

function expressionText(value: Json | undefined): string {
  if (!isObject(value)) return '';
  if (value.type === 'variable') return String(value.name);
  if (String(value.type).endsWith('_literal')) return JSON.stringify(value.value);
  const operands = isArray(value.operands) ? value.operands.map(expressionText) : [];
  if (value.op === 'not') return `not(${operands[0]})`;
  if (operands.length > 0) return `(${operands.join(` ${value.op} `)})`;
  return `${expressionText(value.left)} ${value.op} ${expressionText(value.right)}`;
}

/** Remark codes of lost and of nearly mapped values, with their places. */
export function fates(conversion: Conversion): {
  readonly lost: readonly string[];
  readonly near: readonly string[];
} {
  const { lost, near } = findings(conversion);
  const list = (groups: typeof lost): readonly string[] =>
    groups.flatMap(({ code, places }) => places.map(({ path }) => `${code} ${path}`));
  return { lost: list(lost), near: list(near) };
}

/** Everything that would be written, as one text. */
export function written(conversion: Conversion): string {
  return JSON.stringify(conversion.resources.map(({ kind, key, name, spec }) => ({ kind, key, name, spec })));
}
