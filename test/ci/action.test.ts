import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../docs/markdown.ts';
import { bash } from './pipeline.ts';

const read = (...path: readonly string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

describe('action.yml', () => {
  const action = parse(read('action.yml'));

  it('is a composite action that hands inputs over as variables', () => {
    expect(action.runs.using).toBe('composite');
    for (const step of action.runs.steps) {
      expect(step.shell).toBe('bash');
      expect(step.run).not.toContain('${{');
    }
    const given = JSON.stringify(action.runs.steps);
    for (const input of Object.keys(action.inputs)) expect(given).toContain(`inputs.${input}`);
    for (const input of Object.values<{ description?: string }>(action.inputs)) {
      expect(input.description).toBeTruthy();
    }
  });

  it('runs a script that is bash', async () => {
    const checked = await bash('bash -n ci/action.sh', ROOT, { PATH: process.env.PATH ?? '' });
    expect(checked).toEqual({ code: 0, log: '' });
  });
});
