import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDesired, validateAll } from '../../src/specs/load/load.ts';
import { loadProject } from '../../src/specs/project/project.ts';
import { ROOT } from './markdown.ts';

describe('the sample project', () => {
  test('has no problem in any environment, not even a warning', async () => {
    const { diagnostics, environments } = await validateAll(ROOT);
    expect(diagnostics).toEqual([]);
    expect([...environments].sort()).toEqual(['local', 'production']);
  });

  test('shows every kind, a handoff cycle, an overlay and two suites', async () => {
    const { resources } = await loadDesired(await loadProject(ROOT, 'local'));
    const all = [...resources.values()];
    const kinds = new Set(all.map((resource) => resource.kind));
    expect([...kinds].sort()).toEqual(['assistant', 'mcp_server', 'test', 'tool']);
    const targets = (address: string): readonly string[] =>
      all.find((r) => r.address === address)?.references.map((r) => r.target) ?? [];
    expect(targets('assistant/front-desk')).toContain('assistant/billing');
    expect(targets('assistant/billing')).toContain('assistant/front-desk');
    const suites = new Set(all.filter((r) => r.kind === 'test').map((r) => r.spec.test_suite));
    expect([...suites].sort()).toEqual(['regression', 'release-gate']);
    expect(all.find((r) => r.address === 'assistant/front-desk')?.spec.telephony_settings).toMatchObject({
      time_limit_secs: 600,
    });
  });

  test('exists in the embedded API alone, so that init can never reach an account', async () => {
    const { resources, elsewhere } = await loadDesired(await loadProject(ROOT, 'production'));
    expect([...resources.keys()]).toEqual([]);
    expect(elsewhere.size).toBeGreaterThan(10);
  });

  test('is what the package ships', () => {
    const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(files).toEqual(
      expect.arrayContaining(['assistants', 'assistantctl.yaml', 'schemas/*.json', 'ci', 'docs']),
    );
  });
});
