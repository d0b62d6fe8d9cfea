/**
 * Recognises an account by a fingerprint. The API has no account id to read, and keys are rotated. The fingerprint is
 * made of the five oldest resources: the account is the same as long as one of them exists.
 */
import { digest } from '../canonical/canonical.ts';
import type { RemoteAccount, RemoteResource } from '../model/remote.ts';
import type { State } from '../model/state.ts';

const EMPTY_PREFIX = 'empty:';
/** A letter in front, so that YAML never takes it for a number. */
const PREFIX = 'acct-';
const OLDEST = 5;

/** The fingerprint that the state was begun with, or that of the account as it is. */
export function accountFingerprint(
  state: State | undefined,
  account: RemoteAccount,
  apiBase: string,
): string {
  return state?.account ?? fingerprintOf(account) ?? `${EMPTY_PREFIX}${mark(apiBase)}`;
}

/** The fingerprint of an account; undefined for an empty account, which cannot be recognised. */
export function fingerprintOf({ resources }: Pick<RemoteAccount, 'resources'>): string | undefined {
  const age = ({ createdAt, kind, id }: RemoteResource): string => `${createdAt ?? '~'} ${kind} ${id}`;
  const oldest = [...resources].sort((a, b) => (age(a) < age(b) ? -1 : 1)).slice(0, OLDEST);
  return oldest.length === 0 ? undefined : `${PREFIX}${oldest.map(({ id }) => mark(id)).join('-')}`;
}

/** True when one of the resources that the fingerprint stands for is in the account. */
export function isAccount(fingerprint: string, { resources }: Pick<RemoteAccount, 'resources'>): boolean {
  const marks = marksIn(fingerprint);
  return resources.some(({ id }) => marks.has(mark(id)));
}

/** True when the two fingerprints cannot belong to one account. An account that was empty may have been filled. */
export function isOtherAccount(planned: string, present: string): boolean {
  if (planned === present || planned.startsWith(EMPTY_PREFIX) || present.startsWith(EMPTY_PREFIX))
    return false;
  const marks = marksIn(planned);
  return ![...marksIn(present)].some((one) => marks.has(one));
}

function marksIn(fingerprint: string): ReadonlySet<string> {
  if (!fingerprint.startsWith(PREFIX)) return new Set([fingerprint]);
  return new Set(fingerprint.slice(PREFIX.length).split('-'));
}

function mark(text: string): string {
  return digest([text]).slice('sha256:'.length, 'sha256:'.length + 8);
}
