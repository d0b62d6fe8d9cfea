import type { Position } from '../../model/diagnostic.ts';
import { fromPointer } from '../../model/json.ts';
import type { Located } from '../yaml/yaml-locate.ts';
import type { SpecDocument } from './documents.ts';
import { type Layer, pathInLayers, sourceOf } from './layers.ts';
import { type Locate, positionAt, type SourceFile } from './source.ts';

interface Place {
  readonly source: SourceFile;
  readonly located: Located;
  /** How much of the path below the layer's own start was found. */
  readonly depth: number;
}

/**
 * Where a pointer into a document was written. What an overlay or a base wrote is found there, the rest in the
 * document itself; the closest ancestor stands in for what was not written at all.
 */
export function locateIn(
  document: SpecDocument,
  layers: readonly Layer[],
  pointer: string,
  locate: Locate,
  aim: { readonly at?: 'key' | 'value' | undefined; readonly excerpt?: string | undefined } = {},
): Position {
  const path = fromPointer(pointer);
  const place =
    path[0] === 'spec' && layers.length > 0
      ? placeInLayers(layers, path.slice(1), locate)
      : placeOf(document, path, 0, locate);
  if (place === undefined) return document.position;
  const { source, located } = place;
  let offset = aim.at === 'key' ? located.keyOffset : located.start;
  if (aim.excerpt !== undefined) {
    const found = source.text.indexOf(aim.excerpt, located.start);
    if (found >= 0 && found < located.end) offset = found;
  }
  if (offset === located.start && located.depth === 0) return document.position;
  return positionAt(source, offset);
}

function placeOf(
  { source, index }: Pick<SpecDocument, 'source' | 'index'>,
  path: readonly string[],
  skipped: number,
  locate: Locate,
): Place | undefined {
  const located = locate(source, index, path);
  return located && { source, located, depth: located.depth - skipped };
}

/** The highest layer that has it all or replaced what is above it; else the one that comes closest. */
function placeInLayers(layers: readonly Layer[], path: readonly string[], locate: Locate): Place | undefined {
  let closest: Place | undefined;
  const own = layers.at(-1)?.document;
  const pathIn = pathInLayers(layers, path);
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const layer = layers[index];
    const inside = pathIn(index);
    if (layer === undefined || inside === undefined) continue;
    const written = sourceOf(layer, inside.path);
    const place = placeOf(written, written.path, written.skipped, locate);
    if (place === undefined) continue;
    const whole = place.depth === inside.path.length;
    const replaced = !place.located.mapping && place.depth > 0;
    if (whole || replaced) return place;
    // Of equals the document's own spec is where a reader looks first.
    const preferred = layer.document === own && layer.overlay === undefined;
    if (closest === undefined || place.depth > closest.depth || (preferred && place.depth === closest.depth))
      closest = place;
  }
  return closest;
}
