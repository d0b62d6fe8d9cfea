import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../model/errors.ts';
import { readJsonFile, readTextFile } from '../operations/files.ts';
import type { Host } from '../operations/host.ts';
import { gatherProject, projectName } from '../operations/session/inputs.ts';
import { parseSavedPlan } from '../plan/saved.ts';
import { NO_PROJECT } from '../render/markdown/marker.ts';
import type { Document, DocumentInput } from './document.ts';
import { documentOf } from './document.ts';
import type { Place } from './place.ts';

export interface InputFlags {
  readonly plan?: string;
  readonly log?: string;
  readonly topic?: string;
  readonly exitCode?: number;
  readonly issue?: boolean;
}

/** Which environment of which project is spoken of. */
export interface Subject {
  readonly environment: string;
  readonly project: string;
  /** The environment was given as a list, a group or a pattern. */
  readonly list?: boolean;
}

/** Reads what is to be posted: FILE, or stdin when there is neither FILE nor `--plan`. */
export async function readDocument(
  host: Host,
  file: string | undefined,
  flags: InputFlags,
  place: Place | undefined,
): Promise<Document> {
  const subject = await subjectOf(host).catch((error: unknown) => {
    if (error instanceof Failure) return error;
    throw error;
  });
  const document = documentOf({
    text: await readText(host, file, flags),
    ...(await readParts(host, flags)),
    topic: flags.topic ?? (flags.issue === true ? 'drift' : undefined),
    ...(subject instanceof Failure ? { environment: '', project: NO_PROJECT } : subject),
    exitCode: flags.exitCode,
    commit: place?.commit,
    run: place?.run,
  });
  // A plan names its environment itself; anything else needs the project file or `--env`.
  if (subject instanceof Failure && document.marker.environment === '') throw subject;
  return document;
}

/** A project file that cannot be read is often the very failure that is to be shown. */
export async function subjectOf(host: Host): Promise<Subject> {
  try {
    const project = await gatherProject(host);
    return { environment: project.environment.name, project: project.name };
  } catch (error) {
    const { env } = host.flags;
    if (!(error instanceof Failure) || env === undefined) throw error;
    return error.code === 'ENVIRONMENT_ONE'
      ? { environment: env, project: await projectName(host), list: true }
      : { environment: env, project: NO_PROJECT };
  }
}

async function readText(
  { runtime }: Host,
  file: string | undefined,
  flags: InputFlags,
): Promise<string | undefined> {
  if (file === undefined && flags.plan !== undefined) return undefined;
  if (file === undefined || file === '-') return await runtime.stdin();
  return await readTextFile(resolve(runtime.cwd, file));
}

/** A command that failed may have saved no plan; then its log has to do. */
async function readParts(
  { runtime }: Host,
  { plan, log, exitCode }: InputFlags,
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
