// Published schemas stand alone: an editor that is given one file needs no other.
import { refNames } from './sources.mjs';

/** One document's schema with every definition that it reaches. */
export function bundle({ defs, documents }, name) {
  const reached = new Set();
  const queue = [...refNames(documents[name])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    queue.push(...refNames(defs[next]));
  }
  const $defs = Object.fromEntries([...reached].sort().map((each) => [each, defs[each]]));
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...documents[name], $defs };
}
