/**
 * An account as specs. Pure: from what is live and what is managed already to files and bindings; reading the
 * account, writing the files and keeping the state is the caller's business. The law that everything here serves:
 * the plan after an adoption is empty, with the bindings and, where names are unique, without them.
 */

import { extraElements, withoutPointers } from '../canonical/edit.ts';
import { storedBase } from '../canonical/payload.ts';
import { mapScalars } from '../canonical/walk.ts';
import { type Address, KIND_NAMES, type Kind, toAddress } from '../model/address.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { fromPointer, isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { compareNaturally } from '../model/natural-order.ts';
import type { Integration, RemoteResource } from '../model/remote.ts';
import { expressibleSpec, type SpecCheck } from './expressible-spec.ts';
import { type CredentialFinder, extractSecrets } from './extract-secrets.ts';
import { extractedSecretsNote, leftOutNote, maskedNote, skippedNote, unknownNote } from './import-remarks.ts';
import { type FileLayout, type TextFile, textFiles } from './layout.ts';
import { chooseKey, inOrder } from './names.ts';
import { splitIds } from './own-ids.ts';
import { writtenSpec } from './text-files.ts';

/** The tools that assistants are written with. */
export type SharedToolConfigs = ReadonlyMap<Address, { readonly kind: Kind; readonly config: JsonObject }>;

export interface AdoptionInput {
  /** What to write, each as read by its id. */
  readonly resources: readonly RemoteResource[];
  readonly integrations: readonly Integration[];
  /** Ids of what the platform put into the account; documents name them only where they have to. */
  readonly stock: ReadonlySet<string>;
  /** What is managed already: address by `<kind>:<id>`. */
  readonly managed: ReadonlyMap<string, Address>;
  /** Where documents go; a new one for each round, because it remembers what is taken. */
  readonly newLayout: () => FileLayout;
  readonly keepUnknown: boolean;
  /** What validate says of a spec beside the shared resources that it refers to. */
  readonly check: (kind: Kind, spec: JsonObject, beside: SharedToolConfigs) => ReturnType<SpecCheck>;
  /** Where the project has other accounts: what the documents are for, and whose ids they hold. */
  readonly account?: { readonly environment: string; readonly only: readonly string[] };
  readonly credentials: CredentialFinder;
}

/** A resource that becomes a document. */
export interface Draft {
  readonly address: Address;
  readonly resource: RemoteResource;
  /** The YAML file, relative to the project. */
  readonly file: string;
  /** The document as it is written. */
  readonly body: JsonObject;
  readonly texts: readonly TextFile[];
  /** For the binding: what counts as applied, ids resolved. */
  readonly base: JsonObject;
  readonly foreign: readonly string[];
}

export interface Adoption {
  readonly drafts: readonly Draft[];
  readonly notes: readonly Diagnostic[];
}

/** Address by `<kind>:<id>`, as references look them up. */
export function liveKey(kind: string, id: string): string {
  return `${kind}:${id}`;
}

/** The addresses that resources of an account would get; the same ones that {@link adopt} gives them. */
export function addressesFor(
  resources: readonly RemoteResource[],
  taken: ReadonlyMap<Kind, ReadonlySet<string>>,
  account: readonly RemoteResource[] = resources,
): ReadonlyMap<string, Address> {
  const names = new Map(account.map(({ id, name }) => [id, name]));
  const addresses = new Map<string, Address>();
  for (const kind of KIND_NAMES) {
    const keys = new Set(taken.get(kind));
    const beside = {
      resources: account.filter((each) => each.kind === kind),
      nameOf: (id: string) => names.get(id),
    };
    for (const resource of inOrder(resources.filter((each) => each.kind === kind)))
      addresses.set(liveKey(kind, resource.id), toAddress(kind, chooseKey(resource, keys, beside)));
  }
  return addresses;
}

/**
 * Drafts a document for every resource. `addresses` comes from {@link addressesFor}. What no document can say is
 * skipped, and the documents of those who refer to it keep its id.
 */
export function adopt(input: AdoptionInput, addresses: ReadonlyMap<string, Address>): Adoption {
  const first = adoptAll(input, addresses);
  const drafted = new Set(first.drafts.map(({ resource }) => resource.id));
  const resources = input.resources.filter(({ id }) => drafted.has(id));
  if (resources.length === input.resources.length) return first;
  const { drafts, notes } = adopt({ ...input, resources }, addresses);
  const skipped = first.notes.filter(({ code }) => code === 'PULL_SKIPPED');
  return { drafts, notes: [...skipped, ...notes] };
}

