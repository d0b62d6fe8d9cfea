import { byteLength } from './markdown.ts';

/**
 * Fitting sections into a comment. Every section is worth reading, so the many small ones come before the few large
 * ones when not all fit; they are still shown in their own order.
 */

export interface Section {
  /** Heading under which it is shown. */
  readonly group: string;
  /** What it is about, for saying that it was left out. */
  readonly name: string;
  /** Lower is chosen first, whatever the size. */
  readonly rank: number;
  /** About how large it is; only compared. */
  readonly size: number;
  readonly make: () => string;
}

export interface Chosen {
  readonly text: string;
  /** Names of what did not fit, in the order of the document. */
  readonly left: readonly string[];
}

/** Makes items from the front while they fit, and none beyond. */
export function takeFitting(items: readonly string[], bytes: number): readonly string[] {
  const taken: string[] = [];
  let used = 0;
  for (const item of items) {
    used += byteLength(item) + 2;
    if (used > bytes) break;
    taken.push(item);
  }
  return taken;
}

/**
 * As many sections as fit, by rank and then size, under their headings. `longer` are the same sections at full length:
 * each takes the place of the short one while there is room, so that nothing is cut that need not be.
 */
export function chooseSections(
  sections: readonly Section[],
  bytes: number,
  longer: readonly Section[] = [],
): Chosen {
  const order = sections.toSorted((a, b) => a.rank - b.rank || a.size - b.size);
  const made = new Map<Section, string>();
  const headings = new Set<string>();
  let used = 0;
  for (const section of order) {
    const text = section.make();
    const heading = headings.has(section.group) ? 0 : byteLength(section.group) + 8;
    if (used + heading + byteLength(text) + 2 > bytes) break;
    used += heading + byteLength(text) + 2;
    headings.add(section.group);
    made.set(section, text);
  }
  for (const section of order) {
    const short = made.get(section);
    const long = short === undefined ? undefined : longer[sections.indexOf(section)]?.make();
    if (short === undefined || long === undefined) continue;
    const more = byteLength(long) - byteLength(short);
    if (used + more > bytes) continue;
    used += more;
    made.set(section, long);
  }
  const blocks: string[] = [];
  let group = '';
  for (const section of sections) {
    const text = made.get(section);
    if (text === undefined) continue;
    if (section.group !== group && section.group !== '') blocks.push(`#### ${section.group}`);
    group = section.group;
    blocks.push(text);
  }
  return {
    text: blocks.join('\n\n'),
    left: sections.filter((section) => !made.has(section)).map(({ name }) => name),
  };
}
