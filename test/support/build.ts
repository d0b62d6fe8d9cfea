import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Vitest's global setup: brings dist/ up to date once, for the tests that run the built program. Types are
 * judged by `npm run types`; here only the output matters. A sweep has built before it starts its slices.
 */
export function setup(): void {
  if (process.env.SWEEP_FIGURES !== undefined) return;
  const built = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, encoding: 'utf8' });
  if (built.status !== 0)
    throw new Error(`the build is broken, so no test can say anything:\n${built.stderr}`);
}
