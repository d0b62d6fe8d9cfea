/**
 * The scope of a preview: which resources are copied, which assistants get a version, and which handoffs still lead
 * to main.
 */
import { type Address, parseAddress } from '../model/address.ts';
import type { DesiredResource, DesiredState } from '../model/desired.ts';
import { KINDS } from '../model/kinds.ts';
import type { WriteStep } from '../model/step.ts';

/** What the branch writes, by address. */
export type ChangedSteps = ReadonlyMap<string, WriteStep>;

export interface PreviewScope {
  /** Temporary copies: shared resources, tests, new assistants, linked assistants. */
  readonly copies: ReadonlySet<Address>;
  /** Existing assistants that get a version. */
  readonly candidates: ReadonlySet<Address>;
  /** Of the copies: assistants, and the tools by which they hand off to each other, copied for the handoffs. */
  readonly linked: ReadonlySet<Address>;
}

export interface PreviewScopeInput {
  readonly desired: DesiredState;
  readonly steps: ChangedSteps;
  readonly isLive: (address: Address) => boolean;
  /** Copy the changed assistants that hand off to one another, so that a test crosses the handoff. */
  readonly linked: boolean;
}

/** An assistant that was deleted outside Git and is not created again has no version to be staged beside. */
export function previewScope({ desired, steps, isLive, linked }: PreviewScopeInput): PreviewScope {
  const shared = sharedCopies(desired, steps);
  const copies = new Set<Address>(shared);
  const candidates = new Set<Address>();
  for (const { address, kind, references } of desired.resources.values()) {
    const step = steps.get(address);
    const uses = references.some(({ target }) => isIn(shared, target));
    if (kind !== 'assistant' && step !== undefined) copies.add(address);
    else if (kind === 'assistant' && step?.action === 'create') copies.add(address);
    else if (kind === 'assistant' && isLive(address) && (step !== undefined || uses)) candidates.add(address);
  }
  const scope = { copies, candidates, linked: new Set<Address>() };
  return linked ? withLinks(desired, scope, isLive) : scope;
}

/** Changed resources that take effect at once for their users, and those that lead to one of them. */
function sharedCopies(desired: DesiredState, steps: ChangedSteps): ReadonlySet<Address> {
  const shared = [...desired.resources.values()].filter(({ kind }) => KINDS[kind].live);
  const chosen = new Set(shared.map(({ address }) => address).filter((address) => steps.has(address)));
  for (let before = -1; before !== chosen.size; ) {
    before = chosen.size;
    for (const { address, references } of shared) {
      if (references.some(({ target }) => isIn(chosen, target))) chosen.add(address);
    }
  }
  return chosen;
}

/**
 * A handoff names an assistant and so reaches its main, never a version. Everything on a way of handoffs from one
 * changed assistant to another (or back to itself) is therefore copied: the changed ones, those between them, and
 * shared tools that make the handoff. Tests of these assistants are copied too, so that they begin at the copy.
 */
function withLinks(
  desired: DesiredState,
  scope: PreviewScope,
  isLive: (address: Address) => boolean,
): PreviewScope {
  const changed = [...scope.candidates, ...scope.copies].filter((address) =>
    address.startsWith('assistant/'),
  );
  const leads = new Map<Address, readonly Address[]>();
  const comes = new Map<Address, Address[]>();
  for (const { address, kind, references } of desired.resources.values()) {
    if (kind === 'test') continue;
    const targets = handoffTargets(address, references);
    leads.set(address, targets);
    for (const target of targets) comes.set(target, [...(comes.get(target) ?? []), address]);
  }
  const after = reached(changed, leads);
  const before = reached(changed, comes);
  const isChanged = new Set(changed);
  const linked = new Set(
    [...desired.resources.keys()].filter((address) => {
      const onTheWay = after.has(address) && before.has(address);
      const atAnEnd = isChanged.has(address) && (after.has(address) || before.has(address));
      return (onTheWay || atAnEnd) && (isLive(address) || scope.copies.has(address));
    }),
  );
  const copies = new Set([...scope.copies, ...linked]);
  for (const { address, kind, references } of desired.resources.values()) {
    if (kind === 'test' && references.some(({ target }) => isIn(linked, target))) copies.add(address);
  }
  const candidates = new Set([...scope.candidates].filter((address) => !linked.has(address)));
  return { copies, candidates, linked };
}

/** Assistants and tools: the only things that a handoff can go through. */
function handoffTargets(from: Address, references: DesiredResource['references']): readonly Address[] {
  const targets = references.flatMap(({ target }) => {
    const parsed = parseAddress(target);
    if (parsed === undefined) return [];
    const passes = parsed.kind === 'assistant' || (parsed.kind === 'tool' && from.startsWith('assistant/'));
    return passes ? [parsed.address] : [];
  });
  return [...new Set(targets)];
}

/** What can be reached by one step or more. */
function reached(
  from: readonly Address[],
  edges: ReadonlyMap<Address, readonly Address[]>,
): ReadonlySet<Address> {
  const found = new Set<Address>();
  const waiting = [...from];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const next of edges.get(at) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      waiting.push(next);
    }
  }
  return found;
}

function isIn(addresses: ReadonlySet<Address>, target: string): boolean {
  const address = parseAddress(target)?.address;
  return address !== undefined && addresses.has(address);
}

/** Handoffs, by an assistant or by a tool that it uses, to what the branch changes: they reach its main. */
export function handoffsToMain(
  desired: DesiredState,
  { copies, candidates }: PreviewScope,
): readonly { readonly from: Address; readonly to: Address }[] {
  return [...desired.resources.values()].flatMap(({ address, references }) => {
    if (!copies.has(address) && !candidates.has(address)) return [];
    const targets = new Set(references.map(({ target }) => parseAddress(target)?.address));
    return [...targets].flatMap((to) =>
      to !== undefined && candidates.has(to) && !address.startsWith('test/') ? [{ from: address, to }] : [],
    );
  });
}
