import type { BlastRadius, ReachedAssistant } from '../../model/blast-radius.ts';
import { isObject } from '../../model/json.ts';
import type { Planned } from '../../model/plan.ts';
import type { RemoteAccount } from '../../model/remote.ts';
import type { State } from '../../model/state.ts';
import { reachOf } from '../../plan/live-dependants.ts';
import { reasonOf } from '../files.ts';
import type { Connection } from '../session/connect.ts';
import type { Inputs } from '../session/inputs.ts';

/** Assistants whose numbers are looked up; a plan that reaches more is not read number by number. */
const MOST_LOOKUPS = 100;

export interface Surroundings {
  readonly inputs: Inputs;
  readonly connection: Connection;
  readonly account: RemoteAccount;
  readonly state: State | undefined;
}

/**
 * Whom the plan reaches, with phone numbers and foreign canaries as far as the account tells. A look-up that fails
 * costs the answer, not the plan: it becomes a note.
 */
export async function blastRadius(planned: Planned, around: Surroundings): Promise<BlastRadius> {
  const reached = reachOf(planned, around.inputs.desired, around.account);
  const [numbers, canaries] = await Promise.all([
    attempt('phone numbers', () => withNumbers(reached.assistants, around)),
    attempt('canary deploys', () => foreignCanaries(planned, around)),
  ]);
  const skipped = reached.assistants.length - MOST_LOOKUPS;
  return {
    assistants: numbers.value ?? reached.assistants,
    foreign_canaries: canaries.value ?? [],
    notes: [
      ...numbers.notes,
      ...canaries.notes,
      ...(skipped > 0 ? [`The phone numbers of ${skipped} more assistants were not looked up.`] : []),
    ],
  };
}

interface Attempt<Value> {
  readonly value: Value | undefined;
  readonly notes: readonly string[];
}

async function attempt<Value>(what: string, read: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { value: await read(), notes: [] };
  } catch (error) {
    return { value: undefined, notes: [`The ${what} could not be looked up: ${reasonOf(error)}`] };
  }
}

/** The first look-up goes alone: where it is forbidden, it is refused once and not a hundred times. */
async function firstAlone<Item, Result>(
  items: readonly Item[],
  read: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const [first, ...rest] = items;
  if (first === undefined) return [];
  return [await read(first), ...(await Promise.all(rest.map(read)))];
}

async function withNumbers(
  assistants: readonly ReachedAssistant[],
  { connection, account }: Surroundings,
): Promise<readonly ReachedAssistant[]> {
  const live = new Map(account.resources.map((resource) => [resource.id, resource.config]));
  const applicationOf = ({ remote_id }: ReachedAssistant): string | undefined => {
    const telephony = remote_id === null ? undefined : live.get(remote_id)?.telephony_settings;
    const id = isObject(telephony) ? telephony.default_texml_app_id : undefined;
    return typeof id === 'string' && id !== '' ? id : undefined;
  };
  const near = assistants.slice(0, MOST_LOOKUPS);
  const applications = [...new Set(near.flatMap((assistant) => applicationOf(assistant) ?? []))];
  const pairs = await firstAlone(
    applications,
    async (id) => [id, await connection.api.phoneNumbers(id)] as const,
  );
  const numbers = new Map(pairs);
  return assistants.map((assistant, index) => {
    if (index >= MOST_LOOKUPS) return assistant;
    const application = applicationOf(assistant);
    return { ...assistant, phone_numbers: application === undefined ? [] : (numbers.get(application) ?? []) };
  });
}

/** A canary deploy that the state does not know as one of our rollouts is somebody else's. */
async function foreignCanaries(
  { plan }: Planned,
  { connection, state }: Surroundings,
): Promise<readonly string[]> {
  const moving = plan.changes.filter(
    ({ address, promotes, remote_id }) =>
      promotes && remote_id !== null && !hasRollout(state, address) && address.startsWith('assistant/'),
  );
  const open = await firstAlone(moving, async ({ address, remote_id }) =>
    (await connection.api.canary(remote_id ?? '')) === undefined ? [] : [address],
  );
  return open.flat();
}

function hasRollout(state: State | undefined, address: string): boolean {
  const binding = state?.resources[address];
  return binding !== undefined && 'rollout' in binding && binding.rollout !== undefined;
}
