import { isKind, parseAddress, toAddress } from '../../model/address.ts';
import type { DesiredResource } from '../../model/desired.ts';
import { isArray, isObject, type Json, toPointer } from '../../model/json.ts';
import type { Finding } from '../problems/problem.ts';
import { problem, type RuleContext } from './world.ts';

/** Fields that hold ids of the API: the only ones in which an address cannot be meant as a text. */
const ID_FIELD = /(^|_)ids?$/;
/** Below these the names are the user's. */
const FREE = new Set(['dynamic_variables', 'properties', 'metadata', 'headers', 'preset_body_fields']);

/** An address where an id belongs is sent as it is and refused by the API halfway through an apply. */
export function bareAddressRules({ spec }: DesiredResource, world: RuleContext): readonly Finding[] {
  return below(spec, ['spec'], undefined, world);
}

/** `field` is the name of the field of ids that a value stands in. */
function below(
  value: Json,
  path: readonly string[],
  field: string | undefined,
  world: RuleContext,
): readonly Finding[] {
  if (typeof value === 'string') return field === undefined ? [] : bare(value, path, field, world);
  if (isArray(value))
    return value.flatMap((item, index) => below(item, [...path, String(index)], field, world));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, child]) =>
    // A text where a list belongs is an error of the schema, which says what to write.
    FREE.has(name) || (name.endsWith('ids') && typeof child === 'string')
      ? []
      : below(child, [...path, name], ID_FIELD.test(name) ? name : undefined, world),
  );
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
