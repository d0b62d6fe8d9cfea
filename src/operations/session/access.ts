import { Failure } from '../../model/errors.ts';
import type { Environment } from '../../model/project.ts';
import type { Runtime } from '../../runtime.ts';
import { requireKeyVariable } from './key-variable.ts';
import { requireTrustedHost } from './trusted-hosts.ts';

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
    };

/**
 * Decides with which address and key an environment is reached, without touching the network. Fails with `usage`
 * when the address is no http(s) URL or the variable is no API key's, with `auth` when the key must not go to that
 * host or the variable is empty.
 */
export function accessTo(environment: Environment, env: Runtime['env']): Access {
  if (environment.target === 'emulator') return { target: 'emulator' };
  const baseUrl = environment.baseUrl ?? (env[BASE_URL_VARIABLE] || PUBLIC_API);
  requireKeyVariable(environment, env);
  requireTrustedHost(parseBaseUrl(baseUrl, environment), environment.name, env);
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
  return { target: 'api', baseUrl: baseUrl.replace(/\/+$/, ''), apiKey };
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
