/** Takes away what an assistant leads to, so that others can be deleted. Only for assistants that are deleted as well. */
import { namesAny, unlinkedBody } from '../canonical/unlinked.ts';
import { ApiError } from '../model/errors.ts';
import { isArray, type JsonObject } from '../model/json.ts';
import type { Api, RemoteResource } from '../model/remote.ts';
import { pollUntil, type Waiting } from './read-back.ts';

export type UnlinkApi = Pick<
  Api,
  'get' | 'stageVersion' | 'promoteVersion' | 'listVersions' | 'getVersion' | 'deleteVersion'
>;

/** Whether a configuration leads to an assistant: by itself, or by a shared tool that it uses. */
async function leadsTo(api: UnlinkApi, config: JsonObject, target: string): Promise<boolean> {
  const ids = new Set([target]);
  if (namesAny(config, ids)) return true;
  const shared = isArray(config.tool_ids) ? config.tool_ids.filter((id) => typeof id === 'string') : [];
  const tools = await Promise.all(shared.map((id) => api.get('tool', id)));
  return tools.some((tool) => tool !== undefined && namesAny(tool.config, ids));
}

export interface UnlinkDeps extends Waiting {
  readonly api: UnlinkApi;
}

/** The assistant as it is after one update, or undefined when it leads nowhere near the target or is gone. */
export async function unlink(
  deps: UnlinkDeps,
  live: RemoteResource,
  target: string,
  { name, before }: { readonly name: string; readonly before?: () => Promise<void> },
): Promise<RemoteResource | undefined> {
  const { api } = deps;
  if (!(await leadsTo(api, live.config, target))) return undefined;
  await before?.();
  return ignoringMissing(async () => {
    const { resource } = await api.stageVersion(live.id, unlinkedBody(live.config), name);
    const versionId = resource.versionId ?? (await unlinkedVersion(deps, live, target, name));
    if (versionId === undefined) return undefined;
    await api.promoteVersion(live.id, versionId);
    return api.get('assistant', live.id);
  });
}

/** The version of this name that leads nowhere near the target: a reply may not say which one it made. */
async function unlinkedVersion(
  deps: UnlinkDeps,
  { id, versionId: main }: RemoteResource,
  target: string,
  name: string,
): Promise<string | undefined> {
  const { api } = deps;
  return pollUntil(deps, async () => {
    for (const { versionId, versionName } of await api.listVersions(id)) {
      if (versionId === undefined || versionId === main || versionName !== name) continue;
      const version = await api.getVersion(id, versionId);
      if (version !== undefined && !(await leadsTo(api, version.config, target))) return versionId;
    }
    return undefined;
  });
}

/** Deletes the versions that lead to the target, main aside; whether there was one. */
export async function dropVersions(api: UnlinkApi, id: string, target: string): Promise<boolean> {
  const dropped = await ignoringMissing(async () => {
    const main = await api.get('assistant', id);
    const versions = main === undefined ? [] : await api.listVersions(id);
    const others = versions.filter(
      ({ versionId }) => versionId !== undefined && versionId !== main?.versionId,
    );
    const leading = await Promise.all(
      others.map(async (version) => ({ version, leads: await leadsTo(api, version.config, target) })),
    );
    const named = leading.filter(({ leads }) => leads).map(({ version }) => version.versionId ?? '');
    for (const versionId of named) await api.deleteVersion(id, versionId);
    return named.length > 0;
  });
  return dropped ?? false;
}

/** Another delete of the same apply may have been faster. */
async function ignoringMissing<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
