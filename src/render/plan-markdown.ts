import type { Diagnostic } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import type { Change, ConflictEntry, DriftEntry, FieldChange, Plan } from '../model/plan.ts';
import { changedBlock, fitsOneLine, inlinePair, pathText, previewLines } from './field-text.ts';
import { byteLength, code, details, fence, html, markerValue, prose } from './markdown.ts';
import {
  ACTION_ORDER,
  cautions,
  changesOf,
  command,
  driftLeft,
  newFields,
  nextCommands,
  orphansLeft,
  type PlanExtra,
  planFlags,
  promotionNote,
  verdict,
} from './plan-words.ts';
import { count, type Style } from './style.ts';
import { inline } from './value.ts';
import { visible } from './visible.ts';
import { truncate } from './width.ts';

/**
 * The plan as a comment on a pull request. A comment may hold 65,536 characters, so sections are added while they
 * fit the budget and what was left out is said. The hidden first line lets a workflow find and replace its comment.
 */

export interface MarkdownOptions extends PlanExtra {
  /** Bytes that the result may have. */
  readonly budget?: number;
}

const DEFAULT_BUDGET = 60_000;
const STYLE: Style = { color: false, width: 120, unicode: true };
const ROOM = { width: 120, wrap: false } as const;
const MAX_CAUTIONS = 20;
/** Bytes of one section: a single rewritten resource must not push out all others. */
const MAX_SECTION = 12_000;

function marker(plan: Plan): string {
  const facts = `env=${markerValue(plan.environment)} project=${markerValue(plan.project)}`;
  return `<!-- assistantctl:plan ${facts} digest=${markerValue(plan.plan_digest)} -->`;
}

/** The value on one line when it fits, otherwise its first lines, each with the sign. */
function signedLines(sign: string, value: Json): readonly string[] {
  const line = `${sign} ${inline(value)}`;
  if (fitsOneLine(value) && line.length <= ROOM.width) return [line];
  return previewLines(STYLE, value, ROOM.width - 2).map((text) => `${sign} ${text}`.trimEnd());
}

function valueDiff(before: Json, after: Json): readonly string[] {
  if (before === null) return signedLines('+', after);
  if (after === null) return signedLines('-', before);
  const [old, now] = inlinePair(before, after);
  const fits = fitsOneLine(before) && fitsOneLine(after) && Math.max(old.length, now.length) < ROOM.width;
  return fits && old !== now ? [`- ${old}`, `+ ${now}`] : changedBlock(STYLE, before, after, ROOM);
}

function fieldDiff(field: FieldChange): readonly string[] {
  return [`@@ ${pathText(field.path)} @@`, ...valueDiff(field.before, field.after)];
}

function newFieldDiff(field: FieldChange): readonly string[] {
  const line = `+ ${pathText(field.path)}: ${inline(field.after)}`;
  if (fitsOneLine(field.after) && line.length <= ROOM.width) return [line];
  const preview = previewLines(STYLE, field.after, ROOM.width - 4);
  return [`+ ${pathText(field.path)}:`, ...preview.map((text) => `+   ${text}`.trimEnd())];
}

/** The first lines of a section and how many more there are. */
function clip(lines: readonly string[]): readonly string[] {
  const shown = take(
    lines.map((line) => () => line),
    MAX_SECTION,
  );
  const rest = lines.length - shown.length;
  return rest === 0 ? lines : [...shown, `… ${count(rest, 'more line')}`];
}

function changeSection(change: Change): string {
  const fields =
    change.action === 'create'
      ? newFields(change.fields).flatMap(newFieldDiff)
      : change.fields.flatMap(fieldDiff);
  const size = change.fields.length === 0 ? '' : `, ${count(change.fields.length, 'field')}`;
  const summary = `${change.action} <code>${html(change.address)}</code>${size}`;
  return details(summary, fields.length === 0 ? prose(change.reason) : fence('diff', clip(fields)));
}

function conflictSection(entry: ConflictEntry): string {
  const lines = entry.fields.flatMap((field) => [
    `@@ ${pathText(field.path)}: Git against what was last applied @@`,
    ...valueDiff(field.base, field.git),
    `@@ ${pathText(field.path)}: live against what was last applied @@`,
    ...valueDiff(field.base, field.live),
  ]);
  return details(`conflict <code>${html(entry.address)}</code>`, fence('diff', clip(lines)));
}

function driftSection(plan: Plan, entry: DriftEntry): string {
  const summary = `changed outside Git <code>${html(entry.address)}</code>`;
  if (entry.deleted) return details(summary, 'Deleted outside Git.');
  const pull = code(command(plan, 'pull', '--drift', entry.address));
  return details(summary, `${fence('diff', clip(entry.fields.flatMap(fieldDiff)))}\n\nInto Git: ${pull}`);
}

function releasedSection(plan: Plan): string {
  const lines = plan.released.map((entry) => {
    const paths = entry.fields.map((field) => pathText(field.path)).join(', ');
    return `${visible(entry.address)}  ${paths}`;
  });
  return details('no longer managed: fields that the specs stopped writing', fence('text', clip(lines)));
}

