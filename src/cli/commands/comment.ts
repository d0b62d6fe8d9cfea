import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../../model/errors.ts';
import { parseSavedPlan } from '../../plan/saved.ts';
import { NO_PROJECT } from '../../render/marker.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { readJsonFile, readTextFile } from '../files.ts';
import { findPlace, openForge } from '../forge/connect.ts';
import { authorOf, deliver } from '../forge/deliver.ts';
import { reviewedDigest } from '../forge/digest.ts';
import type { DocumentInput } from '../forge/document.ts';
import { documentOf } from '../forge/document.ts';
import type { Place, PlaceFlags } from '../forge/place.ts';
import { gatherProject } from '../gather.ts';

export interface CommentFlags extends PlaceFlags {
  readonly plan?: string;
  readonly log?: string;
  readonly topic?: string;
  readonly exitCode?: number;
  readonly clean: 'full' | 'line' | 'skip';
  readonly issue?: boolean;
  readonly title?: string;
  readonly printDigest?: boolean;
  readonly summary: boolean;
  readonly format: string;
}

/** Puts what a command printed where the change is reviewed, or reads the digest that was reviewed there. */
export async function comment(
  context: Context,
  file: string | undefined,
  flags: CommentFlags,
): Promise<number> {
  const place = await findPlace(context, flags);
  const subject = await subjectOf(context);
  if (flags.printDigest === true) return await printDigest(context, place, subject, flags);
  const document = documentOf({
    text: await readInput(context, file, flags),
    ...(await readParts(context, flags)),
    topic: flags.topic ?? (flags.issue === true ? 'drift' : undefined),
    ...subject,
    exitCode: flags.exitCode,
    commit: place?.commit,
    run: place?.run,
  });
  return await deliver(context, place, document, flags);
}

async function printDigest(
  context: Context,
  place: Place | undefined,
  subject: Subject,
  flags: CommentFlags,
): Promise<number> {
  const forge = place === undefined ? undefined : openForge(context, place);
  if (place === undefined || forge === undefined) {
    throw new Failure('usage', 'there is no token or no repository to read the review from', {
      code: 'FORGE_UNKNOWN',
      hint: 'set GITHUB_TOKEN or GITLAB_TOKEN, and add --forge and --repo outside of a pipeline',
    });
  }
  try {
    const author = await authorOf(forge, place, flags.author);
    // A run for a merge has no change of its own: the commit leads to it.
    const from = { change: place.change, commit: place.commit, author };
    const found = await reviewedDigest(forge, { topic: flags.topic ?? 'plan', ...subject }, from);
    if (flags.format === 'json') context.printJson({ format_version: '1.0', ...found });
    else context.print(`${found.digest}\n`);
    return EXIT_DONE;
  } finally {
    await forge.close();
  }
}

interface Subject {
  readonly environment: string;
  readonly project: string;
}

/** A project file that cannot be read is often the very failure that is to be shown. */
async function subjectOf(context: Context): Promise<Subject> {
  try {
    const project = await gatherProject(context);
    return { environment: project.environment.name, project: project.name };
  } catch (error) {
    if (!(error instanceof Failure) || context.flags.env === undefined) throw error;
    return { environment: context.flags.env, project: NO_PROJECT };
  }
}

async function readInput(
  { runtime }: Context,
  file: string | undefined,
  flags: CommentFlags,
): Promise<string | undefined> {
  if (file === undefined && flags.plan !== undefined) return undefined;
  if (file === undefined || file === '-') return await runtime.stdin();
  return await readTextFile(resolve(runtime.cwd, file));
}

/** A command that failed may have saved no plan; then its log has to do. */
async function readParts(
  { runtime }: Context,
  { plan, log, exitCode }: CommentFlags,
): Promise<Pick<DocumentInput, 'plan' | 'log'>> {
  const planFile = plan === undefined ? undefined : resolve(runtime.cwd, plan);
  const failed = exitCode !== undefined && exitCode !== 0;
  const saved =
    planFile === undefined || (failed && !existsSync(planFile))
      ? undefined
      : parseSavedPlan(await readJsonFile(planFile, 'saved plan'));
  return {
    ...(saved === undefined ? {} : { plan: saved }),
    ...(log === undefined ? {} : { log: await readTextFile(resolve(runtime.cwd, log)) }),
  };
}
