import type { Kind } from './address.ts';
import { matchesGlob } from './environment-match.ts';

/** A live resource as far as `ignore_live` names one. */
export interface NamedLive {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
}

/** True for a resource that `ignore_live` names by its id, its name or `kind/name`, with `*` and `?`. */
export function isIgnoredLive(patterns: readonly string[], { kind, id, name }: NamedLive): boolean {
  return patterns.some((pattern) =>
    [id, name, `${kind}/${name}`, `${kind}/${id}`].some((text) => matchesGlob(pattern, text)),
  );
}
