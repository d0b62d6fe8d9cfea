import { digest } from '../canonical/canonical.ts';
import type { RemoteAccount } from '../model/remote.ts';
import type { State } from '../model/state.ts';

const EMPTY_PREFIX = 'empty:';

/**
 * Tells accounts apart without naming them. The API has no account id to read, and a key may be rotated or
 * differ between pipeline stages, so the oldest resource stands for the account; the fingerprint is then kept
 * in the state and no longer changes.
 */
export function accountFingerprint(
  state: State | undefined,
  account: RemoteAccount,
  apiBase: string,
): string {
  if (state !== undefined) return state.account;
  const [oldest] = account.resources
    .map((resource) => `${resource.createdAt ?? ''} ${resource.kind} ${resource.id}`)
    .sort();
  const text = digest([apiBase, oldest ?? '']).slice('sha256:'.length, 'sha256:'.length + 16);
  return oldest === undefined ? `${EMPTY_PREFIX}${text}` : text;
}

/** True when the two fingerprints cannot belong to one account. An account that was empty may have been filled. */
export function isOtherAccount(planned: string, present: string): boolean {
  return planned !== present && !planned.startsWith(EMPTY_PREFIX);
}
