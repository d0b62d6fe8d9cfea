/**
 * A temporary copy of one version, for what the API lets nobody do with a version: chat takes an assistant, and so
 * its main. The copy carries the mark of a preview of its own, so that `preview gc` finds it after a kill.
 */
import { holdsHiddenSecret, requestBody } from '../../canonical/payload.ts';
import type { LiveApi } from '../../live/telnyx/api.ts';
import { ApiError, Failure } from '../../model/errors.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import type { JsonObject } from '../../model/json.ts';
import { copyName, previewOfCopy } from '../../model/preview.ts';
import type { RemoteResource } from '../../model/remote.ts';
import { detachedAssistant } from '../../release/assistant-copy.ts';
import { copyTraces, type Kept, removeTraces, type Trace } from '../../release/preview-traces.ts';
import type { Host } from '../host.ts';

/** Part of the name of the preview that a copy for a conversation belongs to. */
const PREFIX = 'chat-';
const KEY = 'copy';
/** Waits before each look for a copy: a list may show late what was made just before. */
const LOOKS_MS = [0, 500, 1_500];

/**
 * Works with an assistant that says what the version says, and removes it for good, however the work ended. From the
 * first write on, a signal lets a request end.
 */
export async function withVersionCopy<Result>(
  host: Host,
  api: LiveApi,
  { assistantId, versionId }: { readonly assistantId: string; readonly versionId: string },
  work: (copyId: string) => Promise<Result>,
): Promise<Result> {
  const [main, version] = await Promise.all([
    api.get('assistant', assistantId),
    api.getVersion(assistantId, versionId),
  ]);
  if (main === undefined || version === undefined)
    throw noVersion(assistantId, versionId, main !== undefined);
  if (main.versionId === versionId) return await work(assistantId);
  const shape = SHAPES.assistant;
  if (holdsHiddenSecret(shape, version.config, {})) {
    host.note('note: the API hides values of this version; its copy goes without them\n');
  }
  const preview = `${PREFIX}${host.runtime.uuid().replaceAll('-', '').slice(0, 12)}`;
  const body: JsonObject = {
    ...detachedAssistant(requestBody(shape, version.config, {}), { talk: false }),
    name: copyName(main.name, preview, KEY),
  };
  host.interrupt().protectWrites();
  let made: RemoteResource | undefined;
  try {
    made = await create(host, api, { body, preview });
    return await work(made.id);
  } finally {
    await remove(host, api, { preview, made });
  }
}

interface Wanted {
  readonly body: JsonObject;
  readonly preview: string;
}

/** A reply that was lost may still have made it. */
async function create(host: Host, api: LiveApi, { body, preview }: Wanted): Promise<RemoteResource> {
  try {
    return (await api.create('assistant', body, host.runtime.uuid())).resource;
  } catch (error) {
    if (!(error instanceof ApiError) || error.effect !== 'unknown') throw error;
    const [first] = await look(host, api, { preview, expected: true });
    const found = first === undefined ? undefined : await api.get('assistant', first.id);
    if (found === undefined) throw error;
    return found;
  }
}

/** The copies of the preview; with `expected` it is looked again until there is one. */
async function look(
  host: Host,
  api: LiveApi,
  { preview, expected }: { readonly preview: string; readonly expected: boolean },
): Promise<readonly Trace[]> {
  for (const delay of expected ? LOOKS_MS : [0]) {
    if (delay > 0) await host.runtime.sleep(delay);
    const listed = await api.list('assistant');
    const found = listed.filter(({ name }) => previewOfCopy(name)?.id === preview).flatMap(copyTraces);
    if (found.length > 0) return found;
  }
  return [];
}

/** What stays behind is said and does not hide how the work ended. */
async function remove(
  host: Host,
  api: LiveApi,
  { preview, made }: { readonly preview: string; readonly made: RemoteResource | undefined },
): Promise<void> {
  let kept: readonly Kept[] = [];
  let problem: string | undefined;
  try {
    // Without a reply the copy is searched for: the create may have gone through all the same.
    const traces = made === undefined ? await look(host, api, { preview, expected: true }) : copyTraces(made);
    kept = (await removeTraces({ api, sleep: host.runtime.sleep }, traces)).kept;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    problem = error.message;
  }
  const reason = problem ?? kept[0]?.reason;
  if (reason === undefined) return;
  host.note(
    `warning: the temporary copy of the version may still be there: ${reason}\n  remove it with: assistantctl preview down --id ${preview}\n`,
  );
}

function noVersion(assistantId: string, versionId: string, exists: boolean): Failure {
  const message = exists
    ? `${assistantId} has no version ${versionId}`
    : `there is no assistant ${assistantId}`;
  return new Failure('usage', message, {
    code: exists ? 'VERSION_UNKNOWN' : 'NOT_FOUND',
    hint: exists ? 'assistantctl versions list ADDRESS shows them' : 'check the address or id',
  });
}
