import { restoreAssistant } from '../../apply/restore.ts';
import type { Project } from '../../model/project.ts';
import type { RemoteResource } from '../../model/remote.ts';
import type { Host } from '../host.ts';
import { withApi } from './account.ts';

/** Brings a deleted assistant back with the id that it had; undefined when none of that id can be restored. */
export function restoreDeletedAssistant(
  host: Host,
  project: Project,
  id: string,
): Promise<RemoteResource | undefined> {
  return withApi(host, project, (api) => restoreAssistant({ api, sleep: host.runtime.sleep }, id));
}
