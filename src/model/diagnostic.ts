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
  /** Stable upper-case identifier, for example `REF_DANGLING`. */
  readonly code: string;
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
