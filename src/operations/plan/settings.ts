import { hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, relative } from 'node:path';
import { isArray, isObject, type JsonObject } from '../../model/json.ts';
import type { Settings } from '../../model/review.ts';
import { ENVIRONMENT_OWNER, PROJECT_OWNER, settingsOf } from '../../plan/settings.ts';
import type { Inputs } from '../session/inputs.ts';

/** Every setting of the environment at hand, hooks with the bytes of the files that they start. */
export function settingsOfInputs(
  { project, desired }: Pick<Inputs, 'project' | 'desired'>,
  filesAt: string = project.root,
): Settings {
  const { environment, settings } = project;
  const hooks = isObject(settings.hooks) ? hooksWithFiles(settings.hooks, filesAt) : undefined;
  return settingsOf(desired, {
    [PROJECT_OWNER]: { ...settings, ...(hooks !== undefined && { hooks }) },
    [`${ENVIRONMENT_OWNER}${environment.name}`]: environment.settings,
  });
}

function hooksWithFiles(hooks: JsonObject, root: string): JsonObject {
  return Object.fromEntries(
    Object.entries(hooks).map(([name, hook]) => {
      const words = isObject(hook) && isArray(hook.run) ? hook.run : [];
      const files = words.flatMap((word) => (typeof word === 'string' ? fileDigest(root, word) : []));
      const withFiles = isObject(hook) && files.length > 0;
      return [name, withFiles ? { ...hook, files: Object.fromEntries(files) } : hook];
    }),
  );
}

/**
 * A word of a command that names a file inside the project: its bytes, and those of everything in its folder, because
 * a program may load what lies beside it.
 */
function fileDigest(root: string, word: string): readonly (readonly [string, string])[] {
  if (isAbsolute(word) || normalize(word).startsWith('..')) return [];
  const path = join(root, word);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return [];
  const own = [word, bytesOf(path)] as const;
  const folder = dirname(normalize(word));
  if (folder === '.') return [own];
  const beside = filesBelow(join(root, folder)).map((file) => `${file} ${bytesOf(join(root, folder, file))}`);
  return [own, [`${folder}/`, `sha256:${hash('sha256', beside.join('\n'), 'hex')}`]];
}

function bytesOf(path: string): string {
  return `sha256:${hash('sha256', readFileSync(path), 'hex')}`;
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !/(^|\/)(node_modules|\.git)\//.test(file))
    .sort();
}
