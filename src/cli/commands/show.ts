import { Failure } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import { readSavedPlan } from '../../operations/saved-plan-file.ts';
import { renderPlanHtml } from '../../render/html/plan-page.ts';
import { renderPlanMarkdown } from '../../render/plan/plan-markdown.ts';
import { renderPlan } from '../../render/plan/plan-text.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import type { PlanFormat } from '../show-plan.ts';

/** Prints a saved plan as `plan` would have; needs neither a project nor a network. */
export async function show(context: Context, file: string | undefined, format: PlanFormat): Promise<number> {
  if (file === undefined) {
    throw new Failure('usage', 'show prints a saved plan: name its file', {
      code: 'USAGE_MISSING_ARGUMENT',
      hint: 'assistantctl state list shows what is bound; assistantctl plan --out FILE saves a plan',
    });
  }
  const plan = await readSavedPlan(context, file, 'show');
  if (format === 'json') context.printJson(plan);
  else context.print(render(plan, file, format, context));
  return EXIT_DONE;
}

function render(plan: Plan, file: string, format: Exclude<PlanFormat, 'json'>, context: Context): string {
  switch (format) {
    case 'markdown':
      return renderPlanMarkdown(plan, { file });
    case 'html':
      return renderPlanHtml(plan, { file });
    case 'text':
      return renderPlan(plan, context.style, { file });
    default:
      return format satisfies never;
  }
}
