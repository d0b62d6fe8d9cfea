/**
 * Learns the server's own form from the reply to a write. A value that comes back in another spelling is kept in the
 * base twice: as it was sent and as it came back. A live value that equals what came back is then read as what was
 * sent. A switch, a reference, an added or removed element, or a value against none is no spelling: such a difference
 * means that the write did not stick.
 */
import {
  fromPointer,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  jsonAt,
  jsonEqual,
  type Path,
  toPointer,
} from '../model/json.ts';
import type { ValueForm } from '../model/own-form.ts';
import type { ListShape, ObjectShape, ScalarShape, Shape } from '../model/shape.ts';
import { isSameAt } from './as-sent.ts';
import { isMasked } from './canonical.ts';
import { differencesFrom } from './differences.ts';
import { keyedElements } from './keys.ts';
import {
  asRecord,
  isAlike,
  isNear,
  isOneWord,
  isOwnSpelling,
  isPlainSpelling,
  isSameWord,
  saysNothing,
} from './own-spelling.ts';
import { childShape, field, fittingShape, valueAtPath } from './walk.ts';

/** What the reply to a write showed: values that the API keeps in another form, and values that did not stick. */
export interface Learned {
  readonly forms: readonly ValueForm[];
  readonly lost: readonly Lost[];
}

/** A value that did not stick. */
export interface Lost {
  /** Into what was sent. */
  readonly path: Path;
  readonly got: Json | undefined;
}

/** A write and its reply. All sides name ids. */
export interface WriteAndReply {
  /** What the spec writes of it: nothing else is looked at. */
  readonly guide: Json;
  readonly sent: Json;
  readonly got: Json | undefined;
  /** What was there before, where there was anything. */
  readonly before?: Json | undefined;
  /** Nobody applied a spec of ours before: what was there may be the API's form of what somebody else sent. */
  readonly adopted?: boolean;
  /** The reply was about something else, so that it says nothing about this write. */
  readonly astray?: boolean;
}

interface Found {
  readonly forms: readonly ValueForm[];
  /** Forms that change the key of a list element: they come last, inner ones first. */
  readonly renames: readonly ValueForm[];
  readonly lost: readonly Lost[];
}

const NOTHING: Found = { forms: [], renames: [], lost: [] };

function joined(parts: readonly Found[]): Found {
  return {
    forms: parts.flatMap(({ forms }) => forms),
    renames: parts.flatMap(({ renames }) => renames),
    lost: parts.flatMap(({ lost }) => lost),
  };
}

/** Compares what was sent with what came back for it. */
export function learnForms(
  shape: ObjectShape,
  write: WriteAndReply,
  known: readonly ValueForm[] = [],
): Learned {
  const { forms, renames, lost } = compareAt(shape, write, { sent: [], got: [] });
  return { forms: [...forms, ...renames].map((form) => asKnown(form, known)), lost };
}

/** Keeps the record of a form that was learned earlier, so that a plan reports it once. */
function asKnown(form: ValueForm, known: readonly ValueForm[]): ValueForm {
  const same = ({ at, sent, got, sent_as }: ValueForm): boolean =>
    at === form.at && sent_as === form.sent_as && jsonEqual(sent, form.sent) && jsonEqual(got, form.got);
  return known.find(same) ?? form;
}

/** Where a value stands in what was sent and in what came back: elements may have other keys there. */
interface Place {
  readonly sent: Path;
  readonly got: Path;
}

function below(place: Place, sent: string, got = sent): Place {
  return { sent: [...place.sent, sent], got: [...place.got, got] };
}

function lostAt({ sent }: Place, got: Json | undefined): Found {
  return { ...NOTHING, lost: [{ path: sent, got }] };
}

function formAt({ got: path }: Place, { sent, got, before, adopted }: WriteAndReply): Found {
  const as = got ?? null;
  const isKept = before !== undefined && jsonEqual(before, as) && !(adopted && isPlainSpelling(sent, as));
  const how = isKept ? ({ how: 'kept' } as const) : {};
  return { ...NOTHING, forms: [{ at: toPointer(path), sent, got: as, ...how }] };
}

function compareAt(shape: Shape, write: WriteAndReply, place: Place): Found {
  const { guide, sent, got } = write;
  const fitting = fittingShape(shape, sent);
  if (differencesFrom(fitting, sent, got).length === 0) return NOTHING;
  if (isObject(sent) && typeof got === 'string' && saysSame(fitting, sent, got)) return formAt(place, write);
  if (fitting.t === 'object' && isObject(sent)) {
    return isObject(got) ? compareFields(fitting, write, place) : lostAt(place, got);
  }
  if (fitting.t === 'map' && isObject(sent) && isObject(got)) return compareEntries(write, place);
  if (fitting.t === 'list' && fitting.by !== 'whole' && isArray(sent)) {
    const none = fitting.nullValue !== true && sent.length === 0;
    return isArray(got) || none ? compareElements(fitting, write, place) : lostAt(place, got);
  }
  if (fitting.t === 'scalar' && !isSpelled(fitting, got)) return lostAt(place, got);
  if (holdsReference(fitting) || got === undefined || !isOwnSpelling(sent, got)) return lostAt(place, got);
  return guide === undefined ? NOTHING : formAt(place, write);
}

