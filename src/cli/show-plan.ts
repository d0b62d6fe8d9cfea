import { resolve } from 'node:path';
import type { BlastRadius } from '../model/blast-radius.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Plan } from '../model/plan.ts';
import type { TestVerdict } from '../model/runs.ts';
import { writePrivately } from '../operations/files.ts';
import { resourceGraph } from '../operations/plan/graph.ts';
import type { Inputs } from '../operations/session/inputs.ts';
import type { ReviewExtra } from '../render/plan/plan-extra.ts';
import { renderPlan } from '../render/plan/plan-text.ts';
import { orphansLeft } from '../render/terminal/plan-words.ts';
import type { Context } from './context.ts';

export type PlanFormat = 'text' | 'json' | 'markdown' | 'html';

/** What is known when a plan is shown. */
export interface Shown {
  readonly flags: { readonly out?: string; readonly html?: string; readonly format: PlanFormat };
  readonly inputs: Inputs;
  readonly blastRadius: BlastRadius | undefined;
  readonly tests: readonly TestVerdict[];
  readonly refused: readonly Diagnostic[];
  /** What the change's target still describes; undefined: the change is not held against a target. */
  readonly target?: Inputs['desired'];
  /** Where each resource is written, on the forge. */
  readonly sources?: ReadonlyMap<string, string>;
}

/** Prints the plan in the form that was asked for and writes the page where `--html` says. */
export async function showPlan(context: Context, plan: Plan, shown: Shown): Promise<void> {
  const { flags } = shown;
  if (flags.html !== undefined) {
    await writePrivately(ownFile(context, flags.html, plan.environment), await pageOf(plan, shown));
  }
  switch (flags.format) {
    case 'json':
      context.printJson(plan);
      return;
    case 'markdown': {
      const { renderPlanMarkdown } = await import('../render/plan/plan-markdown.ts');
      context.printExactly(renderPlanMarkdown(plan, { ...reviewOf(plan, shown), ...shareOf(context) }));
      return;
    }
    case 'html':
      context.printExactly(await pageOf(plan, shown));
      return;
    case 'text': {
      const file = flags.out === undefined ? {} : { file: flags.out };
      const { inputs, refused } = shown;
      const known = {
        ...file,
        protected: inputs.project.environment.protected,
        refusals: refused,
        staysLive: staysLiveOf(plan, shown),
      };
      context.print(renderPlan(plan, context.style, known));
      return;
    }
    default:
      flags.format satisfies never;
  }
}

/** Pages and their drawings are loaded when somebody wants one. */
async function pageOf(plan: Plan, shown: Shown): Promise<string> {
  const { renderPlanHtml } = await import('../render/html/plan-page.ts');
  return renderPlanHtml(plan, reviewOf(plan, shown));
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

function reviewOf(plan: Plan, shown: Shown): ReviewExtra {
  const { inputs, blastRadius, tests, refused, sources } = shown;
  return {
    protected: inputs.project.environment.protected,
    refusals: refused,
    graph: resourceGraph(inputs),
    tests,
    staysLive: staysLiveOf(plan, shown),
    ...(sources === undefined ? {} : { sources }),
    ...(blastRadius === undefined ? {} : { blastRadius }),
  };
}

/** Without a target every change counts, and so does every orphan. */
function staysLiveOf(plan: Plan, { target }: Shown): readonly string[] {
  return orphansLeft(plan)
    .map(({ address }) => address)
    .filter((address) => target === undefined || target.resources.has(address));
}