function orphanSection(plan: Plan, orphans: Plan['orphans']): string {
  const lines = orphans.map((orphan) => `${visible(orphan.address)}  ${visible(orphan.remote_id)}`);
  const prune = code(command(plan, 'plan', '--prune'));
  return details(`without a spec: ${orphans.length}`, `${fence('text', clip(lines))}\n\nTo delete: ${prune}`);
}

/** What makes each section, so that those beyond the budget cost nothing. */
function sectionMakers(plan: Plan): readonly (() => string)[] {
  const orphans = orphansLeft(plan);
  const changes = ACTION_ORDER.flatMap((action) => changesOf(plan, action));
  return [
    ...plan.conflicts.map((entry) => () => conflictSection(entry)),
    ...plan.diagnostics.map((diagnostic) => () => diagnosticLine(diagnostic)),
    ...changes.map((change) => () => changeSection(change)),
    ...driftLeft(plan).map((entry) => () => driftSection(plan, entry)),
    ...(plan.released.length > 0 ? [() => releasedSection(plan)] : []),
    ...(orphans.length > 0 ? [() => orphanSection(plan, orphans)] : []),
  ];
}

function diagnosticLine(diagnostic: Diagnostic): string {
  const { position, severity, message } = diagnostic;
  const where = position === undefined ? (diagnostic.address ?? '') : `${position.file}:${position.line}`;
  return `- ${severity} ${code(diagnostic.code)} ${code(where)} ${prose(message)}`;
}

function alerts(plan: Plan, extra: PlanExtra): readonly string[] {
  const all = [
    ...(plan.conflicts.length > 0 ? ['Conflicts: nothing can be applied until they are settled.'] : []),
    ...cautions(plan, extra),
  ];
  if (all.length === 0) return [];
  const rest = all.length - MAX_CAUTIONS;
  const lines = all.slice(0, MAX_CAUTIONS).map((text) => `> - ${prose(truncate(text, 600, '…'))}`);
  return [['> [!CAUTION]', ...lines, ...(rest > 0 ? [`> - and ${rest} more`] : [])].join('\n')];
}

function tableRows(plan: Plan): readonly string[] {
  return ACTION_ORDER.flatMap((action) =>
    changesOf(plan, action).map((change) => {
      const note = promotionNote(change);
      return `| ${action} | ${code(change.address)} | ${prose(note)} | ${prose(truncate(change.reason, 160, '…'))} |`;
    }),
  );
}

/** Makes items from the front while they fit, and none beyond. */
function take(items: readonly (() => string)[], bytes: number): readonly string[] {
  const taken: string[] = [];
  let used = 0;
  for (const make of items) {
    const item = make();
    used += byteLength(item) + 2;
    if (used > bytes) break;
    taken.push(item);
  }
  return taken;
}

function table(rows: readonly string[], bytes: number): readonly string[] {
  if (rows.length === 0) return [];
  const shown = take(
    rows.map((row) => () => row),
    bytes,
  );
  const left = rows.length - shown.length;
  const note = left > 0 ? [`${count(left, 'more change')} left out of this table.`] : [];
  if (shown.length === 0) return note;
  return [['| action | resource | main | why |', '|---|---|---|---|', ...shown].join('\n'), ...note];
}

function footer(plan: Plan, extra: PlanExtra): string {
  const next = nextCommands(plan, extra);
  const digest = plan.plan_digest.replace(/^sha256:/, '');
  const apply = command(plan, 'apply', ...planFlags(plan), '--expect-digest', digest);
  const approve = extra.protected === true ? ` --approve ${visible(plan.environment)}` : '';
  const commands = plan.changes.length > 0 && plan.conflicts.length === 0 ? [`${apply}${approve}`] : next;
  const facts = `Plan ${code(plan.plan_digest)} of ${code(plan.project)} for ${code(plan.environment)}`;
  return [facts, ...(commands.length > 0 ? [fence('sh', commands.map(visible))] : [])].join('\n\n');
}

/** GitHub Markdown of at most `budget` bytes (60,000 unless told), safe to post whatever the specs contain. */
export function renderPlanMarkdown(plan: Plan, options: MarkdownOptions = {}): string {
  const budget = options.budget ?? DEFAULT_BUDGET;
  const head = [marker(plan), `### ${prose(truncate(verdict(plan), 400, '…'))}`, ...alerts(plan, options)];
  const unmanaged = plan.summary.unmanaged;
  const tail = [
    ...(unmanaged > 0 ? [`${count(unmanaged, 'live resource')} not managed here and never touched.`] : []),
    footer(plan, options),
  ];
  const fixed = byteLength([...head, ...tail].join('\n\n')) + 300;
  const rows = table(tableRows(plan), Math.floor((budget - fixed) * 0.4));
  const sections = sectionMakers(plan);
  const shown = take(sections, budget - fixed - byteLength(rows.join('\n\n')));
  const left = sections.length - shown.length;
  const note = left > 0 ? [`_${count(left, 'section')} left out: the comment would be too long._`] : [];
  const text = `${[...head, ...rows, ...shown, ...note, ...tail].join('\n\n')}\n`;
  return byteLength(text) <= budget ? text : `${head.slice(0, 2).join('\n\n')}\n`;
}
