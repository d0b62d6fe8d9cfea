import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', 'golden', 'render');

/** Compares with test/golden/render/NAME.txt; `UPDATE_GOLDENS=1` rewrites it. Escape characters are kept as ␛. */
export function expectGolden(name: string, actual: string): void {
  const path = join(FOLDER, `${name}.txt`);
  const readable = actual.replaceAll('\u001b', '␛');
  if (process.env.UPDATE_GOLDENS === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path, readable);
  }
  expect(readable).toBe(readFileSync(path, 'utf8'));
}
