import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Plan } from '../../model/plan.ts';
import { shortTime } from '../../model/short-time.ts';
import { byteLength, code, details, fence, html, prose } from '../markdown/markdown.ts';
import { chooseSections, takeFitting } from '../markdown/markdown-sections.ts';
import { isTooMany, MOST_SET_CHARACTERS, markerLine, markerOfPlan } from '../markdown/marker.ts';
import {
  actionWords,
  apartLines,
  CHANGE_GROUPS,
  cautions,
  changesOf,
  command,
  listSome,
  nextCommands,
  otherDiagnostics,
  type PlanExtra,
  planFlags,
  promotionNote,
  settingLines,
  shortCommit,
  verdict,
} from '../terminal/plan-words.ts';
import { count } from '../terminal/style.ts';
import { visible } from '../terminal/visible.ts';
import { truncate } from '../terminal/width.ts';
import { marksOf, type ReviewExtra, reviewCautions } from './plan-extra.ts';
import { BRIEF, planSections, WHOLE } from './plan-sections.ts';
import { blastRadiusText, graphSections, testsText } from './review-markdown.ts';

/**
 * The plan as a comment on a pull request. A comment may hold 65,536 characters, so sections are added while they
 * fit the budget and what was left out is said. The hidden first line lets a workflow find and replace its comment.
 */

export interface MarkdownOptions extends ReviewExtra {
  /** Bytes that the result may have. */
  readonly budget?: number;
}

const DEFAULT_BUDGET = 60_000;
const MAX_CAUTIONS = 20;

const TOO_MANY =
  'More changes than the comment can hold for review: after the merge exactly this plan counts, or the plan that the run kept as an artifact, given to apply --reviewed.';

function headline(plan: Plan): string {
  const nothingYet = plan.changes.length > 0 ? ' Nothing has been applied.' : '';
  return `### ${prose(truncate(verdict(plan), 400, '…'))}${nothingYet}`;
}

/** A block that GitHub paints red; the other forge shows it as a quotation. */
export function cautionBlock(all: readonly string[]): readonly string[] {
  if (all.length === 0) return [];
  const rest = all.length - MAX_CAUTIONS;
  const lines = all.slice(0, MAX_CAUTIONS).map((text) => `> - ${prose(truncate(text, 600, '…'))}`);
  return [['> [!CAUTION]', ...lines, ...(rest > 0 ? [`> - and ${rest} more`] : [])].join('\n')];
}

function alerts(plan: Plan, extra: ReviewExtra): readonly string[] {
  return cautionBlock([
    ...(plan.conflicts.length > 0 ? ['Conflicts: nothing can be applied until they are settled.'] : []),
    ...cautions(plan, extra),
    ...reviewCautions(extra),
    ...(isTooMany(plan) ? [TOO_MANY] : []),
  ]);
}

