import { resolve } from 'node:path';
import type { BlastRadius } from '../model/blast-radius.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Plan } from '../model/plan.ts';
import type { TestVerdict } from '../model/runs.ts';
import { writePrivately } from '../operations/files.ts';
import { resourceGraph } from '../operations/plan/graph.ts';
import type { Inputs } from '../operations/session/inputs.ts';
import { renderPlanHtml } from '../render/html/plan-page.ts';
import type { ReviewExtra } from '../render/plan/plan-extra.ts';
import { renderPlanMarkdown } from '../render/plan/plan-markdown.ts';
import { renderPlan } from '../render/plan/plan-text.ts';
import type { Context } from './context.ts';

export type PlanFormat = 'text' | 'json' | 'markdown' | 'html';

/** What is known when a plan is shown. */
export interface Shown {
  readonly flags: { readonly out?: string; readonly html?: string; readonly format: PlanFormat };
  readonly inputs: Inputs;
  readonly blastRadius: BlastRadius | undefined;
  readonly tests: readonly TestVerdict[];
  readonly refused: readonly Diagnostic[];
  /** Where each resource is written, on the forge. */
  readonly sources?: ReadonlyMap<string, string>;
}

/** Prints the plan in the form that was asked for and writes the page where `--html` says. */
export async function showPlan(context: Context, plan: Plan, shown: Shown): Promise<void> {
  const { flags } = shown;
  const extra = reviewOf(shown);
  if (flags.html !== undefined) {
    await writePrivately(ownFile(context, flags.html, plan.environment), renderPlanHtml(plan, extra));
  }
  switch (flags.format) {
    case 'json':
      context.printJson(plan);
      return;
    case 'markdown':
      context.printExactly(renderPlanMarkdown(plan, { ...extra, ...shareOf(context) }));
      return;
    case 'html':
      context.printExactly(renderPlanHtml(plan, extra));
      return;
    case 'text': {
      const file = flags.out === undefined ? {} : { file: flags.out };
      const { protected: guarded, refusals } = extra;
      const known = { ...file, protected: guarded === true, ...(refusals === undefined ? {} : { refusals }) };
      context.print(renderPlan(plan, context.style, known));
      return;
    }
    default:
      flags.format satisfies never;
  }
}

/** The file that an option names; of several environments each has its own, `plan.html` becomes `plan.staging.html`. */
export function ownFile({ runtime, flags }: Context, file: string, environment: string): string {
  const own = flags.several === true ? file.replace(/(\.[^./\\]*)?$/, `.${environment}$1`) : file;
  return resolve(runtime.cwd, own);
}

/** Bytes of a comment that several environments share. */
const SHARED_BYTES = 56_000;

function shareOf({ flags: { among } }: Context): { readonly budget?: number } {
  return among === undefined ? {} : { budget: Math.floor(SHARED_BYTES / among) };
}

function reviewOf({ inputs, blastRadius, tests, refused, sources }: Shown): ReviewExtra {
  return {
    protected: inputs.project.environment.protected,
    refusals: refused,
    graph: resourceGraph(inputs),
    tests,
    ...(sources === undefined ? {} : { sources }),
    ...(blastRadius === undefined ? {} : { blastRadius }),
  };
}
