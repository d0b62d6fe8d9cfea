import type { Diagnostic } from '../../model/diagnostic.ts';
import { ApiError } from '../../model/errors.ts';
import { secretUsers } from '../../plan/inventory.ts';
import { rotatedSecrets } from '../../plan/rotated-secrets.ts';
import type { Host } from '../host.ts';
import type { Inputs } from '../session/inputs.ts';
import { readState, withConnection } from '../session/opener.ts';

/** Integration secrets that got another value since the resources that name them were applied; nothing where none is named. */
export async function findRotatedSecrets(
  host: Host,
  { project, desired }: Inputs,
): Promise<readonly Diagnostic[]> {
  if (secretUsers(desired).size === 0) return [];
  const state = await readState(host, project);
  if (state === undefined) return [];
  try {
    const secrets = await withConnection(host, project, ({ api }) => api.listSecrets());
    return rotatedSecrets(desired, state, secrets).map(({ identifier, at, addresses }) => ({
      severity: 'info',
      code: 'SECRET_ROTATED',
      message: `the integration secret ${identifier} got another value at ${at}, after ${addresses.join(', ')} was applied`,
    }));
  } catch (error) {
    // Plan says already where secrets cannot be looked up.
    if (error instanceof ApiError) return [];
    throw error;
  }
}
