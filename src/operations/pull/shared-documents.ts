/**
 * Documents that several accounts share. What is live in one account must not reach the others through the files: a
 * difference becomes an overlay of the environment, and what only this account has is for this environment alone.
 */
import { withReferences } from '../../canonical/walk.ts';
import { type Address, parseAddress } from '../../model/address.ts';
import type { DesiredResource } from '../../model/desired.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import { isObject, type JsonObject, jsonEqual, type Path, toPointer } from '../../model/json.ts';
import { KINDS } from '../../model/kinds.ts';
import type { Planned } from '../../model/plan.ts';
import type { Project } from '../../model/project.ts';
import type { RemoteAccount, RemoteResource } from '../../model/remote.ts';
import { compare } from '../../plan/compare.ts';
import { managed } from '../../plan/create.ts';
import { expressibleSpec, type SpecCheck } from '../../pull/expressible-spec.ts';
import { valueByParts } from '../../pull/removable-paths.ts';
import { specProblems } from '../../specs/documents/check-document.ts';
import { type Layer, writtenAt } from '../../specs/documents/layers.ts';
import type { OpenSpecs } from '../../specs/load/load.ts';
import type { ResolvedEnvironment } from '../../specs/project/environment.ts';
import type { DriftedResource } from '../../specs/write/write-back.ts';

/** A document that exists and the one live resource of its name, not bound to each other yet. */
export interface DocumentMatch {
  readonly address: Address;
  readonly resource: RemoteResource;
  /** The document was for other environments so far. */
  readonly joins: boolean;
}

/** What the documents say for this environment, for it in their place, and for the other accounts. */
export interface Documents {
  readonly specs: OpenSpecs;
  readonly wide: OpenSpecs;
  readonly siblings: readonly ResolvedEnvironment[];
}

/** The account as it was read. */
export interface ReadAccount {
  readonly planned: Planned;
  readonly account: RemoteAccount;
  /** What no document manages. */
  readonly unmanaged: { readonly resources: readonly RemoteResource[] };
}

/** The environments that new documents of this one are for; undefined where no other account is in the project. */
export function onlyFor({ environment, siblings }: Project): readonly string[] | undefined {
  if (environment.target === 'emulator' || !siblings.some(({ target }) => target === 'api')) return undefined;
  const embedded = siblings.filter(({ target }) => target === 'emulator').map(({ name }) => name);
  return [environment.name, ...embedded];
}

/**
 * Documents that adopt a live resource by its name, and those of other environments that would if they were for this
 * one (`wide`).
 */
export function pairsOf({ specs, wide, siblings }: Documents, seen: ReadAccount): readonly DocumentMatch[] {
  const live = new Map(seen.account.resources.map((resource) => [resource.id, resource]));
  const adopted = seen.planned.plan.changes.flatMap(
    ({ address, action, remote_id }): readonly DocumentMatch[] => {
      const resource = live.get(remote_id ?? '');
      return action === 'adopt' && resource !== undefined ? [{ address, resource, joins: false }] : [];
    },
  );
  const others = [...wide.desired.resources.values()].filter(
    ({ address }) =>
      !specs.desired.resources.has(address) &&
      isEditable(wide, address) &&
      // What is for the embedded API alone, such as a sample, is nothing to an account.
      siblings.some(({ resources }) => resources.has(address)),
  );
  const joining = others.flatMap((resource): readonly DocumentMatch[] => {
    const same = seen.unmanaged.resources.filter((found) => isSame(resource, found));
    const claims = others.filter((other) => isSameDocument(resource, other));
    const [found] = same;
    return found !== undefined && same.length === 1 && claims.length === 1
      ? [{ address: resource.address, resource: found, joins: true }]
      : [];
  });
  return [...adopted, ...joining];
}

/** What a table made is one document for all its entries. */
function isEditable({ resolved }: OpenSpecs, address: Address): boolean {
  return resolved.documents.get(address)?.each === undefined;
}

function isSame({ kind, name, spec }: DesiredResource, found: RemoteResource): boolean {
  const { identity } = KINDS[kind];
  return (
    kind === found.kind &&
    name === found.name &&
    identity.every((field) => jsonEqual(spec[field] ?? null, found.config[field] ?? null))
  );
}

