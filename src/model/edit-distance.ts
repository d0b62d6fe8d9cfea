/**
 * Edits (insert, delete, replace, swap of neighbours) between two words. From `limit` edits on they are not counted
 * any further, and the answer is some number that is no smaller.
 */
export function editDistance(left: string, right: string, limit = Number.POSITIVE_INFINITY): number {
  // What both begin and end with costs no edit, and most words that are compared have much in common.
  const most = Math.min(left.length, right.length);
  let start = 0;
  while (start < most && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < most - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  return distance(left.slice(start, left.length - end), right.slice(start, right.length - end), limit);
}

function distance(a: string, b: string, limit: number): number {
  if (a === '' || b === '') return a.length + b.length;
  let beforeLast: number[] = [];
  let leastBefore = 0;
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
      if (best < least) least = best;
    }
    // Every later row is made of these two, and no step takes an edit back.
    if (least >= limit && leastBefore >= limit) return limit;
    leastBefore = least;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
