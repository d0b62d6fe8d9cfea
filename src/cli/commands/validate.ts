import type { Diagnostic } from '../../model/diagnostic.ts';
import { hasErrors } from '../../model/diagnostic.ts';
import { Failure } from '../../model/errors.ts';
import { renderDiagnostics, renderGithubAnnotations } from '../../render/diagnostics.ts';
import { failureJson } from '../../render/errors.ts';
import { validateAll } from '../../specs/load.ts';
import { findProjectRoot } from '../../specs/project.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';

/** Checks project file and specs offline and shows all problems at once. */
export async function validate(context: Context, format: string): Promise<number> {
  const root = await findProjectRoot(context.runtime.cwd, context.flags.project);
  const checked = await validateAll(root, context.flags.env);
  const failed = hasErrors(checked.diagnostics);
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
    context.print(renderGithubAnnotations(checked.diagnostics));
  } else {
    context.print(renderDiagnostics(checked.diagnostics, context.style));
    if (!failed) context.print(verdict(checked.documents, checked.environments));
  }
  return failed ? exitCodeOf('spec') : EXIT_DONE;
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
