/** Expression trees of edges. What depends on the judgement of a model becomes words. */
import type { JsonObject } from '../../model/json.ts';
import { type Comparator, comparison, junction, literal, negation, variable } from '../blocks/expression.ts';
import type { Carry } from '../carry.ts';
import { type Cursor, elements, member, rawText } from '../source/cursor.ts';
import { variableName } from '../variables.ts';

const OPERATORS: { readonly [type: string]: Comparator } = {
  eq_operator: '==',
  neq_operator: '!=',
  lt_operator: '<',
  lte_operator: '<=',
  gt_operator: '>',
  gte_operator: '>=',
  contains_operator: 'contains',
};

/** Undefined when a part of the tree has no counterpart. */
export function elevenLabsExpression(carry: Carry, at: Cursor | undefined): JsonObject | undefined {
  const type = rawText(member(at, 'type')) ?? '';
  if (type === 'and_operator' || type === 'or_operator') {
    const parts = elements(member(at, 'children')).map((each) => elevenLabsExpression(carry, each));
    const known = parts.filter((each) => each !== undefined);
    if (known.length === 0 || known.length !== parts.length) return undefined;
    return junction(type === 'and_operator' ? 'and' : 'or', known);
  }
  if (type === 'not_operator') {
    const inner = elevenLabsExpression(carry, member(at, 'child', 'operand'));
    return inner === undefined ? undefined : negation(inner);
  }
  const op = OPERATORS[type];
  const left = op === undefined ? undefined : operand(carry, member(at, 'left'), op);
  const right = op === undefined ? undefined : operand(carry, member(at, 'right'), op);
  return op === undefined || left === undefined || right === undefined
    ? undefined
    : comparison(op, left, right);
}

function operand(carry: Carry, at: Cursor | undefined, op: Comparator): JsonObject | undefined {
  const type = rawText(member(at, 'type')) ?? '';
  if (type === 'dynamic_variable') {
    carry.ledger.exact(member(at, 'name'));
    return variable(variableName(rawText(member(at, 'name')) ?? '', carry.platform));
  }
  const value = member(at, 'value');
  if (!type.endsWith('_literal') || value === undefined) return undefined;
  carry.ledger.exact(value);
  return literal(value.value, op);
}
