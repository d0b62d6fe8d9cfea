import type { VersionRow } from '../../model/version-record.ts';
import { prunable } from '../../release/versions.ts';
import { requireAddress } from '../address-argument.ts';
import type { Host } from '../host.ts';
import { accessTo } from '../session/access.ts';
import { gatherProject } from '../session/inputs.ts';
import { withSession } from '../session/locked-run.ts';
import { requireAssistant, stateOf } from './promotions.ts';
import { readVersions, rowOf } from './versions.ts';

export interface PrunedVersions {
  readonly address: string;
  readonly deleted: readonly string[];
  readonly kept: readonly VersionRow[];
  /** A signal came before everything was deleted. */
  readonly interrupted: boolean;
}

/** Deletes old versions that nothing needs, beyond the newest ones. */
export async function pruneOldVersions(host: Host, text: string, keep: number): Promise<PrunedVersions> {
  const address = requireAssistant(requireAddress(text));
  const project = await gatherProject(host);
  const access = accessTo(project.environment, host.runtime.env);
  return await withSession(host, { project, git: null }, access, async ({ connection, session }) => {
    const state = stateOf({ session }, project, address);
    const seen = await readVersions(connection, state, address);
    const uses = { main: seen.main.versionId, binding: seen.binding, canary: seen.canary };
    const due = prunable(seen.versions, keep, uses);
    const interrupt = host.interrupt();
    interrupt.protectWrites();
    const deleted: string[] = [];
    for (const { versionId = '' } of due) {
      if (interrupt.stop.aborted) break;
      await connection.api.deleteVersion(seen.main.id, versionId);
      deleted.push(versionId);
    }
    const kept = seen.versions
      .filter(({ versionId }) => versionId !== undefined && !deleted.includes(versionId))
      .map((version) => rowOf(version, seen));
    return { address, deleted, kept, interrupted: interrupt.stop.aborted };
  });
}
