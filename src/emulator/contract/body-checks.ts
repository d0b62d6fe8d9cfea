import { SHAPES } from '../../model/generated/shapes.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Shape } from '../../model/shape.ts';
import { acceptedPart } from './accepted-part.ts';
import type { BodyOperation, EmulatedWorld } from './contract.ts';
import { badRequest, invalid, type ValidationIssue } from './errors.ts';
import type { FieldRule, FieldRules } from './field-table.ts';
import { without } from './fields.ts';
import { inOwnForm } from './own-form.ts';

type Loc = readonly (string | number)[];

const TYPE_NAMES = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  array: 'list',
  object: 'dictionary',
  any: 'value',
} as const;

function hasType(value: Json, type: FieldRule['type']): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'array':
      return isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      return type satisfies never;
  }
}

/** Strings and arrays are measured by their length (in code points for strings), numbers by their value. */
function measure(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return [...value].length;
  return isArray(value) ? value.length : undefined;
}

function* checkValue(value: Json, rule: FieldRule, loc: Loc): Generator<ValidationIssue> {
  if (value === null && rule.nullable === true) return;
  if (!hasType(value, rule.type)) {
    yield { loc, msg: `Input should be a valid ${TYPE_NAMES[rule.type]}`, type: `${rule.type}_type` };
    return;
  }
  const size = measure(value);
  if (size !== undefined && rule.min !== undefined && size < rule.min) {
    yield { loc, msg: `Input should be at least ${rule.min}`, type: 'too_small' };
  }
  if (size !== undefined && rule.max !== undefined && size > rule.max) {
    yield { loc, msg: `Input should be at most ${rule.max}`, type: 'too_large' };
  }
  if (rule.oneOf !== undefined && typeof value === 'string' && !rule.oneOf.includes(value)) {
    yield { loc, msg: `Input should be one of ${rule.oneOf.join(', ')}`, type: 'enum' };
  }
  if (rule.fields !== undefined && isObject(value)) yield* checkObject(value, rule.fields, loc, true);
}

function* checkObject(
  body: JsonObject,
  rules: FieldRules,
  loc: Loc,
  whole: boolean,
): Generator<ValidationIssue> {
  for (const [name, rule] of Object.entries(rules)) {
    const value = body[name];
    if (value !== undefined) yield* checkValue(value, rule, [...loc, name]);
    else if (whole && rule.required === true)
      yield { loc: [...loc, name], msg: 'Field required', type: 'missing' };
  }
}

type Shapes = { readonly [name: string]: Shape };

/** The kind that an operation is about. */
function kindOf(operation: BodyOperation): keyof typeof SHAPES {
  switch (operation) {
    case 'assistant.create':
    case 'assistant.update':
      return 'assistant';
    case 'tool.create':
    case 'tool.update':
      return 'tool';
    case 'mcp_server.create':
    case 'mcp_server.update':
      return 'mcp_server';
    case 'test.create':
    case 'test.update':
      return 'test';
    case 'insight.create':
    case 'insight.update':
      return 'insight';
    case 'insight_group.create':
    case 'insight_group.update':
      return 'insight_group';
    default:
      return operation satisfies never;
  }
}

interface Prepared {
  readonly body: JsonObject;
  /** Slash paths that an explicit null cleared. */
  readonly cleared: readonly string[];
}

/** Walks the known part of a body and applies the null and unknown-field readings to it. */
function prepare(
  world: EmulatedWorld,
  body: JsonObject,
  rules: FieldRules,
  shapes: Shapes,
  path: string,
  issues: ValidationIssue[],
): Prepared {
  const { nullHandling, unknownFields } = world.quirks;
  const dropping = { unknown: unknownFields === 'ignore', nulls: nullHandling === 'ignore' };
  const kept: { [key: string]: Json } = {};
  const cleared: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    const loc = ['body', ...`${path}${name}`.split('/')];
    if (rule === undefined) {
      // A tool of a type that nobody knew yesterday has its settings below the name of the type.
      if (unknownFields === 'store' || name === body.type) kept[name] = value;
      else if (unknownFields === 'reject')
        issues.push({ loc, msg: 'Extra inputs are not permitted', type: 'extra_forbidden' });
    } else if (value === null && rule.nullable !== true) {
      if (nullHandling === 'clear') cleared.push(`${path}${name}`);
      else if (nullHandling === 'reject')
        issues.push({ loc, msg: 'Input should not be null', type: 'none_forbidden' });
    } else if (isObject(value) && rule.fields !== undefined) {
      const inner = prepare(
        world,
        value,
        rule.fields,
        shape?.t === 'object' ? shape.fields : {},
        `${path}${name}/`,
        issues,
      );
      kept[name] = inner.body;
      cleared.push(...inner.cleared);
    } else kept[name] = shape === undefined ? value : acceptedPart(value, shape, dropping);
  }
  return { body: kept, cleared };
}

const FREE_TEXT = new Set([
  'name',
  'instructions',
  'greeting',
  'description',
  'message',
  'content',
  'criteria',
  'prompt',
]);

function trimmed(value: Json, name: string): Json {
  if (typeof value === 'string') return FREE_TEXT.has(name) ? value.trim() : value;
  if (isArray(value)) return value.map((item) => trimmed(item, name));
  if (!isObject(value) || name === 'dynamic_variables') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, trimmed(inner, key)]));
}

/**
 * Turns a request body into what is stored: refuses wrong types and limits with one 422 that lists them all,
 * drops or refuses unknown fields and nulls as the quirks say. A `whole` body must have the required fields; a
 * `partial` one updates what is stored.
 */
export function acceptBody(
  world: EmulatedWorld,
  operation: BodyOperation,
  body: JsonObject,
  rules: FieldRules,
  extent: 'whole' | 'partial',
): Prepared {
  if (Object.hasOwn(nonArray(body.delegation_settings ?? null), 'api_key')) {
    throw badRequest('A raw api_key is refused; use llm_api_key_ref.', '/delegation_settings/api_key');
  }
  const issues: ValidationIssue[] = [];
  const prepared = prepare(world, body, rules, SHAPES[kindOf(operation)].fields, '', issues);
  issues.push(...checkObject(prepared.body, rules, ['body'], extent === 'whole'));
  if (issues.length === 0) issues.push(...validated(world, operation, prepared.body));
  if (issues.length > 0) throw invalid(issues);
  const { trimStrings, ownForm } = world.quirks;
  const kept = trimStrings ? nonArray(trimmed(prepared.body, '')) : prepared.body;
  return { ...prepared, body: ownForm.length === 0 ? kept : inOwnForm(ownForm, kept) };
}

/** What the injected validator adds to the checks above. */
function validated(
  world: EmulatedWorld,
  operation: BodyOperation,
  body: JsonObject,
): readonly ValidationIssue[] {
  const found = world.validateBody?.(operation, body) ?? [];
  return found.map((issue) => ({ ...issue, loc: ['body', ...issue.loc] }));
}

/** A body without its read-only fields; where unknown fields are refused, these are refused as well. */
export function withoutReadOnly(
  world: EmulatedWorld,
  body: JsonObject,
  names: readonly string[],
): JsonObject {
  return world.quirks.unknownFields === 'reject' ? body : without(body, ...names);
}

function nonArray(value: Json): JsonObject {
  return isObject(value) ? value : {};
}
