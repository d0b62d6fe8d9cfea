import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { findPlace, openForge, permissionHint } from '../../forge/connect.ts';
import { authorOf, deliver } from '../../forge/deliver.ts';
import { reviewedDigest } from '../../forge/digest.ts';
import { readDocument, subjectOf } from '../../forge/input.ts';
import { appendSummary } from '../../forge/job-summary.ts';
import { mergedSets } from '../../forge/merged-sets.ts';
import type { Place } from '../../forge/place.ts';
import { looksBack, readReport, reportBack, reportMarkdown } from '../../forge/report-back.ts';
import { ApiError, Failure } from '../../model/errors.ts';
import type { Forge } from '../../model/forge.ts';
import { readJsonFile } from '../../operations/files.ts';
import { mergeRange } from '../../operations/session/merge-range.ts';
import { markerLine } from '../../render/markdown/marker.ts';
import { visible } from '../../render/terminal/visible.ts';
import type { Context } from '../context.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';
import { format, type TextOrJson } from '../options.ts';
import { requireDuration } from './preview.ts';

/** What reading a review takes. */
interface Reader {
  /** Account whose comments count. */
  readonly author?: string;
  readonly format: TextOrJson;
  /** Milliseconds that the forge may take altogether. */
  readonly overallMs: number | undefined;
}

/** What is already applied is told in a moment or not at all. */
const REPORT_MS = 120_000;

/** Puts what a command printed where the change is reviewed, or reads the digest that was reviewed there. */
export const comment = defineCommand({
  usage: 'comment [file]',
  options: (command) =>
    command
      .option('--plan <file>', 'the saved plan that the document shows; without FILE it is rendered')
      .option('--log <file>', 'what the command wrote on stderr, shown when it printed nothing')
      .option('--exit-code <n>', 'how the command ended that wrote the document', wholeNumber)
      .option('--topic <name>', 'what the comment is about: one comment per topic and environment', topicName)
      .addOption(
        new Option('--clean <how>', 'what a plan without changes leaves: all, one line, or nothing new')
          .choices(['full', 'line', 'skip'])
          .default('full'),
      )
      .option('--issue', 'keep one open issue instead of a comment, and close it when all is well')
      .option('--request <branch>', 'open one request from this branch instead, or bring it up to date')
      .option('--check <name>', 'say the verdict in the list of checks too, where the token may')
      .option('--title <text>', 'title of the issue or the request')
      .option('--print-digest', 'print the digest of the plan that was reviewed, for apply --expect-digest')
      .option(
        '--print-reviewed',
        'print what was reviewed, a marker a request merged since the last completed apply, for apply --reviewed',
      )
      .option(
        '--report <file>',
        'tell change requests what became of them: JSON of apply, rollback, rollout …',
      )
      .option('--no-summary', 'leave the summary of the job alone')
      .addOption(new Option('--forge <name>', 'where changes are reviewed').choices(['github', 'gitlab']))
      .option('--repo <name>', 'OWNER/NAME of the repository')
      .option('--change <n>', 'number of the pull or merge request', wholeNumber)
      .option('--commit <sha>', 'commit that the document is about')
      .option('--branch <name>', 'branch that requests were merged into')
      .option('--author <login>', 'account whose comments count')
      .option('--api-url <url>', "address of the forge's REST API")
      .option(
        '--timeout <duration>',
        'longest wait for the forge altogether; 5m unless given, 2m with --report',
      )
      .addOption(format('text', 'json')),
  run: async (context, [file], flags) => {
    const overallMs = flags.timeout === undefined ? undefined : requireDuration('--timeout', flags.timeout);
    const place = await findPlace(context, flags);
    if (flags.report !== undefined)
      return await commentReport(context, place, flags.report, { ...flags, overallMs });
    if (flags.printReviewed === true) return await printReviewed(context, place, { ...flags, overallMs });
    if (flags.printDigest === true) return await printDigest(context, place, { ...flags, overallMs });
    const document = await readDocument(context, file, flags, place);
    const { posted, summary, sentence, lost } = await deliver(context, place, document, {
      ...flags,
      overallMs,
    });
    if (flags.format === 'json') {
      const { outcome, ...rest } = posted;
      const { topic, environment, digest } = document.marker;
      context.printJson({ format_version: '1.0', outcome, topic, environment, digest, summary, ...rest });
    } else {
      context.print(sentence);
      if (lost !== undefined) context.print(`\n${lost}`);
    }
    return EXIT_DONE;
  },
});

