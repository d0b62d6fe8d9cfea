import type { DesiredState } from '../model/desired.ts';
import type { Position } from '../model/diagnostic.ts';
import type { Failure } from '../model/errors.ts';
import type { Change, Plan } from '../model/plan.ts';
import type { ApplyReport, StepResult } from '../model/report.ts';
import { REPORT_FORMAT } from '../model/report.ts';
import type { Executed } from '../operations/apply/executed.ts';
import { type ReportPlace, renderReportMarkdown } from '../render/report/report-markdown.ts';
import { renderReport } from '../render/report/report-text.ts';
import { failureJson, renderFailure } from '../render/terminal/errors.ts';
import { applyOutline } from '../render/terminal/outline-words.ts';
import type { Context } from './context.ts';
import { EXIT_DONE, exitCodeOf } from './exit-codes.ts';
import type { TextJsonOrMarkdown } from './options.ts';

/** Prints what an apply did and returns its exit code. */
export function showReport(
  context: Context,
  executed: Executed,
  format: TextJsonOrMarkdown,
  place?: ReportPlace,
): number {
  const { exitKind, skipped, saved, desired, unsaved, ...own } = executed;
  const report: ApplyReport = {
    ...own,
    // What is done and not remembered is half done, however well each change went.
    ...(unsaved === undefined ? {} : { outcome: 'partial' }),
    plan_digest: saved?.plan_digest ?? own.plan_digest,
    results: [...own.results.map((result) => located(result, desired)), ...skipped.map(skippedResult)],
  };
  context.outline(applyOutline(report));
  const error = unsaved === undefined ? {} : failureJson(unsaved);
  if (format === 'json') context.printJson({ ...report, ...error });
  else if (format === 'markdown' && place !== undefined)
    context.printExactly(renderReportMarkdown(report, place));
  else context.print(renderReport(report, context.style));
  if (unsaved !== undefined) context.note(renderFailure(unsaved, context.noteStyle));
  const kind = exitKind ?? unsaved?.kind;
  return kind === undefined ? EXIT_DONE : exitCodeOf(kind, context.interruptedBy());
}

/** Ties what the API complained about to the lines that wrote it. */
function located(result: StepResult, desired: Pick<DesiredState, 'locate'>): StepResult {
  const { address, error } = result;
  if (error?.problems === undefined) return result;
  const problems = error.problems.map((problem) => {
    const position = desired.locate(address, problem.pointer);
    return { ...problem, at: position === undefined ? null : placeText(position) };
  });
  return { ...result, error: { ...error, problems } };
}

function placeText({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`;
}

function skippedResult(change: Change): StepResult {
  return {
    address: change.address,
    action: change.action,
    status: 'skipped',
    remote_id: change.remote_id,
    version_id: null,
    promoted: false,
    error: null,
    ...(change.takes_over === true && { takes_over: true as const }),
  };
}

/**
 * `--format json` of an apply that was refused before its first write: the report with its outcome, and the
 * reasons where every failed command has them.
 */
export function refusalReport(context: Context, plan: Plan, failure: Failure): number {
  const report: ApplyReport = {
    format_version: REPORT_FORMAT,
    plan_digest: plan.plan_digest,
    outcome: 'refused',
    results: [],
    next: failure.hint ?? '',
    ...(plan.git !== null && { commit: `${plan.git.commit}${plan.git.dirty ? '+' : ''}` }),
  };
  context.outline(failure.message);
  context.printJson({ ...report, ...failureJson(failure) });
  context.note(renderFailure(failure, context.noteStyle));
  return exitCodeOf(failure.kind, context.interruptedBy());
}
