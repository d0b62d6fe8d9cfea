import { findPlace } from '../forge/connect.ts';
import type { Place, PlaceFlags } from '../forge/place.ts';
import type { Host } from '../operations/host.ts';
import type { Runtime } from '../runtime.ts';

/**
 * The forge of the repository that is followed. The controller runs in no pipeline, so that variables name the token
 * alone: `GITHUB_TOKEN` or `GITLAB_TOKEN`. The repository is that of `--repo`, unless `GITHUB_REPOSITORY`, or
 * `CI_PROJECT_ID` or `CI_PROJECT_PATH`, says otherwise.
 */
export function forgeFlags(env: Runtime['env'], address: string): PlaceFlags | undefined {
  const found = placeInAddress(address);
  if (env.GITHUB_TOKEN || env.GH_TOKEN) {
    const onGithub = found?.host === 'github.com' || env.GITHUB_API_URL !== undefined;
    const repo = env.GITHUB_REPOSITORY || (onGithub ? found?.path : undefined);
    return repo === undefined ? undefined : { forge: 'github', repo };
  }
  if (!env.GITLAB_TOKEN) return undefined;
  const repo = env.CI_PROJECT_ID || env.CI_PROJECT_PATH || found?.path;
  if (repo === undefined) return undefined;
  const apiUrl = env.CI_API_V4_URL ? undefined : found && `https://${found.host}/api/v4`;
  return { forge: 'gitlab', repo, ...(apiUrl !== undefined && { apiUrl }) };
}

/** Undefined without a token, or where it is not known which repository is meant. */
export async function controllerPlace(host: Host, address: string): Promise<Place | undefined> {
  const flags = forgeFlags(host.runtime.env, address);
  return flags === undefined ? undefined : await findPlace(host, flags);
}

/** Host and path of `https://host/path.git`, `ssh://git@host/path` and `git@host:path`. */
function placeInAddress(address: string): { readonly host: string; readonly path: string } | undefined {
  const url = /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(address);
  const [, host, path] = url ?? /^(?:[^@/:]+@)([^/:]+):(?!\/)(.+)$/.exec(address) ?? [];
  if (host === undefined || path === undefined) return undefined;
  return { host: host.toLowerCase(), path: path.replace(/\/+$/, '').replace(/\.git$/, '') };
}
