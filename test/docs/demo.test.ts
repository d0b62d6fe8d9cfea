import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HAS_TERMINAL, inTerminal } from '../support/terminal.ts';
import { ROOT } from './markdown.ts';
import { outcome } from './project.ts';

const DEMO = [process.execPath, join(ROOT, 'scripts', 'demo.mjs')] as const;

test('the demo runs in a pipe without a key and keeps its promises', { timeout: 120_000 }, async () => {
  const [command, ...args] = DEMO;
  const result = await outcome(
    spawn(command, args, { env: { PATH: process.env.PATH ?? '' }, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  expect(result, result.stdout + result.stderr).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

test.skipIf(!HAS_TERMINAL).each([
  { columns: 80, colours: true, env: {} },
  { columns: 120, colours: false, env: { NO_COLOR: '1' } },
  // As `script` makes one where it has no terminal itself: its size is not known.
  { columns: 0, colours: true, env: {} },
])(
  'the demo runs in a terminal of $columns columns, colours: $colours',
  {
    timeout: 120_000,
  },
  async ({ columns, colours, env }) => {
    const screen = await inTerminal(DEMO, { columns, env });
    expect(screen.code, screen.lines.join('\n')).toBe(0);
    expect(screen.lines.at(-1)).toContain('Done in');
    expect(screen.raw.includes('\u001b[')).toBe(colours);
    expect(Math.max(...screen.lines.map(({ length }) => length))).toBeGreaterThan(70);
  },
);
