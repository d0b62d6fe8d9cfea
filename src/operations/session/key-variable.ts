import { Failure } from '../../model/errors.ts';
import type { Environment } from '../../model/project.ts';
import type { Runtime } from '../../runtime.ts';

type Env = Runtime['env'];

const LIST = 'ASSISTANTCTL_KEY_VARIABLES';

/** Variables that the pipeline allows as API keys beside those with TELNYX in their name. */
export function listedKeyVariables(env: Env): readonly string[] {
  return (env[LIST] ?? '').split(/[\s,]+/).filter((name) => name !== '');
}

export const KEY_VARIABLE_HINT = `name a variable with TELNYX in its name, or set ${LIST} where assistantctl runs`;

/**
 * Whether a variable may be sent as an API key. The project file belongs to whoever writes a branch: without this
 * rule it could name any secret of the job.
 */
export function isKeyVariable(name: string, env: Env): boolean {
  return /telnyx/i.test(name) || listedKeyVariables(env).includes(name);
}

/** Fails with `usage` for a variable that is no API key. */
export function requireKeyVariable({ name, apiKeyEnv }: Environment, env: Env): void {
  if (isKeyVariable(apiKeyEnv, env)) return;
  throw new Failure(
    'usage',
    `environment ${name} names ${apiKeyEnv} as its API key, and nothing says that it is one`,
    {
      code: 'KEY_VARIABLE',
      hint: KEY_VARIABLE_HINT,
      details: { environment: name, variable: apiKeyEnv },
    },
  );
}
