import { join } from 'node:path';
import type { LiveApi } from '../../live/telnyx/api.ts';
import { createApi } from '../../live/telnyx/api.ts';
import type { Project } from '../../model/project.ts';
import type { WriteFence } from '../../model/state.ts';
import type { Host } from '../host.ts';
import type { Access } from './access.ts';
import { EMULATOR_BASE } from './access.ts';
import { requestLog } from './request-log.ts';

/** An open way to the API of one environment. */
export interface Connection {
  readonly api: LiveApi;
  /** What states and plans record as the place: the base address, or the emulator's constant name. */
  readonly apiBase: string;
  close(): Promise<void>;
}

/**
 * Opens the way to the API; the embedded one is started in this process. Requests are cut off by the first
 * signal until `protectWrites` of the host's interrupt was called. With a lease, writes go only as long as it lasts.
 */
export async function connect(
  host: Host,
  project: Project,
  access: Access,
  fence?: WriteFence,
): Promise<Connection> {
  if (access.target === 'api') {
    const api = openApi(host, project, access.baseUrl, access.apiKey, fence);
    return { api, apiBase: access.baseUrl, close: () => api.close() };
  }
  const [{ launchEmulator }, { checkQuirks, findScripts }] = await Promise.all([
    import('./embedded.ts'),
    import('./emulator-options.ts'),
  ]);
  const stem = join(project.root, '.assistantctl', 'emulator', project.environment.name);
  const emulator = await launchEmulator(host.runtime, {
    dataFile: `${stem}.json`,
    quirks: checkQuirks(project.environment.quirks),
    scripts: await findScripts(`${stem}.scripts.json`),
  });
  const api = openApi(host, project, emulator.url, 'KEY_EMULATOR', fence);
  const close = async (): Promise<void> => {
    await api.close();
    await emulator.close();
  };
  return { api, apiBase: EMULATOR_BASE, close };
}

function openApi(
  host: Host,
  project: Project,
  baseUrl: string,
  apiKey: string,
  fence: WriteFence | undefined,
): LiveApi {
  const { runtime } = host;
  const log = observed(host);
  const proxy = proxies(runtime.env);
  return createApi({
    baseUrl,
    apiKey,
    retry: project.retry,
    concurrency: project.concurrency,
    maxReplyBytes: project.maxReplyBytes,
    fence,
    clock: { now: () => runtime.clock().getTime(), sleep: runtime.sleep },
    random: runtime.random,
    signal: host.interrupt().reading,
    userAgent: `assistantctl/${runtime.version}`,
    ...(log === undefined ? {} : { log }),
    ...(proxy === undefined ? {} : { proxy }),
  });
}

/** The log of `--verbose`, and the count of the host's observer. */
function observed(host: Host): ReturnType<typeof requestLog> {
  const { observer } = host;
  const log = requestLog(host);
  if (observer === undefined) return log;
  return (entry) => {
    observer.requested(entry.status);
    log?.(entry);
  };
}

export interface Proxies {
  readonly http?: string;
  readonly https?: string;
  readonly no?: string;
}

/** The customary variables, in both spellings. Undefined when no proxy is configured. */
export function proxies(env: Host['runtime']['env']): Proxies | undefined {
  const http = env.http_proxy || env.HTTP_PROXY;
  const https = env.https_proxy || env.HTTPS_PROXY;
  const no = env.no_proxy || env.NO_PROXY;
  if (!http && !https) return undefined;
  return { ...(http ? { http } : {}), ...(https ? { https } : {}), ...(no ? { no } : {}) };
}
