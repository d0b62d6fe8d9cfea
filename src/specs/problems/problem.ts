import type { SpecCode } from '../../model/codes/spec-codes.ts';
import type { Severity } from '../../model/diagnostic.ts';

/** A problem at an offset of a text that was just read; positions are worked out when it is reported. */
export interface TextProblem {
  readonly severity: Severity;
  readonly code: SpecCode;
  readonly message: string;
  /** UTF-16 offset into the text. */
  readonly offset: number;
  readonly hint?: string;
}

/** A problem with a value of a document. */
export interface Finding {
  readonly severity: Severity;
  readonly code: SpecCode;
  readonly message: string;
  /** JSON Pointer into the document, so a field of the spec starts with `/spec`. */
  readonly pointer: string;
  /** Which half of the mapping entry to point at; default the value. */
  readonly at?: 'key' | 'value';
  /** Text inside the written value to point at more exactly, for example one `${var.x}` of a long prompt. */
  readonly excerpt?: string;
  /** The place inside an included file; wins over the pointer. */
  readonly included?: { readonly file: string; readonly line: number; readonly column: number };
  readonly hint?: string;
}
