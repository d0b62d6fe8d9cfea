/**
 * Keys for resources that came from an account. A key is what a person would have chosen from the name; twins get
 * a word that tells them apart, then a number, never an id. The same account gives the same keys whatever the
 * order in which the API lists it.
 */
import { isArray, isObject, type Json } from '../model/json.ts';
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

/** What else is in the account: words that tell twins apart are looked for beside it. */
export interface TwinSurroundings {
  /** Of the same kind, the resource itself included. */
  readonly resources: readonly RemoteResource[];
  /** The name of the resource with an id. */
  readonly nameOf: (id: string) => string | undefined;
}

/** A key that is free; adds it to those taken. */
export function chooseKey(resource: RemoteResource, taken: Set<string>, beside: TwinSurroundings): string {
  const key = candidates(resource, beside).find((candidate) => !taken.has(candidate)) ?? '';
  taken.add(key);
  return key;
}

function candidates(
  resource: RemoteResource,
  beside: TwinSurroundings,
): { find(free: (key: string) => boolean): string | undefined } {
  const name = plainKey(resource);
  return {
    find: (free) => {
      if (free(name)) return name;
      const telling = distinctions(resource, name, beside).find((key) => free(key));
      if (telling !== undefined) return telling;
      for (let number = 2; ; number += 1) if (free(`${name}-${number}`)) return `${name}-${number}`;
    },
  };
}

/** The key that the name alone gives; also for names without a single Latin letter or digit. */
function plainKey(resource: RemoteResource): string {
  const kind = resource.kind.replaceAll('_', '-');
  const bare = slug(resource.name) || kind;
  return DEVICES.test(bare) ? `${bare}-${kind}` : bare;
}

/** Keys with what the resource has and no other of its name has, what a reader would think of first. */
function distinctions(resource: RemoteResource, name: string, beside: TwinSurroundings): readonly string[] {
  const twins = beside.resources.filter((other) => other.id !== resource.id && plainKey(other) === name);
  const others = twins.map((twin) => words(twin, beside));
  return words(resource, beside).flatMap((word, index) => {
    if (word === '' || others.some((other) => other[index] === word)) return [];
    // `order_lookup_crm` of `Order lookup` is `order-lookup-crm` already.
    return [word.startsWith(`${name}-`) ? word : `${name}-${word}`];
  });
}

/** What tells resources of one name apart, in a fixed order; empty where there is nothing to say. */
function words({ kind, config }: RemoteResource, { nameOf }: TwinSurroundings): readonly string[] {
  switch (kind) {
    case 'tool': {
      const type = text(config.type);
      return [type, within(config[type], 'name'), host(within(config[type], 'url'))].map(slug);
    }
    case 'test': {
      const destination = text(config.destination);
      const tested = nameOf(destination) ?? '';
      return [text(config.test_suite), tested, text(config.telnyx_conversation_channel)].map(slug);
    }
    case 'assistant': {
      const tags = isArray(config.tags) ? config.tags.map(text) : [];
      const model = text(config.model).split('/').at(-1) ?? '';
      return [tags.length === 1 ? tags.join() : '', within(config.transcription, 'language'), model].map(
        slug,
      );
    }
    case 'mcp_server':
      return [host(text(config.url)), text(config.type)].map(slug);
    default:
      return [];
  }
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function within(value: Json | undefined, name: string): string {
  return isObject(value) && Object.hasOwn(value, name) ? text(value[name]) : '';
}

/** `crm.example.com` → `crm`; addresses of numbers and texts with variables say nothing. */
function host(url: string): string {
  const [, name = ''] = /^\w+:\/\/([a-z][\w-]*)\./i.exec(url) ?? [];
  return /^(?:www|api)$/i.test(name) ? '' : name;
}
