import { hasErrors } from '../model/diagnostic.ts';
import { Failure } from '../model/errors.ts';
import type { CommitVerdict } from '../model/forge.ts';
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import { isPlan } from '../plan/saved.ts';
import { renderFailureMarkdown } from '../render/markdown/failure-markdown.ts';
import { code, prose } from '../render/markdown/markdown.ts';
import type { Marker } from '../render/markdown/marker.ts';
import {
  MOST_SET_CHARACTERS,
  markerLine,
  markerOfPlan,
  NO_DIGEST,
  readMarkers,
  withoutMarkers,
} from '../render/markdown/marker.ts';
import { renderPlanMarkdown } from '../render/plan/plan-markdown.ts';
import { isEmpty, verdict } from '../render/terminal/plan-headline.ts';
import { shortenMarkdown } from '../render/terminal/shorten.ts';

/** What is posted, in whatever length the forge takes. */
export interface Document {
  readonly marker: Marker;
  /** How the command judged, in one line and in a few. */
  readonly verdict: Pick<CommitVerdict, 'state' | 'title' | 'summary'>;
  /** Nothing to do and nothing to say; undefined when that cannot be known. */
  readonly clean: boolean | undefined;
  /** At most that many characters, the marker first. */
  render(length: number): string;
  /** The marker and one line. */
  renderLine(): string;
}

export interface DocumentInput {
  /** Markdown, a plan as JSON, or the JSON document of a failed command; undefined when only `plan` was given. */
  readonly text: string | undefined;
  /** The saved plan that Markdown was rendered from, or that is to be rendered. */
  readonly plan?: Plan;
  /** What the command wrote on stderr, shown when it printed nothing else. */
  readonly log?: string;
  readonly topic: string | undefined;
  readonly environment: string;
  readonly project: string;
  /** The environment was given as a list, a group or a pattern: one post for all of them. */
  readonly list?: boolean;
  /** How the command ended that wrote the text. */
  readonly exitCode: number | undefined;
  /** Facts for the last line: commit and run. */
  readonly commit: string | undefined;
  readonly run: string | undefined;
}

const CUT = 'Shortened: the whole text is in the log of the run.';
/** The verdict in the list of checks has room for 65,535 characters, and the comment says it all. */
const VERDICT_LENGTH = 20_000;
/** A line is short, and its marker is not: a plan without changes may still hold settings. */
const LINE_LENGTH = 60_000;
/** 2 is `--detailed-exitcode` and `drift`, where it says that there is something to see. */
const FINE: readonly (number | undefined)[] = [undefined, 0, 2];

/** Reads what a command printed, a failure and nothing at all too. JSON that is neither is a `Failure('usage')`. */
export function documentOf(input: DocumentInput): Document {
  const { text = '' } = input;
  const value = parsed(text);
  if (isObject(value) && isObject(value.error)) return ofFailure(withProblems(value.error, value), input);
  if (isPlan(value)) return ofPlan(value, input);
  if (input.plan !== undefined && !isLeftOver(input)) return ofPlan(input.plan, input);
  if (text.trim() === '') return ofFailure(undefined, input);
  if (value === undefined) return ofMarkdown(text, input);
  throw new Failure('usage', 'the JSON document is neither a plan nor a failure', {
    code: 'DOCUMENT_UNKNOWN',
    hint: 'give what plan, drift or preview printed with --format json or --format markdown',
  });
}

/** A command that failed without a word saved no plan: the file is of an earlier run. Conflicts (6) are saved. */
function isLeftOver({ text, exitCode }: DocumentInput): boolean {
  if (FINE.includes(exitCode)) return false;
  return text === undefined ? exitCode !== 6 : text.trim() === '';
}

/** `validate` lists its problems beside the error. */
function withProblems(error: JsonObject, document: JsonObject): JsonObject {
  const details = isObject(error.details) ? error.details : {};
  const { diagnostics } = document;
  if (details.diagnostics !== undefined || !isArray(diagnostics)) return error;
  return { ...error, details: { ...details, diagnostics } };
}

