import { Failure } from '../../model/errors.ts';
import { readSavedPlan } from '../../operations/saved-plan-file.ts';
import { renderPlanHtml } from '../../render/html/plan-page.ts';
import { renderPlanMarkdown } from '../../render/plan/plan-markdown.ts';
import { renderPlan } from '../../render/plan/plan-text.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { format } from '../options.ts';

/** Prints a saved plan as `plan` would have; needs neither a project nor a network. */
export const show = defineCommand({
  usage: 'show [file]',
  options: (command) => command.addOption(format('text', 'json', 'markdown', 'html')),
  run: async (context, [file], { format }) => {
    if (file === undefined) {
      throw new Failure('usage', 'show prints a saved plan: name its file', {
        code: 'USAGE_MISSING_ARGUMENT',
        hint: 'assistantctl state list shows what is bound; assistantctl plan --out FILE saves a plan',
      });
    }
    const plan = await readSavedPlan(context, file, 'show');
    if (format === 'json') context.printJson(plan);
    else if (format === 'text') context.print(renderPlan(plan, context.style, { file }));
    else if (format === 'markdown') context.printExactly(renderPlanMarkdown(plan, { file }));
    else context.printExactly(renderPlanHtml(plan, { file }));
    return EXIT_DONE;
  },
});
