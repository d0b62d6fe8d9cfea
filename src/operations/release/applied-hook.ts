import { isArray, isObject, type Json, jsonEqual, toPointer } from '../../model/json.ts';
import type { Project } from '../../model/project.ts';
import type { Settings } from '../../model/review.ts';
import { PROJECT_OWNER } from '../../plan/settings.ts';
import type { Hook } from './hook.ts';

/** Where a document names its hook. */
const HOOK = '/promotion/canary/analysis/hook';

/** The hook of that name as the project file has it; undefined when there is none. */
export function hookOf({ settings }: Project, name: string): Hook | undefined {
  const hook = isObject(settings.hooks) ? settings.hooks[name] : undefined;
  if (!isObject(hook)) return undefined;
  const run = texts(hook.run);
  return run.length === 0 ? undefined : { name, run, env: texts(hook.env) };
}

/** The hook that the document named when it was applied last. */
export function appliedHookOf(applied: Settings | undefined, address: string): string | undefined {
  const name = applied?.[address]?.[HOOK];
  return typeof name === 'string' ? name : undefined;
}

/**
 * Whether the hook is the one that the last completed apply saw: its entry, the bytes of its files, and that this
 * document names it. Whoever merged or applied that has read it; a newer one waits for its apply.
 */
export function isAppliedHook(
  present: Settings,
  applied: Settings | undefined,
  address: string,
  name: string,
): boolean {
  const parts = (settings: Settings | undefined): Json => ({
    entry: below(settings, PROJECT_OWNER, toPointer(['hooks', name])),
    named: below(settings, address, HOOK),
  });
  return applied !== undefined && jsonEqual(parts(present), parts(applied));
}

function below(settings: Settings | undefined, owner: string, pointer: string): Json {
  return Object.fromEntries(
    Object.entries(settings?.[owner] ?? {}).filter(
      ([path]) => path === pointer || path.startsWith(`${pointer}/`),
    ),
  );
}

function texts(value: Json | undefined): readonly string[] {
  return isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
