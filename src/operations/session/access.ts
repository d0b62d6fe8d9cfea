import { Failure } from '../../model/errors.ts';
import type { Environment } from '../../model/project.ts';
import type { Runtime } from '../../runtime.ts';

/** Public address of the API; source: the `servers` entry of the public OpenAPI document. */
const PUBLIC_API = 'https://api.telnyx.com/v2';

const BASE_URL_VARIABLE = 'TELNYX_BASE_URL';

/** Stands for the embedded API in states and plans: its port is another one each time. */
export const EMULATOR_BASE = 'emulator';

export type Access =
  | { readonly target: 'emulator' }
  | {
      readonly target: 'api';
      readonly baseUrl: string;
      readonly apiKey: string;
      /** Something the user should know about the address. */
      readonly warning: string | undefined;
    };

/**
 * Decides with which address and key an environment is reached, without touching the network. Fails with
 * `auth` when the key's variable is empty, with `usage` when the address is no http(s) URL.
 */
export function accessTo(environment: Environment, env: Runtime['env']): Access {
  if (environment.target === 'emulator') return { target: 'emulator' };
  const baseUrl = environment.baseUrl ?? (env[BASE_URL_VARIABLE] || PUBLIC_API);
  const url = parseBaseUrl(baseUrl, environment);
  const apiKey = env[environment.apiKeyEnv]?.trim() ?? '';
  if (apiKey === '') {
    throw new Failure(
      'auth',
      `environment ${environment.name} needs an API key, and ${environment.apiKeyEnv} is not set`,
      {
        code: 'KEY_MISSING',
        hint: `set the variable ${environment.apiKeyEnv}, or name another with api_key_env in assistantctl.yaml`,
        details: { variable: environment.apiKeyEnv, environment: environment.name },
      },
    );
  }
  return { target: 'api', baseUrl: baseUrl.replace(/\/+$/, ''), apiKey, warning: warningFor(url) };
}

function parseBaseUrl(text: string, environment: Environment): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && url.username === '' && url.password === '' && url.search === '';
  if (plain && /^https?:$/.test(url.protocol)) return url;
  const source = environment.baseUrl === undefined ? BASE_URL_VARIABLE : 'base_url in assistantctl.yaml';
  throw new Failure('usage', `${source} is no plain http(s) address`, {
    code: 'BASE_URL_INVALID',
    hint: `write it like ${PUBLIC_API}, without user name and query`,
  });
}

function warningFor(url: URL): string | undefined {
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'https:' || loopback) return undefined;
  return `${url.origin} is not encrypted: the API key and all prompts travel in the clear.`;
}
