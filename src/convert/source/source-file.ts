import type { Json, Path } from '../../model/json.ts';

/** A file of another platform as a value whose parts know their lines. */
export interface ImportedFile {
  /** As the user named it, with forward slashes. */
  readonly name: string;
  readonly value: Json;
  /** Line (from 1) on which the value at a path was written. */
  lineOf(path: Path): number;
}

/** Why a file could not be read as a value. */
export interface SourceProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type SourceRead = { readonly source: ImportedFile } | { readonly problem: SourceProblem };

/** Deeper nesting than any export has; beyond it a file is an attack or a mistake. */
export const MAX_SOURCE_DEPTH = 200;
