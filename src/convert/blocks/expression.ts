/** Expressions of edges as Telnyx writes them, and the same in words. */
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';

export type Comparator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | 'not_contains';

const COMPARATORS: ReadonlySet<string> = new Set([
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'contains',
  'not_contains',
]);

export function isComparator(text: string): text is Comparator {
  return COMPARATORS.has(text);
}

export function variable(name: string): JsonObject {
  return { type: 'variable', name };
}

/** A text as a literal; a number where it is one and is compared by size. */
export function literal(value: Json, op: Comparator): JsonObject {
  if (typeof value === 'boolean') return { type: 'bool_literal', value };
  if (typeof value === 'number') return { type: 'number_literal', value };
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const sized = op === '<' || op === '<=' || op === '>' || op === '>=';
  if (sized && /^-?\d+(\.\d+)?$/.test(text.trim())) return { type: 'number_literal', value: Number(text) };
  return { type: 'string_literal', value: text };
}

export function comparison(op: Comparator, left: JsonObject, right: JsonObject): JsonObject {
  return { type: 'comparison', op, left, right };
}

export function junction(op: 'and' | 'or', operands: readonly JsonObject[]): JsonObject {
  const [only] = operands;
  return operands.length === 1 && only !== undefined ? only : { type: 'bool_op', op, operands };
}

export function negation(operand: JsonObject): JsonObject {
  return { type: 'bool_op', op: 'not', operands: [operand] };
}

/** `{{tier}} is "gold" and {{age}} is at least 18`: what a language model judges as well. */
export function inWords(expression: Json | undefined): string {
  if (!isObject(expression)) return 'true';
  const { type, op } = expression;
  if (type === 'variable') return `{{${String(expression.name)}}}`;
  if (type === 'string_literal') return JSON.stringify(expression.value ?? '');
  if (type === 'number_literal' || type === 'bool_literal') return String(expression.value);
  const operands = isArray(expression.operands) ? expression.operands : [];
  if (type === 'bool_op' && op === 'not') return `not (${inWords(operands[0])})`;
  if (type === 'bool_op') return operands.map((each) => inWords(each)).join(` ${String(op)} `);
  return `${inWords(expression.left)} ${RELATIONS[String(op)] ?? String(op)} ${inWords(expression.right)}`;
}

const RELATIONS: { readonly [op: string]: string } = {
  '==': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
  contains: 'contains',
  not_contains: 'does not contain',
};
