import type { ResourceGraph } from '../../model/graph.ts';
import { relationsOf } from '../../plan/relations.ts';
import type { Inputs } from '../session/inputs.ts';

/** What the specs of the environment have to do with each other. */
export function resourceGraph({ desired }: Pick<Inputs, 'desired'>): ResourceGraph {
  return relationsOf(desired);
}
