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
  return { target: 'api', baseUrl: baseUrl.replace(/\/+$/, ''), apiKey: keyOf(environment, env) };
}

function keyOf({ name, apiKeyEnv }: Environment, env: Runtime['env']): string {
  const written = env[apiKeyEnv];
  const key = written?.trim() ?? '';
  const details = { variable: apiKeyEnv, environment: name };
  if (key === '') {
    const state = written === undefined ? 'is not set' : 'is empty';
    throw new Failure('auth', `environment ${name} needs an API key, and ${apiKeyEnv} ${state}`, {
      code: 'KEY_MISSING',
      hint:
        written === undefined
          ? `set the variable ${apiKeyEnv}, or name another with api_key_env in assistantctl.yaml`
          : `a pipeline leaves it empty when the secret has another name, or when the change comes from a fork`,
      details,
    });
  }
  const slip = slipIn(key);
  if (slip === undefined) return key;
  throw new Failure('auth', `${apiKeyEnv} holds no API key: ${slip}`, {
    code: 'KEY_MALFORMED',
    hint: `set ${apiKeyEnv} to the key alone, as the portal shows it`,
    details,
  });
}

/** Characters around the key that a copy and paste added, in words. The key itself is never repeated. */
function slipIn(key: string): string | undefined {
  if (/^(["'\u2018\u201c]).*|["'\u2019\u201d]$/.test(key)) return 'it stands in quotes';
  if (/^(bearer|authorization:)/i.test(key)) return 'it begins with the name of the header';
  if (/^[A-Z_]+=/.test(key)) return 'it begins with the name of the variable';
  if (/^[$%]/.test(key)) return 'it is the name of a variable that nothing put a value in for';
  if (/^<.*>$|^\.{3}|…|^your[-_ ]/i.test(key)) return 'it is the placeholder of an example';
  if (/\s/.test(key)) return 'it has a space or a line break inside';
  if (/[^\x21-\x7e]/.test(key)) return 'it has a character that no key has';
  return undefined;
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
