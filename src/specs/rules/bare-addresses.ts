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
  return below(spec, ['spec'], false);
}

function below(value: Json, path: readonly string[], isId: boolean): readonly Finding[] {
  if (typeof value === 'string') return isId ? bare(value, path) : [];
  if (isArray(value)) return value.flatMap((item, index) => below(item, [...path, String(index)], isId));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, child]) =>
    FREE.has(name) ? [] : below(child, [...path, name], ID_FIELD.test(name)),
  );
}

function bare(value: string, path: readonly string[]): readonly Finding[] {
  const integration = /^integration\/[\w-]+$/.test(value);
  if (parseAddress(value) === undefined && !integration) return [];
  const message = `${value} is an address, and an id of the API is wanted here`;
  return [problem('REF_BARE', toPointer(path), message, `write { $ref: ${value} }`)];
}
