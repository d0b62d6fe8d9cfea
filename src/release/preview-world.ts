/**
 * A preview is planned and applied like everything else, on a world in which what the branch changes goes by other
 * names: what assistants share, tests and new assistants are temporary copies with the preview's mark, and existing
 * assistants only get a version. Each of them is wanted as it is live plus what the branch does to it, so that
 * the candidate differs from main in nothing but the change.
 */
import { applyEdits, orderLike } from '../canonical/edit.ts';
import { requestBody } from '../canonical/payload.ts';
import { referencesIn, withReferences } from '../canonical/walk.ts';
import { type Address, parseAddress, type RefTarget } from '../model/address.ts';
import type { DesiredResource, DesiredState, Reference } from '../model/desired.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import type { JsonObject } from '../model/json.ts';
import { KINDS } from '../model/kinds.ts';
import { newBinding } from '../model/new-binding.ts';
import type { Planned } from '../model/plan.ts';
import { copyName, previewOfCopy } from '../model/preview.ts';
import type { RemoteAccount, RemoteResource } from '../model/remote.ts';
import type { Binding, State } from '../model/state.ts';
import { changesLive, type EditStep, type WriteStep } from '../model/step.ts';
import { detachedAssistant } from './assistant-copy.ts';
import { type ChangedSteps, handoffsToMain, type PreviewScope, previewScope } from './preview-scope.ts';

export interface PreviewInput {
  readonly id: string;
  readonly desired: DesiredState;
  /** What an apply of the branch would do. */
  readonly planned: Planned;
  readonly account: RemoteAccount;
  /** A state without bindings. */
  readonly state: State;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Copy the changed assistants that hand off to one another. */
  readonly linked: boolean;
  /** Copies of assistants that take calls from a browser stay open for them. */
  readonly talk: boolean;
}

export interface PreviewWorld extends PreviewScope {
  readonly desired: DesiredState;
  /** `linked` was asked for, whether or not anything was. */
  readonly linkedAsked: boolean;
  readonly state: State;
  /** Handoffs to what the branch changes: they reach its main. */
  readonly toMain: readonly { readonly from: Address; readonly to: Address }[];
}

/** Who takes part, what each is to become, and what it is now. */
export function previewWorld(input: PreviewInput): PreviewWorld {
  const { desired, planned } = input;
  const steps = changedSteps(planned);
  const live = new Map(input.account.resources.map((resource) => [resource.id, resource]));
  const isLive = (address: Address): boolean => live.has(planned.ids[address] ?? '');
  const scope = previewScope({ desired, steps, isLive, linked: input.linked });
  const refs = new Map(Object.entries(planned.ids).map(([target, id]) => [id, target]));
  const resources = new Map<Address, DesiredResource>();
  const bindings: { [address: string]: Binding } = {};
  for (const [address, resource] of desired.resources) {
    const step = steps.get(address);
    const present = live.get(planned.ids[address] ?? '');
    const wanted = present === undefined ? resource.spec : withStep(resource, step, present, refs);
    const copied = scope.copies.has(address);
    resources.set(address, copied ? copyOf(resource, wanted, input) : stagedAs(resource, wanted));
    const bound = copied ? findCopy(input, resource) : present;
    // What is live now is what was last applied: the comparison then sees the branch's changes and nothing else.
    if (bound !== undefined) bindings[address] = newBinding(bound, { base: bound.config, at: input.at });
  }
  return {
    desired: { ...desired, resources },
    state: { ...input.state, resources: bindings },
    ...scope,
    linkedAsked: input.linked,
    toMain: handoffsToMain(desired, scope),
  };
}

/** What the branch writes, by address; an adoption that changes nothing is none. */
function changedSteps(planned: Planned): ChangedSteps {
  const steps = new Map<string, WriteStep>();
  for (const step of planned.steps) {
    if (step.action === 'delete' || step.action === 'promote' || steps.has(step.address)) continue;
    if (step.action === 'create' || changesLive(step)) steps.set(step.address, step);
  }
  return steps;
}

const NO_EDITS: Pick<EditStep, 'edits' | 'reorder'> = { edits: [], reorder: [] };

/** The live configuration with the step's edits, references by address, masked secrets left out. */
function withStep(
  resource: DesiredResource,
  step: WriteStep | undefined,
  live: RemoteResource,
  refs: ReadonlyMap<string, string>,
): JsonObject {
  const shape = SHAPES[resource.kind];
  const symbolic = withReferences(shape, live.config, refs);
  const { edits, reorder } = step === undefined || step.action === 'create' ? NO_EDITS : step;
  const edited = applyEdits(shape, symbolic, edits);
  const paths = [...edits.map(({ path }) => path), ...reorder];
  return requestBody(shape, orderLike(shape, edited, resource.spec, paths), resource.spec);
}

function stagedAs(resource: DesiredResource, spec: JsonObject): DesiredResource {
  const { kind } = resource;
  const name = spec[KINDS[kind].nameField];
  return {
    ...resource,
    name: typeof name === 'string' ? name : resource.name,
    spec,
    references: referencesOf(resource, spec),
    lifecycle: { preventDestroy: false, ignoreChanges: [], movedFrom: [] },
    promotion: undefined,
  };
}

/**
 * A copy has the preview's mark in its name. A test's copy is in no suite, or a run of that suite would take it along.
 * An assistant's copy has no channels: the platform would provision applications and messaging profiles for them, and
 * those of its original are not shared.
 */
function copyOf(resource: DesiredResource, spec: JsonObject, { id, talk }: PreviewInput): DesiredResource {
  const { nameField } = KINDS[resource.kind];
  const name = { [nameField]: copyName(resource.name, id, resource.key) };
  if (resource.kind === 'test') {
    const { test_suite: _suite, ...rest } = spec;
    return stagedAs(resource, { ...rest, ...name });
  }
  if (resource.kind !== 'assistant') return stagedAs(resource, { ...spec, ...name });
  return stagedAs(resource, { ...detachedAssistant(spec, { talk }), ...name });
}

/** Pointers matter for assistants that the branch creates; their specs are as written. */
function referencesOf(resource: DesiredResource, spec: JsonObject): readonly Reference[] {
  const targets = new Set(referencesIn(SHAPES[resource.kind], spec));
  const kept = resource.references.filter(({ target }) => targets.has(target));
  const known = new Set<string>(kept.map(({ target }) => target));
  const more = [...targets].filter((target): target is RefTarget => isTarget(target) && !known.has(target));
  return [...kept, ...more.map((target) => ({ pointer: '', target }))];
}

function isTarget(text: string): text is RefTarget {
  return parseAddress(text) !== undefined || text.startsWith('integration/');
}

function findCopy({ account, id }: PreviewInput, { kind, key }: DesiredResource): RemoteResource | undefined {
  return account.resources.find((resource) => {
    const mark = resource.kind === kind ? previewOfCopy(resource.name) : undefined;
    return mark?.id === id && mark.key === key;
  });
}
