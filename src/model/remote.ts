import type { Address, Kind } from './address.ts';
import type { Json, JsonObject } from './json.ts';

/** A resource as the API has it, decoded into the shape of the create body. */
export interface RemoteResource {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  /**
   * The configuration in request shape: read-only fields removed, shared tools moved to `tool_ids`, tool
   * definitions unwrapped. Fields nobody knows yet are kept.
   */
  readonly config: JsonObject;
  /** Assistants only: the version these values belong to. */
  readonly versionId: string | undefined;
  readonly versionName: string | undefined;
  readonly createdAt: string | undefined;
  /** Assistants only. */
  readonly versionCreatedAt?: string;
  /** The platform put it into the account. */
  readonly stock?: true;
  /** Assistants only: the platform it was imported from and its id there. */
  readonly importedFrom?: { readonly provider: string; readonly id: string };
}

export interface Integration {
  readonly id: string;
  readonly name: string;
}

/** The environment whose state binds a resource, and under which address. */
export interface Owner {
  readonly environment: string;
  readonly address: Address;
}

/** The account as listed: complete for each kind, or the listing failed as a whole. */
export interface RemoteAccount {
  readonly resources: readonly RemoteResource[];
  /** Undefined when no spec refers to the catalogue and it was therefore not fetched. */
  readonly integrations: readonly Integration[] | undefined;
  /** Ids of the resources that were read one by one; all others are as a list shows them. */
  readonly read?: ReadonlySet<string>;
  /** Ids of staged versions that the state remembers and the account no longer has; absent: none was missed. */
  readonly vanished?: ReadonlySet<string>;
  /** What other environments of the project have applied, by remote id; absent: nothing is known of them. */
  readonly elsewhere?: ReadonlyMap<string, Owner>;
  /** Integration secrets by identifier; absent when no spec names one. */
  readonly secrets?: Inventory;
  /** Storage buckets by name; absent when no spec names one. */
  readonly buckets?: Inventory;
}

/** What exists of something that specs name and nobody manages, or why that could not be found out. */
export type Inventory = { readonly known: ReadonlySet<string> } | { readonly unavailable: string };

/** A resource to be read by id. */
export interface Item {
  readonly kind: Kind;
  readonly id: string;
}

/** What reading items by id gave; those that no longer exist are in `items` and not in `found`. */
export interface Confirmed {
  readonly items: readonly Item[];
  readonly found: readonly RemoteResource[];
}

/** Rules of an open canary deploy; the rules' content is only shown. */
export interface Canary {
  readonly rules: readonly Json[];
}

/** Result of a create or update: the reply decoded, plus whether a replay of an earlier request gave it. */
export interface Written {
  readonly resource: RemoteResource;
  readonly replayed: boolean;
}

/**
 * The API as the reconciler sees it. Every method rejects with `ApiError` after its retries; a write that
 * rejects with `effect: 'unknown'` must be looked up before it is tried again.
 */
export interface Api {
  /** Every resource of the kind, over all pages. How many are expected only saves time. */
  list(kind: Kind, expected?: number): Promise<readonly RemoteResource[]>;
  /** Undefined when the API answers 404. */
  get(kind: Kind, id: string): Promise<RemoteResource | undefined>;
  create(kind: Kind, body: JsonObject, idempotencyKey: string): Promise<Written>;
  /** For kinds without versions: PATCH or PUT as the kind wants it. */
  update(kind: Kind, id: string, body: JsonObject): Promise<Written>;
  /** Resolves also when the resource was already gone. */
  delete(kind: Kind, id: string): Promise<void>;
  /** Deletes for good what {@link delete} would leave restorable for a while. */
  erase(kind: Kind, id: string): Promise<void>;
  /** Brings a deleted assistant back with its id and versions; undefined when it cannot be brought back any more. */
  restore(assistantId: string): Promise<RemoteResource | undefined>;
  /** Makes a resource a member of another one (KindFacts.members); resolves also when it was one already. */
  assign(kind: Kind, id: string, memberId: string): Promise<void>;
  /** Resolves also when it was no member. */
  unassign(kind: Kind, id: string, memberId: string): Promise<void>;
  integrations(): Promise<readonly Integration[]>;
  /** New assistant version that is not promoted (`promote_to_main: false`). */
  stageVersion(assistantId: string, body: JsonObject, versionName: string): Promise<Written>;
  /** Newest first, each with its full configuration. */
  listVersions(assistantId: string): Promise<readonly RemoteResource[]>;
  getVersion(assistantId: string, versionId: string): Promise<RemoteResource | undefined>;
  /** Edits a version in place; the API refuses main. */
  updateVersion(assistantId: string, versionId: string, body: JsonObject): Promise<Written>;
  promoteVersion(assistantId: string, versionId: string): Promise<void>;
  /** Resolves also when the version was already gone. */
  deleteVersion(assistantId: string, versionId: string): Promise<void>;
  /** Undefined when the assistant has no open canary. */
  canary(assistantId: string): Promise<Canary | undefined>;
}
