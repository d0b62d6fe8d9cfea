import type { Address } from '../../model/address.ts';
import type { PlanOptions } from '../../model/plan.ts';

/** What `plan` and `apply` may be told about planning. */
export interface PlanningFlags {
  readonly prune?: boolean;
  readonly recreate?: boolean;
  readonly take?: 'git' | 'live';
  readonly target?: readonly Address[];
  readonly offline?: boolean;
  /** Every assistant is read by id. */
  readonly refresh?: boolean;
}

/** The saved plan's options, changed by the flags that were given explicitly. */
export function planOptions(flags: PlanningFlags, saved?: PlanOptions): PlanOptions {
  const targets = flags.target ?? saved?.targets ?? [];
  return {
    prune: flags.prune ?? saved?.prune ?? false,
    recreate: flags.recreate ?? saved?.recreate ?? false,
    take: flags.take ?? saved?.take ?? null,
    targets: [...new Set(targets)].sort(),
    ...(flags.offline === true ? { offline: true as const } : {}),
  };
}
