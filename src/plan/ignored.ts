import type { DesiredResource } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { fromPointer, type JsonObject, jsonEqual } from '../model/json.ts';
import { compare } from './compare.ts';
import { managed } from './create.ts';

/**
 * Remarks on fields under `lifecycle.ignore_changes` where Git and live differ: an edit of such a field in Git is
 * never applied.
 */
export function ignoredDifferences(
  resource: DesiredResource,
  {
    live,
    base,
    readById,
  }: { readonly live: JsonObject; readonly base: JsonObject | null; readonly readById: boolean },
): { readonly ignored?: Diagnostic } {
  const { address, kind, lifecycle, position, spec } = resource;
  if (lifecycle.ignoreChanges.length === 0) return {};
  const differing = (desired: JsonObject, present: JsonObject): readonly string[] => {
    const sides = { shape: SHAPES[kind], desired, live: present, base: null, foreign: [] };
    return compare(sides, { drift: 'report', take: null }).fields.map(({ path }) => path);
  };
  const seen = new Set(differing(managed(resource, spec), managed(resource, live)));
  const hidden = differing(spec, live).filter((path) => {
    // Where the list left a field out, what the base has of it stands there: without what is ignored.
    const [name = ''] = fromPointer(path);
    const value = live[name];
    const isListed = value !== undefined && value !== null && !jsonEqual(value, base?.[name] ?? null);
    return !seen.has(path) && (readById || isListed);
  });
  if (hidden.length === 0) return {};
  const fields = hidden.length === 1 ? 'a field differs' : `${hidden.length} fields differ`;
  return {
    ignored: {
      severity: 'info',
      code: 'IGNORED_DIFFERENCE',
      message: `${fields} between ${address} and the account and ${hidden.length === 1 ? 'is' : 'are'} ignored by lifecycle.ignore_changes: ${hidden.join(', ')}`,
      address,
      position,
      hint: 'take the pointer out of ignore_changes to bring what Git says into effect',
    },
  };
}