function ofPlan(saved: Plan, input: DocumentInput): Document {
  // A plan of an older minor version may lack the lists that came later.
  const plan = { ...saved, diagnostics: saved.diagnostics ?? [], released: saved.released ?? [] };
  const marker = markerOfPlan(plan, input.topic);
  const drifts = plan.drift.length + plan.conflicts.length > 0;
  // A warning belongs into the review of a change, and is no news in the watch over an account.
  const silent = marker.topic === 'drift' ? !hasErrors(plan.diagnostics) : plan.diagnostics.length === 0;
  // Whether the branch is ahead of the account is another question than what was changed in the account.
  const clean =
    marker.topic === 'ahead'
      ? isEmpty(plan)
      : isEmpty(plan) && !drifts && silent && FINE.includes(input.exitCode);
  const { text = '' } = input;
  const rendered = parsed(text) === undefined ? withoutMarkers(text) : '';
  return finished(marker, clean, input, prose(verdict(plan)), (length) =>
    rendered.trim() === '' || rendered.length > length
      ? withoutMarkers(renderPlanMarkdown(plan, { budget: length }))
      : rendered,
  );
}

function ofFailure(error: JsonObject | undefined, input: DocumentInput): Document {
  const { environment, project } = input;
  const topic = input.topic ?? 'plan';
  const title = `${topic.slice(0, 1).toUpperCase()}${topic.slice(1)} for ${environment}`;
  const text = renderFailureMarkdown({
    title,
    exitCode: input.exitCode,
    error,
    log: input.log ?? '',
  });
  const marker = { topic, environment, project, digest: NO_DIGEST };
  return finished(marker, false, input, `${title} failed.`, (length) => shortenMarkdown(text, length, CUT));
}

/** A document that was rendered elsewhere keeps its own marker; without one it gets that of the command. */
function ofMarkdown(written: string, input: DocumentInput): Document {
  const { environment, project } = input;
  const markers = readMarkers(written);
  const [own, ...more] = markers;
  const several = more.length > 0 || (input.list === true && own !== undefined);
  const names = input.list === true ? environment : markers.map((one) => one.environment).join(',');
  const topic = own?.topic ?? input.topic ?? 'plan';
  const marker =
    own === undefined || several
      ? { topic, environment: names || environment, project: own?.project ?? project, digest: NO_DIGEST }
      : own;
  const text = withoutMarkers(written);
  const [first = ''] = text.split('\n').filter((line) => line.trim() !== '');
  const line = first.replace(/^#+\s*/, '');
  const body = (length: number): string => shortenMarkdown(text, length, CUT);
  return finished(marker, undefined, input, line, body, several ? markers : []);
}

function finished(
  marker: Marker,
  clean: boolean | undefined,
  input: DocumentInput,
  line: string,
  body: (length: number) => string,
  /** Markers of the plans that the text holds, behind its own. */
  members: readonly Marker[] = [],
): Document {
  const head = (length: number): string => {
    const most = Math.min(MOST_SET_CHARACTERS, Math.floor((length * 0.4) / Math.max(1, members.length)));
    return [marker, ...members].map((one) => `${markerLine(one, most)}\n`).join('');
  };
  const ended = FINE.includes(input.exitCode) ? [] : [`exit code ${input.exitCode}`];
  const facts = [
    ...ended,
    ...(input.commit === undefined ? [] : [`commit ${code(input.commit.slice(0, 12))}`]),
    ...(input.run === undefined || !isPlainLink(input.run) ? [] : [`[run](${input.run})`]),
  ];
  const foot = facts.length === 0 ? '' : `\n${facts.join(' · ')}\n`;
  const failed = !FINE.includes(input.exitCode);
  return {
    marker,
    clean,
    verdict: {
      state: failed ? 'failure' : marker.digest === NO_DIGEST && members.length === 0 ? 'neutral' : 'success',
      title: failed ? `${line} (exit code ${input.exitCode})` : line,
      summary: shortenMarkdown(body(VERDICT_LENGTH), VERDICT_LENGTH, CUT),
    },
    render: (length) => {
      const first = head(length);
      const room = length - first.length - foot.length - 2;
      return `${first}${body(Math.max(200, room)).trimEnd()}\n${foot}`;
    },
    renderLine: () => `${head(LINE_LENGTH)}${line}${facts.length === 0 ? '' : ` ${facts.join(' · ')}`}\n`,
  };
}

/** It goes into Markdown: nothing in it may end the link. */
function isPlainLink(text: string): boolean {
  return /^https?:\/\/[\w.:@/%?=&~+-]+$/.test(text);
}

function parsed(text: string): Json | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
