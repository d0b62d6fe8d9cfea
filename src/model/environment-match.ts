/** How documents and the command line name environments: by name, by group, by a pattern with `*` and `?`. */

export interface EnvironmentIdentity {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What an entry names an environment by; the order is that in which overlays apply. */
export const MATCH_ORDER = ['pattern', 'group', 'name'] as const;

export type EnvironmentMatch = (typeof MATCH_ORDER)[number];

/** Undefined when the entry does not mean the environment. */
export function environmentMatch(
  entry: string,
  { name, groups }: EnvironmentIdentity,
): EnvironmentMatch | undefined {
  if (entry === name) return 'name';
  if (groups.includes(entry)) return 'group';
  return isPattern(entry) && matchesGlob(entry, name) ? 'pattern' : undefined;
}

export function isPattern(entry: string): boolean {
  return /[*?]/.test(entry);
}

/** `*` stands for any characters, `?` for one; upper and lower case differ. */
export function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, (character) =>
    character === '*' ? '.*' : character === '?' ? '.' : `\\${character}`,
  );
  return new RegExp(`^${source}$`, 's').test(text);
}
