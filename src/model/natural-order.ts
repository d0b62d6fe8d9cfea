const PARTS = /\d+|\D+/g;

/**
 * The order that a person expects: runs of digits count as numbers, everything else by code unit, so that it is the
 * same on every machine. `desk-2` comes before `desk-10`.
 */
export function compareNaturally(a: string, b: string): number {
  const left = a.match(PARTS) ?? [];
  const right = b.match(PARTS) ?? [];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const found = compareParts(left[index] ?? '', right[index] ?? '');
    if (found !== 0) return found;
  }
  // Equal as numbers and yet not the same text (`1`, `01`): any fixed order will do.
  return left.length - right.length || byCodeUnit(a, b);
}

function compareParts(a: string, b: string): number {
  const first = digitsOf(a);
  const second = digitsOf(b);
  if (first === undefined || second === undefined) return byCodeUnit(a, b);
  return first.length - second.length || byCodeUnit(first, second);
}

/** The number without leading zeros; undefined for other text. */
function digitsOf(part: string): string | undefined {
  return /^\d/.test(part) ? part.replace(/^0+(?=\d)/, '') : undefined;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
