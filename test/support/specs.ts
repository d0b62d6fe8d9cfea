import { refTarget } from '../../src/canonical/keys.ts';
import { fittingShape } from '../../src/canonical/walk.ts';
import { type Address, type Kind, parseAddress, type RefTarget } from '../../src/model/address.ts';
import type { DesiredResource, DesiredState, Lifecycle, Reference } from '../../src/model/desired.ts';
import { SHAPES } from '../../src/model/generated/shapes.ts';
import { isArray, isObject, type Json, type JsonObject, type Path, toPointer } from '../../src/model/json.ts';
import { KINDS } from '../../src/model/kinds.ts';
import type { Shape } from '../../src/model/shape.ts';

export type Specs = { readonly [address: string]: JsonObject };

function referencesOf(shape: Shape, value: Json, path: Path): readonly Reference[] {
  const target = refTarget(value);
  const fitting = fittingShape(shape, value);
  if (target !== undefined && fitting.t === 'scalar') {
    return fitting.ref === undefined ? [] : [{ pointer: toPointer(path), target: target as RefTarget }];
  }
  if (fitting.t === 'list' && isArray(value)) {
    return value.flatMap((item, index) => referencesOf(fitting.item, item, [...path, String(index)]));
  }
  if (fitting.t !== 'object' || !isObject(value)) return [];
  return Object.entries(value).flatMap(([name, entry]) => {
    const shapeOfField = fitting.fields[name];
    return shapeOfField === undefined ? [] : referencesOf(shapeOfField, entry, [...path, name]);
  });
}

/** One resource as the specs loader would give it. */
export function desiredResource(
  address: string,
  spec: JsonObject,
  lifecycle: Partial<Lifecycle> = {},
  promotion: JsonObject | undefined = undefined,
): DesiredResource {
  const parsed = parseAddress(address);
  if (parsed === undefined) throw new Error(`not an address: ${address}`);
  const kind: Kind = parsed.kind;
  return {
    address: parsed.address,
    kind,
    key: parsed.key,
    name: String(spec[KINDS[kind].nameField]),
    spec,
    references: referencesOf(SHAPES[kind], spec, []),
    lifecycle: { preventDestroy: false, ignoreChanges: [], movedFrom: [], ...lifecycle },
    promotion,
    position: { file: `assistants/${parsed.key}.yaml`, line: 1, column: 1 },
  };
}

/** A desired state from plain specs by address. */
export function desiredState(
  specs: Specs,
  lifecycles: { readonly [address: string]: Partial<Lifecycle> } = {},
  promotions: { readonly [address: string]: JsonObject } = {},
): DesiredState {
  const resources = new Map<Address, DesiredResource>();
  for (const [address, spec] of Object.entries(specs)) {
    const resource = desiredResource(address, spec, lifecycles[address], promotions[address]);
    resources.set(resource.address, resource);
  }
  return {
    resources,
    diagnostics: [],
    documents: resources.size,
    elsewhere: new Set(),
    locate: () => undefined,
  };
}
