/**
 * Order of execution. A create can name another resource only once that one has an id, so creates form a graph.
 * Assistants that hand off to each other make it cyclic; a cycle is cut at assistants, whose references are all
 * optional: such an assistant is created without them and linked by a second step.
 */
import type { Address } from '../model/address.ts';
import type { Reference } from '../model/desired.ts';
import { fromPointer, isArray, isObject, type Json, type JsonObject } from '../model/json.ts';

export interface Node {
  readonly address: Address;
  readonly references: readonly Reference[];
}

/** Strongly connected components among the nodes, by Tarjan's algorithm without recursion. */
export function components(nodes: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const component = new Map<string, number>();
  const stack: string[] = [];
  let count = 0;
  for (const root of nodes.keys()) {
    if (index.has(root)) continue;
    const work: { name: string; next: number }[] = [{ name: root, next: 0 }];
    while (work.length > 0) {
      const frame = work[work.length - 1];
      if (frame === undefined) break;
      const { name } = frame;
      if (frame.next === 0) {
        index.set(name, index.size);
        low.set(name, index.size - 1);
        stack.push(name);
      }
      const targets = nodes.get(name) ?? [];
      const target = targets[frame.next];
      frame.next += 1;
      if (target !== undefined) {
        if (!index.has(target)) work.push({ name: target, next: 0 });
        else if (!component.has(target)) low.set(name, Math.min(low.get(name) ?? 0, index.get(target) ?? 0));
        continue;
      }
      work.pop();
      const parent = work[work.length - 1];
      if (parent !== undefined) low.set(parent.name, Math.min(low.get(parent.name) ?? 0, low.get(name) ?? 0));
      if (low.get(name) === index.get(name)) {
        for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
          component.set(member, count);
          if (member === name) break;
        }
        count += 1;
      }
    }
  }
  return component;
}

/** For each address, the references that its create has to leave out. */
export function deferredReferences(creates: readonly Node[]): ReadonlyMap<Address, readonly Reference[]> {
  const known = new Set<string>(creates.map((node) => node.address));
  const edges = new Map<string, readonly string[]>(
    creates.map((node) => [
      node.address,
      node.references.map(({ target }) => target).filter((target) => known.has(target)),
    ]),
  );
  const component = components(edges);
  const deferred = new Map<Address, readonly Reference[]>();
  for (const node of creates) {
    if (!node.address.startsWith('assistant/')) continue;
    const late = node.references.filter(
      ({ target }) =>
        known.has(target) &&
        component.get(target) === component.get(node.address) &&
        (!target.startsWith('assistant/') || target >= node.address),
    );
    if (late.length > 0) deferred.set(node.address, late);
  }
  return deferred;
}

/**
 * The spec without the parts that hold the given references: the element of a top-level list (a handoff tool, a
 * tool id), or the whole top-level field (a conversation flow).
 */
export function withoutReferences(spec: JsonObject, references: readonly Reference[]): JsonObject {
  const dropped = new Map<string, Set<string>>();
  for (const { pointer } of references) {
    const [name, part] = fromPointer(pointer);
    if (name === undefined) continue;
    const parts = dropped.get(name) ?? new Set<string>();
    dropped.set(name, parts.add(part ?? ''));
  }
  return Object.fromEntries(
    Object.entries(spec).flatMap(([name, value]): (readonly [string, Json])[] => {
      const parts = dropped.get(name);
      if (parts === undefined) return [[name, value]];
      if (!isArray(value)) return [];
      const kept = value.filter((_, index) => !parts.has(String(index)));
      return kept.length === 0 ? [] : [[name, kept]];
    }),
  );
}

/** True when `from` is reached from `to` over `dependsOn`: adding the edge would close a cycle. */
export function closesCycle(
  dependsOn: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: string,
): boolean {
  const seen = new Set<string>();
  const work = [to];
  for (let name = work.pop(); name !== undefined; name = work.pop()) {
    if (name === from) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    for (const next of dependsOn.get(name) ?? []) work.push(next);
  }
  return false;
}

/** The addresses that a resource of this configuration refers to; used to order deletes behind their users. */
export function mentions(config: Json, ids: ReadonlySet<string>): boolean {
  if (typeof config === 'string') return ids.has(config);
  if (isArray(config)) return config.some((item) => mentions(item, ids));
  return isObject(config) && Object.values(config).some((value) => mentions(value, ids));
}
