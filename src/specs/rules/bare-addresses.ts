import { parseAddress } from '../../model/address.ts';
import type { DesiredResource } from '../../model/desired.ts';
import { isArray, isObject, type Json, toPointer } from '../../model/json.ts';
import type { Finding } from '../problems/problem.ts';
import { problem } from './world.ts';

/** Fields that hold ids of the API: the only ones in which an address cannot be meant as a text. */
const ID_FIELD = /(^|_)ids?$/;
/** Below these the names are the user's. */
const FREE = new Set(['dynamic_variables', 'properties', 'metadata', 'headers', 'preset_body_fields']);

/** An address where an id belongs is sent as it is and refused by the API halfway through an apply. */
export function bareAddressRules({ spec }: DesiredResource): readonly Finding[] {
  const findings: Finding[] = [];
  look(spec, { path: ['spec'], findings }, false);
  return findings;
}

interface Search {
  /** Path of the value at hand, changed in place. */
  readonly path: string[];
  readonly findings: Finding[];
}

function look(value: Json, search: Search, isId: boolean): void {
  if (typeof value === 'string') {
    if (isId) search.findings.push(...bare(value, search.path));
  } else if (isArray(value)) {
    for (const [index, item] of value.entries()) within(String(index), item, search, isId);
  } else if (isObject(value)) {
    for (const name in value) {
      const child = value[name];
      if (child !== undefined && !FREE.has(name)) within(name, child, search, ID_FIELD.test(name));
    }
  }
}

function within(part: string, value: Json, search: Search, isId: boolean): void {
  if (typeof value !== 'object' && !isId) return;
  search.path.push(part);
  look(value, search, isId);
  search.path.pop();
}

function bare(value: string, path: readonly string[]): readonly Finding[] {
  const integration = /^integration\/[\w-]+$/.test(value);
  if (parseAddress(value) === undefined && !integration) return [];
  const message = `${value} is an address, and an id of the API is wanted here`;
  return [problem('REF_BARE', toPointer(path), message, `write { $ref: ${value} }`)];
}
