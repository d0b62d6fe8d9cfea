/** Writes on a change request what became of it after its merge. */
import { ApiError } from '../model/errors.ts';
import type { Forge } from '../model/forge.ts';
import { isArray, isObject, type Json } from '../model/json.ts';
import type { ApplyReport, StepResult } from '../model/report.ts';
import type { RolloutEntry, RolloutReport } from '../model/rollout-report.ts';
import { shortTime } from '../model/short-time.ts';
import { prose } from '../render/markdown/markdown.ts';
import type { Marker } from '../render/markdown/marker.ts';
import { NO_DIGEST, placeOfAddress } from '../render/markdown/marker.ts';
import { renderReportMarkdown } from '../render/report/report-markdown.ts';
import { canaryWords } from '../render/report/report-text.ts';
import { isForeign, type MergedQuestion, type MergedSet, mergedSets } from './merged-sets.ts';
import { withoutSets, withStatus } from './status-line.ts';
import { markedPosts } from './sticky.ts';

/** A document that a command printed as JSON after a merge. */
export type Report =
  | { readonly kind: 'apply'; readonly report: ApplyReport; readonly refusal: string | undefined }
  | { readonly kind: 'rollout'; readonly report: RolloutReport }
  | { readonly kind: 'removed'; readonly preview: string }
  | { readonly kind: 'failure'; readonly refusal: string };

/** Undefined for a document that is none of them. */
export function readReport(value: Json): Report | undefined {
  if (!isObject(value)) return undefined;
  const refusal =
    isObject(value.error) && typeof value.error.code === 'string' ? value.error.code : undefined;
  if (isApplyReport(value)) return { kind: 'apply', report: value, refusal };
  if (isRolloutReport(value)) return { kind: 'rollout', report: value };
  if (isArray(value.traces)) {
    const preview = isObject(value.traces[0]) ? value.traces[0].preview : value.preview;
    return { kind: 'removed', preview: typeof preview === 'string' ? preview : '' };
  }
  return refusal === undefined ? undefined : { kind: 'failure', refusal };
}

function isApplyReport(value: unknown): value is ApplyReport {
  return (
    isObject(value) &&
    typeof value.outcome === 'string' &&
    isArray(value.results) &&
    value.results.every((result) => isObject(result) && typeof result.status === 'string')
  );
}

function isRolloutReport(value: unknown): value is RolloutReport {
  return isObject(value) && isArray(value.rollouts) && value.rollouts.every(isObject);
}

/** What a change request was told, or why it could not be. */
export interface PostedStatus {
  readonly change: number;
  readonly status: string;
  readonly problem?: ApiError;
}

export interface ReportPlaces extends Omit<MergedQuestion, 'commits'> {
  readonly commits: readonly string[] | undefined;
  /** The request of this run, where it has one. */
  readonly change: number | undefined;
  readonly now: string;
  /** Whether a commit of the target is older than the one at hand. */
  isOlder(commit: string): Promise<boolean>;
}

/** Commits behind the present one in which the request is looked for that brought what is now moved. */
const LOOK_BACK = 30;

/**
 * Gives each change request the status of its own changes, and marks the plans of open ones that were made before
 * their target moved. One that cannot be told (it is locked, or its comments are refused) keeps no other one from being
 * told. Rejects with `ApiError` when not even the merged requests can be found out.
 */
export async function reportBack(
  forge: Forge,
  report: Report,
  at: ReportPlaces,
): Promise<readonly PostedStatus[]> {
  if (report.kind === 'removed') return await tellRemoved(forge, at);
  const commits = looksBack(report) ? at.commits?.slice(0, LOOK_BACK) : at.commits;
  const sets = await mergedSets(forge, { ...at, commits }, { unreadable: 'absent' });
  const told: PostedStatus[] = [];
  for (const set of sets) {
    const status = statusFor(report, set, at);
    if (status !== undefined) told.push(...(await tell(forge, set.change, at, 'plan', status)));
  }
  return [...told, ...(await markOutdated(forge, report, at))];
}

