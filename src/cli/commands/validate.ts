import { resolve } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { hasErrors } from '../../model/diagnostic.ts';
import { Failure } from '../../model/errors.ts';
import { writePrivately } from '../../operations/files.ts';
import { type Validation, validateProject } from '../../operations/validate.ts';
import { renderCodeQuality, renderSarif } from '../../render/report/sarif.ts';
import { renderDiagnostics, renderGithubAnnotations } from '../../render/terminal/diagnostics.ts';
import { renderEnvironments } from '../../render/terminal/environments-text.ts';
import { failureJson } from '../../render/terminal/errors.ts';
import type { Style } from '../../render/terminal/style.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE, exitCodeOf } from '../exit-codes.ts';
import { format } from '../options.ts';

/** Checks project file and specs offline and shows all problems at once, or those of the named files. */
export const validate = defineCommand({
  usage: 'validate [files...]',
  options: (command) =>
    command
      .option('--sarif <file>', 'write the problems as SARIF 2.1.0 too')
      .option('--codequality <file>', 'write the problems for GitLab Code Quality too')
      .addOption(format('text', 'json', 'github')),
  run: async (context, [files], flags) => {
    const { format } = flags;
    const checked = await validateProject(context, files);
    const failed = hasErrors(checked.diagnostics);
    const { prefix, projectFile } = checked;
    const source = { version: context.runtime.version, prefix, projectFile };
    if (flags.sarif !== undefined) {
      await writePrivately(
        resolve(context.runtime.cwd, flags.sarif),
        renderSarif(checked.diagnostics, source),
      );
    }
    if (flags.codequality !== undefined) {
      const report = renderCodeQuality(checked.diagnostics, source);
      await writePrivately(resolve(context.runtime.cwd, flags.codequality), report);
    }
    if (format === 'json' && checked.several && checked.byEnvironment.length > 0) {
      context.printJson({ format_version: '1.0', environments: environmentDocuments(checked) });
    } else if (format === 'json') {
      context.printJson({
        format_version: '1.0',
        documents: checked.documents,
        environments: checked.environments,
        summary: {
          error: count(checked.diagnostics, 'error'),
          warning: count(checked.diagnostics, 'warning'),
        },
        diagnostics: checked.diagnostics,
        ...(failed ? failureJson(invalid()) : {}),
      });
    } else if (format === 'github') {
      context.printCommands(
        renderGithubAnnotations(checked.diagnostics.map((problem) => below(prefix, problem))),
      );
    } else {
      if (checked.several) context.print(`${environmentTable(checked, context.style)}\n`);
      context.print(renderDiagnostics(checked.diagnostics, context.style));
      if (!failed) context.print(verdict(files.length, checked.documents, checked.environments));
    }
    return failed ? exitCodeOf('spec') : EXIT_DONE;
  },
});

function environmentDocuments({ byEnvironment, documents }: Validation): readonly object[] {
  return byEnvironment.map(({ name, diagnostics }) => ({
    environment: name,
    exit: exitOf(diagnostics),
    documents,
    summary: { error: count(diagnostics, 'error'), warning: count(diagnostics, 'warning') },
    diagnostics,
    ...(hasErrors(diagnostics) ? failureJson(invalid()) : {}),
  }));
}

function environmentTable({ byEnvironment }: Validation, style: Style): string {
  const rows = byEnvironment.map(({ name, diagnostics }) => {
    const errors = count(diagnostics, 'error');
    const warnings = count(diagnostics, 'warning');
    const words = [
      ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []),
      ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
    ];
    return { environment: name, exit: exitOf(diagnostics), words: words.join(', ') || 'valid' };
  });
  return renderEnvironments(rows, [], style);
}

function exitOf(diagnostics: readonly Diagnostic[]): number {
  return hasErrors(diagnostics) ? exitCodeOf('spec') : EXIT_DONE;
}

function below(prefix: string, problem: Diagnostic): Diagnostic {
  const { position } = problem;
  if (prefix === '' || position === undefined) return problem;
  return { ...problem, position: { ...position, file: `${prefix}${position.file}` } };
}

function verdict(files: number, documents: number, environments: readonly string[]): string {
  if (files > 0) {
    return `${files} ${files === 1 ? 'file is' : 'files are'} valid for ${environments.join(', ')}.\n`;
  }
  const noun = documents === 1 ? 'document is' : 'documents are';
  const first =
    documents > 0
      ? ''
      : '\nWrite the first one as YAML below the specs folder, or take what the account has: assistantctl pull --adopt\n';
  return `${documents} ${noun} valid for ${environments.join(', ')}.\n${first}`;
}

function count(diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): number {
  return diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
}

function invalid(): Failure {
  return new Failure('spec', 'the specs have errors', { code: 'SPEC_INVALID' });
}