/** True for a record that came back as its JSON text. */
function saysSame(shape: Shape, sent: JsonObject, text: string): boolean {
  const record = asRecord(text);
  return record !== undefined && differencesFrom(shape, sent, record).length === 0;
}

/** Ids, identifiers and secrets have one spelling. */
function isSpelled({ ref, secretRef, bucket, secret }: ScalarShape, got: Json | undefined): boolean {
  if (secret) return isMasked(got);
  return ref === undefined && secretRef !== true && bucket !== true;
}

/** True for lists whose elements are references or secrets: another spelling of an id is another thing. */
function holdsReference(shape: Shape): boolean {
  return shape.t === 'list' && shape.item.t === 'scalar' && !isSpelled(shape.item, undefined);
}

function compareFields(shape: ObjectShape, write: WriteAndReply, place: Place): Found {
  const { guide, sent, got, before, adopted = false } = write;
  const names = Object.keys(isObject(guide) ? guide : {});
  return joined(
    names.flatMap((name) => {
      const value = field(sent, name);
      if (value === undefined) return [];
      const inner = {
        guide: field(guide, name) ?? value,
        sent: value,
        got: field(got, name),
        before: field(before, name),
        adopted,
      };
      const at = below(place, name);
      if (inner.got === undefined && mayBeUnknown(shape, name)) {
        return saysNothing(value) ? [] : [droppedAt(at, value)];
      }
      return [compareAt(childShape(shape, name, value), inner, at)];
    }),
  );
}

/** True for fields that the API may not know. */
function mayBeUnknown({ fields }: ObjectShape, name: string): boolean {
  const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return shape === undefined || (shape.t === 'object' && shape.beta === true);
}

function droppedAt({ got }: Place, sent: Json): Found {
  return { ...NOTHING, forms: [{ at: toPointer(got), sent, got: null, how: 'dropped' }] };
}

/**
 * Entries of a map whose names are the user's: each is compared for itself. An entry that came back under another spelling
 * of its name is matched by its value.
 */
function compareEntries({ guide, sent, got, before, adopted = false }: WriteAndReply, place: Place): Found {
  const names = isObject(sent) ? Object.keys(sent) : [];
  const back = isObject(got) ? Object.keys(got) : [];
  const extra = back.filter((name) => field(sent, name) === undefined);
  const twins = new Map(
    names.flatMap((name) => {
      const value = field(sent, name) ?? null;
      if (field(got, name) !== undefined || saysNothing(value)) return [];
      const isTwin = (other: string): boolean =>
        isOneWord(name, other) && isOwnSpelling(value, field(got, other) ?? null);
      // Two spellings of one name become one.
      const twin = extra.find(isTwin) ?? back.find(isTwin);
      return twin === undefined ? [] : [[name, twin] as const];
    }),
  );
  const taken = new Set(twins.values());
  const left = (isObject(before) ? Object.keys(before) : [])
    .filter((name) => field(sent, name) === undefined && !taken.has(name) && !saysNothing(field(got, name)))
    .map((name) => lostAt(below(place, name), field(got, name)));
  const entries = names.map((name) => {
    const value = field(sent, name) ?? null;
    const twin = twins.get(name);
    const shown = field(got, twin ?? name);
    const same = jsonEqual(value, shown ?? null) || (saysNothing(value) && saysNothing(shown));
    if (same && twin === undefined) return NOTHING;
    const at = below(place, name, twin);
    if (shown === undefined || !isOwnSpelling(value, shown)) return lostAt(at, shown);
    if (field(guide, name) === undefined) return NOTHING;
    const write = {
      guide: value,
      sent: value,
      got: shown,
      before: twin === undefined ? field(before, name) : undefined,
      adopted,
    };
    return twin === undefined ? formAt(at, write) : underOtherName(formAt(at, write), name);
  });
  return joined([...entries, ...left]);
}

function underOtherName({ forms, ...rest }: Found, sentAs: string): Found {
  return { ...rest, forms: forms.map((form) => ({ ...form, sent_as: sentAs })) };
}

