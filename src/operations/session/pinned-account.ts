/** Whether the key at hand belongs to the account that the project file, or a variable, says. */
import { Failure } from '../../model/errors.ts';
import type { Environment } from '../../model/project.ts';
import type { RemoteAccount } from '../../model/remote.ts';
import { fingerprintOf, isAccount } from '../../plan/account.ts';
import type { Runtime } from '../../runtime.ts';

/** `ASSISTANTCTL_ACCOUNT_ACME_PROD` for `acme-prod`. */
export function accountVariable(environment: string): string {
  return `ASSISTANTCTL_ACCOUNT_${environment.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;
}

/** The fingerprint that the account must have, and who says so; the variable wins. */
export function pinOf(
  environment: Environment,
  env: Runtime['env'],
): { readonly fingerprint: string; readonly from: string } | undefined {
  const variable = accountVariable(environment.name);
  const given = env[variable]?.trim() ?? '';
  if (given !== '') return { fingerprint: given, from: `the variable ${variable}` };
  const { account } = environment;
  return account === undefined
    ? undefined
    : { fingerprint: account, from: `environments.${environment.name}.account in assistantctl.yaml` };
}

/**
 * Fails with `stale` when the account is another one than the pinned. `readRest` reads what was not listed: the pin may
 * stand for resources of a kind that no document names.
 */
export async function requirePinnedAccount(
  environment: Environment,
  env: Runtime['env'],
  account: RemoteAccount,
  readRest: () => Promise<RemoteAccount>,
): Promise<void> {
  const pin = environment.target === 'emulator' ? undefined : pinOf(environment, env);
  if (pin === undefined || isAccount(pin.fingerprint, account)) return;
  const rest = await readRest();
  if (isAccount(pin.fingerprint, rest)) return;
  const found = fingerprintOf({ resources: [...account.resources, ...rest.resources] });
  throw new Failure(
    'stale',
    `the API key of environment ${environment.name} belongs to another account than ${pin.from} says`,
    {
      code: 'ACCOUNT_OTHER',
      hint: `check ${environment.apiKeyEnv}; if the account is meant, write ${found === undefined ? 'no account there: it is empty' : `account: ${found}`}`,
      details: { expected: pin.fingerprint, found: found ?? null },
    },
  );
}