function isSameDocument(one: DesiredResource, other: DesiredResource): boolean {
  const { identity } = KINDS[one.kind];
  return (
    one.kind === other.kind &&
    one.name === other.name &&
    identity.every((field) => jsonEqual(one.spec[field] ?? null, other.spec[field] ?? null))
  );
}

/** What the account has otherwise than the documents say; `refs` gives addresses for its ids. */
export function differencesOf(
  { wide, siblings }: Pick<Documents, 'wide' | 'siblings'>,
  pairs: readonly DocumentMatch[],
  refs: ReadonlyMap<string, string>,
): readonly DriftedResource[] {
  return pairs.flatMap(({ address, resource }) => {
    const document = wide.desired.resources.get(address);
    if (document === undefined) return [];
    const shape = SHAPES[resource.kind];
    const desired = { ...document, spec: withReferences(shape, document.spec, refs) };
    const live = withReferences(shape, resource.config, refs);
    const sides = { shape, base: null, foreign: [] };
    const { fields } = compare(
      { ...sides, desired: managed(desired, desired.spec), live: managed(desired, live) },
      { drift: 'report', take: null },
    );
    const differing = fields.map(({ path, before, after }) => ({ path, git: after, live: before }));
    // What only the overlays of others write is managed of this document: here too.
    const written = writtenSpecOf(wide, resource, live);
    const added = siblings.flatMap(({ resources }) =>
      missingPaths(resources.get(address)?.spec ?? {}, desired.spec, []).flatMap((path) => {
        const value = valueByParts(written, path);
        return value === undefined ? [] : [{ path: toPointer(path), git: null, live: value }];
      }),
    );
    const unique = new Map([...differing, ...added].map((field) => [field.path, field]));
    return unique.size === 0 ? [] : [{ address, fields: [...unique.values()] }];
  });
}

/** A live configuration as a document would say it. */
function writtenSpecOf({ project }: OpenSpecs, { kind }: RemoteResource, live: JsonObject): JsonObject {
  const { unknownFields } = project;
  const check: SpecCheck = (each, spec) => specProblems(each, spec, { unknownFields });
  return (
    expressibleSpec(SHAPES[kind], kind, live, { keepUnknown: unknownFields === 'allow', check })?.spec ?? {}
  );
}

/** Fields of one spec that another has not, outside lists. */
function missingPaths(spec: JsonObject, other: JsonObject, path: Path): readonly Path[] {
  return Object.entries(spec).flatMap(([name, value]) => {
    const theirs = other[name];
    if (theirs === undefined) return [[...path, name]];
    return isObject(value) && isObject(theirs) ? missingPaths(value, theirs, [...path, name]) : [];
  });
}

/** True when another account's environment takes the value from the very same place. */
export function isSharedValue(
  siblings: readonly ResolvedEnvironment[],
  address: Address,
  layer: Layer,
  path: Path,
): boolean {
  return siblings.some(({ layers }) => {
    const theirs = layers.get(address);
    const written = theirs === undefined ? undefined : (writtenAt(theirs, path)?.layer ?? theirs[0]);
    return written?.overlay === layer.overlay && written?.document.address === layer.document.address;
  });
}

/** Addresses whose spec changes in another environment too. */
export function changedElsewhere(
  before: readonly ResolvedEnvironment[],
  after: readonly ResolvedEnvironment[],
): readonly Address[] {
  const changed = before.flatMap((environment, index) => {
    const now = after[index];
    const addresses = new Set([...environment.resources.keys(), ...(now?.resources.keys() ?? [])]);
    return [...addresses].filter(
      (address) => meaningOf(environment.resources.get(address)) !== meaningOf(now?.resources.get(address)),
    );
  });
  return [...new Set(changed)].flatMap((address) => parseAddress(address)?.address ?? []);
}

function meaningOf(resource: DesiredResource | undefined): string {
  if (resource === undefined) return '';
  const { spec, lifecycle, promotion } = resource;
  return JSON.stringify([spec, lifecycle, promotion ?? null]);
}
