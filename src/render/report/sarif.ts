import { digest } from '../../canonical/canonical.ts';
import type { Diagnostic, Severity } from '../../model/diagnostic.ts';

/** Diagnostics for the code scanning of forges. Paths are relative to the repository. */

export interface ReportSource {
  readonly version: string;
  /** Names the file that stands in for a problem without a place, relative to the repository. */
  readonly projectFile: string;
  /** Folder of the project below the repository with a slash at the end, or empty. */
  readonly prefix: string;
}

const LEVELS: { readonly [severity in Severity]: string } = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

/** SARIF 2.1.0 of one run, as JSON text (source: OASIS, Static Analysis Results Interchange Format 2.1.0). */
export function renderSarif(list: readonly Diagnostic[], source: ReportSource): string {
  const codes = [...new Set(list.map(({ code }) => code))].sort();
  const fingerprints = fingerprintsOf(list);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'assistantctl',
            semanticVersion: source.version,
            rules: codes.map((id) => ({ id })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: list.map((diagnostic, index) => ({
          ruleId: diagnostic.code,
          ruleIndex: codes.indexOf(diagnostic.code),
          level: LEVELS[diagnostic.severity],
          message: { text: messageOf(diagnostic) },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(placeOf(diagnostic, source).file) },
                region: {
                  startLine: placeOf(diagnostic, source).line,
                  startColumn: placeOf(diagnostic, source).column,
                },
              },
            },
          ],
          partialFingerprints: { 'assistantctl/v1': fingerprints[index] },
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const WEIGHTS: { readonly [severity in Severity]: string } = {
  error: 'critical',
  warning: 'minor',
  info: 'info',
};

/** The report that GitLab Code Quality reads, as JSON text (source: GitLab's documentation of Code Quality). */
export function renderCodeQuality(list: readonly Diagnostic[], source: ReportSource): string {
  const fingerprints = fingerprintsOf(list);
  const report = list.map((diagnostic, index) => {
    const { file, line } = placeOf(diagnostic, source);
    return {
      description: messageOf(diagnostic),
      check_name: diagnostic.code,
      fingerprint: fingerprints[index],
      severity: WEIGHTS[diagnostic.severity],
      location: { path: file, lines: { begin: line } },
    };
  });
  return `${JSON.stringify(report, null, 2)}\n`;
}

function messageOf({ message, hint }: Diagnostic): string {
  return hint === undefined ? message : `${message}\n${hint}`;
}

function placeOf({ position }: Diagnostic, { prefix, projectFile }: ReportSource) {
  if (position === undefined) return { file: projectFile, line: 1, column: 1 };
  return { file: `${prefix}${position.file}`, line: position.line, column: position.column };
}

function uriOf(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}

/** The same while a problem only moves to another line; equal problems of one file are told apart by their order. */
function fingerprintsOf(list: readonly Diagnostic[]): readonly string[] {
  const seen = new Map<string, number>();
  return list.map(({ code, message, position, address, pointer }) => {
    const key = JSON.stringify([code, message, position?.file ?? '', address ?? '', pointer ?? '']);
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return digest([key, before]).replace(/^sha256:/, '');
  });
}
