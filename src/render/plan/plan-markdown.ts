import { compareWithMain } from '../../model/comparison.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Change, Plan } from '../../model/plan.ts';
import { planFlags } from '../../model/plan-flags.ts';
import { shortTime } from '../../model/short-time.ts';
import { hasPortal, portalLink } from '../markdown/links.ts';
import { byteLength, code, details, fence, html, prose } from '../markdown/markdown.ts';
import { chooseSections, takeFitting } from '../markdown/markdown-sections.ts';
import { isTooMany, MOST_SET_CHARACTERS, markerLine, markerOfPlan } from '../markdown/marker.ts';
import { headlineOf } from '../terminal/plan-headline.ts';
import {
  actionWords,
  apartLines,
  CHANGE_GROUPS,
  type ChangeGroup,
  cautions,
  changesOf,
  command,
  groupOf,
  listSome,
  nextCommands,
  otherDiagnostics,
  type PlanExtra,
  promotionNote,
  settingLines,
  shortCommit,
} from '../terminal/plan-words.ts';
import { count } from '../terminal/style.ts';
import { visible } from '../terminal/visible.ts';
import { truncate } from '../terminal/width.ts';
import { alike } from './alike.ts';
import { MERGE_WORDS, mergeEffect, mergeVerdict } from './merge-verdict.ts';
import { marksOf, type ReviewExtra, reviewCautions } from './plan-extra.ts';
import { BRIEF, planSections, sizeText, WHOLE } from './plan-sections.ts';
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

function headline(plan: Plan, options: MarkdownOptions): string {
  return `### ${prose(truncate(headlineOf(plan, options), 400, '…'))}`;
}

