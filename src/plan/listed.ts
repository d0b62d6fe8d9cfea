/**
 * Which resources have to be read by id. A list may lag behind a write and may leave fields out: the list of assistants
 * shows `tools`, `mcp_servers` and `conversation_flow` empty. So nothing is decided from a list alone. What Git changed,
 * adopts or deletes is read by id, and so is every other resource that its list entry shows otherwise than the base.
 */

import { asSent } from '../canonical/as-sent.ts';
import { canonical } from '../canonical/canonical.ts';
import { differencesFrom } from '../canonical/differences.ts';
import { holdsExactly } from '../canonical/exact-match.ts';
import { childShape, sameWithReferences, withReferences } from '../canonical/walk.ts';
import { type Address, type Kind, parseAddress } from '../model/address.ts';
import type { DesiredResource, DesiredState } from '../model/desired.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { isArray, isObject, type Json, type JsonObject, jsonEqual, toPointer } from '../model/json.ts';
import { KINDS } from '../model/kinds.ts';
import type { PlanOptions } from '../model/plan.ts';
import type { Item, RemoteAccount, RemoteResource } from '../model/remote.ts';
import { isOpen } from '../model/rollout.ts';
import type { Binding, State } from '../model/state.ts';
import { managed } from './create.ts';
import { createdBy, knownIds, type Match, matchResources } from './match.ts';
import { targetClosure } from './step-order.ts';
import { isAsApplied, showsExactly, type Unchanged } from './unchanged.ts';

export interface ListedAccount {
  readonly desired: DesiredState;
  readonly state: State | undefined;
  readonly listed: RemoteAccount;
  readonly options: PlanOptions;
  /** Every assistant that Git or the state names is read by id, whatever the list says. */
  readonly whole?: boolean;
}

/** A bound resource that Git left alone and whose list entry differs from its base in these top-level fields. */
export interface ListDifference {
  readonly listed: RemoteResource;
  readonly binding: Binding;
  readonly base: JsonObject;
  readonly fields: readonly string[];
}

type Bound = Extract<Match, { readonly how: 'bound' }>;

export interface ListComparison {
  /** Resources that the plan decides about: they are read by id. */
  readonly needed: readonly Item[];
  readonly differences: readonly ListDifference[];
  /** Bases by kind and id, of what need not be read. */
  readonly bases: ReadonlyMap<string, JsonObject>;
  readonly unchanged: Unchanged;
}

/** Fields that the lists of a kind leave out or show otherwise than a read by id. */
export type Unreliable = ReadonlyMap<Kind, ReadonlySet<string>>;

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

function isVersioned(kind: Kind): boolean {
  return KINDS[kind].update === 'version';
}

export function listKey({ kind, id }: Item): string {
  return `${kind}:${id}`;
}

/**
 * Sorts the listed resources: those that must be read by id, those whose list entry differs from the base, and the
 * bases of those that need no read.
 */
export function compareWithLists(input: ListedAccount): ListComparison {
  const { desired, state, listed, options } = input;
  const matching = matchResources(desired, state, listed);
  const ids = knownIds(matching, listed, options);
  const refs = new Map([...ids].map(([target, id]) => [id, target]));
  const isCreated = createdBy(matching, options);
  const chosen = targetClosure(options.targets, desired, isCreated);
  const needed = [...absentFromLists(state, listed)];
  const differences: ListDifference[] = [];
  const bases = new Map<string, JsonObject>();
  const unchanged = new Set<Address>();
  for (const [address, match] of matching.matches) {
    const resource = desired.resources.get(address);
    if (resource === undefined || (chosen !== undefined && !chosen.has(address))) continue;
    if (match.how === 'create' || match.how === 'gone') continue;
    if (match.how !== 'bound') {
      needed.push(itemOf(match.live));
      continue;
    }
    const asApplied = isAsApplied(resource, match.binding, refs);
    const base = listedBase(resource, match, { refs, whole: input.whole === true, asApplied });
    if (base === undefined) {
      needed.push(itemOf(match.live));
      continue;
    }
    bases.set(listKey(match.live), base);
    if (asApplied && isShown(match.live, base)) {
      unchanged.add(address);
      continue;
    }
    const fields = differingFields(match, base);
    if (fields.length > 0) differences.push({ listed: match.live, binding: match.binding, base, fields });
  }
  for (const { address, live } of matching.orphans) {
    const goes = options.prune && (chosen === undefined || chosen.has(address));
    if (live !== undefined && goes) needed.push(itemOf(live));
  }
  return { needed, differences, bases, unchanged: { addresses: unchanged, ids } };
}

function itemOf({ kind, id }: RemoteResource): Item {
  return { kind, id };
}

