import type { PipelineEnvironment, PipelineFacts } from './facts.ts';

/** The state files of these environments, for the next job; nothing where the states are in Git. */
export function cacheLines(
  { projectPath, slug }: PipelineFacts,
  environments: readonly PipelineEnvironment[],
  how: { readonly writes: boolean; readonly named?: string },
): string {
  const kept = environments.filter(({ gitState }) => !gitState).map(({ name }) => name);
  const names = how.named === undefined || kept.length === 0 ? kept : [how.named];
  const path = `${projectPath === '' ? '' : `${projectPath}/`}.assistantctl/state`;
  const entries = names.map(
    (name) => `    - key: assistantctl${slug}--${name}
      paths: [${JSON.stringify(path)}]
      policy: ${how.writes ? 'pull-push' : 'pull'}
${how.writes ? '      # What was applied last has to outlive a failed run too.\n      when: always\n' : ''}`,
  );
  return entries.length === 0 ? '' : `  cache:\n${entries.join('')}`;
}

/** Merges of one environment run one after the other, in their order. */
export function resourceGroup({ slug }: PipelineFacts, { name }: Pick<PipelineEnvironment, 'name'>): string {
  return `  resource_group: assistantctl${slug}-${name}\n`;
}
