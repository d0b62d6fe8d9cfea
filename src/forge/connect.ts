import { readFile } from 'node:fs/promises';
import type { ForgeOptions } from '../live/forge/client.ts';
import { githubForge } from '../live/forge/github.ts';
import { gitlabForge } from '../live/forge/gitlab.ts';
import { Failure } from '../model/errors.ts';
import type { Forge } from '../model/forge.ts';
import type { Json } from '../model/json.ts';
import type { Host } from '../operations/host.ts';
import { proxies } from '../operations/session/connect.ts';
import { requestLog } from '../operations/session/request-log.ts';
import type { Place, PlaceFlags } from './place.ts';
import { placeOf } from './place.ts';

/** The place of this run; undefined when it is in no pipeline and no flag names one. */
export async function findPlace(host: Host, flags: PlaceFlags): Promise<Place | undefined> {
  const { env } = host.runtime;
  return placeOf(flags, env, await readEvent(env.GITHUB_EVENT_PATH));
}

/** GitHub's webhook as the runner stores it; without it the variables have to do. */
async function readEvent(path: string | undefined): Promise<Json | undefined> {
  if (!path) return undefined;
  try {
    const value: Json = JSON.parse(await readFile(path, 'utf8'));
    return value;
  } catch {
    return undefined;
  }
}

/** Undefined without a token. `overallMs`: what all requests together may take; five minutes unless told. */
export function openForge(
  host: Host,
  place: Place,
  { overallMs }: { readonly overallMs?: number | undefined } = {},
): Forge | undefined {
  const { runtime } = host;
  if (place.token === undefined) return undefined;
  const log = requestLog(host);
  const proxy = proxies(runtime.env);
  const options: ForgeOptions = {
    baseUrl: place.apiUrl,
    token: place.token.text,
    tokenHeader: place.token.header,
    repository: place.repository,
    clock: { now: () => runtime.clock().getTime(), sleep: runtime.sleep },
    random: runtime.random,
    userAgent: `assistantctl/${runtime.version}`,
    signal: host.interrupt().reading,
    ...(proxy === undefined ? {} : { proxy }),
    ...(log === undefined ? {} : { log }),
    ...(overallMs === undefined ? {} : { overallMs }),
  };
  return place.forge === 'github' ? githubForge(options) : gitlabForge(options);
}

/** What a token is wanted for. */
export type Posted = 'comments' | 'issues' | 'requests';

/** The hint for a token without the permission that is needed. */
export function permissionHint(place: Place, what: Posted): string {
  if (place.forge === 'gitlab') {
    return place.token?.header === 'private-token'
      ? `GITLAB_TOKEN needs the scope api and at least the role ${what === 'requests' ? 'Developer' : 'Reporter'}`
      : "a job's own token may not write there: set GITLAB_TOKEN to a project access token with the scope api";
  }
  const permission = what === 'issues' ? 'issues: write' : 'pull-requests: write';
  if (what === 'requests' && place.token !== undefined) {
    return `the job needs permissions: { ${permission} }, and the repository has to allow it: Settings, Actions, General, "Allow GitHub Actions to create and approve pull requests"`;
  }
  return place.token === undefined
    ? 'set GITHUB_TOKEN, in a workflow to secrets.GITHUB_TOKEN'
    : `the job needs permissions: { ${permission} }; pull requests from forks never have it`;
}

/** The commit that the change request stands on, as its pipeline knows it; elsewhere the commit at hand. */
export async function headOfChange(host: Host, commit: string | null): Promise<string | null> {
  try {
    const place = await findPlace(host, {});
    return place?.change === undefined ? commit : (place.commit ?? commit);
  } catch (error) {
    if (error instanceof Failure) return commit;
    throw error;
  }
}
