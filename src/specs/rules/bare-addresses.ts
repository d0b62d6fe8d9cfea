import { isKind, parseAddress, toAddress } from '../../model/address.ts';
import type { DesiredResource } from '../../model/desired.ts';
import { isArray, isObject, type Json, toPointer } from '../../model/json.ts';
import type { Finding } from '../problems/problem.ts';
import { problem, type RuleContext } from './world.ts';

/** Fields that hold ids of the API. In these alone an address is a mistake; elsewhere it may be a text. */
const ID_FIELD = /(^|_)ids?$/;
/** Below these the names are the user's. */
const FREE = new Set(['dynamic_variables', 'properties', 'metadata', 'headers', 'preset_body_fields']);

/** An address where an id belongs is sent as it is and refused by the API halfway through an apply. */
export function bareAddressRules({ spec }: DesiredResource, world: RuleContext): readonly Finding[] {
  const findings: Finding[] = [];
  look(spec, undefined, { path: ['spec'], findings, world });
  return findings;
}

interface Search {
  /** Path of the value at hand, changed in place. */
  readonly path: string[];
  readonly findings: Finding[];
  readonly world: RuleContext;
}

/** `field` is the name of the field of ids that a value stands in. */
function look(value: Json, field: string | undefined, search: Search): void {
  if (typeof value === 'string') {
    if (field !== undefined) search.findings.push(...bare(value, search.path, field, search.world));
  } else if (isArray(value)) {
    for (const [index, item] of value.entries()) within(String(index), item, field, search);
  } else if (isObject(value)) {
    for (const name in value) {
      const child = value[name];
      // A text where a list belongs is an error of the schema, which says what to write.
      const other = FREE.has(name) || (name.endsWith('ids') && typeof child === 'string');
      if (child !== undefined && !other) within(name, child, ID_FIELD.test(name) ? name : undefined, search);
    }
  }
}

function within(part: string, value: Json, field: string | undefined, search: Search): void {
  if (typeof value !== 'object' && field === undefined) return;
  search.path.push(part);
  look(value, field, search);
  search.path.pop();
}

function bare(
  value: string,
  path: readonly string[],
  field: string,
  { resources }: RuleContext,
): readonly Finding[] {
  const kind = field.replace(/_ids?$/, '').replace(/^shared_/, '');
  if (isKind(kind) && resources.has(toAddress(kind, value))) {
    const message = `${value} is the key of ${kind}/${value}, and an id of the API is wanted here`;
    return [problem('REF_BARE', toPointer(path), message, `write { $ref: ${kind}/${value} }`)];
  }
  const integration = /^integration\/[\w-]+$/.test(value);
  if (parseAddress(value) === undefined && !integration) return [];
  const message = `${value} is an address, and an id of the API is wanted here`;
  return [problem('REF_BARE', toPointer(path), message, `write { $ref: ${value} }`)];
}