function adoptAll(input: AdoptionInput, addresses: ReadonlyMap<string, Address>): Adoption {
  const notes: Diagnostic[] = [];
  const adopted = input.resources.map(({ kind, id }) => liveKey(kind, id));
  const targets = new Map<string, string>([
    ...input.managed,
    ...adopted.flatMap((key) => {
      const address = addresses.get(key);
      return address === undefined ? [] : [[key, address] as const];
    }),
    ...uniqueIntegrations(input.integrations),
  ]);
  const identifiers = new Map<string, string>();
  const beside = new Map(
    input.resources.flatMap(({ kind, id, config }) => {
      const address = addresses.get(liveKey(kind, id));
      return kind === 'tool' && address !== undefined ? [[address, { kind, config }] as const] : [];
    }),
  );
  const checked = {
    ...input,
    ids: new Map([...targets].map(([live, target]) => [target, live.slice(live.indexOf(':') + 1)])),
    layout: input.newLayout(),
    check: (kind: Kind, spec: JsonObject) =>
      input.check(kind, spec, kind === 'assistant' ? beside : new Map()),
  };
  const drafts = inOrder(input.resources).flatMap((resource) => {
    const address = addresses.get(liveKey(resource.kind, resource.id));
    return address === undefined
      ? []
      : (draft(resource, address, targets, identifiers, checked, notes) ?? []);
  });
  // Keys are given by age, where names are alike; people look for addresses.
  return { drafts: drafts.sort((a, b) => compareNaturally(a.address, b.address)), notes };
}

function draft(
  resource: RemoteResource,
  address: Address,
  targets: ReadonlyMap<string, string>,
  identifiers: Map<string, string>,
  input: Omit<AdoptionInput, 'check' | 'newLayout'> & {
    readonly check: SpecCheck;
    readonly layout: FileLayout;
    /** Id by the address that stands for it. */
    readonly ids: ReadonlyMap<string, string>;
  },
  notes: Diagnostic[],
): Draft | undefined {
  const { kind } = resource;
  const shape = SHAPES[kind];
  const key = address.slice(kind.length + 1);
  const referring = (side: JsonObject): JsonObject => {
    const mapped = mapScalars(shape, side, 'ref', (value, { ref }) => {
      const target = ref && typeof value === 'string' ? targets.get(liveKey(ref, value)) : undefined;
      return target === undefined ? value : { $ref: target };
    });
    return isObject(mapped) ? mapped : side;
  };
  const config = referring(withoutStock(resource.config, input.stock, targets));
  const expressed = expressibleSpec(shape, kind, config, input);
  if (expressed === undefined) {
    notes.push(skippedNote(address, resource));
    return undefined;
  }
  const { spec: plain, unknown, leftOut, masked } = expressed;
  if (unknown.length > 0) notes.push(unknownNote(address, unknown));
  if (leftOut.length > 0) notes.push(leftOutNote(address, leftOut));
  if (masked > 0) notes.push(maskedNote(address, masked));
  const { spec, secrets } = extractSecrets(shape, plain, key, input.credentials, identifiers);
  const ignored = secrets.map(({ pointer }) => pointer);
  if (secrets.length > 0) notes.push(extractedSecretsNote(address, secrets));

  const file = input.layout.fileFor(resource, key);
  const texts = textFiles(input.layout, resource, key, file);
  const { account } = input;
  const { shared, own } =
    account === undefined ? { shared: spec, own: {} } : splitIds(shape, kind, spec, input);
  const overlay = writtenSpec(shape, own, texts.place);
  const body: JsonObject = {
    kind,
    key,
    ...(account === undefined ? {} : { only: account.only }),
    spec: writtenSpec(shape, shared, texts.place),
    ...(account === undefined || Object.keys(own).length === 0
      ? {}
      : { environments: { [account.environment]: overlay } }),
    ...(ignored.length > 0 ? { lifecycle: { ignore_changes: ignored } } : {}),
  };
  const managed = withoutPointers(shape, spec, ignored.map(fromPointer), spec);
  return {
    address,
    resource,
    file,
    body,
    texts: texts.files,
    base: storedBase(shape, managed, (target) => input.ids.get(target)),
    // What is left out of the spec is nobody's, and no drift: with it the platform's own objects.
    foreign: extraElements(
      shape,
      withoutPointers(shape, referring(resource.config), ignored.map(fromPointer), spec),
      managed,
    ),
  };
}

/**
 * A configuration without references to the platform's own objects, which every account has under other ids: those at
 * the top, where leaving them out means that they are not managed. A flow says by them what a step may do.
 */
function withoutStock(
  config: JsonObject,
  stock: ReadonlySet<string>,
  targets: ReadonlyMap<string, string>,
): JsonObject {
  const left = (kind: string, id: Json): boolean =>
    typeof id === 'string' && stock.has(id) && !targets.has(liveKey(kind, id));
  const rest = { ...config };
  for (const [name, kind] of [
    ['tool_ids', 'tool'],
    ['insights', 'insight'],
  ] as const) {
    const ids = rest[name];
    if (!isArray(ids) || !ids.some((id) => left(kind, id))) continue;
    const kept = ids.filter((id) => !left(kind, id));
    if (kept.length > 0) rest[name] = kept;
    else delete rest[name];
  }
  const insights = rest.insight_settings;
  if (isObject(insights) && left('insight_group', insights.insight_group_id ?? null)) {
    const { insight_group_id: _, ...others } = insights;
    if (Object.keys(others).length > 0) rest.insight_settings = others;
    else delete rest.insight_settings;
  }
  return rest;
}

/** Integrations that share a name keep their ids, because the name does not say which one is meant. */
function uniqueIntegrations(integrations: readonly Integration[]): readonly (readonly [string, string])[] {
  const counts = new Map<string, number>();
  for (const { name } of integrations) counts.set(name, (counts.get(name) ?? 0) + 1);
  return integrations
    .filter(({ name }) => counts.get(name) === 1)
    .map(({ id, name }) => [liveKey('integration', id), `integration/${name}`]);
}
