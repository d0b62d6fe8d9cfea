/**
 * One document for a table of entries: `for_each` is a mapping, or a file that holds one. Everything around the spec
 * (key, only, lifecycle, promotion …) is filled in here; the spec is resolved with the entry at hand, like variables.
 */

import type { SpecCode } from '../../model/codes/spec-codes.ts';
import { isArray, isObject, type Json, type JsonObject, type Path } from '../../model/json.ts';
import type { ReadData } from './data-files.ts';
import { filePaths } from './file-references.ts';
import type { SourceFile } from './source.ts';
import { type EachEntry, eachMember, interpolate, isWholeVariable, mentionsVariable } from './variables.ts';

/** An entry and where it was written. */
export interface TableEntry extends EachEntry {
  readonly source: SourceFile;
  /** Which document of the file. */
  readonly index: number;
  readonly path: Path;
}

export interface EachProblem {
  readonly code: SpecCode;
  readonly message: string;
  readonly path: Path;
  readonly hint?: string;
  readonly included?: { readonly file: string; readonly line: number; readonly column: number };
}

export interface Table {
  readonly entries: readonly TableEntry[];
  readonly problems: readonly EachProblem[];
}

const FORM = 'write a mapping: the name of each entry, and below it what differs';

/** The entries of a document's `for_each`, whose scalars are texts as written. */
export function readTable(
  { source, index, body }: { readonly source: SourceFile; readonly index: number; readonly body: JsonObject },
  read: ReadData,
): Table {
  const written = body.for_each ?? null;
  const paths = filePaths(written);
  if (paths === undefined) return tableOf(written, source, index, ['for_each']);
  const [path, second] = paths;
  if (
    path === undefined ||
    second !== undefined ||
    Object.keys(isObject(written) ? written : {}).length > 1
  ) {
    return wrong('for_each takes one file');
  }
  const data = read(source.file, path);
  if ('code' in data) {
    const { at, code, message, hint } = data;
    const included = at === undefined ? {} : { included: at };
    const problem = {
      code,
      message,
      path: ['for_each'],
      ...(hint === undefined ? {} : { hint }),
      ...included,
    };
    return { entries: [], problems: [problem] };
  }
  return tableOf(data.value, data.source, 0, []);
}

function tableOf(value: Json, source: SourceFile, index: number, path: Path): Table {
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, entry]) => {
      return { key, value: entry ?? {}, source, index, path: [...path, key] };
    });
    return { entries, problems: [] };
  }
  const names = isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  if (isArray(value) && names.length === value.length) {
    const entries = names.map((key, at) => ({ key, value: key, source, index, path: [...path, String(at)] }));
    return { entries, problems: [] };
  }
  const where = path.length === 0 ? `${source.file} holds no table` : 'for_each is no table';
  return wrong(where);
}

function wrong(message: string): Table {
  return { entries: [], problems: [{ code: 'FOR_EACH_FORM', message, path: ['for_each'], hint: FORM }] };
}

/** What a resolver fills in by itself, with files and variables at hand. */
const RESOLVED_LATER: ReadonlySet<string> = new Set(['spec', 'environments', 'for_each']);

/** The body of a document for one entry: all texts around the spec with the entry filled in. */
export function bodyFor(
  body: JsonObject,
  entry: EachEntry,
): { readonly body: JsonObject; readonly problems: readonly EachProblem[] } {
  const problems: EachProblem[] = [];
  const members = Object.entries(body).map(([name, value]): readonly [string, Json] => [
    name,
    RESOLVED_LATER.has(name) ? value : filledIn(value, [name], entry, problems),
  ]);
  return { body: Object.fromEntries(members), problems };
}

function filledIn(value: Json, path: Path, each: EachEntry, problems: EachProblem[]): Json {
  if (typeof value === 'string') {
    if (!mentionsVariable(value)) return value;
    const whole = isWholeVariable(value) ? eachMember(value.slice('${each.'.length, -1), each) : undefined;
    if (isArray(whole) || isObject(whole)) return whole;
    const { text, problems: found } = interpolate(value, { variables: {}, each });
    for (const { code, written } of found) {
      if (code !== 'EACH_UNKNOWN') continue;
      const message = `${written} names nothing that the entry ${each.key} has`;
      problems.push({ code, message, path });
    }
    return text;
  }
  if (isArray(value)) return value.map((item, at) => filledIn(item, [...path, String(at)], each, problems));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, filledIn(member, [...path, name], each, problems)]),
  );
}
