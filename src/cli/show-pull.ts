import type { PullReport } from '../model/pull.ts';
import { pullOutline } from '../render/terminal/outline-words.ts';
import { renderPull } from '../render/terminal/pull-text.ts';
import type { Context } from './context.ts';
import { EXIT_CHANGES, EXIT_DONE, exitCodeOf } from './exit-codes.ts';
import type { TextOrJson } from './options.ts';

/** Prints the report; the exit code says what still waits for a person. */
export function showPull(context: Context, report: PullReport, format: TextOrJson): number {
  context.outline(pullOutline(report));
  if (format === 'json') context.printJson(report);
  else context.print(renderPull(report, context.style));
  if (report.diagnostics.some(({ severity }) => severity === 'error')) return exitCodeOf('spec');
  if (report.diagnostics.some(({ code }) => code === 'MANAGED_ELSEWHERE')) return exitCodeOf('refused');
  if (report.conflicts.length > 0) return exitCodeOf('stale');
  return report.left.length + report.deleted.length > 0 ? EXIT_CHANGES : EXIT_DONE;
}
