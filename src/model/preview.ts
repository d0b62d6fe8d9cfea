/**
 * Names of what a preview makes. A preview has no record: its resources are recognised by their names, so that every
 * machine with a key finds them. A candidate version is named `<commit> preview:<id> <digest8>`. A temporary copy has
 * the name of its resource and ` [preview:<id>/<key>]` at the end.
 */

/** Longest id: a version name has 50 characters, and commit, digest and mark take the rest. */
const LONGEST_ID = 25;
const ID = `[A-Za-z0-9][A-Za-z0-9._-]{0,${LONGEST_ID - 1}}`;
const ID_PATTERN = new RegExp(`^${ID}$`);
const VERSION_PATTERN = new RegExp(`(?:^| )preview:(${ID}) [0-9a-f]{8}$`);
const COPY_PATTERN = new RegExp(` \\[preview:(${ID})/([a-z0-9][a-z0-9-]*)\\]$`);

/** Names of tests have at most this many characters; source: the public OpenAPI document. */
const LONGEST_NAME = 255;

export function isPreviewId(text: string): boolean {
  return ID_PATTERN.test(text);
}

/**
 * First words of the names of a preview's candidate versions; a space and the digest follow. The `+` of a tree with
 * uncommitted changes takes the place of the last digit of the commit beside the longest id.
 */
export function previewPrefix(
  git: { readonly commit: string; readonly dirty: boolean } | null,
  id: string,
): string {
  if (git === null) return `nogit preview:${id}`;
  const digits = git.dirty && id.length === LONGEST_ID ? 6 : 7;
  return `${git.commit.slice(0, digits)}${git.dirty ? '+' : ''} preview:${id}`;
}

/** The preview that a version was staged for; undefined when it is no preview's. */
export function previewOfVersion(versionName: string | undefined): string | undefined {
  return VERSION_PATTERN.exec(versionName ?? '')?.[1];
}

/** The name of a preview's temporary copy; a long name is cut so that the mark fits. */
export function copyName(name: string, id: string, key: string): string {
  const mark = ` [preview:${id}/${key}]`;
  return `${[...name].slice(0, Math.max(1, LONGEST_NAME - mark.length)).join('')}${mark}`;
}

/** The preview and the key that a temporary copy stands for; undefined when it is none. */
export function previewOfCopy(name: string): { readonly id: string; readonly key: string } | undefined {
  const [, id, key] = COPY_PATTERN.exec(name) ?? [];
  return id === undefined || key === undefined ? undefined : { id, key };
}

/**
 * Whether a version of this name may be the candidate of the other name: same digest, and of the same preview or of
 * none. A preview's version comes and goes with its branch, so nobody else builds on it.
 */
export function namesCandidate(found: string | undefined, wanted: string): boolean {
  if (found === undefined || previewOfVersion(found) !== previewOfVersion(wanted)) return false;
  return found.endsWith(wanted.slice(wanted.lastIndexOf(' ')));
}
