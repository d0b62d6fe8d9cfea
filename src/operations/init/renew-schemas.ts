import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { findProjectRoot } from '../../specs/project/project.ts';
import { writeText } from '../files.ts';
import type { Host } from '../host.ts';
import { filesBelow } from './init-disk.ts';

/** Writes those of the project's schemas that are not of this version, and returns their paths relative to the project. */
export async function renewSchemas(host: Host): Promise<readonly string[]> {
  const root = await findProjectRoot(host.runtime.cwd, host.flags.project);
  const shipped = join(host.runtime.packageRoot, 'schemas');
  const written: string[] = [];
  for (const file of await filesBelow(shipped)) {
    const text = await readFile(file, 'utf8');
    const target = join(root, 'schemas', relative(shipped, file));
    const present = await readFile(target, 'utf8').catch(() => undefined);
    if (present?.replaceAll('\r\n', '\n') === text) continue;
    await writeText(target, text);
    written.push(relative(root, target).replaceAll('\\', '/'));
  }
  return written;
}
