import type { LiveApi } from '../../live/telnyx/api.ts';
import type { DesiredState } from '../../model/desired.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { ApiError } from '../../model/errors.ts';
import type { State } from '../../model/state.ts';
import { secretUsers } from '../../plan/inventory.ts';
import { type RotatedSecret, rotatedSecrets } from '../../plan/rotated-secrets.ts';
import type { Host } from '../host.ts';
import type { Inputs } from '../session/inputs.ts';
import { readState, withConnection } from '../session/opener.ts';

/** The same as diagnostics, for `drift`. */
export async function findRotatedSecrets(
  host: Host,
  { project, desired }: Inputs,
): Promise<readonly Diagnostic[]> {
  if (secretUsers(desired).size === 0) return [];
  const state = await readState(host, project);
  if (state === undefined) return [];
  const rotated = await withConnection(host, project, ({ api }) => rotatedNow(api, desired, state));
  return rotated.map(({ identifier, at, addresses }) => ({
    severity: 'info',
    code: 'SECRET_ROTATED',
    message: `the integration secret ${identifier} got another value at ${at}, after ${addresses.join(', ')} was applied`,
    hint: 'try what uses it; the next apply takes note of it',
  }));
}

/** Integration secrets that got another value since the last apply; nothing where none is named or none can be read. */
export async function rotatedNow(
  api: Pick<LiveApi, 'listSecrets'>,
  desired: DesiredState,
  state: State,
): Promise<readonly RotatedSecret[]> {
  if (secretUsers(desired).size === 0) return [];
  try {
    return rotatedSecrets(desired, state, await api.listSecrets());
  } catch (error) {
    // Plan says already where secrets cannot be looked up.
    if (error instanceof ApiError) return [];
    throw error;
  }
}
