import type { Json } from '../../model/json.ts';
import type { ConflictEntry, FieldChange, PendingEntry, Plan } from '../../model/plan.ts';
import { code, details, fence, html, prose } from '../markdown/markdown.ts';
import { type Section, takeFitting } from '../markdown/markdown-sections.ts';
import { changedBlock, fitsOneLine, inlinePair, pathText, previewLines } from '../terminal/field-text.ts';
import type { Room } from '../terminal/hunk-text.ts';
import { pendingNote } from '../terminal/plan-headline.ts';
import {
  actionWords,
  CHANGE_GROUPS,
  changesOf,
  command,
  driftLeft,
  newFields,
  orphansLeft,
  promotionNote,
} from '../terminal/plan-words.ts';
import { count, number, type Style } from '../terminal/style.ts';
import { diffText } from '../terminal/text-diff.ts';
import { comparableText, inline } from '../terminal/value.ts';
import { visible } from '../terminal/visible.ts';
import { type AlikeChanges, type AlikeDrift, alike, alikeDrift } from './alike.ts';

/** What a plan says about single resources, as collapsible sections of Markdown. */

const STYLE: Style = { color: false, width: 120, unicode: true };
const ROOM: Room = { width: 120, wrap: false, carets: true };

/** How much of each resource is said. */
export interface Detail {
  readonly room: Room;
  /** Bytes of one section. */
  readonly most: number;
}

/** All of it, line by line: sixty harmless lines must not hide the next one while the comment has room. */
export const WHOLE: Detail = { room: { ...ROOM, whole: true }, most: Number.POSITIVE_INFINITY };

/** Enough to judge it by: a single rewritten resource must not push out all others. */
export const BRIEF: Detail = { room: ROOM, most: 12_000 };

/** The value on one line when it fits, otherwise its first lines, each with the sign. */
function signedLines(sign: string, value: Json, { room }: Detail): readonly string[] {
  const line = `${sign} ${inline(value)}`;
  if (fitsOneLine(value) && line.length <= room.width) return [line];
  return previewLines(STYLE, value, room.width - 2, room.whole).map((text) => `${sign} ${text}`.trimEnd());
}

function valueDiff(before: Json, after: Json, detail: Detail): readonly string[] {
  if (before === null) return signedLines('+', after, detail);
  if (after === null) return signedLines('-', before, detail);
  const [old, now] = inlinePair(before, after);
  const fits =
    fitsOneLine(before) && fitsOneLine(after) && Math.max(old.length, now.length) < detail.room.width;
  return fits && old !== now ? [`- ${old}`, `+ ${now}`] : changedBlock(STYLE, before, after, detail.room);
}

function fieldDiff(field: FieldChange, detail: Detail): readonly string[] {
  return [`@@ ${pathText(field.path)} @@`, ...valueDiff(field.before, field.after, detail)];
}

/** Short values read best as one line of `old → new`. */
const SHORT = 60;

function isScalarPair({ before, after }: FieldChange): boolean {
  const short = (value: Json): boolean => fitsOneLine(value) && inline(value).length <= SHORT;
  const [old, now] = inlinePair(before, after);
  return before !== null && after !== null && short(before) && short(after) && old !== now;
}

const ORIGINS = { config: '', drift: ' (changed outside Git, put back)', removed: ' (removed)' } as const;

function scalarLine(field: FieldChange): string {
  const [old, now] = inlinePair(field.before, field.after);
  return `- ${code(pathText(field.path))}: ${code(old)} → ${code(now)}${ORIGINS[field.origin]}`;
}

function newFieldDiff(field: FieldChange, { room }: Detail): readonly string[] {
  const line = `+ ${pathText(field.path)}: ${inline(field.after)}`;
  if (fitsOneLine(field.after) && line.length <= room.width) return [line];
  const preview = previewLines(STYLE, field.after, room.width - 4, room.whole);
  return [`+ ${pathText(field.path)}:`, ...preview.map((text) => `+   ${text}`.trimEnd())];
}

