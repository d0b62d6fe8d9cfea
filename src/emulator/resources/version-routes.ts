import type { JsonObject } from '../../model/json.ts';
import { type Call, type EmulatedWorld, empty, ok, type Reply, type Route } from '../contract/contract.ts';
import { badRequest, conflict } from '../contract/errors.ts';
import { nested, objects, text, without } from '../contract/fields.ts';
import { parameter } from '../contract/router.ts';
import { listedNow } from '../contract/stale-lists.ts';
import { updateConfig } from './assistant-config.ts';
import { versionBody } from './assistant-view.ts';
import { dropCanary, requestedVersionName } from './assistants.ts';
import {
  addVersion,
  assistantOf,
  configOf,
  moveMain,
  removeVersion,
  saveVersion,
  versionKey,
  versionOf,
  versionsOf,
} from './versions.ts';

function find({ world, params }: Call) {
  const assistant = assistantOf(world, parameter(params, 'assistant_id'));
  return { assistant, version: versionOf(world, assistant, parameter(params, 'version_id')) };
}

function listVersions({ world, params }: Call): Reply {
  const assistant = assistantOf(world, parameter(params, 'assistant_id'));
  const listed = listedNow(world, 'versions', versionsOf(world, assistant).map(versionKey));
  return ok({ data: listed.map((version) => versionBody(world, assistant, version)) });
}

/** Whether a rule of the canary routes to the version. */
function isRouted(world: EmulatedWorld, assistant: JsonObject, { version_id: id }: JsonObject): boolean {
  const canary = world.store.get('canaries', text(assistant, 'id'));
  return objects(canary ?? {}, 'rules')
    .map((rule) => nested(rule, 'serve'))
    .some(
      (serve) => serve.version_id === id || objects(serve, 'rollout').some((slot) => slot.version_id === id),
    );
}

/** Edits a version in place; main is refused, and `promote_to_main` has no meaning here. */
function editVersion(call: Call): Reply {
  const { world, body } = call;
  const { assistant, version } = find(call);
  if (version.version_id === assistant.main) throw badRequest('The main version cannot be updated in place.');
  if (world.quirks.canaryLocks && isRouted(world, assistant, version)) {
    throw badRequest(
      'The version receives traffic of a canary deploy. Delete the canary deploy to update it.',
    );
  }
  const config = updateConfig(
    world,
    text(assistant, 'id'),
    configOf(version),
    without(body, 'promote_to_main'),
  );
  const name = requestedVersionName(body);
  const changed = { ...version, config, ...(name === undefined ? {} : { version_name: name }) };
  saveVersion(world, changed);
  return ok(versionBody(world, assistant, changed));
}

function deleteVersion(call: Call): Reply {
  const { world } = call;
  const { assistant, version } = find(call);
  const versionId = text(version, 'version_id');
  if (versionId === assistant.main) throw badRequest('The main version cannot be deleted.');
  if (world.quirks.deleteInUse === 'conflict' && isRouted(world, assistant, version))
    throw conflict(`Version ${versionId} is used by a canary deploy.`);
  removeVersion(world, assistant, versionId);
  return empty(204);
}

/** Promoting ends a running canary: all traffic goes to the promoted version. */
function promoteVersion(call: Call): Reply {
  const { world } = call;
  const { assistant, version } = find(call);
  dropCanary(world, text(assistant, 'id'));
  if (world.quirks.promoteVersionId === 'copy' && version.version_id !== assistant.main) {
    const copy = addVersion(world, assistant, configOf(version), text(version, 'version_name'), {
      promote: true,
    });
    return ok(versionBody(world, copy.assistant, copy.version));
  }
  const moved = moveMain(world, assistant, text(version, 'version_id'));
  return ok(versionBody(world, moved, version));
}

const BASE = '/ai/assistants/{assistant_id}/versions';

export const VERSION_ROUTES: readonly Route[] = [
  { method: 'GET', path: BASE, handle: listVersions },
  {
    method: 'GET',
    path: `${BASE}/{version_id}`,
    handle: (call) => {
      const { assistant, version } = find(call);
      return ok(versionBody(call.world, assistant, version));
    },
  },
  { method: 'POST', path: `${BASE}/{version_id}`, handle: editVersion },
  { method: 'DELETE', path: `${BASE}/{version_id}`, handle: deleteVersion },
  { method: 'POST', path: `${BASE}/{version_id}/promote`, handle: promoteVersion },
];
