import { ApiError, Failure } from '../model/errors.ts';
import type { Forge } from '../model/forge.ts';
import type { Host } from '../operations/host.ts';
import { visible } from '../render/terminal/visible.ts';
import { openForge, type Posted, permissionHint } from './connect.ts';
import type { Document } from './document.ts';
import type { PutIssue } from './issue.ts';
import { putIssue } from './issue.ts';
import { appendSummary } from './job-summary.ts';
import type { Place } from './place.ts';
import { type PutRequest, putRequest, type WantedRequest } from './request.ts';
import type { Put } from './sticky.ts';
import { putComment } from './sticky.ts';

export interface DeliverFlags {
  readonly clean: 'full' | 'line' | 'skip';
  readonly issue?: boolean;
  /** Branch from which one request is opened or brought up to date, with the document as its text. */
  readonly request?: string;
  /** Name of a verdict in the list of checks, beside the comment. */
  readonly check?: string;
  readonly title?: string;
  readonly author?: string;
  readonly summary: boolean;
  /** Milliseconds that the forge may take altogether. */
  readonly overallMs?: number | undefined;
}

/** What became of a document. */
export interface Delivery {
  readonly posted: Outcome;
  /** Whether the job's summary has it. */
  readonly summary: boolean;
  /** One line for a person. */
  readonly sentence: string;
  /** The whole text, where nothing else holds it. */
  readonly lost?: string;
}

type Outcome =
  | Put
  | PutIssue
  | PutRequest
  | { readonly outcome: 'denied' | 'elsewhere'; readonly reason: string };

/** Characters to begin with; GitHub takes 65,536, and a reviewer less. */
const COMMENT_LENGTH = 60_000;
const SUMMARY_LENGTH = 300_000;

/**
 * Writes the document on the change or into the issue, and into the job's summary. A token that may not write is
 * no failure: the summary has the text. Anything else that goes wrong fails after the summary was written.
 */
export async function deliver(
  host: Host,
  place: Place | undefined,
  document: Document,
  flags: DeliverFlags,
): Promise<Delivery> {
  const summaryFile = flags.summary ? host.runtime.env.GITHUB_STEP_SUMMARY : undefined;
  if (place === undefined && !summaryFile) throw nowhere();
  const summary = summaryFile ? await appendSummary(summaryFile, document.render(SUMMARY_LENGTH)) : false;
  const posted =
    place === undefined ? elsewhere('no forge is known') : await put(host, place, document, flags);
  const lost = !summary && (posted.outcome === 'denied' || posted.outcome === 'elsewhere');
  if ('reason' in posted) host.note(`warning: ${visible(posted.reason)}\n`);
  return {
    posted,
    summary,
    sentence: sentence(posted, flags),
    ...(lost ? { lost: document.render(COMMENT_LENGTH) } : {}),
  };
}

async function put(host: Host, place: Place, document: Document, flags: DeliverFlags): Promise<Outcome> {
  const what = flags.issue === true ? 'issues' : flags.request === undefined ? 'comments' : 'requests';
  const forge = openForge(host, place, flags);
  if (forge === undefined) return denied(`there is no token for ${place.forge}`, place, what);
  try {
    const author = await authorOf(forge, place, flags.author);
    const short = document.clean === true && (flags.clean !== 'full' || flags.issue === true);
    const text = {
      marker: document.marker,
      render: short ? () => document.renderLine() : document.render,
      length: Math.min(COMMENT_LENGTH, forge.longestBody),
      author,
    };
    if (flags.issue === true) {
      const { topic, environment, project } = document.marker;
      const title = flags.title ?? `assistantctl: ${topic} in ${environment} (${project})`;
      return await putIssue(forge, { ...text, title, resolved: document.clean === true });
    }
    if (flags.request !== undefined) return await propose(forge, place, document, text, flags.request, flags);
    if (place.change === undefined) return elsewhere('this run belongs to no pull or merge request');
    const onlyUpdate = short && flags.clean === 'skip';
    if (flags.check !== undefined) await judge(host, forge, place, document, flags.check);
    return await putComment(forge, place.change, { ...text, commit: place.commit, onlyUpdate });
  } catch (error) {
    if (error instanceof ApiError && error.code === 'FORGE_DENIED') return denied(error.message, place, what);
    throw error;
  } finally {
    await forge.close();
  }
}

async function propose(
  forge: Forge,
  place: Place,
  { marker }: Document,
  text: Pick<WantedRequest, 'render' | 'length'>,
  branch: string,
  { title }: DeliverFlags,
): Promise<PutRequest> {
  if (place.branch === undefined) {
    throw new Failure('usage', 'it is not known which branch the request goes to', {
      code: 'FORGE_BRANCH',
      hint: 'add --branch main',
    });
  }
  const said = title ?? `assistantctl: ${marker.topic} in ${marker.environment} (${marker.project})`;
  return await putRequest(forge, { ...text, branch, target: place.branch, title: said });
}

/** Adds a verdict where the token may: the comment says the same, and so a refusal is only a remark. */
async function judge(
  host: Host,
  forge: Forge,
  place: Place,
  { verdict }: Document,
  name: string,
): Promise<void> {
  if (place.commit === undefined) return;
  try {
    await forge.setVerdict(place.commit, { ...verdict, name, run: place.run });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    host.note(`note: no verdict in the list of checks: ${visible(error.message)}\n`);
  }
}

/** The account that the token writes as: from `--author`, from the API, or known of the CI system. */
export async function authorOf(
  forge: Forge,
  place: Place,
  told: string | undefined,
): Promise<string | undefined> {
  return told ?? (await forge.whoAmI()) ?? place.author;
}

function denied(reason: string, place: Place, what: Posted): Outcome {
  return { outcome: 'denied', reason: `nothing was posted: ${reason}; ${permissionHint(place, what)}` };
}

function elsewhere(reason: string): Outcome {
  return { outcome: 'elsewhere', reason: `nothing was posted: ${reason}` };
}

function sentence(result: Outcome, { issue, request }: DeliverFlags): string {
  const noun = issue === true ? 'issue' : request === undefined ? 'comment' : 'request';
  switch (result.outcome) {
    case 'created':
    case 'updated':
    case 'closed':
    case 'unchanged': {
      const verb = result.outcome === 'unchanged' ? 'unchanged' : `${result.outcome}`;
      return `The ${noun} is ${verb}: ${visible(result.url)}\n`;
    }
    case 'skipped':
      return `No ${noun}: there is nothing to say.\n`;
    case 'stale':
      return `No ${noun}: the change stands on ${result.head.slice(0, 12)} by now, and this run is about an older commit.\n`;
    case 'denied':
    case 'elsewhere':
      return `No ${noun}.\n`;
    default:
      return result satisfies never;
  }
}

function nowhere(): Failure {
  return new Failure('usage', 'it is not known where the comment goes', {
    code: 'FORGE_UNKNOWN',
    hint: 'outside of a pipeline add --forge github --repo OWNER/NAME --change N (or --forge gitlab)',
  });
}
