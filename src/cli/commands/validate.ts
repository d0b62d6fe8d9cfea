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

/** Checks project file and specs offline and shows all problems at once. */
export async function validate(context: Context, flags: ValidateFlags): Promise<number> {
  const { format } = flags;
  const root = await findProjectRoot(context.runtime.cwd, context.flags.project);
  const checked = await validateAll(root, context.flags.env);
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
    if (!failed) context.print(verdict(checked.documents, checked.environments));
  }
  return failed ? exitCodeOf('spec') : EXIT_DONE;
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

function verdict(documents: number, environments: readonly string[]): string {
  const noun = documents === 1 ? 'document is' : 'documents are';
  return `${documents} ${noun} valid for ${environments.join(', ')}.\n`;
}

function count(diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): number {
  return diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
}

function invalid(): Failure {
  return new Failure('spec', 'the specs have errors', { code: 'SPEC_INVALID' });
}
