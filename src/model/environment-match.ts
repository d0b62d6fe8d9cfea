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

export interface SelectableEnvironment extends EnvironmentIdentity {
  readonly target: 'emulator' | 'api';
}

/** Every environment with an account. */
const ALL = 'all';

/** True for a text that cannot be the name of one environment alone. */
export function namesSeveral(text: string): boolean {
  return text.includes(',') || isPattern(text) || text === ALL;
}

/** What a list of names, groups and patterns with commas means, in the order of the project file. */
export interface EnvironmentSelection {
  readonly names: readonly string[];
  /** Entries that mean nothing. */
  readonly unknown: readonly string[];
  /** Patterns, and `all` where it is no name. */
  readonly patterns: readonly string[];
}

/**
 * An environment that runs on the embedded API has no account: `all` leaves it out, unless the project has no other.
 */
export function selectEnvironments(
  text: string,
  environments: readonly SelectableEnvironment[],
): EnvironmentSelection {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const isAll = (entry: string): boolean =>
    entry === ALL && environments.every((each) => environmentMatch(entry, each) === undefined);
  const accounts = environments.filter(({ target }) => target === 'api');
  const everything = accounts.length > 0 ? accounts : environments;
  const meant = (entry: string): readonly SelectableEnvironment[] =>
    isAll(entry) ? everything : environments.filter((each) => environmentMatch(entry, each) !== undefined);
  const chosen = new Set(entries.flatMap((entry) => meant(entry).map(({ name }) => name)));
  return {
    names: environments.map(({ name }) => name).filter((name) => chosen.has(name)),
    unknown: entries.filter((entry) => meant(entry).length === 0),
    patterns: entries.filter((entry) => isPattern(entry) || isAll(entry)),
  };
}
