import { Failure } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import type { Project } from '../model/project.ts';
import { renderPlan } from '../render/plan/plan-text.ts';
import type { Context } from './context.ts';
import type { TextJsonOrMarkdown } from './options.ts';
import { questioner } from './terminal.ts';

/** True when a person at a terminal will be shown the plan and asked about it. */
export function willAsk(
  context: Context,
  flags: { readonly format: TextJsonOrMarkdown; readonly yes?: boolean },
): boolean {
  return flags.format === 'text' && flags.yes !== true && questioner(context.runtime) !== undefined;
}

/** Shows what is going to happen; at a terminal it goes on only when the person says yes. Fails with `refused` otherwise. */
export async function confirmPlan(
  context: Context,
  project: Project,
  plan: Plan,
  flags: { readonly format: TextJsonOrMarkdown; readonly yes?: boolean },
): Promise<void> {
  if (flags.format !== 'text' || plan.changes.length === 0) return;
  const extra = { protected: project.environment.protected, executing: true } as const;
  context.note(renderPlan(plan, context.noteStyle, extra));
  const ask = willAsk(context, flags) ? questioner(context.runtime) : undefined;
  if (ask === undefined) return;
  const answer = await ask(`Apply this to ${plan.environment}? Only "yes" is taken for an answer: `);
  if (answer.trim().toLowerCase() === 'yes') return;
  throw new Failure('refused', 'not applied: the answer was not "yes"', { code: 'DECLINED' });
}