/** Compares the elements of a list by their keys. An element that came back under another key is matched by its content. */
function compareElements(shape: ListShape, write: WriteAndReply, place: Place): Found {
  const elements = (value: Json | undefined): ReadonlyMap<string, Json> =>
    isArray(value) ? keyedElements(shape, value) : new Map();
  const [guide, sent, got, before] = [write.guide, write.sent, write.got, write.before].map(elements);
  if (guide === undefined || sent === undefined || got === undefined || before === undefined) return NOTHING;
  const missing = [...sent.keys()].filter((key) => !got.has(key));
  const extra = new Set([...got.keys()].filter((key) => !sent.has(key)));
  const parts: Found[] = [];
  const inner = (key: string, gotKey: string): WriteAndReply => ({
    guide: guide.get(key) ?? sent.get(key) ?? null,
    sent: sent.get(key) ?? null,
    got: got.get(gotKey),
    before: before.get(gotKey),
    adopted: write.adopted === true,
  });
  for (const key of sent.keys()) {
    if (got.has(key)) parts.push(compareAt(shape.item, inner(key, key), below(place, key)));
  }
  for (const key of missing) {
    const twin =
      [...extra].find((candidate) => isRespelled(shape, inner(key, candidate), [key, candidate])) ??
      // Two spellings of one element become one.
      [...got.keys()].find((candidate) =>
        shape.by === 'value'
          ? isMember(shape, key, candidate)
          : isOneWord(key, candidate) && isRespelled(shape, inner(key, candidate), [key, candidate]),
      );
    const at = below(place, key, twin);
    if (twin === undefined) {
      parts.push(lostAt(at, undefined));
      continue;
    }
    extra.delete(twin);
    parts.push(
      shape.by === 'value'
        ? renamed(formAt(at, { ...inner(key, twin), before: undefined }))
        : renamedFields(shape, inner(key, twin), at),
    );
  }
  // What the write took away is still there.
  for (const key of extra) if (before.has(key)) parts.push(lostAt(below(place, key), got.get(key)));
  return joined(parts);
}

function renamed({ forms, renames, lost }: Found): Found {
  return { forms: [], renames: [...renames, ...forms], lost };
}

/** The fields that make the key of an element change it when they are read as they were sent. */
function renamedFields(shape: ListShape, write: WriteAndReply, place: Place): Found {
  const { forms, renames, lost } = compareAt(shape.item, write, place);
  const keys = new Set((shape.keys ?? []).map((key) => toPointer([...place.got, ...key.split('/')])));
  return {
    forms: forms.filter(({ at }) => !keys.has(at)),
    renames: [...renames, ...forms.filter(({ at }) => keys.has(at))],
    lost,
  };
}

function isMember(shape: ListShape, sent: string, got: string): boolean {
  return (shape.item.t !== 'scalar' || isSpelled(shape.item, undefined)) && isSameWord(sent, got);
}

/** The key of an element that shares it with others. */
const withoutNumber = (key: string): string => key.replace(/#\d+$/, '');

function isRespelled(shape: ListShape, write: WriteAndReply, keys: readonly [string, string]): boolean {
  if (shape.item.t === 'scalar' && !isSpelled(shape.item, undefined)) return false;
  const [sent, got] = keys.map(withoutNumber);
  if (sent === undefined || got === undefined) return false;
  if (!isAlike(sent, got) && !areAlike(shape, write)) return false;
  return compareAt(shape.item, write, { sent: [], got: [] }).lost.length === 0;
}

/** The same for elements that several fields name: each part of the key for itself. */
function areAlike({ keys = [] }: ListShape, { sent, got }: WriteAndReply): boolean {
  return keys.every((key) => {
    const [one, other] = [sent, got].map((side) => jsonAt(side, key.split('/')));
    return jsonEqual(one ?? null, other ?? null) || isAlike(String(one ?? ''), String(other ?? ''));
  });
}

/**
 * As {@link learnForms}, with a later read for fields that the reply left out or showed unchanged. From a later read
 * only plain spellings (case, white space, punctuation) are learned, because somebody else may have written in
 * between. Where the reply had no field at all, near values of the read right after it count too.
 */
export function withLater(
  shape: ObjectShape,
  { forms, lost }: Learned,
  write: WriteAndReply,
  later: JsonObject,
  known: readonly ValueForm[] = [],
): Learned {
  const presentIn = (side: Json | undefined, path: Path) =>
    side === undefined ? undefined : valueAtPath(shape, side, path);
  const isLater = (path: Path): boolean =>
    presentIn(write.got, path) === undefined && !saysNothing(presentIn(later, path));
  /** The reply was older than the write: by now something else is there. */
  const isStale = ({ at, got }: ValueForm): boolean => {
    const present = presentIn(later, fromPointer(at));
    return present !== undefined && !isSameAt(shape, later, fromPointer(at), got, present);
  };
  const stale = new Set(forms.filter((form) => form.how === 'kept' && isStale(form)).map(({ at }) => at));
  const receipt = write.astray !== true && isReceipt(write);
  const read = learnForms(shape, { ...write, got: later }, known);
  const plain = read.forms.filter(
    ({ at, sent, got, how }) =>
      how === undefined &&
      (isPlainSpelling(sent, got) || (receipt && isNear(sent, got))) &&
      (stale.has(at) || isLater(fromPointer(at))),
  );
  return {
    forms: [
      ...forms.filter(({ at, how }) => !stale.has(at) && (how !== 'dropped' || !isLater(fromPointer(at)))),
      ...plain,
    ],
    lost: lost.filter(({ path }) => presentIn(write.sent, path) === undefined || !isLater(path)),
  };
}

function isReceipt({ sent, got }: WriteAndReply): boolean {
  return isObject(sent) && Object.keys(sent).every((name) => field(got, name) === undefined);
}

/** True when nothing is left to ask for. */
export function isComplete({ forms, lost }: Learned): boolean {
  return lost.length === 0 && forms.every(({ how }) => how === undefined);
}
