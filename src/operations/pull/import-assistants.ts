import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { refCredential } from '../../model/credentials.ts';
import { ApiError, Failure } from '../../model/errors.ts';
import type { ImportProvider } from '../../model/import-api.ts';
import type { PullReport } from '../../model/pull.ts';
import type { RemoteResource } from '../../model/remote.ts';
import { liveKey } from '../../pull/adopt.ts';
import { openAccounts } from '../../specs/load/load.ts';
import { readGitInfo } from '../../state/git/git-info.ts';
import { requireApproval } from '../apply/approval.ts';
import type { Host } from '../host.ts';
import type { Connection } from '../session/connect.ts';
import { gitFor } from '../session/git.ts';
import { gatherProject, refuseSpecErrors } from '../session/inputs.ts';
import { withSession } from '../session/locked-run.ts';
import { carryOut, look, type Pulling } from './pull.ts';

export interface ImportRequest {
  readonly provider: ImportProvider;
  readonly apiKeyRef: string;
  readonly id?: readonly string[];
  readonly overwrite?: boolean;
  readonly approve?: string;
}

/** Has the API copy assistants from another platform, then writes specs for them and binds them. */
export async function importFromProvider(host: Host, request: ImportRequest): Promise<PullReport> {
  refuseLiteralKey(request.apiKeyRef);
  const project = await gatherProject(host);
  requireApproval(project.environment, { approve: request.approve });
  await mkdir(join(project.root, project.specs), { recursive: true });
  const { specs, siblings } = await openAccounts(project);
  refuseSpecErrors(specs.desired);
  const git = await readGitInfo(project.root, gitFor(host.runtime, project));
  const inputs = { project, desired: specs.desired, git };
  return await withSession(host, inputs, async ({ connection, session }) => {
    const state = session.current();
    const pulling: Pulling = { host, specs, wide: specs, siblings, inputs, connection, state, session };
    const before = await look(pulling);
    refuseOverwriting(before.account.resources, request);
    // From here on a signal waits for the reply: the import cannot be looked up by anything else.
    host.interrupt().protectWrites();
    const imported = await copy(host, connection, request);
    const seen = await look(pulling, imported);
    const ids = new Set(imported.map(({ id }) => id));
    const adopt = seen.unmanaged.resources.filter(({ id }) => ids.has(id));
    const drift = imported.flatMap(({ kind, id }) => seen.unmanaged.managed.get(liveKey(kind, id)) ?? []);
    return await carryOut(pulling, seen, { adopt, pairs: [], drift: new Set(drift) });
  });
}

async function copy(
  host: Host,
  { api }: Connection,
  { provider, apiKeyRef, id }: ImportRequest,
): Promise<readonly RemoteResource[]> {
  const ids = id === undefined ? undefined : [...new Set(id)].sort();
  try {
    // A new key each time: the same import a day later is meant to copy again.
    return await api.importAssistants(provider, apiKeyRef, ids, host.runtime.uuid());
  } catch (error) {
    if (!(error instanceof ApiError) || error.effect === 'none') throw error;
    throw new Failure('partial', `whether the import took place is unknown: ${error.message}`, {
      code: 'IMPORT_UNKNOWN',
      hint: 'look what has arrived and adopt it: assistantctl pull --adopt',
      cause: error,
    });
  }
}

function refuseOverwriting(resources: readonly RemoteResource[], request: ImportRequest): void {
  const again = resources.filter(
    ({ importedFrom }) =>
      importedFrom?.provider === request.provider &&
      (request.id === undefined || request.id.includes(importedFrom.id)),
  );
  if (again.length === 0 || request.overwrite === true) return;
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