/** True for what concerns requests that were applied before, and not those that wait. */
export function looksBack(report: Report): boolean {
  return report.kind === 'rollout' || (report.kind === 'apply' && report.report.command !== undefined);
}

function statusFor(report: Report, set: MergedSet, { environment, now }: ReportPlaces): string | undefined {
  const when = shortTime(now);
  if (report.kind === 'failure')
    return `Waiting: the apply to ${environment} ended with ${report.refusal} at ${when}`;
  if (report.kind === 'rollout') {
    const own = report.report.rollouts.filter(({ address }) => touches(set, address));
    return own.length === 0 ? undefined : own.map((entry) => rolloutWords(entry, environment)).join('; ');
  }
  if (report.kind !== 'apply') return undefined;
  const { report: applied, refusal } = report;
  const entries = set.marker?.review?.entries;
  const tokens = new Set((entries ?? []).map(({ token }) => token));
  // A set that did not fit into its comment is the whole of exactly one plan.
  const isWhole =
    set.marker !== undefined && entries === undefined && set.marker.digest === applied.plan_digest;
  const held = applied.results.filter(({ error }) => error?.code === 'HELD');
  const own = applied.results.filter(
    ({ digests = [] }) => isWhole || digests.some((token) => tokens.has(token)),
  );
  if (applied.command === 'rollback') {
    const why = applied.reason === undefined ? '' : `: ${applied.reason}`;
    return own.length === 0 ? undefined : `Rolled back in ${environment} at ${when}${why}`;
  }
  if (applied.command === 'promote') {
    return own.length === 0 ? undefined : `${words(own)} in ${environment} at ${when}`;
  }
  if (own.length > 0) return `${words(own)} to ${environment} at ${when}`;
  if (held.some(({ address }) => touches(set, address))) {
    return `Held in ${environment} at ${when}, because it was taken back, and not applied`;
  }
  // What is held keeps nothing else back.
  const onlyHeld = held.length > 0 && held.length === applied.results.length;
  if (applied.outcome === 'refused' && !onlyHeld) {
    return `Waiting: the apply to ${environment} was refused${refusal === undefined ? '' : ` (${refusal})`} at ${when}`;
  }
  // What the request holds is not known: that all of the commit is applied is.
  if (entries === undefined)
    return applied.outcome === 'partial' ? undefined : `Applied to ${environment} at ${when}`;
  return `Applied to ${environment} at ${when}: nothing of it was left to do`;
}

/** Applied, partly applied, failed or waiting, with what callers hear of an open canary. */
function words(results: readonly StepResult[]): string {
  const done = results.filter(({ status }) => status === 'applied' || status === 'skipped');
  const failed = results.filter(({ status }) => status === 'failed' || status === 'unknown');
  const canaries = results.flatMap(({ address, rollout }) =>
    rollout === undefined ? [] : [`${address}: ${canaryWords(rollout)}`],
  );
  const why = failed.flatMap(({ address, error }) => (error === null ? [] : [`${address}: ${error.code}`]));
  const tail = [...canaries, ...why].join('; ');
  const more = tail === '' ? '' : ` (${tail})`;
  if (done.length === results.length) return `Applied${more}`;
  if (done.length > 0) return `Partly applied${more}`;
  if (failed.length > 0) return `Failed${more}`;
  return 'Waiting: not attempted';
}

function rolloutWords(entry: RolloutEntry, environment: string): string {
  const { address, action, phase, weight, next_at, deadline_at, reason } = entry;
  if (phase === 'promoted') return `${address} is promoted in ${environment}`;
  if (phase === 'aborted')
    return `Rolled back: the rollout of ${address} was aborted${reason === null ? '' : `: ${reason}`}`;
  if (action === 'paused' || phase === 'paused')
    return `The rollout of ${address} is paused${reason === null ? '' : `: ${reason}`}`;
  const next = next_at === null ? '' : `, next step at ${shortTime(next_at)}`;
  const deadline = deadline_at === null ? '' : `, given up at ${shortTime(deadline_at)}`;
  return `Canary of ${address} in ${environment}: ${weight} % of the calls${next}${deadline}`;
}

