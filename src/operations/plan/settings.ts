import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
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

/** A word of a command that names a file inside the project. */
function fileDigest(root: string, word: string): readonly (readonly [string, string])[] {
  if (isAbsolute(word) || normalize(word).startsWith('..')) return [];
  const path = join(root, word);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return [];
  return [[word, `sha256:${hash('sha256', readFileSync(path), 'hex')}`]];
}
