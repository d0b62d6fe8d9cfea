/**
 * Deleting assistants: refused while another one leads to them, soft for 30 days unless `hard_delete` is asked for, and
 * undone by a restore that brings back the same id with all its versions.
 */
import type { JsonObject } from '../../model/json.ts';
import { sharedTools } from '../contract/assistant-rules.ts';
import { type Call, type EmulatedWorld, ok, type Reply, type Route } from '../contract/contract.ts';
import { badRequest, notFound } from '../contract/errors.ts';
import { nested, objects, text, without } from '../contract/fields.ts';
import { nodeToolIds } from '../contract/flow-rules.ts';
import { ASSISTANT_PAGES, pageOf } from '../contract/paging.ts';
import { parameter } from '../contract/router.ts';
import { versionBody } from './assistant-view.ts';
import {
  assistantOf,
  configOf,
  forgetVersions,
  mainVersion,
  removeAssistant,
  versionsOf,
} from './versions.ts';

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/** The assistants that a configuration leads to: by handoff tools, inline, attached or on nodes, and by flow edges. */
function targetsOf(world: EmulatedWorld, config: JsonObject): readonly string[] {
  const flow = nested(config, 'conversation_flow');
  const onNodes = objects(flow, 'nodes')
    .flatMap(nodeToolIds)
    .map((id) => world.store.get('tools', id))
    .filter((tool) => tool !== undefined);
  const handoffs = [
    ...objects(config, 'tools').map((tool) => nested(tool, 'handoff')),
    ...[...sharedTools(world, config), ...onNodes].map((tool) => nested(tool, 'tool_definition')),
  ];
  return [
    ...handoffs.flatMap((handoff) => objects(handoff, 'ai_assistants')).map((target) => text(target, 'id')),
    ...objects(flow, 'edges').map((edge) => text(nested(edge, 'target'), 'assistant_id')),
  ];
}

function refuseReferenced(world: EmulatedWorld, id: string): void {
  const { deleteReferenced, deleteCounts } = world.quirks;
  if (deleteReferenced === 'allow') return;
  const users = world.store.all('assistants').filter((other) => {
    const counted = deleteCounts === 'main' ? [mainVersion(world, other)] : versionsOf(world, other);
    return other.id !== id && counted.some((version) => targetsOf(world, configOf(version)).includes(id));
  });
  if (users.length === 0) return;
  const named = users.map(
    (user) => `${text(configOf(mainVersion(world, user)), 'name')} (${text(user, 'id')})`,
  );
  throw badRequest(`Assistant ${id} cannot be deleted: it is referenced by ${named.join(', ')}.`);
}

/** A TeXML application goes with its assistant, unless phone numbers are assigned to it. */
function removeApplication(world: EmulatedWorld, id: string): void {
  const app = text(world.store.get('texml_links', id) ?? {}, 'id');
  const assigned = world.store.all('phone_numbers').some((number) => number.connection_id === app);
  if (assigned || world.store.get('texml_applications', app) === undefined) return;
  world.store.remove('texml_applications', app);
}

function deleteAssistant({ world, params, query }: Call): Reply {
  const id = parameter(params, 'assistant_id');
  const gone = world.quirks.softDelete ? deletedOf(world, id) : undefined;
  const hard = query.hard_delete === 'true';
  if (gone !== undefined && hard) {
    erase(world, gone);
    removeApplication(world, id);
    return removed(id);
  }
  const assistant = assistantOf(world, id);
  refuseReferenced(world, id);
  if (world.quirks.softDelete && !hard) {
    const now = world.now().getTime();
    world.store.put('deleted_assistants', id, {
      ...assistant,
      deleted_at: new Date(now).toISOString(),
      permanently_deleted_at: new Date(now + KEPT_MS).toISOString(),
    });
    removeAssistant(world, assistant);
  } else {
    removeAssistant(world, assistant);
    forgetVersions(world, assistant);
    if (world.quirks.softDelete) removeApplication(world, id);
  }
  return removed(id);
}

const removed = (id: string): Reply => ok({ id, object: 'assistant.deleted', deleted: true });

function erase(world: EmulatedWorld, assistant: JsonObject): void {
  forgetVersions(world, assistant);
  world.store.remove('deleted_assistants', text(assistant, 'id'));
}

/** The deleted assistant while it can be restored. */
function deletedOf(world: EmulatedWorld, id: string): JsonObject | undefined {
  const found = world.store.get('deleted_assistants', id);
  if (found === undefined) return undefined;
  return Date.parse(text(found, 'permanently_deleted_at')) > world.now().getTime() ? found : undefined;
}

function showDeleted(world: EmulatedWorld, assistant: JsonObject): JsonObject {
  const { deleted_at = null, permanently_deleted_at = null } = assistant;
  return {
    ...versionBody(world, assistant, mainVersion(world, assistant)),
    deleted_at,
    permanently_deleted_at,
  };
}

function deletedByPath({ world, params }: Call): JsonObject {
  const id = parameter(params, 'assistant_id');
  const found = deletedOf(world, id);
  if (found === undefined) throw notFound(`Deleted assistant ${id} not found.`);
  return found;
}

function listDeleted(call: Call): Reply {
  const { world } = call;
  const found = world.store
    .ids('deleted_assistants')
    .map((id) => deletedOf(world, id))
    .filter((assistant) => assistant !== undefined);
  return ok(pageOf(call, found, ASSISTANT_PAGES, (assistant) => showDeleted(world, assistant)));
}

function restore(call: Call): Reply {
  const { world } = call;
  const assistant = without(deletedByPath(call), 'deleted_at', 'permanently_deleted_at');
  const id = text(assistant, 'id');
  world.store.put('assistants', id, assistant);
  world.store.remove('deleted_assistants', id);
  return ok(versionBody(world, assistant, mainVersion(world, assistant)));
}

export const DELETION_ROUTES: readonly Route[] = [
  { method: 'DELETE', path: '/ai/assistants/{assistant_id}', handle: deleteAssistant },
  { method: 'GET', path: '/ai/assistants/deleted', handle: listDeleted },
  {
    method: 'GET',
    path: '/ai/assistants/{assistant_id}/deleted',
    handle: (call) => ok(showDeleted(call.world, deletedByPath(call))),
  },
  { method: 'POST', path: '/ai/assistants/{assistant_id}/restore', handle: restore },
];
