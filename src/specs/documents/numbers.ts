/**
 * Unquoted numbers in maps of the user's own: the API gets what YAML makes of them, and `02134`, `+13125550100` or
 * `1.10` would come out as other texts than were written.
 */
import type { Kind } from '../../model/address.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import type { Path } from '../../model/json.ts';
import type { ReshapedNumber } from '../yaml/yaml-value.ts';
import { type Layer, sourceOf } from './layers.ts';
import { type Locate, positionAt } from './source.ts';
import { isParameterSchema, itemPlace, memberPlace, type SpecPlace } from './spec-place.ts';

/** Such numbers in the layers of one document. */
export function numberDiagnostics(
  kind: Kind,
  layers: readonly Layer[],
  locate: Locate,
): readonly Diagnostic[] {
  const holding = layers.filter(({ document, mounts }) => document.reshaped.length + mounts.length > 0);
  return holding.flatMap((layer) => {
    const { document, prefix, mounts } = layer;
    const own = document.reshaped.flatMap((number) =>
      prefix.every((part, at) => number.path[at] === part)
        ? [{ ...number, path: number.path.slice(prefix.length) }]
        : [],
    );
    const included = mounts.flatMap(({ path, reshaped }) =>
      reshaped.map((number) => ({ ...number, path: [...path, ...number.path] })),
    );
    return [...own, ...included].flatMap((number) => {
      if (!isChanged(number, SHAPES[kind])) return [];
      const at = sourceOf(layer, number.path);
      const located = locate(at.source, at.index, at.path);
      const { written, value } = number;
      return [
        {
          severity: 'error' as const,
          code: 'YAML_NUMBER',
          message: `${written} without quotes is the number ${value}`,
          address: document.address,
          hint: `write "${written}" for the text, or ${value} for the number`,
          position: positionAt(at.source, located?.start ?? 0),
        },
      ];
    });
  });
}

/** Forms that nobody writes for a number: a plus, leading zeros, hexadecimal and octal digits. */
const TEXT_LIKE = /^(\+|-?0\d|0[xo])/i;

function isChanged({ path, written }: ReshapedNumber, shape: SpecPlace): boolean {
  const values = valuesAt(shape, path);
  return values === 'texts' || (values === 'schema' && TEXT_LIKE.test(written));
}

/** What the user's own JSON at a path is: values that are sent as they are, or a schema in which `1.0` is a number. */
function valuesAt(shape: SpecPlace, path: Path): 'texts' | 'schema' | undefined {
  let place = shape;
  for (const part of path) {
    if (typeof place === 'string') break;
    if (place.t === 'map') return 'texts';
    if (place.t === 'opaque' || isParameterSchema(place)) return 'schema';
    if (part === '$append') continue;
    place = place.t === 'list' && /^\d+$/.test(part) ? itemPlace(place) : memberPlace(place, part);
  }
  return undefined;
}
