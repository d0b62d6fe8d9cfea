/** Where a value of a spec stands: what its shape is, or that no shape says. */
import type { Shape } from '../../model/shape.ts';

/** `unknown`: a field the schema does not know; `free`: JSON of the user's in which only variables count. */
export type SpecPlace = Shape | 'unknown' | 'free';

/** The place of a member of an object that stands at a place. */
export function memberPlace(place: SpecPlace, key: string): SpecPlace {
  if (typeof place === 'string') return place;
  if (place.t === 'list' && place.otherwise !== undefined) return memberPlace(place.otherwise, key);
  if (place.t !== 'object') return inside(place);
  const field = Object.hasOwn(place.fields, key) ? place.fields[key] : undefined;
  return field ?? (isParameterSchema(place) ? 'free' : 'unknown');
}

/** The place of the items of a list that stands at a place. */
export function itemPlace(place: SpecPlace): SpecPlace {
  if (typeof place === 'string') return place;
  return place.t === 'list' ? place.item : inside(place);
}

/** Where a text or another scalar stands, so that an included file is a text. */
export function takesText(place: SpecPlace): boolean {
  return typeof place !== 'string' && place.t === 'scalar';
}

/** Where an included file must hold a mapping or a list. */
export function takesValueAlone(place: SpecPlace): boolean {
  if (typeof place === 'string') return false;
  if (place.t === 'list') return place.otherwise === undefined;
  return place.t === 'object' || place.t === 'map' || (place.t === 'opaque' && place.jsonText !== true);
}

/** A tool's JSON Schema: the one object shape whose `properties` are the user's. */
export function isParameterSchema(place: SpecPlace): boolean {
  return typeof place !== 'string' && place.t === 'object' && place.fields.properties?.t === 'map';
}

function inside(place: Shape): SpecPlace {
  return place.t === 'map' || place.t === 'opaque' ? 'free' : 'unknown';
}