/** The first lines of a section and how many more there are. */
function clip(lines: readonly string[], { most }: Detail): readonly string[] {
  const shown = takeFitting(lines, most);
  const rest = lines.length - shown.length;
  return rest === 0 ? lines : [...shown, `… ${count(rest, 'more line')}`];
}

/** How much is changed: `2 fields, +12 −3 lines`; empty where nothing is. */
export function sizeText(fields: readonly FieldChange[]): string {
  if (fields.length === 0) return '';
  const lines = fields.flatMap((field) => {
    if (isScalarPair(field)) return [];
    const [before, after] = [comparableText(field.before), comparableText(field.after)];
    return [lineCounts(field.before === null ? '' : before, field.after === null ? '' : after)];
  });
  const sum = (of: (one: { readonly added: number; readonly removed: number }) => number): number =>
    lines.reduce((all, one) => all + of(one), 0);
  const amount = count(fields.length, 'field');
  if (lines.length === 0) return amount;
  return `${amount}, +${number(sum(({ added }) => added))} −${number(sum(({ removed }) => removed))} lines`;
}

function lineCounts(before: string, after: string): { readonly added: number; readonly removed: number } {
  if (before !== '' && after !== '') return diffText(before, after);
  return { added: lineNumber(after), removed: lineNumber(before) };
}

function lineNumber(text: string): number {
  return text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
}

/** Scalars as a list, then the rest as one diff. */
export function fieldsText(fields: readonly FieldChange[], detail: Detail): string {
  const scalars = clip(fields.filter(isScalarPair).map(scalarLine), detail).join('\n');
  const others = fields.filter((field) => !isScalarPair(field)).flatMap((field) => fieldDiff(field, detail));
  return [
    ...(scalars === '' ? [] : [scalars]),
    ...(others.length === 0 ? [] : [fence('diff', clip(others, detail))]),
  ].join('\n\n');
}

/** How several changes that are the same are called where one name is wanted. */
function alikeName({ change, addresses }: AlikeChanges): string {
  return addresses.length === 1 ? change.address : `${change.address} and ${addresses.length - 1} alike`;
}

/** Characters of changes that are shown open: of one, and of all together. */
const OPEN_CHARACTERS = { one: 4_000, all: 8_000 } as const;

/** The changes that a reviewer need not unfold: the first ones, as long as they are small. */
function openChanges(entries: readonly AlikeChanges[]): ReadonlySet<AlikeChanges> {
  let used = 0;
  return new Set(
    entries.filter(({ change }) => {
      const size = sizeOf(change.fields);
      const opens = size <= OPEN_CHARACTERS.one && used + size <= OPEN_CHARACTERS.all;
      if (opens) used += size;
      return opens;
    }),
  );
}

function changeText({ change, addresses }: AlikeChanges, detail: Detail, open: boolean): string {
  const size = change.fields.length === 0 ? '' : `, ${count(change.fields.length, 'field')}`;
  const note = promotionNote(change);
  const others = addresses.length === 1 ? '' : ` and ${addresses.length - 1} alike`;
  const summary = `${actionWords(change)} <code>${html(change.address)}</code>${others}${size}${note === '' ? '' : `: ${html(note)}`}`;
  if (change.fields.length === 0) return details(summary, prose(change.reason));
  const body =
    change.action === 'create'
      ? fence(
          'diff',
          clip(
            newFields(change.fields).flatMap((field) => newFieldDiff(field, detail)),
            detail,
          ),
        )
      : fieldsText(change.fields, detail);
  const names = addresses.length === 1 ? '' : `${addresses.map(code).join(', ')}\n\n`;
  return details(summary, `${names}${body}`, open);
}

function conflictText(entry: ConflictEntry, detail: Detail): string {
  const lines = entry.fields.flatMap((field) => [
    `@@ ${pathText(field.path)}: Git against what was last applied @@`,
    ...valueDiff(field.base, field.git, detail),
    `@@ ${pathText(field.path)}: live against what was last applied @@`,
    ...valueDiff(field.base, field.live, detail),
  ]);
  return details(`conflict <code>${html(entry.address)}</code>`, fence('diff', clip(lines, detail)));
}

