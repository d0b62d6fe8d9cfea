import { type Address, type Kind, parseAddress } from '../model/address.ts';
import type { DesiredState, Reference } from '../model/desired.ts';
import type { RemoteResource } from '../model/remote.ts';
import { type DeleteStep, plannedId, type Step } from '../model/step.ts';
import { closesCycle, mentions } from './graph.ts';
import { gateTests, releaseOf } from './release.ts';

/** Kinds in the order in which deletes run: users of a thing before the thing. */
const DELETE_ORDER: readonly Kind[] = ['test', 'assistant', 'tool', 'mcp_server', 'insight_group', 'insight'];

function targetsOf(references: readonly Reference[]): readonly string[] {
  return [...new Set(references.map((reference) => reference.target))];
}

/**
 * Adds `dependsOn`: a step waits for the creates whose ids it names, and, where that closes no cycle, for the
 * updates of what it refers to. A link step waits for its own create and for everything that it links to.
 */
export function withDependencies(
  steps: readonly Step[],
  desired: DesiredState,
  deferred: ReadonlyMap<Address, readonly Reference[]>,
): readonly Step[] {
  const byAddress = new Map<string, Step>();
  for (const step of steps) if (step.action !== 'link') byAddress.set(step.address, step);
  const dependsOn = new Map<string, Set<string>>();
  const soft: { readonly from: string; readonly to: string }[] = [];
  for (const step of steps) {
    const references = desired.resources.get(step.address)?.references ?? [];
    const late = new Set(
      step.action === 'create' ? (deferred.get(step.address) ?? []).map(({ pointer }) => pointer) : [],
    );
    const now = targetsOf(references.filter(({ pointer }) => !late.has(pointer)));
    const hard = new Set<string>(step.action === 'link' ? [step.address] : []);
    for (const target of now) {
      const other = byAddress.get(target);
      if (other === undefined || (other.id === step.address && step.action !== 'link')) continue;
      if (other.action === 'create') hard.add(other.id);
      else soft.push({ from: step.id, to: other.id });
    }
    // A gate runs the tests as Git wants them. The tests of a new assistant wait for it instead.
    if (step.action === 'update' || step.action === 'adopt') {
      for (const test of gateTests(step.release)) {
        const other = byAddress.get(test);
        if (other !== undefined) hard.add(other.id);
      }
    }
    dependsOn.set(step.id, hard);
  }
  for (const { from, to } of soft) {
    if (!closesCycle(dependsOn, from, to)) dependsOn.get(from)?.add(to);
  }
  return steps.map((step) => ({ ...step, dependsOn: [...(dependsOn.get(step.id) ?? [])].sort() }));
}

/** Deletes wait for every step that rewrites or deletes a resource that still mentions them. */
export function deleteDependencies(
  step: DeleteStep,
  others: readonly Step[],
  live: ReadonlyMap<string, RemoteResource>,
): readonly string[] {
  const ids = new Set([step.remoteId]);
  return others.flatMap((other) => {
    const otherId = plannedId(other);
    if (other.id === step.id || otherId === undefined) return [];
    if (other.action === 'delete' && deleteRank(other.kind) >= deleteRank(step.kind)) return [];
    const resource = live.get(otherId);
    return resource !== undefined && mentions(resource.config, ids) ? [other.id] : [];
  });
}

function deleteRank(kind: Kind): number {
  return DELETE_ORDER.indexOf(kind);
}

/**
 * The targets and what must be created for them, directly or not; undefined means "all". What exists is referred to by
 * its id, and whatever Git changed about it waits for an apply of its own.
 */
export function targetClosure(
  targets: readonly Address[],
  desired: DesiredState,
  isCreated: (address: Address) => boolean,
): ReadonlySet<string> | undefined {
  if (targets.length === 0) return undefined;
  const chosen = new Set<string>();
  const work: string[] = [...targets];
  for (let name = work.pop(); name !== undefined; name = work.pop()) {
    if (chosen.has(name)) continue;
    chosen.add(name);
    const address = parseAddress(name)?.address;
    const resource = address === undefined ? undefined : desired.resources.get(address);
    if (resource === undefined) continue;
    const needed = [
      ...resource.references.map(({ target }) => target),
      ...gateTests(releaseOf(resource, desired)),
    ];
    for (const name of needed) {
      const target = parseAddress(name)?.address;
      if (target !== undefined && isCreated(target)) work.push(target);
    }
  }
  return chosen;
}

/** `depends_on` of each change: the addresses of the other changes that its steps wait for. */
export function dependencyAddresses(steps: readonly Step[]): ReadonlyMap<Address, readonly Address[]> {
  const names = new Map<Address, Set<Address>>();
  for (const step of steps) {
    const known = names.get(step.address) ?? new Set<Address>();
    names.set(step.address, known);
    for (const id of step.dependsOn) {
      const target = parseAddress(id.replace(/#link$/, ''))?.address;
      if (target !== undefined && target !== step.address) known.add(target);
    }
  }
  return new Map([...names].map(([address, targets]) => [address, [...targets].sort()]));
}

/** The deletes in an order in which those that lead to another one go first, as far as they lead in no circle. */
export function orderedDeletes(
  deletes: readonly DeleteStep[],
  live: ReadonlyMap<string, RemoteResource>,
): readonly DeleteStep[] {
  const dependsOn = new Map(deletes.map((step) => [step.id, new Set(step.dependsOn)]));
  for (const step of deletes) {
    const ids = new Set([step.remoteId]);
    for (const other of deletes) {
      const config = live.get(other.remoteId)?.config;
      const leads =
        other !== step && other.kind === step.kind && config !== undefined && mentions(config, ids);
      if (leads && !closesCycle(dependsOn, step.id, other.id)) dependsOn.get(step.id)?.add(other.id);
    }
  }
  return deletes.map((step) => ({ ...step, dependsOn: [...(dependsOn.get(step.id) ?? [])].sort() }));
}
