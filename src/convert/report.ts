/** What became of the values, put together for a report. */
import type { Address } from '../model/address.ts';
import { toAddress } from '../model/address.ts';
import type { FileImportReport, ImportCounts, ImportGroup, ImportPlace } from '../model/file-import.ts';
import { isArray, isObject, type Json } from '../model/json.ts';
import type { Conversion } from './convert.ts';
import type { Entry, Fate } from './import-ledger.ts';
import { REMARKS, type RemarkCode } from './remarks.ts';
import { type Cursor, sourcePath } from './source/cursor.ts';
import { ownVariables } from './variables.ts';

type Findings = Pick<
  FileImportReport,
  'summary' | 'sources' | 'skipped' | 'secrets' | 'variables' | 'near' | 'lost'
>;

export function findings(conversion: Conversion): Findings {
  const { entries, sources, unknown, secrets } = conversion;
  const summary = counts(entries);
  const all = summary.exact + summary.near + summary.lost;
  return {
    summary: {
      ...summary,
      percent_carried: all === 0 ? 100 : Math.floor(((all - summary.lost) * 1000) / all) / 10,
    },
    sources: sources.map(({ file, platform }) => {
      const own = entries.filter((entry) => entry.file === file);
      const exact = own.filter(({ fate }) => fate === 'exact').map(({ path }) => file.lineOf(path));
      return { file: file.name, platform, ...counts(own), exact_lines: lineRanges(exact) };
    }),
    skipped: unknown.map(({ name }) => name),
    secrets: secrets
      .map(({ identifier, at }) => ({ identifier, ...placeOf(at) }))
      .toSorted((a, b) => (a.identifier < b.identifier ? -1 : 1)),
    variables: openVariables(conversion),
    near: groups(entries, 'near'),
    lost: groups(entries, 'lost'),
  };
}

function counts(entries: readonly Entry[]): ImportCounts {
  const count = (fate: Fate): number =>
    entries.filter((entry) => entry.fate === fate && entry.aside !== true).length;
  return { exact: count('exact'), near: count('near'), lost: count('lost') };
}

/** The remark with most places first. */
function groups(entries: readonly Entry[], fate: Fate): readonly ImportGroup[] {
  const byCode = new Map<RemarkCode, ImportPlace[]>();
  for (const entry of entries) {
    if (entry.fate !== fate || entry.remark === undefined) continue;
    const places = byCode.get(entry.remark) ?? [];
    byCode.set(entry.remark, places);
    const detail = entry.detail === undefined ? {} : { detail: entry.detail };
    places.push({
      file: entry.file.name,
      line: entry.file.lineOf(entry.path),
      path: sourcePath(entry.path),
      ...detail,
    });
  }
  return [...byCode]
    .map(([code, places]) => ({ code, what: REMARKS[code].what, todo: REMARKS[code].todo, places }))
    .toSorted((a, b) => b.places.length - a.places.length || (a.code < b.code ? -1 : 1));
}

function placeOf({ file, path }: Cursor): ImportPlace {
  return { file: file.name, line: file.lineOf(path), path: sourcePath(path) };
}

/** `3, 5-9, 12`. */
export function lineRanges(lines: readonly number[]): string {
  const sorted = [...new Set(lines)].toSorted((a, b) => a - b);
  const ranges: (readonly [number, number])[] = [];
  for (const line of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && line === last[1] + 1) ranges[ranges.length - 1] = [last[0], line];
    else ranges.push([line, line]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}

/** Variables that texts name and neither a default nor a tool sets: whoever starts the call has to. */
function openVariables({ resources }: Conversion): FileImportReport['variables'] {
  const set = new Set<string>();
  for (const { spec } of resources) collectSet(spec, set);
  const used = new Map<string, Set<Address>>();
  for (const { kind, key, spec } of resources) {
    for (const name of namesIn(spec)) {
      if (set.has(name)) continue;
      const owners = used.get(name) ?? new Set();
      used.set(name, owners.add(toAddress(kind, key)));
    }
  }
  return [...used]
    .map(([name, owners]) => ({ name, used_by: [...owners].toSorted() }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function namesIn(value: Json): readonly string[] {
  if (typeof value === 'string') return ownVariables(value);
  if (isArray(value)) return value.flatMap(namesIn);
  return isObject(value) ? Object.values(value).flatMap(namesIn) : [];
}

function collectSet(value: Json, set: Set<string>): void {
  if (isArray(value)) for (const item of value) collectSet(item, set);
  if (!isObject(value)) return;
  for (const [name, entry] of Object.entries(value)) {
    if (name === 'dynamic_variables' && isObject(entry)) for (const key of Object.keys(entry)) set.add(key);
    const setters = name === 'store_fields_as_variables' || name === 'updatable_variables';
    if (setters && isArray(entry)) {
      for (const each of entry) if (isObject(each) && typeof each.name === 'string') set.add(each.name);
    }
    collectSet(entry, set);
  }
}
