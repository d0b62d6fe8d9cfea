import type { LiveApi } from '../../live/telnyx/api.ts';
import type { DesiredState } from '../../model/desired.ts';
import type { DoctorFinding } from '../../model/doctor.ts';
import { ApiError } from '../../model/errors.ts';
import { scalarText } from '../../model/side-api.ts';
import type { State } from '../../model/state.ts';
import { secretUsers } from '../../plan/inventory.ts';
import { rotatedSecrets } from '../../plan/rotated-secrets.ts';

/** Integration secrets that the specs name: which the account lacks, which changed since the last apply. */
export async function secretFindings(
  api: LiveApi,
  desired: DesiredState,
  state: State | undefined,
): Promise<readonly DoctorFinding[]> {
  const users = secretUsers(desired);
  if (users.size === 0) return [];
  let secrets: Awaited<ReturnType<LiveApi['listSecrets']>>;
  try {
    secrets = await api.listSecrets();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [{ check: 'secrets', severity: 'warning', message: `cannot be looked up: ${error.message}` }];
  }
  const there = new Set(secrets.map(({ identifier }) => scalarText(identifier)));
  const missing = [...users].filter(([identifier]) => !there.has(identifier));
  const rotated = rotatedSecrets(desired, state, secrets);
  const findings: DoctorFinding[] = [
    ...missing.map(([identifier, addresses]) => ({
      check: 'secrets',
      severity: 'warning' as const,
      message: `the account has no integration secret ${identifier}, which ${addresses.join(', ')} ${addresses.length === 1 ? 'names' : 'name'}`,
      hint: 'create it in the portal under Integration Secrets; calls that need it fail until then',
    })),
    ...rotated.map(({ identifier, at, addresses }) => ({
      check: 'secrets',
      severity: 'info' as const,
      message: `${identifier} got another value at ${at}, after ${addresses.join(', ')} was applied`,
    })),
  ];
  if (missing.length > 0) return findings;
  return [
    { check: 'secrets', severity: 'ok', message: `all ${users.size} that specs name exist` },
    ...findings,
  ];
}