/** May it be merged, and what happens then: what a reviewer reads if nothing else. */
function mergeLine(plan: Plan, extra: ReviewExtra): string {
  const found = mergeVerdict(plan, extra);
  const words = MERGE_WORDS[found.may];
  switch (found.may) {
    case 'no': {
      const [first = '', ...more] = found.reasons;
      const rest = more.length === 0 ? '' : ` (and ${count(more.length, 'more reason')} below)`;
      return `${words} ${prose(truncate(first, 400, '…'))}${rest}.`;
    }
    case 'look':
    case 'yes':
      return `${words} ${prose(truncate(mergeEffect(plan), 700, '…'))}`;
    case 'unknown':
      return words;
    default:
      return found satisfies never;
  }
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
    // Of a protected environment every plan would say the same, and a pipeline knows what to do.
    ...cautions(plan, { ...extra, protected: false }),
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

/** Equal changes of many resources are one row. */
function tableRows(plan: Plan, extra: ReviewExtra): readonly string[] {
  const listed = CHANGE_GROUPS.flatMap((group) => changesOf(plan, group));
  return alike(listed).map(({ change, addresses }) => {
    const more = addresses.length === 1 ? '' : ` and ${count(addresses.length - 1, 'more', 'more')}`;
    const cells = [
      `${actionWords(change)} ${sourceLink(change, extra)}${more}`,
      sizeText(change.fields),
      prose(heardBy(change, addresses, extra)),
      mergeCell(change, hasPortal(plan.api_base)),
      testCell(addresses, extra),
    ];
    return `| ${cells.join(' | ')} |`;
  });
}

/** The document that says it, where the forge and the commit are known. */
function sourceLink({ address }: Change, { sources }: ReviewExtra): string {
  const url = sources?.get(address);
  return url === undefined ? code(address) : `[${code(address)}](${url})`;
}

function heardBy(change: Change, addresses: readonly string[], { blastRadius }: ReviewExtra): string {
  const users = change.affects.length > 0 ? `${count(change.affects.length, 'assistant')}, at once` : '';
  const concerned = new Set<string>([...addresses, ...change.affects]);
  const reached = blastRadius?.assistants.filter(({ address }) => concerned.has(address)) ?? [];
  const numbers = [...new Set(reached.flatMap(({ phone_numbers: phones }) => phones ?? []))];
  return [...(users === '' ? [] : [users]), ...(numbers.length === 0 ? [] : [listSome(numbers, 3)])].join(
    ': ',
  );
}

/** What becomes of a resource that has no versions. */
const GROUP_WORDS: { readonly [group in ChangeGroup]: string } = {
  move: 'the new key',
  create: 'created',
  adopt: 'managed from then on',
  takeover: 'live values replaced',
  update: 'in force at once',
  delete: 'deleted',
};

/** Why is told where it is more than that Git says so. */
function mergeCell(change: Change, portal: boolean): string {
  const note = promotionNote(change) || GROUP_WORDS[groupOf(change)];
  const plain =
    /^(The spec changed|It is not in the account yet|No spec describes it any more|changed in Git|new in Git|not in the account yet)\.?$/;
  const why = plain.test(change.reason) ? '' : truncate(change.reason, 160, '…');
  const remote = change.remote_id;
  const { address, live_version_id: version } = change;
  const link = remote === null ? '' : portalLink('live', { address, id: remote, version }, portal);
  const told = [note, why].filter((text) => text !== '').join('; ');
  return [prose(told), ...(link.startsWith('[') ? [link] : [])].filter((text) => text !== '').join(' ');
}

/** How the tests of these assistants did, and how on main. */
function testCell(addresses: readonly string[], { tests = [], graph }: ReviewExtra): string {
  if (tests.length === 0 || graph === undefined) return '';
  const own = new Set(
    graph.edges.flatMap(({ from, to }) =>
      addresses.includes(to) && from.startsWith('test/') ? [from] : addresses.includes(from) ? [to] : [],
    ),
  );
  const verdicts = tests.filter(({ address }) => address !== null && own.has(address));
  if (verdicts.length === 0) return '';
  const { passed, tests: all, main, newly_failing: failing } = compareWithMain(verdicts);
  const sign = passed === all ? '✅' : '❌';
  const onMain = main === null ? '' : `; main ${main.passed} of ${main.total}`;
  const worse = failing.length === 0 ? '' : `; **${failing.length} newly failing**`;
  return `${sign} ${passed} of ${all}${onMain}${worse}`;
}

function table(rows: readonly string[], bytes: number): readonly string[] {
  if (rows.length === 0) return [];
  const shown = takeFitting(rows, bytes);
  const left = rows.length - shown.length;
  const note = left > 0 ? [`${count(left, 'more change')} left out of this table.`] : [];
  if (shown.length === 0) return note;
  return [
    [
      '| change | size | who hears it | what the merge does | tests |',
      '|---|---|---|---|---|',
      ...shown,
    ].join('\n'),
    ...note,
  ];
}

function provenance({ git, review, created_at, expires_at }: Plan): string {
  const branch = git === null || git.branch === null ? '' : ` (${code(truncate(git.branch, 80, '…'))})`;
  // A pipeline plans a merge that the forge made for the run: no clone has it. Its two sides are what people know.
  const { head = null, base = null } = review ?? {};
  const merged = head !== null && base !== null && git !== null && !git.dirty && head !== git.commit;
  const made = merged ? `${code(head.slice(0, 12))} merged with ${code(base.slice(0, 12))}` : undefined;
  const from = git === null ? '' : ` from ${made ?? `${code(shortCommit(git, 12))}${branch}`}`;
  return `Made ${prose(shortTime(created_at))}${from}; saved, it can be applied until ${prose(shortTime(expires_at))}.`;
}

function footer(plan: Plan, extra: PlanExtra): string {
  const next = nextCommands(plan, extra);
  const digest = plan.plan_digest.replace(/^sha256:/, '');
  const apply = command(plan, 'apply', ...planFlags(plan), '--expect-digest', digest);
  const approve = extra.protected === true ? ` --approve ${visible(plan.environment)}` : '';
  const applies = plan.changes.length > 0 && plan.conflicts.length === 0 && plan.options.offline !== true;
  const commands = applies ? [`${apply}${approve}`] : next;
  if (extra.driftAlone === true) {
    return `Drift of ${code(plan.project)} in ${code(plan.environment)}, seen ${prose(shortTime(plan.created_at))}.`;
  }
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
  // Drift alone leaves changes out, so a comment with it must never count as their review.
  const asked =
    options.driftAlone === true ? [] : [markerLine(markerOfPlan(plan), mostOfSet), mergeLine(plan, options)];
  const head = [...asked.slice(0, 1), headline(plan, options), ...asked.slice(1), ...alerts(plan, options)];
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
  const rows = spend(table(tableRows(plan, options), Math.floor(room * 0.4)));
  const review = spend(fitting(reviewText(plan), Math.floor(room * 0.3)));
  const tests = spend(fitting(testsText(options.tests ?? []), Math.floor(room * 0.4)));
  const graph = graphSections(options.graph, marksOf(plan));
  const { text: sections, left } = chooseSections([...planSections(plan, BRIEF), ...graph], room, [
    ...planSections(plan, WHOLE),
    ...graph,
  ]);
  const note = left.length === 0 ? [] : [leftOut(plan, left)];
  const parts = [
    ...head,
    ...problems,
    ...rows,
    ...radius,
    ...review,
    ...tests,
    sections,
    ...remarks,
    ...note,
    ...tail,
  ];
  const text = `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  if (byteLength(text) <= budget) return text;
  const short = `${head.slice(0, 3).join('\n\n')}\n`;
  return byteLength(short) <= budget ? short : `${head.slice(0, 2).join('\n\n')}\n`;
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
