import { realpath } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { Failure } from '../model/errors.ts';
import { PROJECT_FILE } from '../specs/project/project.ts';
import type { Host } from './host.ts';

/** The files and folders that a command line names, relative to the project; undefined for the whole project. */
export async function namedFiles(
  host: Host,
  root: string,
  files: readonly string[],
): Promise<readonly string[] | undefined> {
  if (files.length === 0) return undefined;
  const base = await realpath(root);
  return Promise.all(
    files.map(async (file) => relative(base, await existing(host, file)).replaceAll('\\', '/')),
  );
}

async function existing(host: Host, file: string): Promise<string> {
  try {
    return await realpath(resolve(host.runtime.cwd, file));
  } catch (cause) {
    const environment = /^[a-z0-9][\w-]{0,60}$/i.test(file);
    throw new Failure('usage', `${file} cannot be read: there is no such file`, {
      code: 'FILE_READ',
      hint: environment
        ? `assistantctl validate --env ${file} checks that environment`
        : 'check the path; it is relative to the working directory',
      cause,
    });
  }
}

/** True for problems of these files; an error of the project file counts always, because it hides those of the specs. */
export function isWithin({ position, severity }: Diagnostic, named: readonly string[]): boolean {
  if (position === undefined) return false;
  const { file } = position;
  if (file === PROJECT_FILE && severity === 'error') return true;
  return named.some((name) => name === '' || file === name || file.startsWith(`${name}/`));
}
