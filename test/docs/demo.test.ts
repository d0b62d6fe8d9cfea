import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './markdown.ts';
import { outcome } from './project.ts';

test('the demo runs without a key, fits a terminal and keeps its promises', {
  timeout: 120_000,
}, async () => {
  const result = await outcome(
    spawn(process.execPath, [join(ROOT, 'scripts', 'demo.mjs')], {
      env: { PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  expect(result, result.stdout + result.stderr).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
});
