import type { GraphNode, Relation } from '../../model/graph.ts';
import { KINDS } from '../../model/kinds.ts';
import type { Action } from '../../model/plan.ts';

/** What a plan does to a node; `drift`: changed outside Git. */
export type Mark = Action | 'drift' | 'conflict';

export type Marks = ReadonlyMap<string, Mark>;

export const NO_MARKS: Marks = new Map();

export const MARK_SIGNS: { readonly [mark in Mark]: string } = {
  create: '+',
  update: '~',
  delete: '−',
  adopt: '=',
  move: '→',
  drift: '*',
  conflict: '!',
};

export const RELATION_WORDS: { readonly [relation in Relation]: string } = {
  uses: 'uses',
  handoff: 'hands over to',
  tests: 'tests',
  gates: 'gates',
};

/** A kind in words. */
export function kindWords(kind: GraphNode['kind']): string {
  return kind === 'integration' ? kind : KINDS[kind].noun;
}
