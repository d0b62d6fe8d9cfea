import { ApiError } from '../model/errors.ts';
import type { Api, RemoteResource } from '../model/remote.ts';
import { isReplyLost, pollUntil, type Waiting } from './read-back.ts';

export interface RestoreDeps extends Waiting {
  readonly api: Pick<Api, 'restore' | 'get'>;
}

/**
 * Brings a deleted assistant back with its id, versions and application, and reads it. Undefined where there is none, or
 * where the API no longer can.
 */
export async function restoreAssistant(
  { api, sleep }: RestoreDeps,
  id: string,
): Promise<RemoteResource | undefined> {
  const read = () => api.get('assistant', id);
  try {
    // Of a restore that was repeated after a lost reply the API no longer knows: it is there already.
    if ((await api.restore(id)) === undefined) return await read();
  } catch (error) {
    if (!(error instanceof ApiError) || error.kind === 'auth') throw error;
    if (isReplyLost(error)) {
      const live = await read();
      if (live !== undefined) return live;
      throw error;
    }
    // An API without restores, or one whose time for it is over.
    if (error.status === undefined || error.status < 400 || error.status >= 500) throw error;
    return undefined;
  }
  return pollUntil({ sleep }, read);
}