function driftText(plan: Plan, { entry, addresses }: AlikeDrift, detail: Detail): string {
  const others = addresses.length === 1 ? '' : ` and ${addresses.length - 1} alike`;
  const names = addresses.length === 1 ? '' : `${addresses.map(code).join(', ')}\n\n`;
  const summary = `changed outside Git <code>${html(entry.address)}</code>${others}`;
  if (entry.deleted) return details(summary, 'Deleted outside Git.');
  const pull = code(command(plan, 'pull', '--drift', ...(addresses.length > 5 ? [] : addresses)));
  // The origin is the heading of this section, so that it need not be said for each field.
  const fields = entry.fields.map((field) => ({ ...field, origin: 'config' as const }));
  return details(summary, `${names}${fieldsText(fields, detail)}\n\nInto Git: ${pull}`);
}

function releasedText(plan: Plan, detail: Detail): string {
  const lines = plan.released.map((entry) => {
    const paths = entry.fields.map((field) => pathText(field.path)).join(', ');
    return `${visible(entry.address)}  ${paths}`;
  });
  return details(
    'no longer managed: fields that the specs stopped writing',
    fence('text', clip(lines, detail)),
  );
}

function orphansText(plan: Plan, orphans: Plan['orphans'], detail: Detail): string {
  const lines = orphans.map((orphan) => `${visible(orphan.address)}  ${visible(orphan.remote_id)}`);
  const prune = code(command(plan, 'plan', '--prune'));
  return details(
    `without a spec: ${orphans.length}`,
    `${fence('text', clip(lines, detail))}\n\nTo delete: ${prune}`,
  );
}

function pendingText(entry: PendingEntry, detail: Detail): string {
  const summary = `pending <code>${html(entry.address)}</code>: ${html(pendingNote(entry))}`;
  return details(summary, entry.fields.length === 0 ? 'No field differs.' : fieldsText(entry.fields, detail));
}

/** Text that differs, without computing the difference: what both ends share does not count. */
function sizeOf(fields: readonly { readonly before: Json; readonly after: Json }[]): number {
  return fields.reduce((sum, { before, after }) => sum + changedSize(before, after) + 60, 0);
}

function changedSize(before: Json, after: Json): number {
  if (typeof before !== 'string' || typeof after !== 'string')
    return JSON.stringify(before).length + JSON.stringify(after).length;
  const shortest = Math.min(before.length, after.length);
  let head = 0;
  while (head < shortest && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail += 1;
  return before.length + after.length - 2 * (head + tail);
}

/** Conflicts, changes, then what the plan leaves alone, each apart. */
export function planSections(plan: Plan, detail: Detail): readonly Section[] {
  const orphans = orphansLeft(plan);
  const changes = CHANGE_GROUPS.flatMap((group) => changesOf(plan, group));
  const groups = alike(changes);
  const opened = openChanges(groups);
  const section = (group: string, name: string, rank: number, size: number, make: () => string): Section => ({
    group,
    name,
    rank,
    size,
    make,
  });
  return [
    ...plan.conflicts.map((entry) =>
      section('Conflicts', entry.address, 0, 0, () => conflictText(entry, detail)),
    ),
    ...groups.map((entry) =>
      section('Changes', alikeName(entry), 1, sizeOf(entry.change.fields), () =>
        changeText(entry, detail, opened.has(entry)),
      ),
    ),
    ...alikeDrift(driftLeft(plan)).map((group) =>
      section('Changed outside Git, left as it is', group.entry.address, 1, sizeOf(group.entry.fields), () =>
        driftText(plan, group, detail),
      ),
    ),
    ...(plan.pending ?? []).map((entry) =>
      section('Pending', entry.address, 1, sizeOf(entry.fields), () => pendingText(entry, detail)),
    ),
    ...(plan.released.length > 0
      ? [section('Also', 'fields no longer managed', 2, 0, () => releasedText(plan, detail))]
      : []),
    ...(orphans.length > 0
      ? [section('Also', 'resources without a spec', 2, 0, () => orphansText(plan, orphans, detail))]
      : []),
  ];
}
