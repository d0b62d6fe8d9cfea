import type { JsonObject } from '../../model/json.ts';
import { type Comparator, comparison, junction, literal, variable } from '../blocks/expression.ts';
import type { Carry } from '../carry.ts';
import type { Condition, Exit } from '../neutral.ts';
import { type Cursor, elements, entries, member, memberAt, rawFlag, rawText } from '../source/cursor.ts';
import { variableName } from '../variables.ts';

const DONE = 'This step is done.';

/** Edges that leave a step, in the order of the file. */
export function edgeExits(carry: Carry, id: string, edges: readonly Cursor[]): readonly Exit[] {
  return edges.filter((edge) => rawText(member(edge, 'source')) === id).map((edge) => exitOf(carry, edge));
}

function exitOf(carry: Carry, edge: Cursor): Exit {
  const data = member(edge, 'data');
  const label = carry.text(member(data, 'label') ?? member(edge, 'label'))?.trim() ?? '';
  const description = carry.text(member(data, 'description') ?? member(edge, 'description'))?.trim() ?? '';
  const name = carry.text(member(data, 'name'))?.trim() ?? '';
  carry.ledger.exact(member(edge, 'target'));
  carry.ledger.frame(member(edge, 'source'));
  const always = member(data, 'alwaysPick');
  carry.ledger.exact(always);
  const text = [label || name, description === label ? '' : description].filter(Boolean).join('\n');
  const when: Condition =
    text === '' || rawFlag(always) === true
      ? { type: 'otherwise', words: text || DONE }
      : { type: 'words', text };
  return { id: rawText(member(edge, 'id')) ?? '', when, to: rawText(member(edge, 'target')) ?? '', at: edge };
}

/** Where a webhook goes on by its answer: lists of four, or objects. */
export function responseExits(carry: Carry, at: Cursor | undefined): readonly Exit[] {
  return elements(at).flatMap((each, index): readonly Exit[] => {
    const [field, operator, value, target] = elements(each);
    const name = rawText(field) ?? rawText(member(each, 'field', 'key', 'type', 'label')) ?? '';
    const op = rawText(operator) ?? rawText(member(each, 'operator', 'condition')) ?? '';
    const wanted = rawText(value) ?? rawText(member(each, 'value')) ?? '';
    const aim = target ?? member(each, 'outcome', 'node', 'target');
    const to =
      rawText(member(aim, 'id', 'node_id')) ??
      rawText(member(each, 'nodeId', 'targetNodeId')) ??
      rawText(aim);
    if (to === undefined || to === '') {
      carry.ledger.lost(each, 'edge-open');
      return [];
    }
    carry.ledger.exact(each);
    const when = responseCondition(name.trim(), op, wanted);
    return [{ id: `response-${index + 1}-${to}`, when, to, at: each }];
  });
}

/** There is no variable with the status of an answer; the model knows it. */
function responseCondition(name: string, op: string, wanted: string): Condition {
  if (/failure$/i.test(name)) return { type: 'words', text: 'The request to the service failed.' };
  if (/statuscode$/i.test(name))
    return { type: 'words', text: `The service answered with a status ${op} ${wanted}.` };
  if (/^default|completion$/i.test(name) || op === '') {
    return { type: 'otherwise', words: 'The service has answered.' };
  }
  return { type: 'expression', expression: compared(name, op, wanted) };
}

/** Rules of a step that only decides, and where it goes when none holds. */
export function routeExits(carry: Carry, id: string, data: Cursor | undefined): readonly Exit[] {
  const rules = elements(member(data, 'routes')).flatMap((each, index): readonly Exit[] => {
    const target = member(each, 'targetNodeId', 'target', 'nodeId');
    const to = rawText(target);
    if (to === undefined) return [];
    carry.ledger.exact(target);
    const parts = elements(member(each, 'conditions')).flatMap((part) => {
      const field = rawText(member(part, 'field', 'variable', 'key'));
      if (field === undefined) return [];
      carry.ledger.exact(part);
      return [
        compared(
          field,
          rawText(member(part, 'operator', 'condition')) ?? '==',
          rawText(member(part, 'value')) ?? '',
        ),
      ];
    });
    const text = carry.text(member(each, 'prompt', 'description', 'label'))?.trim();
    const any = /or|any/i.test(rawText(member(each, 'logic', 'match', 'conditionType')) ?? '');
    carry.ledger.exact(member(each, 'logic', 'match', 'conditionType'));
    const when: Condition =
      parts.length > 0
        ? { type: 'expression', expression: junction(any ? 'or' : 'and', parts) }
        : { type: 'words', text: text || DONE };
    return [{ id: `${id}-route-${index + 1}`, when, to, at: each }];
  });
  const fallback = member(data, 'fallbackNodeId');
  const other = rawText(fallback);
  carry.ledger.exact(fallback);
  if (other === undefined || other === '' || fallback === undefined) return rules;
  return [
    ...rules,
    {
      id: `${id}-fallback`,
      when: { type: 'otherwise', words: 'None of the other conditions holds.' },
      to: other,
      at: fallback,
    },
  ];
}

