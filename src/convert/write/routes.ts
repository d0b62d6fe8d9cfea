/**
 * Steps that only decide do not exist on Telnyx: an edge to one becomes an edge to each of its targets, with both
 * conditions together.
 */
import { inWords, junction, negation } from '../blocks/expression.ts';
import type { ImportLedger } from '../import-ledger.ts';
import type { Condition, Exit, FlowStep } from '../neutral.ts';

/** More edges than any flow that people drew. */
export const MAX_EDGES = 3000;

export interface Routes {
  /** The edge, or what becomes of it where it leads to steps that only decide. */
  follow(exit: Exit): readonly Exit[];
}

export function createRoutes(steps: ReadonlyMap<string, FlowStep>, ledger: ImportLedger): Routes {
  let made = 0;
  const follow = (exit: Exit, trail: readonly string[]): readonly Exit[] => {
    const target = steps.get(exit.to);
    if (target === undefined) {
      ledger.lost(exit.at, 'step-missing', exit.to.slice(0, 60));
      return [];
    }
    if (target.action.type !== 'route') return [exit];
    if (trail.includes(target.id)) {
      ledger.note(target.at, 'edge-circle', target.id, 'lost');
      return [];
    }
    if (made > MAX_EDGES) {
      ledger.note(target.at, 'edge-many', target.id, 'lost');
      return [];
    }
    return target.exits.flatMap((next, index) => {
      made += 1;
      ledger.near(next.at, 'branch-folded');
      const when = both(exit.when, next.when, target.exits.slice(0, index));
      const joined: Exit = { id: `${exit.id}--${next.id || index + 1}`, when, to: next.to, at: exit.at };
      return follow(joined, [...trail, target.id]);
    });
  };
  return { follow: (exit) => follow(exit, []) };
}

/** `siblings` are the edges that are tried before `inner`. */
function both(outer: Condition, inner: Condition, siblings: readonly Exit[]): Condition {
  if (outer.type === 'otherwise') return inner.type === 'otherwise' ? outer : inner;
  if (inner.type === 'otherwise') {
    const others = siblings.map(({ when }) => when);
    const expressions = others.flatMap((when) => (when.type === 'expression' ? [when.expression] : []));
    if (outer.type === 'expression' && expressions.length === others.length) {
      const none = expressions.length === 0 ? [] : [negation(junction('or', expressions))];
      return { type: 'expression', expression: junction('and', [outer.expression, ...none]) };
    }
    const none = others.length === 0 ? '' : `, and none of this holds: ${others.map(words).join('; ')}`;
    return { type: 'words', text: `${trimmed(words(outer))}${none}` };
  }
  if (outer.type === 'expression' && inner.type === 'expression') {
    return { type: 'expression', expression: junction('and', [outer.expression, inner.expression]) };
  }
  return { type: 'words', text: `${trimmed(words(outer))}, and ${words(inner)}` };
}

export function words(when: Condition): string {
  if (when.type === 'words') return when.text;
  return when.type === 'expression' ? inWords(when.expression) : when.words;
}

function trimmed(text: string): string {
  return text.trim().replace(/[.;,]+$/, '');
}
