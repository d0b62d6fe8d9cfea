/** Whether the key at hand belongs to the account that the project file, or a variable, says. */

import { parseAddress } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import type { Environment } from '../../model/project.ts';
import type { RemoteAccount } from '../../model/remote.ts';
import type { State } from '../../model/state.ts';
import { fingerprintOf, isAccount } from '../../plan/account.ts';
import type { Runtime } from '../../runtime.ts';
import type { Host } from '../host.ts';

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

/** After the first apply: the line that keeps another account's key from ever taking the place of this one. */
export function noteAccount(
  host: Host,
  environment: Environment,
  { account }: Pick<Plan, 'account'>,
  state: State | undefined,
): void {
  if (environment.target === 'emulator' || pinOf(environment, host.runtime.env) !== undefined) return;
  const fingerprint = account.startsWith('empty:') ? fingerprintOf(createdIn(state)) : account;
  if (fingerprint === undefined) return;
  host.note(
    `note: write this into assistantctl.yaml, so that ${environment.name} never meets another account:\n` +
      `  environments:\n    ${environment.name}:\n      account: ${fingerprint}\n`,
  );
}

/** What an apply made of an account that was empty. */
function createdIn(state: State | undefined): Pick<RemoteAccount, 'resources'> {
  const resources = Object.entries(state?.resources ?? {}).flatMap(([address, { remote_id: id }]) => {
    const kind = parseAddress(address)?.kind;
    const unknown = { config: {}, versionId: undefined, versionName: undefined, createdAt: undefined };
    return kind === undefined ? [] : [{ kind, id, name: address, ...unknown }];
  });
  return { resources };
}
