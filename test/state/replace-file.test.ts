import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renamePatiently, replaceWhole } from '../../src/state/replace-file.ts';

// Windows refuses to rename over a file that a scanner or an editor has open for a moment.

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replace-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function failing(times: number, code: string) {
  let calls = 0;
  const move = async (from: string, to: string): Promise<void> => {
    calls += 1;
    if (calls <= times) throw Object.assign(new Error(code), { code });
    await rename(from, to);
  };
  return { move, calls: () => calls };
}

describe('a rename over a file in use', () => {
  it.each(['EPERM', 'EACCES', 'EBUSY'])('is tried again after %s', async (code) => {
    const [from, to] = [join(folder, `${code}.new`), join(folder, code)];
    await writeFile(to, 'old');
    await writeFile(from, 'new');
    const { move, calls } = failing(2, code);
    await renamePatiently(from, to, move);
    expect(await readFile(to, 'utf8')).toBe('new');
    expect(calls()).toBe(3);
  });

  it('fails with the error of the system when the file stays in use', async () => {
    const { move, calls } = failing(99, 'EBUSY');
    await expect(renamePatiently('a', 'b', move)).rejects.toMatchObject({ code: 'EBUSY' });
    expect(calls()).toBe(6);
  });

  it('is not tried again when something else is wrong', async () => {
    const { move, calls } = failing(99, 'ENOSPC');
    await expect(renamePatiently('a', 'b', move)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(calls()).toBe(1);
  });
});

it('a file that cannot be replaced keeps its text, and nothing is left beside it', async () => {
  const inner = await mkdtemp(join(folder, 'kept-'));
  await writeFile(join(inner, 'taken'), 'x');
  await expect(replaceWhole(join(inner, 'taken', 'below'), 'new', { mode: 0o600 })).rejects.toThrow();
  expect(await readdir(inner)).toEqual(['taken']);
  expect(await readFile(join(inner, 'taken'), 'utf8')).toBe('x');
});
