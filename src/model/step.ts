import type { Address, Kind } from './address.ts';
import type { HeldField } from './hold.ts';
import type { Json, JsonObject, Path } from './json.ts';
import type { Release } from './release.ts';
import type { VersionRecord } from './version-record.ts';

/** A change of one value in request shape, applied to the freshly read live configuration. */
export interface Edit {
  /** Path with list elements named by their key. */
  readonly path: Path;
  /** Undefined: not there. */
  readonly before: Json | undefined;
  /** Undefined: remove. References are still `{ $ref }`. */
  readonly after: Json | undefined;
}

/** What apply executes for one resource. Everything that needs deciding was decided by the planner. */
export type Step = CreateStep | LinkStep | UpdateStep | AdoptStep | PromoteStep | DeleteStep;

export interface StepBase {
  /** The address; a link step has `#link` behind it. */
  readonly id: string;
  readonly address: Address;
  readonly kind: Kind;
  readonly name: string;
  /** Ids of the steps that must have succeeded first. */
  readonly dependsOn: readonly string[];
}

/** A step that makes a resource what a spec says, and what the state remembers of it afterwards. */
interface SpecStep extends StepBase {
  /** The whole desired spec, references as `{ $ref }`. */
  readonly spec: JsonObject;
  readonly desiredDigest: string;
  /** What the base becomes, references as `{ $ref }`; null where nobody wrote a spec (`state restore`). */
  readonly base: JsonObject | null;
  readonly foreign: readonly string[];
  readonly preventDestroy: boolean;
}

export interface CreateStep extends SpecStep {
  readonly action: 'create';
  /** The spec without what a later link step adds. */
  readonly createSpec: JsonObject;
  /** For an assistant that was deleted: the id that it had, under which it may be restored. */
  readonly formerId?: string;
}

interface EditsStep extends SpecStep {
  readonly edits: readonly Edit[];
  /** Ordered lists whose order changed, by path (flow edges). */
  readonly reorder: readonly Path[];
}

/** The second half of a create that closes a cycle of references. */
export interface LinkStep extends EditsStep {
  readonly action: 'link';
}

export interface UpdateStep extends EditsStep {
  readonly action: 'update';
  readonly remoteId: string;
  /** Absent: a new version is promoted at once. */
  readonly release?: Release;
}

/** Binds a live resource, and updates it where it is not what the spec says. */
export interface AdoptStep extends EditsStep {
  readonly action: 'adopt';
  readonly remoteId: string;
  /** Absent: a new version is promoted at once. */
  readonly release?: Release;
}

/** Makes an existing version main. */
export interface PromoteStep extends StepBase {
  readonly action: 'promote';
  readonly remoteId: string;
  readonly preventDestroy: boolean;
  readonly promotion: PlannedPromotion;
  /** Absent: without a gate. */
  readonly release?: Release;
}

export interface DeleteStep extends StepBase {
  readonly action: 'delete';
  readonly remoteId: string;
  /** Of the live form that was planned to go. */
  readonly liveDigest: string;
}

/** A step on a resource that exists when the step runs. */
export type EditStep = LinkStep | UpdateStep | AdoptStep;

/** A step that makes a resource equal to its spec. */
export type WriteStep = CreateStep | EditStep;

/** A promotion of a version that exists. */
export interface PlannedPromotion
  extends Pick<VersionRecord, 'version_id' | 'content' | 'base' | 'foreign' | 'forms' | 'reason'> {
  /** Digest of main's configuration as planned. */
  readonly from: string;
  /** The versions between are marked as undone. */
  readonly rollback: boolean;
  /** The promotion is the end of the open rollout, whose canary it may end. */
  readonly endsRollout?: boolean;
  /** What a rollback takes back. */
  readonly takesBack?: readonly HeldField[];
}

/** True when the step changes the live resource, and not only what the state binds and remembers. */
export function changesLive({ edits, reorder }: EditStep): boolean {
  return edits.length > 0 || reorder.length > 0;
}

/** The live id that the step was planned for; undefined for what the same apply creates. */
export function plannedId(step: Step): string | undefined {
  return step.action === 'create' || step.action === 'link' ? undefined : step.remoteId;
}

/** The steps without dependencies on those that are not among them. */
export function withinThemselves(steps: readonly Step[]): readonly Step[] {
  const ids = new Set(steps.map(({ id }) => id));
  return steps.map((step) => ({ ...step, dependsOn: step.dependsOn.filter((id) => ids.has(id)) }));
}
