/** The short form of review units, in which a marker holds them. */
import { hash } from 'node:crypto';
import { fromPointer } from '../model/json.ts';
import type { ReviewUnit, SetEntry, SetUnit } from '../model/review.ts';

/** 16 bytes, base64url: the beginning of the digest. */
export function tokenOf(digest: string): string {
  return Buffer.from(digest.replace(/^sha256:/, '').slice(0, 32), 'hex').toString('base64url');
}

/**
 * Stands for an address and a path, part by part, so that it shows whether one lies below the other without naming
 * either. Two parts that share their short hash make a later request replace too much: then something is asked for
 * again that was reviewed, and never the other way round.
 */
export function placeOfUnit({
  address,
  action,
  path,
}: Pick<ReviewUnit, 'address' | 'action' | 'path'>): string {
  const owner = action === 'setting' ? `setting ${address}` : address;
  return [short(owner, 8), ...fromPointer(path).map((part) => short(part, 4))].join('.');
}

function short(text: string, length: number): string {
  return hash('sha256', text, 'base64url').slice(0, length);
}

export function setEntryOf(unit: SetUnit): SetEntry {
  return {
    place: placeOfUnit(unit),
    token: tokenOf(unit.digest),
    ...(unit.from !== undefined && { from: tokenOf(unit.from) }),
  };
}

/** `<place>~<token>[~<from>]`, in groups by address: `<owner>:<rest>~<token>,…;<owner>:…`. */
export function formatEntries(entries: readonly SetEntry[]): string {
  const groups = new Map<string, string[]>();
  for (const { place, token, from } of entries) {
    const [owner = '', ...rest] = place.split('.');
    const group = groups.get(owner) ?? [];
    group.push([rest.join('.'), token, ...(from === undefined ? [] : [from])].join('~'));
    groups.set(owner, group);
  }
  return [...groups].map(([owner, members]) => `${owner}:${members.join(',')}`).join(';');
}

const PART = /^[\w-]{4}(\.[\w-]{4})*$/;
const TOKEN = /^[\w-]{22}$/;

/** Undefined for a text that is cut off or was written by something else. */
export function parseEntries(text: string): readonly SetEntry[] | undefined {
  const entries: SetEntry[] = [];
  for (const group of text === '' ? [] : text.split(';')) {
    const [owner = '', members, ...more] = group.split(':');
    if (!/^[\w-]{8}$/.test(owner) || members === undefined || more.length > 0) return undefined;
    for (const member of members.split(',')) {
      const [rest = '', token = '', from, ...left] = member.split('~');
      const whole = rest === '' || PART.test(rest);
      if (!whole || !TOKEN.test(token) || left.length > 0) return undefined;
      if (from !== undefined && !TOKEN.test(from)) return undefined;
      const place = rest === '' ? owner : `${owner}.${rest}`;
      entries.push({ place, token, ...(from !== undefined && { from }) });
    }
  }
  return entries;
}
