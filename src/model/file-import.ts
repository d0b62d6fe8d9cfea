/** What an import from files of another platform did, for people and machines. */
import type { Address } from './address.ts';
import type { Diagnostic } from './diagnostic.ts';

/** Platforms whose files can be imported. */
export const PLATFORMS = ['retell', 'vapi', 'elevenlabs', 'bland'] as const;

export type Platform = (typeof PLATFORMS)[number];

export const FILE_IMPORT_FORMAT = '1.0';

export interface ImportPlace {
  readonly file: string;
  readonly line: number;
  /** For example `nodes[3].edges[0].condition`. */
  readonly path: string;
  readonly detail?: string;
}

/** Values that one remark is about. */
export interface ImportGroup {
  readonly code: string;
  readonly what: string;
  readonly todo: string;
  readonly places: readonly ImportPlace[];
}

export interface ImportCounts {
  readonly exact: number;
  readonly near: number;
  readonly lost: number;
}

export interface ImportedSource extends ImportCounts {
  readonly file: string;
  readonly platform: string;
  /** Lines whose values were carried over as they are. */
  readonly exact_lines: string;
}

export interface FileImportReport {
  readonly format_version: string;
  readonly summary: ImportCounts & { readonly percent_carried: number };
  readonly sources: readonly ImportedSource[];
  /** Files in which nothing was recognised. */
  readonly skipped: readonly string[];
  readonly resources: readonly { readonly address: Address; readonly name: string; readonly file: string }[];
  /** Integration secrets that have to be stored. */
  readonly secrets: readonly (ImportPlace & { readonly identifier: string })[];
  /** Variables of texts that nothing in the files sets. */
  readonly variables: readonly { readonly name: string; readonly used_by: readonly Address[] }[];
  readonly near: readonly ImportGroup[];
  readonly lost: readonly ImportGroup[];
  /** The Markdown report, relative to the project. */
  readonly report: string;
  readonly written: readonly string[];
  /** Files that were there with just this content. */
  readonly unchanged: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}
