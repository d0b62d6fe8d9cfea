import { type Address, parseAddress } from '../../model/address.ts';
import type { SpecCode } from '../../model/codes/spec-codes.ts';
import type { DesiredResource } from '../../model/desired.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Finding } from '../problems/problem.ts';

/** One environment as the rules see it. Specs may break the schema: rules look before they use a value. */
export interface RuleContext {
  readonly resources: ReadonlyMap<Address, DesiredResource>;
  /** Addresses that exist in other environments only. */
  readonly elsewhere: ReadonlySet<Address>;
  /** Documents that others build upon and that are no resources themselves. */
  readonly abstract: ReadonlySet<Address>;
  /** Keys of documents that could not be read. */
  readonly broken: ReadonlySet<string>;
  /** Whether values outside of the catalogues are reported at all. */
  readonly unknownFields: 'error' | 'allow';
  /** Hooks of the project file; undefined where it is not known. */
  readonly hooks?: readonly string[];
}

/** A rule looks at one resource, knowing all others. */
export type Rule = (resource: DesiredResource, world: RuleContext) => readonly Finding[];

export function problem(code: SpecCode, pointer: string, message: string, hint?: string): Finding {
  return { severity: 'error', code, pointer, message, ...(hint === undefined ? {} : { hint }) };
}

export function warning(code: SpecCode, pointer: string, message: string, hint?: string): Finding {
  return { ...problem(code, pointer, message, hint), severity: 'warning' };
}

/** The objects of a list, each with its index; nothing when the value is no list. */
export function objectsOf(value: Json | undefined): readonly (readonly [number, JsonObject])[] {
  if (!isArray(value)) return [];
  return value.flatMap((item, index) => (isObject(item) ? [[index, item] as const] : []));
}

export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The resource that a `{ $ref }` names in this environment. */
export function referenced(value: Json | undefined, world: RuleContext): DesiredResource | undefined {
  const target = isObject(value) ? value.$ref : undefined;
  if (typeof target !== 'string') return undefined;
  const address = parseAddress(target)?.address;
  return address === undefined ? undefined : world.resources.get(address);
}
