/**
 * Keys for resources that came from an account. A key is what a person would have chosen from the name; twins get
 * a word that tells them apart, then a number, never an id. The same account gives the same keys whatever the
 * order in which the API lists it.
 */
import type { RemoteResource } from '../model/remote.ts';

const LONGEST = 60;

/** Names that Windows gives to devices, whatever the extension. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** `Straße & Café` → `strasse-cafe`; empty when nothing of the text can be kept. */
export function slug(text: string): string {
  const plain = text
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (plain.length <= LONGEST) return plain;
  const cut = plain.slice(0, LONGEST);
  const word = cut.lastIndexOf('-');
  return word > LONGEST / 2 ? cut.slice(0, word) : cut.replace(/-+$/, '');
}

/** Oldest first, so that the first of several twins keeps the plain name. */
export function inOrder(resources: readonly RemoteResource[]): readonly RemoteResource[] {
  const key = ({ createdAt, id }: RemoteResource): string => `${createdAt ?? '~'} ${id}`;
  return [...resources].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** A key that is free; adds it to those taken. */
export function chooseKey(resource: RemoteResource, taken: Set<string>): string {
  const key = candidates(resource).find((candidate) => !taken.has(candidate)) ?? '';
  taken.add(key);
  return key;
}

function candidates(resource: RemoteResource): { find(free: (key: string) => boolean): string | undefined } {
  // Also for names without a single Latin letter or digit.
  const kind = resource.kind.replaceAll('_', '-');
  const bare = slug(resource.name) || kind;
  const name = DEVICES.test(bare) ? `${bare}-${kind}` : bare;
  const word = distinction(resource);
  return {
    find: (free) => {
      if (free(name)) return name;
      if (word !== '' && free(`${name}-${word}`)) return `${name}-${word}`;
      for (let number = 2; ; number += 1) if (free(`${name}-${number}`)) return `${name}-${number}`;
    },
  };
}

/** What tells apart two resources of one name, if anything does that a reader would think of. */
function distinction({ kind, config }: RemoteResource): string {
  const word = kind === 'test' ? config.test_suite : kind === 'tool' ? config.type : undefined;
  return typeof word === 'string' ? slug(word) : '';
}
