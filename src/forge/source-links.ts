import type { Host } from '../operations/host.ts';
import { gitFor } from '../operations/session/git.ts';
import type { Inputs } from '../operations/session/inputs.ts';

/** Nothing in such an address can end a link or begin markup. */
const PLAIN = /^https?:\/\/[\w.:/~-]+$/;

/**
 * Where each resource is written, as an address on the forge, by its address. Undefined outside of a pipeline, where
 * neither the forge nor the commit that it has is known.
 */
export async function sourceLinks(
  { runtime }: Host,
  { project, desired }: Inputs,
  commit: string | null,
): Promise<ReadonlyMap<string, string> | undefined> {
  const base = fileBase(runtime.env, commit);
  if (base === undefined) return undefined;
  const found = await gitFor(runtime, project)(['rev-parse', '--show-prefix'], project.root);
  if (found.code !== 0) return undefined;
  const prefix = found.stdout.trim();
  return new Map(
    [...desired.resources.values()].map(({ address, position: { file, line } }) => {
      const path = `${prefix}${file}`.split('/').map(encoded).join('/');
      return [address, `${base}/${path}#L${line}`] as const;
    }),
  );
}

function fileBase(env: Host['runtime']['env'], commit: string | null): string | undefined {
  if (commit === null || !/^[0-9a-f]{40,64}$/.test(commit)) return undefined;
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = env;
  const gitlab = env.CI_MERGE_REQUEST_SOURCE_PROJECT_URL || env.CI_PROJECT_URL;
  const base =
    env.GITLAB_CI && gitlab
      ? `${gitlab}/-/blob/${commit}`
      : server && repository
        ? `${server}/${repository}/blob/${commit}`
        : undefined;
  return base !== undefined && PLAIN.test(base) ? base : undefined;
}

/** Brackets would end a link in Markdown. */
function encoded(name: string): string {
  return encodeURIComponent(name).replace(
    /[()*'!]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
}
