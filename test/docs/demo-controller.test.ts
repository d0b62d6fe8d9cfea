import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HAS_TERMINAL, inTerminal } from '../support/terminal.ts';
import { ROOT } from './markdown.ts';

test.skipIf(!HAS_TERMINAL)(
  'the demo of the controller keeps its promises at a terminal without a size',
  { timeout: 180_000 },
  async () => {
    const demo = [process.execPath, join(ROOT, 'scripts', 'demo-controller.mjs')] as const;
    const screen = await inTerminal(demo, { columns: 0, env: {} });
    const text = screen.lines.join('\n');
    expect(screen.code, text).toBe(0);
    expect(screen.lines.at(-1)).toContain('Done in');
    expect(text).toContain('drift: assistant/desk /greeting');
    expect(text).toContain('main was left as it is');
  },
);
