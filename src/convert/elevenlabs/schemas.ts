/** Schemas of a webhook: a property may be filled by the model, have a fixed value, or hold a variable. */
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Carry } from '../carry.ts';
import { type Cursor, elements, entries, member, rawFlag, rawText } from '../source/cursor.ts';
import { variableName } from '../variables.ts';

export interface SplitSchema {
  /** What the model fills in; undefined when it fills in nothing. */
  readonly schema: JsonObject | undefined;
  readonly presets: JsonObject;
}

export function splitSchema(carry: Carry, at: Cursor | undefined): SplitSchema {
  if (at === undefined) return { schema: undefined, presets: {} };
  const description = carry.text(member(at, 'description'));
  const presets: { [name: string]: Json } = {};
  const properties: { [name: string]: Json } = {};
  const required = new Set(elements(member(at, 'required')).flatMap((each) => carry.text(each) ?? []));
  const declared = member(at, 'properties') ?? (isArray(at.value) || !isSchema(at) ? at : undefined);
  for (const [name, each] of propertyList(declared)) {
    const preset = presetOf(carry, each, name);
    if (preset === undefined) properties[name] = plainSchema(carry, each);
    else presets[name] = preset;
    if (rawFlag(member(each, 'required')) === true) required.add(name);
  }
  const names = [...required].filter((name) => Object.hasOwn(properties, name));
  const hasAny = Object.keys(properties).length > 0;
  carry.ledger.exact(member(at, 'type'));
  const schema = {
    type: 'object',
    ...(description !== undefined && description.trim() !== '' ? { description } : {}),
    properties,
    ...(names.length > 0 ? { required: names } : {}),
  };
  return { schema: hasAny || description !== undefined ? schema : undefined, presets };
}

function isSchema(at: Cursor): boolean {
  return isObject(at.value) && typeof at.value.type === 'string';
}

/** A map by name, or the list that the dashboard exports, with the name as `id`. */
function propertyList(at: Cursor | undefined): readonly (readonly [string, Cursor])[] {
  if (at === undefined) return [];
  if (!isArray(at.value)) return entries(at).filter(([, each]) => isObject(each.value));
  return elements(at).flatMap((each) => {
    const name = rawText(member(each, 'id', 'name', 'identifier'));
    return name === undefined ? [] : [[name, each] as const];
  });
}

function presetOf(carry: Carry, at: Cursor, property: string): Json | undefined {
  const constant = member(at, 'constant_value');
  const dynamic = member(at, 'dynamic_variable');
  const name = rawText(dynamic)?.trim();
  if (name !== undefined && name !== '') {
    carry.ledger.exact(dynamic);
    carry.ledger.frame(at);
    return `{{${variableName(name, carry.platform)}}}`;
  }
  if (constant === undefined || constant.value === '') return undefined;
  const isText = typeof constant.value === 'string';
  const value = isText ? carry.header(property, constant, 'body') : carry.json(constant);
  carry.ledger.frame(at);
  return value;
}

const MARKS = new Set([
  'id',
  'valuetype',
  'dynamicvariable',
  'constantvalue',
  'issystemprovided',
  'isomitted',
  'required',
]);

function plainSchema(carry: Carry, at: Cursor): JsonObject {
  const kept = entries(at).flatMap(([name, each]): readonly (readonly [string, Json])[] => {
    const plain = name.toLowerCase().replace(/[_-]/g, '');
    const isList = plain === 'required' && isArray(each.value);
    if (each.value === null || (MARKS.has(plain) && !isList)) {
      carry.ledger.frame(each);
      return [];
    }
    if (plain === 'properties') {
      const inner = propertyList(each).map(([key, property]) => [key, plainSchema(carry, property)] as const);
      return [[name, Object.fromEntries(inner)]];
    }
    if (plain === 'items' && isObject(each.value)) return [[name, plainSchema(carry, each)]];
    if (plain === 'enum' && isArray(each.value) && each.value.length === 0) return [];
    if (each.value === '') return [];
    const value = carry.json(each);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(kept);
}
