/**
 * Assistants and their versions as stored. `assistants/<id>` says which version is main and lists the versions in the
 * order of their creation; `versions/<id>/<version id>` holds the whole effective configuration of one version.
 */
import type { JsonObject } from '../../model/json.ts';
import type { EmulatedWorld } from '../contract/contract.ts';
import { notFound } from '../contract/errors.ts';
import { nested, strings, text } from '../contract/fields.ts';

const key = (assistantId: string, versionId: string): string => `${assistantId}/${versionId}`;

/** The id of a stored version in its collection. */
export const versionKey = (version: JsonObject): string =>
  key(text(version, 'assistant_id'), text(version, 'version_id'));

/** The stored assistant; 404 when there is none. */
export function assistantOf(world: EmulatedWorld, id: string): JsonObject {
  const found = world.store.get('assistants', id);
  if (found === undefined) throw notFound(`Assistant ${id} not found.`);
  return found;
}

/** The stored version; 404 when the assistant has none of that id. */
export function versionOf(world: EmulatedWorld, assistant: JsonObject, versionId: string): JsonObject {
  const found = world.store.get('versions', key(text(assistant, 'id'), versionId));
  if (found === undefined) throw notFound(`Version ${versionId} not found.`);
  return found;
}

/** The version that calls reach. */
export const mainVersion = (world: EmulatedWorld, assistant: JsonObject): JsonObject =>
  versionOf(world, assistant, text(assistant, 'main'));

/** False for an assistant that a lagging list still shows although its versions are gone. */
export const hasMain = (world: EmulatedWorld, assistant: JsonObject): boolean =>
  world.store.get('versions', key(text(assistant, 'id'), text(assistant, 'main'))) !== undefined;

/** All versions, newest first. */
export function versionsOf(world: EmulatedWorld, assistant: JsonObject): readonly JsonObject[] {
  return strings(assistant, 'versions')
    .map((id) => versionOf(world, assistant, id))
    .reverse();
}

/** The effective configuration of a version. */
export const configOf = (version: JsonObject): JsonObject => nested(version, 'config');

function stamp(micros: bigint): string {
  const iso = new Date(Number(micros / 1000n)).toISOString();
  const digits = iso.slice(0, 23).replace(/[-:.]/g, '');
  return `${digits}${String(micros % 1000n).padStart(3, '0')}`;
}

function microsOf(versionId: string): bigint {
  const [, year, month, day, hour, minute, second, milli, micro] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})(\d{3})$/.exec(versionId) ?? [];
  if (micro === undefined) return 0n;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milli}Z`);
  return BigInt(time) * 1000n + BigInt(micro);
}

/** A version id: the UTC time with microseconds, later than every earlier version of the assistant. */
function nextVersionId(world: EmulatedWorld, earlier: readonly string[]): string {
  const now = BigInt(world.now().getTime()) * 1000n;
  const last = earlier.at(-1);
  const floor = last === undefined ? 0n : microsOf(last) + 1n;
  return stamp(now > floor ? now : floor);
}

/** Stores a new version and answers the changed assistant with it. Main moves when `promote` is true. */
export function addVersion(
  world: EmulatedWorld,
  assistant: JsonObject,
  config: JsonObject,
  name: string,
  { promote }: { readonly promote: boolean },
): { readonly assistant: JsonObject; readonly version: JsonObject } {
  const earlier = strings(assistant, 'versions');
  const versionId = nextVersionId(world, earlier);
  const version: JsonObject = {
    assistant_id: text(assistant, 'id'),
    version_id: versionId,
    version_name: name,
    version_created_at: world.now().toISOString(),
    config,
  };
  const changed: JsonObject = {
    ...assistant,
    ...(promote ? { main: versionId } : {}),
    versions: [...earlier, versionId],
  };
  world.store.put('versions', key(text(assistant, 'id'), versionId), version);
  world.store.put('assistants', text(assistant, 'id'), changed);
  return { assistant: changed, version };
}

/** Replaces a version's content in place. */
export function saveVersion(world: EmulatedWorld, version: JsonObject): void {
  world.store.put('versions', versionKey(version), version);
}

/** Moves main; answers the changed assistant. */
export function moveMain(world: EmulatedWorld, assistant: JsonObject, versionId: string): JsonObject {
  const changed = { ...assistant, main: versionId };
  world.store.put('assistants', text(assistant, 'id'), changed);
  return changed;
}

export function removeVersion(world: EmulatedWorld, assistant: JsonObject, versionId: string): void {
  const id = text(assistant, 'id');
  world.store.remove('versions', key(id, versionId));
  const left = strings(assistant, 'versions').filter((other) => other !== versionId);
  world.store.put('assistants', id, { ...assistant, versions: left });
}

/** Takes an assistant out of service with its canary and scheduled events. Its versions stay in the store. */
export function removeAssistant(world: EmulatedWorld, assistant: JsonObject): void {
  const id = text(assistant, 'id');
  if (world.store.get('canaries', id) !== undefined) world.store.remove('canaries', id);
  for (const event of world.store.all('scheduled_events')) {
    if (event.assistant_id === id) world.store.remove('scheduled_events', text(event, 'scheduled_event_id'));
  }
  world.store.remove('assistants', id);
}

/** Removes the versions of an assistant that is out of service. */
export function forgetVersions(world: EmulatedWorld, assistant: JsonObject): void {
  const id = text(assistant, 'id');
  for (const versionId of strings(assistant, 'versions')) world.store.remove('versions', key(id, versionId));
}