function diagnosticLine(diagnostic: Diagnostic): string {
  const { position, severity, message } = diagnostic;
  const where = position === undefined ? (diagnostic.address ?? '') : `${position.file}:${position.line}`;
  const text = prose(truncate(message, 400, '…'));
  return `- ${severity} ${code(diagnostic.code)} ${code(where)} ${text}`;
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

/** Errors stand before the changes, as many as fit. */
function errorList(plan: Plan, bytes: number): readonly string[] {
  const lines = fittingLines(otherDiagnostics(plan).filter(isError).map(diagnosticLine), bytes);
  return lines.length === 0 ? [] : [lines.join('\n')];
}

/** Warnings and remarks are beside the point: folded in after the changes, those of one code together. */
function remarkSection(plan: Plan, bytes: number): readonly string[] {
  const remarks = otherDiagnostics(plan).filter((diagnostic) => !isError(diagnostic));
  if (remarks.length === 0) return [];
  const byCode = new Map<string, Diagnostic[]>();
  for (const remark of remarks) byCode.set(remark.code, [...(byCode.get(remark.code) ?? []), remark]);
  const lines = [...byCode.values()].flatMap((members) => {
    const hint = members[0]?.hint;
    const shared = hint !== undefined && members.every((member) => member.hint === hint);
    return [...members.map(diagnosticLine), ...(shared ? [`  - ${prose(truncate(hint, 400, '…'))}`] : [])];
  });
  const names = [...byCode].map(([name, { length }]) => `${name} (${length})`).join(', ');
  const summary = `${html(count(remarks.length, 'warning or remark', 'warnings and remarks'))}: ${html(truncate(names, 200, '…'))}`;
  const body = fittingLines(lines, Math.max(0, bytes - 300)).join('\n');
  return body === '' ? [] : [details(summary, body)];
}

function fittingLines(lines: readonly string[], bytes: number): readonly string[] {
  const shown = takeFitting(lines, bytes);
  const rest = lines.length - shown.length;
  return rest > 0 ? [...shown, `- and ${count(rest, 'more line')}`] : shown;
}

function tableRows(plan: Plan): readonly string[] {
  return CHANGE_GROUPS.flatMap((group) =>
    changesOf(plan, group).map((change) => {
      const note = promotionNote(change);
      return `| ${actionWords(change)} | ${code(change.address)} | ${prose(note)} | ${prose(truncate(change.reason, 160, '…'))} |`;
    }),
  );
}

function table(rows: readonly string[], bytes: number): readonly string[] {
  if (rows.length === 0) return [];
  const shown = takeFitting(rows, bytes);
  const left = rows.length - shown.length;
  const note = left > 0 ? [`${count(left, 'more change')} left out of this table.`] : [];
  if (shown.length === 0) return note;
  return [['| action | resource | main | why |', '|---|---|---|---|', ...shown].join('\n'), ...note];
}

function provenance({ git, created_at, expires_at }: Plan): string {
  const branch = git === null || git.branch === null ? '' : ` (${code(truncate(git.branch, 80, '…'))})`;
  const from = git === null ? '' : ` from ${code(shortCommit(git, 12))}${branch}`;
  return `Made ${prose(shortTime(created_at))}${from}, valid until ${prose(shortTime(expires_at))}.`;
}

function footer(plan: Plan, extra: PlanExtra): string {
  const next = nextCommands(plan, extra);
  const digest = plan.plan_digest.replace(/^sha256:/, '');
  const apply = command(plan, 'apply', ...planFlags(plan), '--expect-digest', digest);
  const approve = extra.protected === true ? ` --approve ${visible(plan.environment)}` : '';
  const applies = plan.changes.length > 0 && plan.conflicts.length === 0 && plan.options.offline !== true;
  const commands = applies ? [`${apply}${approve}`] : next;
  const facts = `Plan ${code(plan.plan_digest)} of ${code(plan.project)} for ${code(plan.environment)}. ${provenance(plan)}`;
  return [facts, ...(commands.length > 0 ? [fence('sh', commands.map(visible))] : [])].join('\n\n');
}

/** Adds each part that fits by itself into what is left. */
function fitting(parts: readonly string[], bytes: number): readonly string[] {
  return byteLength(parts.join('\n\n')) <= bytes ? parts : takeFitting(parts, bytes);
}

/** GitHub Markdown of at most `budget` bytes (60,000 unless told), safe to post whatever the specs contain. */
export function renderPlanMarkdown(plan: Plan, options: MarkdownOptions = {}): string {
  const budget = options.budget ?? DEFAULT_BUDGET;
  const mostOfSet = Math.min(MOST_SET_CHARACTERS, Math.floor(budget * 0.4));
  const head = [markerLine(markerOfPlan(plan), mostOfSet), headline(plan), ...alerts(plan, options)];
  const unmanaged = plan.summary.unmanaged;
  const tail = [
    ...(unmanaged > 0 ? [`${count(unmanaged, 'live resource')} not managed here and never touched.`] : []),
    footer(plan, options),
  ];
  // What is said about things left out needs room too.
  let room = budget - byteLength([...head, ...tail].join('\n\n')) - 700;
  const spend = (parts: readonly string[]): readonly string[] => {
    room -= byteLength(parts.join('\n\n')) + 2;
    return parts;
  };
  const problems = spend(errorList(plan, Math.floor(room * 0.5)));
  const remarks = spend(remarkSection(plan, Math.floor(room * 0.2)));
  const reach = options.blastRadius === undefined ? [] : blastRadiusText(options.blastRadius);
  const radius = spend(fitting(reach, Math.floor(room * 0.3)));
  const rows = spend(table(tableRows(plan), Math.floor(room * 0.4)));
  const review = spend(fitting(reviewText(plan), Math.floor(room * 0.3)));
  const tests = spend(fitting(testsText(options.tests ?? []), Math.floor(room * 0.4)));
  const graph = graphSections(options.graph, marksOf(plan));
  const whole = chooseSections([...planSections(plan, WHOLE), ...graph], room);
  const { text: sections, left } =
    whole.left.length === 0 ? whole : chooseSections([...planSections(plan, BRIEF), ...graph], room);
  const note = left.length === 0 ? [] : [leftOut(plan, left)];
  const parts = [
    ...head,
    ...problems,
    ...radius,
    ...rows,
    ...review,
    ...tests,
    sections,
    ...remarks,
    ...note,
    ...tail,
  ];
  const text = `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  return byteLength(text) <= budget ? text : `${head.slice(0, 2).join('\n\n')}\n`;
}

/** Settings, which are reviewed and never sent, and what is up for nobody's review here. */
function reviewText(plan: Plan): readonly string[] {
  const settings = settingLines(plan);
  return [
    ...(settings.length > 0
      ? [
          `**Settings** (written in Git, never sent):\n\n${settings.map((line) => `- ${prose(line)}`).join('\n')}`,
        ]
      : []),
    ...apartLines(plan).map((line) => prose(line)),
  ];
}

function leftOut(plan: Plan, names: readonly string[]): string {
  const shown = listSome(
    names.map((name) => code(truncate(name, 48, '…'))),
    6,
  );
  const whole = code(truncate(command(plan, 'plan'), 120, '…'));
  const verb = names.length === 1 ? 'is' : 'are';
  return `_${count(names.length, 'section')} left out, because the comment would be too long:_ ${shown} ${verb} shown by ${whole}.`;
}