const OPERATORS: readonly (readonly [RegExp, Comparator])[] = [
  [/^(==?=?|is|equals?|eq)$/i, '=='],
  [/^(!==?|is not|not[ _]?equals?|neq?)$/i, '!='],
  [/^(>=|greater.*equal|gte)$/i, '>='],
  [/^(<=|less.*equal|lte)$/i, '<='],
  [/^(>|greater.*|gt)$/i, '>'],
  [/^(<|less.*|lt)$/i, '<'],
  [/^(does ?n.?t contain|not[ _]?contains?)$/i, 'not_contains'],
  [/^contains?$/i, 'contains'],
];

function compared(field: string, operator: string, value: string): JsonObject {
  const op = OPERATORS.find(([pattern]) => pattern.test(operator.trim()))?.[1] ?? '==';
  const left = variable(variableName(field, 'bland'));
  const isVariable = /^\{\{[^{}]+\}\}$/.test(value.trim());
  return comparison(op, left, isVariable ? variable(variableName(value, 'bland')) : literal(value, op));
}

/** Variables that a step takes from what was said: `[name, type, description, required]`, or objects. */
export function extracted(carry: Carry, at: Cursor | undefined): readonly JsonObject[] {
  return elements(at).flatMap((each) => {
    const parts = elements(each);
    const name = rawText(parts[0] ?? member(each, 'name', 'var'))?.trim() ?? '';
    if (!/^(?!telnyx_)[A-Za-z0-9._-]+$/.test(name)) {
      carry.ledger.lost(each, 'step-extract', name.slice(0, 40));
      return [];
    }
    const type = rawText(parts[1] ?? member(each, 'type'));
    const description = carry.text(parts[2] ?? member(each, 'description', 'instruction'))?.trim();
    carry.ledger.exact(each);
    return [{ name, ...(description ? { description } : {}), ...(type ? { type } : {}) }];
  });
}

/** Parts of an answer that become variables: `[{ name, data, context }]`. */
export function stored(
  carry: Carry,
  at: Cursor | undefined,
  path: (written: string) => string,
): readonly JsonObject[] {
  const list = elements(at).length > 0 ? elements(at) : [];
  const made = list.flatMap((each) => {
    const whole = rawText(each);
    if (whole !== undefined && path(whole) !== '') {
      carry.ledger.exact(each);
      return [{ name: path(whole).replace(/[^A-Za-z0-9._-]+/g, '_'), value_path: path(whole) }];
    }
    const name = rawText(member(each, 'name'));
    const value = path(rawText(member(each, 'data', 'path', 'value')) ?? '');
    if (name === undefined || name.trim() === '' || value === '') return [];
    carry.ledger.near(member(each, 'context', 'description'), 'tool-detail');
    carry.ledger.exact(each);
    return [{ name, value_path: value }];
  });
  const mapped = entries(at).flatMap(([name, each]) => {
    const value = path(rawText(each) ?? '');
    if (/^\d*$/.test(name) || value === '') return [];
    carry.ledger.exact(each);
    return [{ name, value_path: value }];
  });
  return [...made, ...mapped];
}

/** The step may be left only when this holds. */
export function stayUntil(carry: Carry, data: Cursor | undefined): string {
  const condition = carry.text(member(data, 'condition'))?.trim();
  carry.ledger.lost(memberAt(data, 'conditionExamples'), 'examples');
  return condition ? `\n\nStay with this step until this holds: ${condition}` : '';
}
