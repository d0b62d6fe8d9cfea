import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Plan } from '../../model/plan.ts';
import type { Host } from '../host.ts';
import { gather, withReportedDrift } from '../session/inputs.ts';
import { planWithoutLease } from './make-plan.ts';
import { planOptions } from './plan-options.ts';
import { findRotatedSecrets } from './rotated.ts';

export interface FoundDrift {
  /** The plan with what was changed outside Git, and nothing else. */
  readonly plan: Plan;
  readonly changed: boolean;
  /** Integration secrets that got another value since what names them was applied. */
  readonly rotated: readonly Diagnostic[];
}

/** What was changed outside Git, with every assistant read by id. */
export async function findDrift(host: Host): Promise<FoundDrift> {
  const inputs = await gather(host);
  const { planned } = await planWithoutLease(host, withReportedDrift(inputs), planOptions({}), {
    whole: true,
  });
  const rotated = await findRotatedSecrets(host, inputs);
  const plan = driftOnly({ ...planned.plan, diagnostics: [...planned.plan.diagnostics, ...rotated] });
  return { plan, changed: plan.drift.length + plan.conflicts.length > 0, rotated };
}

/** A conflict is kept: its live side was changed outside Git too. */
function driftOnly(plan: Plan): Plan {
  const none = { create: 0, update: 0, delete: 0, adopt: 0, takeover: 0, move: 0, promote: 0, orphan: 0 };
  return {
    ...plan,
    summary: { ...plan.summary, ...none },
    changes: [],
    orphans: [],
    released: [],
  };
}
