/** Takes values out of cursors and books what became of them: the one way from a source value into a document. */
import { credentialIn, headerCredential } from '../model/credentials.ts';
import type { Platform } from '../model/file-import.ts';
import { isArray, isObject, type Json } from '../model/json.ts';
import { slug } from '../pull/names.ts';
import type { ImportLedger } from './import-ledger.ts';
import type { RemarkCode } from './remarks.ts';
import { type Cursor, rawFlag, rawNumber, rawText } from './source/cursor.ts';
import { renamed } from './variables.ts';

/** A credential that was taken out, and the name under which it has to be stored. */
export interface TakenSecret {
  readonly identifier: string;
  readonly at: Cursor;
}

export interface Carry {
  readonly platform: Platform;
  readonly ledger: ImportLedger;
  /** A text that is carried over: variables renamed, credentials replaced. Undefined when there is none. */
  text(at: Cursor | undefined, remark?: RemarkCode): string | undefined;
  number(at: Cursor | undefined, remark?: RemarkCode): number | undefined;
  flag(at: Cursor | undefined, remark?: RemarkCode): boolean | undefined;
  /** Any value, texts in it carried over. */
  json(at: Cursor | undefined, remark?: RemarkCode): Json | undefined;
  /** The value of a header, credentials replaced by the name of a secret. */
  header(name: string, at: Cursor, owner: string): string | undefined;
  /** The identifier under which a credential is to be stored; the same credential always has the same. */
  secret(wanted: string, at: Cursor): string;
  secrets(): readonly TakenSecret[];
}

/** Secrets are shared by all platforms of one import. */
export function createCarry(platform: Platform, ledger: ImportLedger, store: SecretStore): Carry {
  const book = (at: Cursor, remark: RemarkCode | undefined): void => {
    if (remark === undefined) ledger.exact(at);
    else ledger.near(at, remark);
  };
  const wrong = (at: Cursor): undefined => {
    ledger.lost(at, 'wrong-type');
    return undefined;
  };
  const text: Carry['text'] = (at, remark) => {
    if (at === undefined) return undefined;
    const raw = rawText(at) ?? (typeof at.value === 'boolean' ? String(at.value) : undefined);
    if (raw === undefined) return wrong(at);
    const cleaned = withoutSecrets(raw.replace(/\r\n?/g, '\n'), at, store);
    const { text: result, near, logic } = renamed(cleaned.text, platform);
    if (cleaned.found) ledger.near(at, 'secret-in-text');
    else if (logic) ledger.near(at, 'template');
    else if (near) ledger.near(at, 'variable-near');
    else book(at, remark);
    return result;
  };
  const header = (name: string, at: Cursor, owner: string, remark?: RemarkCode): string | undefined => {
    const raw = rawText(at);
    if (raw === undefined || headerCredential(name, raw, undefined) === undefined) return text(at, remark);
    const [scheme = ''] = /^(?:Bearer|Basic|Token)\s+/i.exec(raw) ?? [];
    const identifier = store.take(raw.slice(scheme.length), `${owner}_${name}`, at);
    ledger.near(at, 'secret-header', identifier);
    return `${scheme}${placeholder(identifier)}`;
  };
  const json: Carry['json'] = (at, remark) => {
    if (at === undefined) return undefined;
    const { value } = at;
    const child = (name: string, entry: Json): Cursor => ({
      file: at.file,
      path: [...at.path, name],
      value: entry,
    });
    if (typeof value === 'string') return text(at, remark);
    if (isArray(value)) return value.map((item, index) => json(child(String(index), item), remark) ?? null);
    if (isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, entry]) => {
          const own = child(name, entry);
          const carried = typeof entry === 'string' ? header(name, own, 'body', remark) : json(own, remark);
          return [name, carried ?? null];
        }),
      );
    }
    book(at, remark);
    return value;
  };
  return {
    platform,
    ledger,
    text,
    json,
    number: (at, remark) => {
      if (at === undefined) return undefined;
      const value = rawNumber(at);
      if (value === undefined) return wrong(at);
      book(at, remark);
      return value;
    },
    flag: (at, remark) => {
      if (at === undefined) return undefined;
      const value = rawFlag(at);
      if (value === undefined) return wrong(at);
      book(at, remark);
      return value;
    },
    header,
    secret: (wanted, at) => store.take(undefined, wanted, at),
    secrets: store.taken,
  };
}

export interface SecretStore {
  /** `literal` undefined: the other platform only names it. */
  take(literal: string | undefined, wanted: string, at: Cursor): string;
  taken(): readonly TakenSecret[];
}

export function createSecretStore(): SecretStore {
  const byLiteral = new Map<string, string>();
  const taken: TakenSecret[] = [];
  const free = (wanted: string): string => {
    const base = slug(wanted).replaceAll('-', '_') || 'secret';
    const used = new Set(byLiteral.values());
    let identifier = base;
    for (let number = 2; used.has(identifier); number += 1) identifier = `${base}_${number}`;
    return identifier;
  };
  return {
    take: (literal, wanted, at) => {
      const key = literal ?? `\u0000${wanted}`;
      const identifier = byLiteral.get(key) ?? free(wanted);
      byLiteral.set(key, identifier);
      if (!taken.some((each) => each.identifier === identifier)) taken.push({ identifier, at });
      return identifier;
    },
    taken: () => taken,
  };
}

export function placeholder(identifier: string): string {
  return `{{#integration_secret}}${identifier}{{/integration_secret}}`;
}

function withoutSecrets(
  text: string,
  at: Cursor,
  store: SecretStore,
): { readonly text: string; readonly found: boolean } {
  let rest = text;
  for (let round = 0; round < 100; round += 1) {
    const found = credentialIn(rest);
    if (found === undefined) return { text: rest, found: round > 0 };
    const end = endOfSecret(rest, found.offset, found.length);
    const owner = at.path.filter((part) => !/^\d+$/.test(part)).at(-1) ?? 'text';
    const identifier = store.take(rest.slice(found.offset, end), `${owner}_secret`, at);
    rest = rest.slice(0, found.offset) + placeholder(identifier) + rest.slice(end);
  }
  return { text: '', found: true };
}

/** Of a private key the finder names the first line; the secret goes to its last. */
function endOfSecret(text: string, offset: number, length: number): number {
  if (!text.startsWith('-----BEGIN', offset)) return offset + length;
  const end = /-----END [A-Z ]*PRIVATE KEY-----/.exec(text.slice(offset));
  return end === null ? text.length : offset + end.index + end[0].length;
}
