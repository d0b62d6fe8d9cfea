import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { refCredential } from '../../model/credentials.ts';
import { ApiError, Failure } from '../../model/errors.ts';
import type { ImportProvider } from '../../model/import-api.ts';
import type { RemoteResource } from '../../model/remote.ts';
import { requireApproval } from '../../operations/apply/approval.ts';
import { carryOut, look, type Pulling } from '../../operations/pull/pull.ts';
import { accessTo } from '../../operations/session/access.ts';
import type { Connection } from '../../operations/session/connect.ts';
import { gitFor } from '../../operations/session/git.ts';
import { gatherProject, refuseSpecErrors } from '../../operations/session/inputs.ts';
import { withSession } from '../../operations/session/locked-run.ts';
import { liveKey } from '../../pull/adopt.ts';
import { openSpecs } from '../../specs/load/load.ts';
import { readGitInfo } from '../../state/git/git-info.ts';
import type { Context } from '../context.ts';
import { showPull } from './pull.ts';

export interface ImportFlags {
  readonly provider: ImportProvider;
  readonly apiKeyRef: string;
  readonly id?: readonly string[];
  readonly overwrite?: boolean;
  readonly approve?: string;
  readonly format: string;
}

/** Has the API copy assistants from another platform, then writes specs for them and binds them. */
export async function importAssistants(context: Context, flags: ImportFlags): Promise<number> {
  refuseLiteralKey(flags.apiKeyRef);
  const project = await gatherProject(context);
  requireApproval(project.environment, flags.approve, false);
  const access = accessTo(project.environment, context.runtime.env);
  await mkdir(join(project.root, project.specs), { recursive: true });
  const specs = await openSpecs(project);
  refuseSpecErrors(specs.desired);
  const git = await readGitInfo(project.root, gitFor(context.runtime, project));
  const inputs = { project, desired: specs.desired, git };
  return await withSession(context, inputs, access, async ({ connection, session }) => {
    const state = session.current();
    const pulling: Pulling = { host: context, specs, inputs, connection, state, session };
    const before = await look(pulling);
    refuseOverwriting(before.account.resources, flags);
    // From here on a signal waits for the reply: the import cannot be looked up by anything else.
    context.interrupt().protectWrites();
    const imported = await copy(context, connection, flags);
    const seen = await look(pulling, imported);
    const ids = new Set(imported.map(({ id }) => id));
    const adopt = seen.unmanaged.resources.filter(({ id }) => ids.has(id));
    const drift = imported.flatMap(({ kind, id }) => seen.unmanaged.managed.get(liveKey(kind, id)) ?? []);
    const report = await carryOut(pulling, seen, { adopt, drift: new Set(drift) });
    return showPull(context, report, flags.format);
  });
}

async function copy(
  context: Context,
  { api }: Connection,
  { provider, apiKeyRef, id }: ImportFlags,
): Promise<readonly RemoteResource[]> {
  const ids = id === undefined ? undefined : [...new Set(id)].sort();
  try {
    // A new key each time: the same import a day later is meant to copy again.
    return await api.importAssistants(provider, apiKeyRef, ids, context.runtime.uuid());
  } catch (error) {
    if (!(error instanceof ApiError) || error.effect === 'none') throw error;
    throw new Failure('partial', `whether the import took place is unknown: ${error.message}`, {
      code: 'IMPORT_UNKNOWN',
      hint: 'look what has arrived and adopt it: assistantctl pull --adopt',
      cause: error,
    });
  }
}

function refuseOverwriting(resources: readonly RemoteResource[], flags: ImportFlags): void {
  const again = resources.filter(
    ({ importedFrom }) =>
      importedFrom?.provider === flags.provider &&
      (flags.id === undefined || flags.id.includes(importedFrom.id)),
  );
  if (again.length === 0 || flags.overwrite === true) return;
  const list = again.map(({ name, id, importedFrom }) => `- ${importedFrom?.id}: ${name} (${id})`).join('\n');
  throw new Failure('refused', `the import would overwrite what was imported before\n${list}`, {
    code: 'IMPORT_OVERWRITES',
    hint: 'choose others with --id, or add --overwrite',
    details: { assistants: again.map(({ id }) => id) },
  });
}

/** Never repeats what it refuses: it may be a key. */
function refuseLiteralKey(apiKeyRef: string): void {
  if (apiKeyRef.trim() !== '' && refCredential('--api-key-ref', apiKeyRef) === undefined) return;
  throw new Failure('usage', '--api-key-ref takes the identifier of an integration secret, not a key', {
    code: 'IMPORT_KEY_REF',
    hint: 'store the key of the other platform as an integration secret in the Telnyx portal and name it here',
  });
}
