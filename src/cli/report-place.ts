import type { Planned } from '../model/plan.ts';
import type { State } from '../model/state.ts';
import { safetyOf } from '../operations/plan/obstacles.ts';
import type { Inputs } from '../operations/session/inputs.ts';
import { refusals } from '../plan/safety.ts';
import type { ReportPlace } from '../render/report/report-markdown.ts';

/** Where an apply took place, and which limits `--override-limits` set aside for it. */
export function reportPlace(
  inputs: Inputs,
  planned: Planned,
  { state, overrideLimits }: { readonly state: State | undefined; readonly overrideLimits: boolean },
): ReportPlace {
  const limits = overrideLimits ? refusals(planned, safetyOf(inputs, state, false)) : [];
  return {
    project: inputs.project.name,
    environment: inputs.project.environment.name,
    overridden: limits.map(({ message }) => message),
  };
}
