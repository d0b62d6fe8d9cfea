/**
 * Membership: an insight belongs to a group because it was assigned to it, and no body has a field for it. Plans and states
 * show it as a set; here each element that comes or goes is one request.
 */
import type { Kind } from '../model/address.ts';
import { ApiError } from '../model/errors.ts';
import { isArray, type JsonObject } from '../model/json.ts';
import { KINDS } from '../model/kinds.ts';
import type { StepBase } from '../model/step.ts';
import { logIntent } from './bind.ts';
import type { ApplyContext } from './context.ts';

/** The configuration without what is assigned by requests of its own; the same value for most kinds. */
export function withoutMembers(kind: Kind, config: JsonObject): JsonObject {
  const field = KINDS[kind].members?.field;
  if (field === undefined || !Object.hasOwn(config, field)) return config;
  const { [field]: _members, ...rest } = config;
  return rest;
}

/** True when the change of a path is a matter of membership alone. */
export function isMembership(kind: Kind, path: readonly string[]): boolean {
  const field = KINDS[kind].members?.field;
  return field !== undefined && path[0] === field;
}

/**
 * Assigns and unassigns members until the resource has the wanted ones. Each request is announced in the log first.
 * Both configurations name ids. Resolves to true when something was written.
 */
export async function updateMembers(
  context: ApplyContext,
  step: StepBase,
  id: string,
  sides: { readonly present: JsonObject; readonly wanted: JsonObject },
): Promise<boolean> {
  const present = membersOf(step.kind, sides.present);
  const wanted = membersOf(step.kind, sides.wanted);
  const coming = [...wanted].filter((member) => !present.has(member));
  const going = [...present].filter((member) => !wanted.has(member));
  for (const member of coming) await move(context, step, { id, member, belongs: true });
  for (const member of going) await move(context, step, { id, member, belongs: false });
  return coming.length + going.length > 0;
}

/** A refusal or a lost reply is no failure when the resource says that it came about all the same. */
async function move(
  context: ApplyContext,
  step: StepBase,
  { id, member, belongs }: { readonly id: string; readonly member: string; readonly belongs: boolean },
): Promise<void> {
  await logIntent(context, step, { action: belongs ? 'assign' : 'unassign', key: member });
  try {
    if (belongs) await context.api.assign(step.kind, id, member);
    else await context.api.unassign(step.kind, id, member);
  } catch (error) {
    if (!(error instanceof ApiError) || error.kind === 'auth' || error.kind === 'interrupted') throw error;
    const live = await context.api.get(step.kind, id);
    if (live === undefined || membersOf(step.kind, live.config).has(member) !== belongs) throw error;
  }
}

function membersOf(kind: Kind, config: JsonObject): ReadonlySet<string> {
  const field = KINDS[kind].members?.field;
  const listed = field === undefined ? undefined : config[field];
  return new Set(isArray(listed) ? listed.filter((member) => typeof member === 'string') : []);
}
