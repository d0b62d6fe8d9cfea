import type { DiagnosticCode } from './codes/failure-codes.ts';

/** A place in a file of the project. Lines and columns count from 1; the file is relative to the project. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Severity = 'error' | 'warning' | 'info';

/** A problem or a remark as a value: collected, never thrown, rendered elsewhere. */
export interface Diagnostic {
  readonly severity: Severity;
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly position?: Position;
  /** Address of the resource it concerns. */
  readonly address?: string;
  /** JSON Pointer into the document that it concerns. */
  readonly pointer?: string;
  /** What to do next, as a sentence or a command line. */
  readonly hint?: string;
  /** Something that a person has to allow: plans show it before everything else, in every format. */
  readonly caution?: true;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/** What the project file makes of the diagnostics of one code. */
export type DiagnosticLevel = 'ignore' | Severity;

/** Levels by code; what is not named keeps the severity it was found with. */
export type DiagnosticLevels = { readonly [code: string]: DiagnosticLevel };

/**
 * Silences, lowers and raises warnings and remarks as the project file says. Errors and cautions stay: they are what
 * keeps an apply from doing harm; an error that was to be lowered says that it stays.
 */
export function atLevels(
  diagnostics: readonly Diagnostic[],
  levels: DiagnosticLevels,
): readonly Diagnostic[] {
  return diagnostics.flatMap((diagnostic) => {
    const level = Object.hasOwn(levels, diagnostic.code) ? levels[diagnostic.code] : undefined;
    if (level === undefined || level === diagnostic.severity) return [diagnostic];
    if (diagnostic.severity === 'error') return [stays(diagnostic, level)];
    if (level === 'error') return [{ ...diagnostic, severity: level }];
    if (diagnostic.caution === true) return [diagnostic];
    return level === 'ignore' ? [] : [{ ...diagnostic, severity: level }];
  });
}

function stays(diagnostic: Diagnostic, level: DiagnosticLevel): Diagnostic {
  const note = `it stays an error: "diagnostics: { ${diagnostic.code}: ${level} }" lowers warnings alone`;
  return { ...diagnostic, hint: diagnostic.hint === undefined ? note : `${diagnostic.hint}; ${note}` };
}
