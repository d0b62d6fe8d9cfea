import { Failure } from '../../model/errors.ts';
import type { Runtime } from '../../runtime.ts';

type Env = Runtime['env'];

/** Public addresses of the API by region; source: the `servers` entries of the public documents. */
const PUBLIC_HOSTS: ReadonlySet<string> = new Set([
  'api.telnyx.com',
  'api.telnyx.eu',
  'api.telnyx.com.au',
  'api.telnyx.ca',
  'api.telnyx.me',
]);

export const HOSTS_VARIABLE = 'ASSISTANTCTL_API_HOSTS';

/**
 * Fails with HOST_UNTRUSTED where a key must not go. The project file belongs to whoever writes a branch, so an
 * address in it is trusted only when Telnyx, this machine or a variable of the pipeline says so.
 */
export function requireTrustedHost(url: URL, environment: string, env: Env): void {
  const loopback = isLoopback(url);
  if (url.protocol === 'http:' && !loopback && !listed(env).has(url.origin)) {
    throw untrusted(environment, `${url.origin} is not encrypted`, url.origin);
  }
  if (loopback || PUBLIC_HOSTS.has(url.host) || url.host === pinnedHost(env)) return;
  const named = listed(env);
  if (named.has(url.host) || named.has(url.origin)) return;
  throw untrusted(environment, `${url.host} is no address of the Telnyx API`, url.host);
}

function untrusted(environment: string, what: string, entry: string): Failure {
  const secure = entry.startsWith('http://') ? `write ${entry.replace('http://', 'https://')}; or, ` : '';
  return new Failure('auth', `the API key of environment ${environment} is not sent: ${what}`, {
    code: 'HOST_UNTRUSTED',
    hint: `${secure}if this is a gateway of yours, set the variable ${HOSTS_VARIABLE}=${entry} where assistantctl runs`,
    details: { environment, host: entry },
  });
}

/** The host of `TELNYX_BASE_URL`: whoever sets variables of the pipeline may lead the key anywhere. */
function pinnedHost(env: Env): string | undefined {
  const address = env.TELNYX_BASE_URL ?? '';
  return URL.canParse(address) ? new URL(address).host : undefined;
}

/** Entries of `ASSISTANTCTL_API_HOSTS`: `host`, `host:port`, or `http://host:port` for a plain connection. */
function listed(env: Env): ReadonlySet<string> {
  const entries = (env[HOSTS_VARIABLE] ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  return new Set(entries.map(normalised));
}

function normalised(entry: string): string {
  const lower = entry.toLowerCase();
  if (!/^https?:\/\//.test(lower)) {
    const address = `https://${lower}`;
    return URL.canParse(address) ? new URL(address).host : lower;
  }
  if (!URL.canParse(lower)) return lower;
  const url = new URL(lower);
  return url.protocol === 'http:' ? url.origin : url.host;
}

function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
