import { Failure } from '../../model/errors.ts';
import { requireAddress } from '../../operations/address-argument.ts';
import { requireAssistant, stateOf } from '../../operations/release/promotions.ts';
import { readVersions, rowOf } from '../../operations/release/versions.ts';
import { accessTo } from '../../operations/session/access.ts';
import { gatherProject } from '../../operations/session/inputs.ts';
import { withSession } from '../../operations/session/locked-run.ts';
import { prunable } from '../../release/versions.ts';
import { renderPrune } from '../../render/terminal/versions-text.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

export interface PruneFlags {
  readonly keep: string;
  readonly format: string;
}

/** Deletes old versions that nothing needs, beyond the newest ones. */
export async function pruneVersions(context: Context, text: string, flags: PruneFlags): Promise<number> {
  const address = requireAssistant(requireAddress(text));
  if (!/^\d{1,6}$/.test(flags.keep)) {
    throw new Failure('usage', '--keep must be a whole number', { code: 'OPTION_INVALID' });
  }
  const project = await gatherProject(context);
  const access = accessTo(project.environment, context.runtime.env);
  return await withSession(context, { project, git: null }, access, async ({ connection, session }) => {
    const state = stateOf({ session }, project, address);
    const seen = await readVersions(connection, state, address);
    const uses = { main: seen.main.versionId, binding: seen.binding, canary: seen.canary };
    const due = prunable(seen.versions, Number(flags.keep), uses);
    const interrupt = context.interrupt();
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
    if (flags.format === 'json') context.printJson({ address, deleted, kept });
    else context.print(renderPrune(address, { deleted, kept }, context.style));
    if (!interrupt.stop.aborted) return EXIT_DONE;
    throw new Failure('interrupted', 'interrupted before everything was deleted', { code: 'INTERRUPTED' });
  });
}