/** Bound resources that no list shows: a list may be behind, so that they are read by id. */
function absentFromLists(state: State | undefined, { resources }: RemoteAccount): readonly Item[] {
  const present = new Set(resources.map(listKey));
  return Object.entries(state?.resources ?? {}).flatMap(([address, binding]) => {
    const kind = parseAddress(address)?.kind;
    const item = kind === undefined ? undefined : { kind, id: binding.remote_id };
    return item === undefined || present.has(listKey(item)) ? [] : [item];
  });
}

/** The base of a resource that a list may speak for; undefined where it must be read by id. */
function listedBase(
  resource: DesiredResource,
  { binding, live }: Bound,
  {
    refs,
    whole,
    asApplied,
  }: { readonly refs: ReadonlyMap<string, string>; readonly whole: boolean; readonly asApplied: boolean },
): JsonObject | undefined {
  const { base } = binding;
  const underWay =
    binding.candidate !== undefined ||
    binding.moving !== undefined ||
    binding.restoring !== undefined ||
    isOpen(binding.rollout);
  if (base === null || underWay) return undefined;
  const unseen = live.versionId === undefined || live.versionId !== binding.read_version_id;
  if (isVersioned(resource.kind) && (whole || unseen)) return undefined;
  return !asApplied && changedInGit(resource, base, refs) ? undefined : base;
}

/** Also where Git refers to something that is bound to another id by now. */
function changedInGit(
  resource: DesiredResource,
  base: JsonObject,
  refs: ReadonlyMap<string, string>,
): boolean {
  const shape = SHAPES[resource.kind];
  // What nearly every resource of a quiet account answers.
  if (sameWithReferences(shape, base, resource.spec, refs)) return false;
  const before = managed(resource, withReferences(shape, base, refs));
  const after = managed(resource, withReferences(shape, resource.spec, refs));
  return !jsonEqual(before, after) && !jsonEqual(canonical(shape, before), canonical(shape, after));
}

function isShown({ kind, config }: RemoteResource, base: JsonObject): boolean {
  return showsExactly(SHAPES[kind], base, config, (shown) => isVersioned(kind) && isEmpty(shown));
}

/** Fields in which the list entry differs from the base. A field that it leaves empty counts as left out. */
function differingFields({ binding, live }: Bound, base: JsonObject): readonly string[] {
  const whole = SHAPES[live.kind];
  const config = asSent(whole, live.config, binding.forms);
  return Object.keys(base).filter((name) => {
    const [shown, wanted] = [config[name], base[name] ?? null];
    if (isVersioned(live.kind) && isEmpty(shown)) return false;
    const shape = childShape(whole, name, wanted);
    if (holdsExactly(shape, shown, wanted)) return false;
    return differencesFrom(shape, wanted, shown).some((path) => !isForeign(binding, [name, ...path]));
  });
}

function isForeign({ foreign }: Binding, path: readonly string[]): boolean {
  const pointer = toPointer(path);
  return foreign.some((known) => pointer === known || pointer.startsWith(`${known}/`));
}

/**
 * Fields in which a read by id disagreed with the list and agreed with the base. Of resources without versions only a
 * field that the list left empty proves that the list leaves it out: any other value may be an old one.
 */
export function unreliableFields(
  { listed, binding, base, fields }: ListDifference,
  found: RemoteResource,
): readonly string[] {
  const config = asSent(SHAPES[listed.kind], found.config, binding.forms);
  return fields.filter((name) => {
    if (!isVersioned(listed.kind) && !isEmpty(listed.config[name])) return false;
    const wanted = base[name] ?? null;
    const shape = childShape(SHAPES[listed.kind], name, wanted);
    return differencesFrom(shape, wanted, config[name]).length === 0;
  });
}

/** The account with bases in place of what its lists leave out of the resources that need not be read. */
export function withListedGaps(
  account: RemoteAccount,
  bases: ReadonlyMap<string, JsonObject>,
  unreliable: Unreliable,
): RemoteAccount {
  const resources = account.resources.map((resource) => {
    const base = account.read?.has(resource.id) === true ? undefined : bases.get(listKey(resource));
    return base === undefined ? resource : remembered(resource, base, unreliable.get(resource.kind));
  });
  return { ...account, resources };
}

function remembered(
  resource: RemoteResource,
  base: JsonObject,
  unreliable: ReadonlySet<string> | undefined,
): RemoteResource {
  const left = Object.keys(base).filter(
    (name) =>
      unreliable?.has(name) === true || (isVersioned(resource.kind) && isEmpty(resource.config[name])),
  );
  if (left.length === 0) return resource;
  const filled = Object.fromEntries(left.map((name) => [name, base[name] ?? null]));
  return { ...resource, config: { ...resource.config, ...filled } };
}
