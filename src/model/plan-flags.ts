import type { Plan } from './plan.ts';

/** Flags that make another command plan the same. */
export function planFlags({ options }: Pick<Plan, 'options'>): readonly string[] {
  const { prune, recreate, take, targets, revertDrift, releaseHolds } = options;
  const reverts = revertDrift === 'all' ? ['all'] : (revertDrift ?? []);
  return [
    ...(prune ? ['--prune'] : []),
    ...(recreate ? ['--recreate'] : []),
    ...(take === null ? [] : ['--take', take]),
    ...targets.flatMap((target) => ['--target', target]),
    ...reverts.flatMap((address) => ['--revert-drift', address]),
    ...(releaseHolds ?? []).flatMap((address) => ['--release-hold', address]),
  ];
}
