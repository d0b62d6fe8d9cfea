/** Where each value of a resolved spec comes from. */
import { hideSecrets } from '../../canonical/canonical.ts';
import { shapeAt } from '../../canonical/edit.ts';
import type { Address } from '../../model/address.ts';
import type { Position } from '../../model/diagnostic.ts';
import type { Explained } from '../../model/explained.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import {
  fromPointer,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  type Path,
  toPointer,
} from '../../model/json.ts';
import type { Shape } from '../../model/shape.ts';
import { createInclude } from '../documents/include.ts';
import { writtenPath } from '../documents/keyed-path.ts';
import { type Layer, layerAt } from '../documents/layers.ts';
import { locateIn } from '../documents/locate.ts';
import { PROJECT_FILE, positionsInProject } from '../project/project.ts';
import { variablesIn } from '../write/restore-variables.ts';
import type { OpenSpecs } from './load.ts';

/**
 * Every value at or below a pointer with its origin; defaults of the API only for what the pointer names.
 * Undefined when the specs have no such resource; empty when there is neither a value nor a default.
 */
export function explainSpec(
  specs: OpenSpecs,
  address: Address,
  pointer: string,
): readonly Explained[] | undefined {
  const resource = specs.resolved.resources.get(address);
  const layers = specs.resolved.layers.get(address);
  if (resource === undefined || layers === undefined) return undefined;
  const shape = SHAPES[resource.kind];
  const wanted = fromPointer(pointer);
  const found = writtenPath(shape, resource.spec, wanted);
  if (found.length < wanted.length) {
    const at = [...found, ...wanted.slice(found.length)];
    return defaultsOf(staticShape(shape, at), at);
  }
  const explaining: Explaining = { specs, address, layers, shape, spec: resource.spec };
  return leavesOf(at(resource.spec, found), found).map((path) => explainValue(explaining, path));
}

interface Explaining {
  readonly specs: OpenSpecs;
  readonly address: Address;
  readonly layers: readonly Layer[];
  readonly shape: Shape;
  readonly spec: JsonObject;
}

function explainValue({ specs, address, layers, shape, spec }: Explaining, path: Path): Explained {
  const value = at(spec, path) ?? null;
  const shown = hideSecrets(shapeAt(shape, spec, path), value, path);
  const layer = layerAt(layers, path);
  const own = layers.at(-1)?.document;
  if (layer === undefined || own === undefined)
    return { pointer: toPointer(path), value: shown, origin: null };
  const { folder, project } = specs;
  const position = locateIn(layer.document, [], toPointer([...layer.prefix, ...path]), folder.locate);
  const raw = at(layer.value, path);
  const included = isObject(raw) && typeof raw.$file === 'string' ? raw.$file : undefined;
  const read =
    included === undefined ? undefined : createInclude(project.root)(layer.document.source.file, included);
  const text = typeof raw === 'string' ? raw : read !== undefined && 'text' in read ? read.text : '';
  const { name, variables } = project.environment;
  return {
    pointer: toPointer(path),
    value: shown,
    origin: {
      source: layer.document !== own ? 'base' : layer.overlay === undefined ? 'spec' : 'overlay',
      position,
      ...(layer.document.address === address ? {} : { base: layer.document.address }),
      ...(layer.overlay === undefined ? {} : { overlay: layer.overlay }),
      ...(read !== undefined && 'file' in read ? { text_file: read.file } : {}),
      variables: variablesIn(text, variables).map((variable) => ({
        name: variable,
        value: variables[variable] ?? '',
        position: variablePosition(project.root, name, variable),
      })),
    },
  };
}

function variablePosition(root: string, environment: string, name: string): Position {
  const [position] = positionsInProject(root, [['environments', environment, 'variables', name]]);
  return position ?? { file: PROJECT_FILE, line: 1, column: 1 };
}

/** Paths of the values that have one origin: scalars, references, empty collections. */
function leavesOf(value: Json | undefined, path: Path): readonly Path[] {
  if (isArray(value) && value.length > 0)
    return value.flatMap((item, index) => leavesOf(item, [...path, String(index)]));
  if (isObject(value) && Object.keys(value).length > 0 && typeof value.$ref !== 'string')
    return Object.entries(value).flatMap(([name, entry]) => leavesOf(entry, [...path, name]));
  return [path];
}

/** The documented defaults at or below a place that no document writes. */
function defaultsOf(shape: Shape | undefined, path: Path): readonly Explained[] {
  if (shape === undefined) return [];
  if (shape.t === 'object') {
    return Object.entries(shape.fields).flatMap(([name, field]) => defaultsOf(field, [...path, name]));
  }
  if ((shape.t !== 'scalar' && shape.t !== 'opaque') || shape.default === undefined) return [];
  const origin = { source: 'api_default' as const, variables: [] };
  return [{ pointer: toPointer(path), value: shape.default, origin }];
}

/** The shape at a path, whether there is a value or not. */
function staticShape(shape: Shape, path: Path): Shape | undefined {
  let result: Shape | undefined = shape;
  for (const part of path) {
    if (result?.t === 'list') result = result.item;
    else if (result?.t === 'object')
      result = Object.hasOwn(result.fields, part) ? result.fields[part] : undefined;
    else return undefined;
  }
  return result;
}

function at(value: Json, path: Path): Json | undefined {
  let result: Json | undefined = value;
  for (const part of path) {
    if (isArray(result)) result = result[Number(part)];
    else result = isObject(result) && Object.hasOwn(result, part) ? result[part] : undefined;
  }
  return result;
}
