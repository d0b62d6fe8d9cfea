import type { Json } from './json.ts';

export const DOCTOR_FORMAT = '1.0';

/** One thing that was looked at. */
export interface DoctorFinding {
  /** What was looked at, in one word. */
  readonly check: string;
  readonly severity: 'ok' | 'info' | 'warning' | 'error';
  readonly message: string;
  readonly hint?: string;
}

export interface DoctorReport {
  readonly format_version: typeof DOCTOR_FORMAT;
  readonly project: string;
  readonly environment: string;
  readonly findings: readonly DoctorFinding[];
}

/** How an API behaves where its documents leave it open: names and values are those of the embedded API's switches. */
export interface ProbeReport {
  readonly format_version: typeof DOCTOR_FORMAT;
  readonly environment: string;
  readonly account: string;
  readonly found: { readonly [quirk: string]: Json };
  /** What no experiment could settle. */
  readonly open: readonly string[];
  /** Values that the API keeps in another form. */
  readonly own_forms: readonly { readonly path: string; readonly sent: Json; readonly kept: Json }[];
  readonly removed: number;
  /** What the probe made and could not remove. */
  readonly left: readonly string[];
  /** Lines for the environment of the project file. */
  readonly api: { readonly [fact: string]: Json };
}
