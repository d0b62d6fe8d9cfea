import type { BlastRadius, ReachedAssistant } from '../model/blast-radius.ts';
import type { DesiredState } from '../model/desired.ts';
import type { Change, Planned } from '../model/plan.ts';
import type { RemoteAccount } from '../model/remote.ts';
import { usersOf } from './affected.ts';

type Found = Map<string, { readonly how: ReachedAssistant['how']; readonly through: Set<string> }>;

/** The assistants that a plan reaches: those it changes, those that use what it changes, and all who hand over to them. */
export function reachOf(
  { plan, ids }: Pick<Planned, 'plan' | 'ids'>,
  desired: DesiredState,
  account: RemoteAccount,
): BlastRadius {
  const found: Found = new Map();
  const reach = (address: string, how: ReachedAssistant['how'], through?: string): void => {
    const known = found.get(address) ?? { how, through: new Set<string>() };
    if (through !== undefined && known.how === how) known.through.add(through);
    found.set(address, known);
  };
  for (const change of plan.changes) if (changesAssistant(change)) reach(change.address, 'changed');
  for (const change of plan.changes) for (const user of change.affects) reach(user, 'uses', change.address);
  if (found.size === 0) return { assistants: [], foreign_canaries: [], notes: [] };
  const users = usersOf(desired, account, new Map(Object.entries(ids).map(([target, id]) => [id, target])));
  const work = [...found.keys()];
  for (let address = work.shift(); address !== undefined; address = work.shift()) {
    for (const user of users.get(address) ?? users.get(idIn(address)) ?? []) {
      if (user === address) continue;
      if (!found.has(user)) work.push(user);
      reach(user, 'hands_over', address);
    }
  }
  const assistants = [...found].map(
    ([address, { how, through }]): ReachedAssistant => ({
      address,
      remote_id: ids[address] ?? (address.includes(' ') ? idIn(address) : null),
      how,
      through: [...through].sort(),
      phone_numbers: null,
    }),
  );
  return { assistants: assistants.sort(nearestFirst), foreign_canaries: [], notes: [] };
}

function changesAssistant({ address, action, fields }: Change): boolean {
  return address.startsWith('assistant/') && (action !== 'adopt' || fields.length > 0);
}

/** An assistant without a spec is called `<id> (<name>)`. */
function idIn(address: string): string {
  return address.split(' ')[0] ?? address;
}

const DISTANCE = { changed: 0, uses: 1, hands_over: 2 } as const;

function nearestFirst(a: ReachedAssistant, b: ReachedAssistant): number {
  return DISTANCE[a.how] - DISTANCE[b.how] || (a.address < b.address ? -1 : 1);
}
