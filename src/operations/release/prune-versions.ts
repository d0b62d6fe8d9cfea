import type { VersionRow } from '../../model/version-record.ts';
import { formerMains } from '../../plan/binding-versions.ts';
import { prunable } from '../../release/versions.ts';
import { findAddress } from '../address-argument.ts';
import { requireApproval } from '../apply/approval.ts';
import type { Host } from '../host.ts';
import { gatherProject } from '../session/inputs.ts';
import { withSession } from '../session/locked-run.ts';
import { requireAssistant, stateOf } from './promotions.ts';
import { readVersions, rowOf } from './versions.ts';

export interface PruneRequest {
  /** How many of the newest versions stay. */
  readonly keep: number;
  /** How many former mains stay besides: where a rollback can lead. */
  readonly mains: number;
  readonly dryRun: boolean;
  /** Environment whose protection was lifted by name. */
  readonly approve?: string;
  /** Whether `confirm` really asks somebody. */
  readonly asksPerson: boolean;
  /** Asked with the ids before the first one is deleted; fails with `refused` when it is not to be. */
  readonly confirm: (versions: readonly string[]) => Promise<void>;
}

export interface PrunedVersions {
  readonly address: string;
  /** With a dry run: what would be deleted. */
  readonly deleted: readonly string[];
  readonly kept: readonly VersionRow[];
  /** A signal came before everything was deleted. */
  readonly interrupted: boolean;
}

/** Deletes old versions that nothing needs, beyond the newest ones. */
export async function pruneOldVersions(
  host: Host,
  text: string,
  request: PruneRequest,
): Promise<PrunedVersions> {
  const address = requireAssistant(await findAddress(host, text, ['assistant']));
  const project = await gatherProject(host);
  requireApproval(project.environment, request.approve, request.asksPerson || request.dryRun);
  return await withSession(host, { project, git: null }, async ({ connection, session }) => {
    const state = stateOf({ session }, project, address);
    const seen = await readVersions(connection, state, address);
    const main = seen.main.versionId;
    const existing = new Set(seen.versions.map(({ versionId }) => versionId));
    const former = formerMains(seen.binding, main).filter((id) => existing.has(id));
    const spared = new Set(former.slice(0, request.mains));
    const uses = { main, binding: seen.binding, canary: seen.canary };
    const due = prunable(seen.versions, request.keep, uses).flatMap(({ versionId }) =>
      versionId === undefined || spared.has(versionId) ? [] : [versionId],
    );
    const keptWithout = (deleted: readonly string[]): readonly VersionRow[] =>
      seen.versions
        .filter(({ versionId }) => versionId !== undefined && !deleted.includes(versionId))
        .map((version) => rowOf(version, seen));
    if (request.dryRun) return { address, deleted: due, kept: keptWithout(due), interrupted: false };
    if (due.length > 0) await request.confirm(due);
    const interrupt = host.interrupt();
    interrupt.protectWrites();
    const deleted: string[] = [];
    for (const versionId of due) {
      if (interrupt.stop.aborted) break;
      await connection.api.deleteVersion(seen.main.id, versionId);
      deleted.push(versionId);
    }
    return { address, deleted, kept: keptWithout(deleted), interrupted: interrupt.stop.aborted };
  });
}
