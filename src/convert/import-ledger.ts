/**
 * What became of each value of the imported files. Whatever a decoder does not speak of counts as lost at the end:
 * nothing is left out in silence.
 */
import { isArray, isObject, type Json, jsonAt, type Path, toPointer } from '../model/json.ts';
import { omission } from './omissions.ts';
import type { RemarkCode } from './remarks.ts';
import type { Cursor } from './source/cursor.ts';
import type { ImportedFile } from './source/source-file.ts';

export type Fate = 'exact' | 'near' | 'lost';

/** A value and what became of it. */
export interface Entry {
  readonly file: ImportedFile;
  readonly path: Path;
  readonly fate: Fate;
  readonly remark?: RemarkCode;
  /** What exactly, for example the type of an unknown tool. */
  readonly detail?: string;
  /** True for a remark about a whole thing, whose values have entries of their own. */
  readonly aside?: boolean;
}

export interface ImportLedger {
  exact(at: Cursor | undefined): void;
  near(at: Cursor | undefined, remark: RemarkCode, detail?: string): void;
  lost(at: Cursor | undefined, remark: RemarkCode, detail?: string): void;
  /** Says something about a thing as a whole; its values are judged one by one all the same. */
  note(at: Cursor, remark: RemarkCode, detail?: string, fate?: Fate): void;
  /** Ids, type marks, places on a canvas and the like: they mean something only at the other platform. */
  frame(at: Cursor | undefined): void;
  /** A part of a file that was taken in; what nobody speaks of in it is lost. */
  enclose(at: Cursor): void;
  entries(): readonly Entry[];
}

type Mark = Pick<Entry, 'remark' | 'detail'> & { readonly fate: Fate | 'frame' };

/** The first mark of a value counts. */
export function createImportLedger(): ImportLedger {
  const marks = new Map<ImportedFile, Map<string, Mark>>();
  const enclosed: Cursor[] = [];
  const notes: Entry[] = [];
  const put = (at: Cursor | undefined, mark: Mark): void => {
    if (at === undefined) return;
    const own = marks.get(at.file) ?? new Map<string, Mark>();
    marks.set(at.file, own);
    for (const path of leaves(at.value, at.path)) {
      const key = toPointer(path);
      if (!own.has(key)) own.set(key, mark);
    }
  };
  const judged = (fate: Fate, remark: RemarkCode, detail: string | undefined): Mark => ({
    fate,
    remark,
    ...(detail === undefined ? {} : { detail }),
  });
  return {
    exact: (at) => put(at, { fate: 'exact' }),
    near: (at, remark, detail) => put(at, judged('near', remark, detail)),
    lost: (at, remark, detail) => put(at, judged('lost', remark, detail)),
    note: (at, remark, detail, fate = 'near') => {
      const more = detail === undefined ? {} : { detail };
      notes.push({ file: at.file, path: at.path, fate, remark, ...more, aside: true });
    },
    frame: (at) => put(at, { fate: 'frame' }),
    enclose: (at) => {
      enclosed.push(at);
    },
    entries: () => [...enclosed.flatMap((at) => finalEntries(at, marks.get(at.file))), ...notes],
  };
}

function finalEntries(at: Cursor, marks: ReadonlyMap<string, Mark> | undefined): readonly Entry[] {
  return leaves(at.value, at.path).flatMap((path) => {
    const mark = marks?.get(toPointer(path)) ?? unspoken(at.file, path);
    if (mark === undefined || mark.fate === 'frame') return [];
    return [{ ...mark, fate: mark.fate, file: at.file, path }];
  });
}

/** What is off, empty or only an address at the other platform is not missed. */
function unspoken(file: ImportedFile, path: Path): Mark | undefined {
  const value = jsonAt(file.value, path) ?? null;
  if (value === false || value === '' || value === null) return undefined;
  const remark = omission(path);
  return remark === undefined ? undefined : { fate: 'lost', remark };
}

function leaves(value: Json, path: Path): readonly Path[] {
  const found: Path[] = [];
  const walk = (current: Json, at: Path): void => {
    if (isArray(current)) for (const [index, item] of current.entries()) walk(item, [...at, String(index)]);
    else if (isObject(current))
      for (const [name, entry] of Object.entries(current)) walk(entry, [...at, name]);
    else if (current !== null) found.push(at);
  };
  walk(value, path);
  return found;
}
