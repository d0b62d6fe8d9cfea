import { parseAddress } from '../../model/address.ts';
import type { BlastRadius } from '../../model/blast-radius.ts';
import type { ResourceGraph } from '../../model/graph.ts';
import { around } from '../../model/graph.ts';
import type { Plan } from '../../model/plan.ts';
import type { TestVerdict } from '../../model/runs.ts';
import type { Mark } from '../graph/words.ts';
import type { PlanExtra } from '../terminal/plan-words.ts';

/** What a review page shows besides the plan itself; each part is left out when it is not known. */
export interface ReviewExtra extends PlanExtra {
  readonly blastRadius?: BlastRadius;
  /** What the specs have to do with each other. */
  readonly graph?: ResourceGraph;
  /** Address of the line that an address is written at, on the forge; plain links alone. */
  readonly sources?: ReadonlyMap<string, string>;
  /** Results of tests that ran on the candidate versions. */
  readonly tests?: readonly TestVerdict[];
}

/** What happens to each resource that the plan mentions. */
export function marksOf(plan: Plan): ReadonlyMap<string, Mark> {
  return new Map<string, Mark>([
    ...plan.drift.map(({ address }) => [address, 'drift'] as const),
    ...plan.changes.map(({ address, action }) => [address, action] as const),
    ...plan.conflicts.map(({ address }) => [address, 'conflict'] as const),
  ]);
}

/** The marked resources and their neighbours; deleted ones are added, since no spec knows them any more. */
export function touchedGraph(graph: ResourceGraph, marks: ReadonlyMap<string, Mark>): ResourceGraph {
  const known = new Set(graph.nodes.map(({ address }) => address));
  const added = [...marks.keys()].flatMap((text) => {
    const parsed = known.has(text) ? undefined : parseAddress(text);
    return parsed === undefined ? [] : [{ address: parsed.address, kind: parsed.kind, name: parsed.key }];
  });
  return around({ nodes: [...graph.nodes, ...added], edges: graph.edges }, new Set(marks.keys()));
}

/** What a reviewer must not miss besides what the plan itself says. */
export function reviewCautions({ refusals, blastRadius }: ReviewExtra): readonly string[] {
  return [
    ...(refusals ?? []).map(
      ({ message, hint }) => `apply refuses this: ${message}${hint === undefined ? '' : ` (${hint})`}.`,
    ),
    ...(blastRadius?.foreign_canaries ?? []).map(
      (address) =>
        `${address} has an open canary deploy that is not ours, and promoting would end it: apply refuses.`,
    ),
  ];
}

/** Every number that is reached, once. */
export function numbersReached(radius: BlastRadius): readonly string[] {
  return [...new Set(radius.assistants.flatMap((assistant) => assistant.phone_numbers ?? []))].sort();
}

/** Why an assistant is reached, as the end of a sentence; `show` formats the addresses. */
export function reachedBecause(
  { how, through }: BlastRadius['assistants'][number],
  show: (address: string) => string,
): string {
  const names = through.slice(0, 6).map(show).join(', ');
  const list = through.length > 6 ? `${names} and ${through.length - 6} more` : names;
  switch (how) {
    case 'changed':
      return 'is changed';
    case 'uses':
      return `uses ${list}, at once`;
    case 'hands_over':
      return `hands calls over to ${list}`;
    default:
      return how satisfies never;
  }
}
