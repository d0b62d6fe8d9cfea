import { isArray, type JsonObject } from '../../model/json.ts';
import { comparison, isComparator, junction, literal, variable } from '../blocks/expression.ts';
import type { Carry } from '../carry.ts';
import type { Condition, Exit } from '../neutral.ts';
import { type Cursor, elements, member, memberAt, rawText } from '../source/cursor.ts';
import { variableName } from '../variables.ts';

/** What stands in an edge that is no condition. */
const ALWAYS = 'The caller has answered, or this step is done.';
const SAID = 'The assistant has said what this step asks for.';
const ELSE = 'None of the other conditions of this step holds.';

const FAILED = 'The step failed.';

/** Edges that a step has beside its list, and what they mean after a step that talks. */
const SPECIAL: readonly (readonly [string, string])[] = [
  ['always_edge', ALWAYS],
  ['skip_response_edge', SAID],
  ['success_edge', 'The step succeeded.'],
  ['else_edge', ELSE],
];

/** All edges of a step, those without a condition last. */
export function exitsOf(carry: Carry, node: Cursor): readonly Exit[] {
  const listed = elements(member(node, 'edges')).flatMap((edge) => exit(carry, edge, undefined));
  const failed = exit(carry, member(node, 'failed_edge'), FAILED).map(
    (each): Exit => ({ ...each, when: { type: 'words', text: FAILED } }),
  );
  const special = SPECIAL.flatMap(([name, words]) => exit(carry, member(node, name), words));
  return [...listed, ...failed, ...special];
}

/** The edge of a transfer: it is taken when the transfer failed, and after it there is nothing else. */
export function transferExit(carry: Carry, node: Cursor): readonly Exit[] {
  return exit(carry, member(node, 'edge'), 'The transfer failed.');
}

function exit(carry: Carry, edge: Cursor | undefined, special: string | undefined): readonly Exit[] {
  if (edge === undefined) return [];
  const target = member(edge, 'destination_node_id', 'destination', 'target_node_id');
  const condition = member(edge, 'transition_condition', 'condition');
  const to = rawText(target);
  carry.ledger.frame(member(edge, 'id'));
  if (to === undefined || to === '') {
    carry.ledger.note(edge, 'edge-open');
    carry.ledger.frame(edge);
    return [];
  }
  carry.ledger.exact(target);
  const when = conditionOf(carry, condition, special);
  return [{ id: rawText(member(edge, 'id')) ?? '', when, to, at: edge }];
}

function conditionOf(carry: Carry, at: Cursor | undefined, special: string | undefined): Condition {
  const equations = elements(member(at, 'equations'));
  if (equations.length > 0) {
    const parts = equations.map((each) => equation(carry, each)).filter((each) => each !== undefined);
    const operator = member(at, 'operator');
    carry.ledger.exact(operator);
    if (parts.length > 0) {
      const op = rawText(operator) === '||' ? 'or' : 'and';
      return { type: 'expression', expression: junction(op, parts) };
    }
  }
  const prompt = member(at, 'prompt') ?? (typeof at?.value === 'string' ? at : undefined);
  if (special !== undefined) {
    // The text of such an edge is a mark: "Else", "Always", "Skip response", "Transfer failed".
    return { type: 'otherwise', words: special };
  }
  const text = carry.text(prompt)?.trim();
  return text === undefined || text === '' ? { type: 'otherwise', words: ALWAYS } : { type: 'words', text };
}

function equation(carry: Carry, at: Cursor): JsonObject | undefined {
  const left = member(at, 'left');
  const operator = rawText(member(at, 'operator'))?.trim() ?? '==';
  const right = member(at, 'right');
  const name = rawText(left);
  if (name === undefined || isArray(at.value)) {
    carry.ledger.lost(at, 'wrong-type');
    return undefined;
  }
  const side =
    /\{\{/.test(name) || /^[A-Za-z_]\w*$/.test(name)
      ? variable(variableName(name, 'retell'))
      : literal(name, '==');
  carry.ledger.exact(at);
  if (operator === 'exists') return comparison('!=', side, literal('', '!='));
  if (operator === 'not_exist' || operator === 'not_exists') return comparison('==', side, literal('', '=='));
  const op = isComparator(operator) ? operator : '==';
  const value = right?.value ?? '';
  const other =
    typeof value === 'string' && /^\{\{[^{}]+\}\}$/.test(value.trim())
      ? variable(variableName(value, 'retell'))
      : literal(value, op);
  return comparison(op, side, other);
}

/** When the conversation goes back to where it was, in words for the step itself. */
export function goBackWords(carry: Carry, node: Cursor): string {
  const words = elements(memberAt(node, 'global_node_setting', 'go_back_conditions')).flatMap((each) => {
    const condition = member(each, 'transition_condition', 'condition');
    carry.ledger.near(member(each, 'destination_node_id'), 'go-back');
    const text = carry.text(member(condition, 'prompt'), 'go-back')?.trim();
    carry.ledger.near(condition, 'go-back');
    return text ? [text] : [];
  });
  return words.length === 0
    ? ''
    : `\n\nReturn to what was talked about before when this holds:\n${words.map((each) => `- ${each}`).join('\n')}`;
}
