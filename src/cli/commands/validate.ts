import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { hasErrors } from '../../model/diagnostic.ts';
import { Failure } from '../../model/errors.ts';
import { writePrivately } from '../../operations/files.ts';
import { renderCodeQuality, renderSarif } from '../../render/report/sarif.ts';
import { renderDiagnostics, renderGithubAnnotations } from '../../render/terminal/diagnostics.ts';
import { failureJson } from '../../render/terminal/errors.ts';
import { validateAll } from '../../specs/load/load.ts';
import { findProjectRoot, PROJECT_FILE } from '../../specs/project/project.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';

export interface ValidateFlags {
  readonly sarif?: string;
  readonly codequality?: string;
  readonly format: string;
}

/**
 * Checks project file and specs offline and shows all problems at once. With `files`, as editors and commit hooks name
 * them, only the problems of those are shown and counted; the others are read all the same, for the references.
 */
export async function validate(
  context: Context,
  files: readonly string[],
  flags: ValidateFlags,
): Promise<number> {
  const { format } = flags;
  const root = await findProjectRoot(context.runtime.cwd, context.flags.project);
  const named = await namedFiles(context, root, files);
  const whole = await validateAll(root, context.flags.env);
  const checked =
    named === undefined ? whole : { ...whole, diagnostics: whole.diagnostics.filter(within(named)) };
  const failed = hasErrors(checked.diagnostics);
  const prefix = await repositoryPrefix(context.runtime.env, root);
  const source = { version: context.runtime.version, prefix, projectFile: `${prefix}${PROJECT_FILE}` };
  if (flags.sarif !== undefined) {
    await writePrivately(resolve(context.runtime.cwd, flags.sarif), renderSarif(checked.diagnostics, source));
  }
  if (flags.codequality !== undefined) {
    const report = renderCodeQuality(checked.diagnostics, source);
    await writePrivately(resolve(context.runtime.cwd, flags.codequality), report);
  }
  if (format === 'json') {
    context.printJson({
      format_version: '1.0',
      documents: checked.documents,
      environments: checked.environments,
      summary: { error: count(checked.diagnostics, 'error'), warning: count(checked.diagnostics, 'warning') },
      diagnostics: checked.diagnostics,
      ...(failed ? failureJson(invalid()) : {}),
    });
  } else if (format === 'github') {
    context.print(renderGithubAnnotations(checked.diagnostics.map((problem) => below(prefix, problem))));
  } else {
    context.print(renderDiagnostics(checked.diagnostics, context.style));
    if (!failed) context.print(verdict(named?.length, checked.documents, checked.environments));
  }
  return failed ? exitCodeOf('spec') : EXIT_DONE;
}

/** The named files and folders relative to the project; undefined for the whole project. */
async function namedFiles(
  context: Context,
  root: string,
  files: readonly string[],
): Promise<readonly string[] | undefined> {
  if (files.length === 0) return undefined;
  const base = await realpath(root);
  return Promise.all(files.map(async (file) => relativeTo(base, await existing(context, file))));
}

async function existing(context: Context, file: string): Promise<string> {
  try {
    return await realpath(resolve(context.runtime.cwd, file));
  } catch (cause) {
    const environment = /^[a-z0-9][\w-]{0,60}$/i.test(file);
    throw new Failure('usage', `${file} cannot be read: there is no such file`, {
      code: 'FILE_READ',
      hint: environment
        ? `assistantctl validate --env ${file} checks that environment`
        : 'check the path; it is relative to the working directory',
      cause,
    });
  }
}

function relativeTo(base: string, path: string): string {
  return relative(base, path).replaceAll('\\', '/');
}

/** True for problems of these files; a broken project file counts always, because it hides those of the specs. */
function within(named: readonly string[]): (problem: Diagnostic) => boolean {
  return ({ position, severity }) => {
    if (position === undefined) return false;
    const { file } = position;
    if (file === PROJECT_FILE && severity === 'error') return true;
    return named.some((name) => name === '' || file === name || file.startsWith(`${name}/`));
  };
}

/** Where the project lies in the checkout of the pipeline; empty when it is the checkout itself. */
async function repositoryPrefix(env: Context['runtime']['env'], root: string): Promise<string> {
  const checkout = env.GITHUB_WORKSPACE || env.CI_PROJECT_DIR;
  if (!checkout) return '';
  const [from, to] = await Promise.all([checkout, root].map((path) => realpath(path).catch(() => path)));
  const path = relative(from ?? '', to ?? '').replaceAll('\\', '/');
  return path === '' || path.startsWith('..') || isAbsolute(path) ? '' : `${path}/`;
}

function below(prefix: string, problem: Diagnostic): Diagnostic {
  const { position } = problem;
  if (prefix === '' || position === undefined) return problem;
  return { ...problem, position: { ...position, file: `${prefix}${position.file}` } };
}

function verdict(files: number | undefined, documents: number, environments: readonly string[]): string {
  if (files !== undefined) {
    return `${files} ${files === 1 ? 'file is' : 'files are'} valid for ${environments.join(', ')}.\n`;
  }
  const noun = documents === 1 ? 'document is' : 'documents are';
  return `${documents} ${noun} valid for ${environments.join(', ')}.\n`;
}

function count(diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): number {
  return diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
}

function invalid(): Failure {
  return new Failure('spec', 'the specs have errors', { code: 'SPEC_INVALID' });
}