/** True where a reviewed set names an address. */
function touches({ marker }: MergedSet, address: string): boolean {
  const owner = placeOfAddress(address);
  const entries = marker?.review?.entries ?? [];
  return entries.some(({ place }) => place === owner || place.startsWith(`${owner}.`));
}

/** Empty where the request has no comment of ours. */
async function tell(
  forge: Forge,
  change: number,
  { environment, project, author }: Pick<ReportPlaces, 'environment' | 'project' | 'author'>,
  topic: string,
  status: string,
): Promise<readonly PostedStatus[]> {
  const subject: Marker = { topic, environment, project, digest: NO_DIGEST };
  try {
    const found = markedPosts(await forge.comments(change), subject, author).at(-1);
    if (found === undefined) return [];
    const { post } = found;
    // Our own edit makes us the last editor of what somebody else may have written: a forged set would count.
    const editor = post.edited ? await forge.lastEditor(change, post) : undefined;
    const isOurs = editor === undefined || (editor.known && !isForeign(editor, author));
    const body = withStatus(isOurs ? post.body : withoutSets(post.body), status, environment);
    if (body !== post.body) await forge.editComment(change, post.id, body);
    return [{ change, status }];
  } catch (error) {
    if (error instanceof ApiError) return [{ change, status, problem: error }];
    throw error;
  }
}

async function tellRemoved(forge: Forge, at: ReportPlaces): Promise<readonly PostedStatus[]> {
  const { change } = at;
  if (change === undefined) return [];
  const status = `Removed: nothing of this preview is left (${shortTime(at.now)})`;
  return await tell(forge, change, at, 'preview', status);
}

/** After an apply that wrote something, plans of open requests were made against what is no longer there. */
async function markOutdated(
  forge: Forge,
  report: Report,
  at: ReportPlaces,
): Promise<readonly PostedStatus[]> {
  const wrote = report.kind === 'apply' && report.report.results.some(({ status }) => status === 'applied');
  if (!wrote) return [];
  const status = `Outdated: ${at.target} moved to ${at.commit.slice(0, 12)} since this plan; push or run the plan again to see it anew`;
  const told: PostedStatus[] = [];
  for (const { number } of (await forge.openChanges(at.target)).slice(0, MOST_OPEN)) {
    if (await isUpToDate(forge, number, at)) continue;
    told.push(...(await tell(forge, number, at, 'plan', status)));
  }
  return told;
}

/** True where the plan was made on the commit at hand or a later one. */
async function isUpToDate(forge: Forge, change: number, at: ReportPlaces): Promise<boolean> {
  const { environment, project, author } = at;
  const subject: Marker = { topic: 'plan', environment, project, digest: NO_DIGEST };
  try {
    const base = markedPosts(await forge.comments(change), subject, author).at(-1)?.marker.review?.base;
    return base !== undefined && !(await at.isOlder(base));
  } catch (error) {
    // That it cannot be read is told by who writes the status.
    if (error instanceof ApiError) return false;
    throw error;
  }
}

/** Open requests that are looked at. */
const MOST_OPEN = 50;

/** For the summary of the job. */
export function reportMarkdown(
  report: Report,
  { project, environment }: Pick<ReportPlaces, 'project' | 'environment'>,
): string {
  switch (report.kind) {
    case 'apply':
      return renderReportMarkdown(report.report, { project, environment });
    case 'rollout':
      return `### Rollouts in ${prose(environment)}\n\n${report.report.rollouts.map((entry) => `- ${prose(rolloutWords(entry, environment))}`).join('\n')}\n`;
    case 'removed':
      return '### The preview is removed\n';
    case 'failure':
      return `### The apply to ${prose(environment)} ended with ${prose(report.refusal)}\n`;
    default:
      return report satisfies never;
  }
}
