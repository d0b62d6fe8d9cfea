/**
 * A take-over is an adoption that replaces live values. Plans show it as a caution and apply asks for permission, because
 * the replaced values are nowhere in Git.
 */
import type { Address } from '../model/address.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Change } from '../model/plan.ts';
import type { RemoteAccount } from '../model/remote.ts';

/** Which take-overs were allowed. */
export type TakeOverConsent = 'all' | ReadonlySet<Address>;

/** Paths that a caution names before it counts the rest. */
const NAMED_PATHS = 6;

/** One caution for each resource that the plan takes over. */
export function takeOverCautions(changes: readonly Change[], account: RemoteAccount): readonly Diagnostic[] {
  const names = new Map(account.resources.map(({ id, versionName }) => [id, versionName]));
  return takeOvers(changes).map((change) => ({
    severity: 'warning',
    code: 'TAKES_OVER',
    message: `${change.address} takes over ${change.remote_id ?? ''}, which was made elsewhere, and replaces its ${paths(change)}${stranger(names.get(change.remote_id ?? ''))}`,
    address: change.address,
    hint: `allow it with: assistantctl apply --take-over ${change.address}, or bring what is live into Git first with: assistantctl pull --adopt`,
    caution: true,
  }));
}

/** Why apply does not go on: take-overs that nobody allowed. Undefined when all were. */
export function takeOverRefusal(
  changes: readonly Change[],
  consent: TakeOverConsent,
): Diagnostic | undefined {
  if (consent === 'all') return undefined;
  const open = takeOvers(changes).filter(({ address }) => !consent.has(address));
  if (open.length === 0) return undefined;
  const list = open.map((change) => `${change.address} (${change.remote_id ?? ''}: ${paths(change)})`);
  return {
    severity: 'error',
    code: 'TAKE_OVER_NEEDED',
    message: `live values that were made elsewhere would be replaced: ${list.join('; ')}`,
    ...(open.length === 1 && open[0] !== undefined && { address: open[0].address }),
    hint: `allow it with ${open.map(({ address }) => `--take-over ${address}`).join(' ')}${open.length > 1 ? ' or --take-over all' : ''}, or bring what is live into Git first with: assistantctl pull --adopt`,
  };
}

/** Version names as apply gives them: the commit and the content. */
const OUR_VERSION = /^([0-9a-f]{7}\+?|nogit) [0-9a-f]{8}$/;

/** Main was shipped by an apply of which no state here knows: it was lost, or somebody else manages the resource. */
function stranger(versionName: string | undefined): string {
  if (versionName === undefined || !OUR_VERSION.test(versionName)) return '';
  return `; its main version "${versionName}" was made by an apply that no state here knows, so that another project manages it or the state was lost`;
}

function takeOvers(changes: readonly Change[]): readonly Change[] {
  return changes.filter((change) => change.takes_over === true);
}

function paths({ fields }: Change): string {
  const names = fields.map(({ path }) => path);
  const rest = names.length - NAMED_PATHS;
  const named = names.slice(0, NAMED_PATHS).join(', ');
  return rest > 0 ? `${named} and ${rest} more` : named;
}
