import { type Call, ok, type Reply, type Route } from '../contract/contract.ts';
import { invalidBody, notFound } from '../contract/errors.ts';
import { strings } from '../contract/fields.ts';
import { parameter } from '../contract/router.ts';
import { assistantOf, configOf, mainVersion, saveVersion } from './versions.ts';

function allTags({ world }: Call): Reply {
  const tags = world.store
    .all('assistants')
    .flatMap((item) => strings(configOf(mainVersion(world, item)), 'tags'));
  return ok({ tags: [...new Set(tags)] });
}

/** Tags are edited on the main version in place; no version is made. */
function setTags({ world, params }: Call, change: (tags: readonly string[]) => readonly string[]): Reply {
  const main = mainVersion(world, assistantOf(world, parameter(params, 'assistant_id')));
  const tags = change(strings(configOf(main), 'tags'));
  saveVersion(world, { ...main, config: { ...configOf(main), tags } });
  return ok({ tags });
}

function addTag(call: Call): Reply {
  const { tag } = call.body;
  if (typeof tag !== 'string') throw invalidBody(['tag'], 'Field required', 'missing');
  return setTags(call, (tags) => (tags.includes(tag) ? tags : [...tags, tag]));
}

function removeTag(call: Call): Reply {
  const tag = parameter(call.params, 'tag');
  return setTags(call, (tags) => {
    if (!tags.includes(tag)) throw notFound(`Tag ${tag} not found.`);
    return tags.filter((other) => other !== tag);
  });
}

export const TAG_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/ai/assistants/tags', handle: allTags },
  { method: 'POST', path: '/ai/assistants/{assistant_id}/tags', handle: addTag },
  { method: 'DELETE', path: '/ai/assistants/{assistant_id}/tags/{tag}', handle: removeTag },
];
