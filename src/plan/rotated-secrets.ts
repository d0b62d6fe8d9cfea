import type { DesiredState } from '../model/desired.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { State } from '../model/state.ts';
import { secretUsers } from './inventory.ts';

export interface RotatedSecret {
  readonly identifier: string;
  /** RFC 3339. */
  readonly at: string;
  /** Resources that name it and were applied before. */
  readonly addresses: readonly string[];
}

/**
 * Secrets that got another value after the resources that name them were applied, and after the last completed apply. A rotation is a delete and a create,
 * so that the identifier stays and its date moves.
 */
export function rotatedSecrets(
  desired: DesiredState,
  state: State | undefined,
  secrets: readonly JsonObject[],
): readonly RotatedSecret[] {
  const users = secretUsers(desired);
  const completed = Date.parse(state?.completed?.at ?? '');
  return secrets.flatMap((secret) => {
    const identifier = text(secret.identifier);
    const at = text(secret.updated_at) || text(secret.created_at);
    const moved = Date.parse(at);
    const addresses = (users.get(identifier) ?? []).filter((address) => {
      const applied = Date.parse(state?.resources[address]?.updated_at ?? '');
      return moved > applied && !(moved <= completed);
    });
    return addresses.length === 0 ? [] : [{ identifier, at, addresses }];
  });
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