/** Prints the marker of each change request that was merged since the last completed apply and counts. */
async function printReviewed(context: Context, place: Place | undefined, flags: Reader): Promise<number> {
  const subject = await subjectOf(context);
  const { forge, place: known } = requireForge(context, place, flags);
  try {
    const author = await authorOf(forge, known, flags.author);
    if (author === undefined) {
      throw new Failure('usage', 'it is not known which account writes the comments', {
        code: 'FORGE_AUTHOR',
        hint: 'name it: --author LOGIN',
      });
    }
    const range = await mergeRange(context, { commit: known.commit, target: known.branch });
    const sets = await mergedSets(forge, { ...subject, ...range, author });
    for (const { change, why } of sets) {
      if (why !== undefined) context.note(`note: request ${change} ${why}\n`);
    }
    if (flags.format === 'json') {
      context.printJson({
        format_version: '1.0',
        since: range.since ?? null,
        commit: range.commit,
        requests: sets.map(({ change, merged, marker, why }) => ({
          change,
          merged_at: merged,
          counts: marker !== undefined,
          marker: marker === undefined ? null : markerLine(marker, Number.POSITIVE_INFINITY),
          why: why ?? null,
        })),
      });
    } else {
      for (const { marker } of sets) {
        if (marker !== undefined) context.print(`${markerLine(marker, Number.POSITIVE_INFINITY)}\n`);
      }
    }
    return EXIT_DONE;
  } finally {
    await forge.close();
  }
}

/** Tells each change request what became of it, and the job what was done. */
async function commentReport(
  context: Context,
  place: Place | undefined,
  file: string,
  flags: Reader & { readonly summary: boolean },
): Promise<number> {
  const { runtime } = context;
  const value = await readJsonFile(resolve(runtime.cwd, file), 'report');
  const report = readReport(value);
  if (report === undefined) {
    throw new Failure('usage', 'the file is no report of apply, promote, rollback, rollout or preview down', {
      code: 'REPORT_INVALID',
      hint: 'write one with: assistantctl apply --format json > report.json',
    });
  }
  const subject = await subjectOf(context);
  const summary = flags.summary ? runtime.env.GITHUB_STEP_SUMMARY : undefined;
  if (summary) await appendSummary(summary, reportMarkdown(report, subject));
  const overallMs = flags.overallMs ?? REPORT_MS;
  const forge = place === undefined ? undefined : openForge(context, place, { overallMs });
  if (place === undefined || forge === undefined) {
    context.note('warning: nothing was told to a change request: there is no forge or no token\n');
    return EXIT_DONE;
  }
  try {
    const author = await authorOf(forge, place, flags.author);
    const applied = report.kind === 'apply' ? report.report : undefined;
    const range = await mergeRange(context, {
      commit: applied?.commit?.replace('+', '') ?? place.commit,
      target: place.branch ?? (report.kind === 'removed' ? '-' : undefined),
      ...(applied?.since != null && { since: applied.since }),
      whole: looksBack(report),
    });
    const now = runtime.clock().toISOString();
    const at = { ...subject, ...range, author: author ?? '', change: place.change, now };
    const told = author === undefined ? [] : await reportBack(forge, report, at);
    const [done, failed] = [told.filter(({ problem }) => !problem), told.filter(({ problem }) => problem)];
    if (flags.format === 'json') {
      const untold = failed.map(({ change, problem }) => ({ change, error: problem?.message ?? null }));
      context.printJson({ format_version: '1.0', told: done, untold });
    } else for (const { change, status } of done) context.print(`${change}: ${visible(status)}\n`);
    for (const { change, problem } of failed) {
      context.note(`warning: request ${change} was told nothing: ${visible(problem?.message ?? '')}\n`);
    }
    // A token that may not write there is no failure; a forge that is out of order is one, after all others were told.
    const broken = failed.find(({ problem }) => problem?.code !== 'FORGE_DENIED');
    return broken === undefined ? EXIT_DONE : exitCodeOf('unavailable', undefined);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'FORGE_DENIED') throw error;
    const why = `${visible(error.message)}; ${permissionHint(place, 'comments')}`;
    context.note(`warning: nothing was told to a change request: ${why}\n`);
    return EXIT_DONE;
  } finally {
    await forge.close();
  }
}

function requireForge(
  context: Context,
  place: Place | undefined,
  flags: Pick<Reader, 'overallMs'>,
): { readonly forge: Forge; readonly place: Place } {
  const forge = place === undefined ? undefined : openForge(context, place, flags);
  if (place !== undefined && forge !== undefined) return { forge, place };
  throw new Failure('usage', 'there is no token or no repository to read the review from', {
    code: 'FORGE_UNKNOWN',
    hint: 'set GITHUB_TOKEN or GITLAB_TOKEN, and add --forge and --repo outside of a pipeline',
  });
}

async function printDigest(
  context: Context,
  place: Place | undefined,
  flags: Reader & { readonly topic?: string },
): Promise<number> {
  const subject = { topic: flags.topic ?? 'plan', ...(await subjectOf(context)) };
  const { forge, place: known } = requireForge(context, place, flags);
  try {
    const author = await authorOf(forge, known, flags.author);
    // A run for a merge has no change of its own: the commit leads to it.
    const found = await reviewedDigest(forge, subject, { ...known, author });
    if (flags.format === 'json') context.printJson({ format_version: '1.0', ...found });
    else context.printExactly(`${found.digest}\n`);
    return EXIT_DONE;
  } finally {
    await forge.close();
  }
}

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('give a whole number');
  return Number(text);
}

function topicName(text: string): string {
  if (!/^[a-z][a-z-]{0,39}$/.test(text)) throw new InvalidArgumentError('use small letters and dashes');
  return text;
}
