import { formatEntries, parseEntries, placeOfUnit, setEntryOf } from '../../canonical/set-entries.ts';
import type { Plan } from '../../model/plan.ts';
import type { ReviewedSet, SetEntry } from '../../model/review.ts';
import { markerValue } from './markdown.ts';

/**
 * The hidden first line of everything we post: by it a later run finds its post again, and an apply what was
 * reviewed. It holds hashes and names alone, and no text of a document can end or extend it.
 */
export interface Marker {
  /** What the post is about: `plan`, `drift`, `preview`… */
  readonly topic: string;
  readonly environment: string;
  /** `-` where it is not known: a project file that cannot be read. */
  readonly project: string;
  /** `none` where there is nothing that could be applied. */
  readonly digest: string;
  /** What reviewers of a plan agree to. */
  readonly review?: MarkedReview;
}

export interface MarkedReview {
  readonly head: string | null;
  /** Commit of the target that it was planned on; by it a report tells plans that came later. */
  readonly base?: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly ttlMs: number;
  /** Undefined where they did not fit: then only the digest of the plan counts. */
  readonly entries: readonly SetEntry[] | undefined;
  /** Other changes wait beside it, so that its plan as a whole was reviewed by nobody. */
  readonly partial?: true;
  /** RFC 3339: when the change request was merged; added by who asked the forge. */
  readonly merged?: string;
  /** Number of the change request; likewise. */
  readonly change?: number;
}

export const NO_DIGEST = 'none';
export const NO_PROJECT = '-';

/** Characters that a set may take of a comment; about 600 units. */
export const MOST_SET_CHARACTERS = 24_000;

const PATTERN = /^\s*<!-- assistantctl:([a-z-]{1,40}) ([^\n]{0,60000}?) -->/;
const TOO_MANY = 'over';
const EMPTY_SET = 'none';

/** One line without its line break. `most`: characters that the set may take. */
export function markerLine(marker: Marker, most: number = MOST_SET_CHARACTERS): string {
  const { topic, environment, project, digest, review } = marker;
  const facts = [
    ['env', markerValue(environment)],
    ['project', markerValue(project)],
    ['digest', markerValue(digest)],
    ...(review === undefined ? [] : reviewFacts(review, most)),
  ];
  return `<!-- assistantctl:${topic} ${facts.map((fact) => fact.join('=')).join(' ')} -->`;
}

function reviewFacts(review: MarkedReview, most: number): readonly (readonly [string, string])[] {
  const { head, base, at, ttlMs, entries, merged, change } = review;
  const text = entries === undefined ? TOO_MANY : formatEntries(entries);
  return [
    ...(head === null ? [] : ([['head', markerValue(head)]] as const)),
    ...(base === undefined ? [] : ([['base', markerValue(base)]] as const)),
    ['at', markerValue(at)],
    ['ttl', `${Math.round(ttlMs / 1000)}s`],
    ...(change === undefined ? [] : ([['change', String(change)]] as const)),
    ...(merged === undefined ? [] : ([['merged', markerValue(merged)]] as const)),
    ['set', text === '' ? EMPTY_SET : text.length <= most ? text : review.partial ? EMPTY_SET : TOO_MANY],
  ];
}

/** The marker that a text starts with; one further down may be quoted and does not count. */
export function readMarker(text: string): Marker | undefined {
  const [, topic, facts] = PATTERN.exec(text) ?? [];
  if (topic === undefined || facts === undefined) return undefined;
  const found = new Map<string, string>();
  for (const word of facts.split(' ')) {
    const [name = '', value] = word.split('=');
    if (value !== undefined) found.set(name, value);
  }
  const environment = found.get('env');
  if (environment === undefined) return undefined;
  const review = readReview(found);
  return {
    topic,
    environment,
    project: found.get('project') ?? NO_PROJECT,
    digest: found.get('digest') ?? NO_DIGEST,
    ...(review !== undefined && { review }),
  };
}

function readReview(facts: ReadonlyMap<string, string>): MarkedReview | undefined {
  const [set, at] = [facts.get('set'), facts.get('at')];
  const ttl = /^(\d{1,12})s$/.exec(facts.get('ttl') ?? '')?.[1];
  if (set === undefined || at === undefined || ttl === undefined) return undefined;
  const entries = set === EMPTY_SET ? [] : set === TOO_MANY ? undefined : parseEntries(set);
  // What is neither whole nor said to be left out was cut off or forged.
  if (entries === undefined && set !== TOO_MANY) return undefined;
  const [merged, change, base] = [facts.get('merged'), facts.get('change'), facts.get('base')];
  return {
    head: facts.get('head') ?? null,
    ...(base !== undefined && { base }),
    at,
    ttlMs: Number(ttl) * 1000,
    entries,
    ...(merged !== undefined && { merged }),
    ...(change !== undefined && /^\d{1,10}$/.test(change) && { change: Number(change) }),
  };
}

/** The markers that a text begins with, one a line: those of several requests, or that of a rendered plan. */
export function readMarkers(text: string): readonly Marker[] {
  const markers: Marker[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const marker = readMarker(line);
    if (marker === undefined) break;
    markers.push(marker);
  }
  return markers;
}

/** What a plan puts on a change request. A plan that cannot be applied has no set. */
export function markerOfPlan(plan: Plan, topic: string = 'plan'): Marker {
  const { project, environment, review } = plan;
  const offline = plan.options.offline === true;
  return {
    topic,
    environment,
    project,
    digest: offline ? NO_DIGEST : plan.plan_digest,
    ...(review !== undefined &&
      !offline && {
        review: {
          head: review.head,
          ...(review.base !== null && { base: review.base }),
          at: plan.created_at,
          ttlMs: review.ttl_ms,
          entries: review.set.map(setEntryOf),
          ...(review.waiting.length + review.uncommitted.length > 0 && { partial: true as const }),
        },
      }),
  };
}

/** True when the set of a plan does not fit into its comment, so that only the very same plan is covered. */
export function isTooMany(plan: Plan): boolean {
  const entries = markerOfPlan(plan).review?.entries;
  return entries !== undefined && formatEntries(entries).length > MOST_SET_CHARACTERS;
}

/** The set of a marker; undefined where it names none, as the markers of failures and of other posts. */
export function setOfMarker({
  topic,
  environment,
  project,
  digest,
  review,
}: Marker): ReviewedSet | undefined {
  if (topic !== 'plan' || review === undefined || digest === NO_DIGEST) return undefined;
  return { project, environment, plan_digest: digest, ...review };
}

/** True for the same topic of the same environment; a project that is not known matches any. */
export function sameSubject(a: Marker, b: Marker): boolean {
  const project = (marker: Marker): string => markerValue(marker.project);
  return (
    a.topic === b.topic &&
    markerValue(a.environment) === markerValue(b.environment) &&
    (project(a) === project(b) || a.project === NO_PROJECT || b.project === NO_PROJECT)
  );
}

/** The text after its markers. */
export function withoutMarkers(text: string): string {
  let rest = text;
  while (PATTERN.test(rest)) rest = rest.replace(PATTERN, '').replace(/^\s*\n/, '');
  return rest;
}

/** The place that all entries of an address lie at or below. */
export function placeOfAddress(address: string): string {
  return placeOfUnit({ address, action: 'update', path: '' });
}
