import { fetchAccount } from '../../live/telnyx/fetch.ts';
import { parseAddress } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import { KINDS, kindsToList } from '../../model/kinds.ts';
import { requireAddress } from '../../operations/address-argument.ts';
import { accessTo } from '../../operations/session/access.ts';
import { boundOtherwise } from '../../operations/session/bindings.ts';
import { gatherProject } from '../../operations/session/inputs.ts';
import { withSession } from '../../operations/session/locked-run.ts';
import { emptyState } from '../../operations/session/open-state.ts';
import { accountFingerprint } from '../../plan/account.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/**
 * Binds an address to a live resource that exists. There is no base yet, so the next plan compares two sides
 * and removes nothing.
 */
export async function importState(context: Context, text: string, id: string): Promise<number> {
  const address = requireAddress(text);
  const kind = parseAddress(address)?.kind ?? 'assistant';
  const project = await gatherProject(context);
  const access = accessTo(project.environment, context.runtime.env);
  return await withSession(context, { project, git: null }, access, async ({ connection, session }) => {
    const state = session.current();
    for (const [bound, binding] of Object.entries(state?.resources ?? {})) {
      const same = bound === address && binding.remote_id === id;
      if (same) {
        context.print(`${address} is bound to ${id} already.\n`);
        return EXIT_DONE;
      }
      if (bound === address || binding.remote_id === id) {
        throw boundOtherwise(address, requireAddress(bound), binding.remote_id);
      }
    }
    const found = await connection.api.get(kind, id);
    if (found === undefined) throw noSuchResource(KINDS[kind].noun, id);
    if (state === undefined) {
      const listed = await fetchAccount(connection.api, {
        kinds: kindsToList([address]),
        integrations: false,
      });
      const account = accountFingerprint(undefined, listed, connection.apiBase);
      const begun = emptyState(context.runtime, project, connection.apiBase, account);
      await session.record({ op: 'init', state: begun });
    }
    const binding = {
      remote_id: id,
      base: null,
      foreign: [],
      main_version_id: found.versionId ?? null,
      staged_version_id: null,
      prevent_destroy: false,
      updated_at: context.runtime.clock().toISOString(),
      provisional: true as const,
    };
    await session.record({ op: 'bind', address, binding });
    context.print(`${address} is bound to ${id} (${JSON.stringify(found.name)}).\n`);
    return EXIT_DONE;
  });
}

function noSuchResource(noun: string, id: string): Failure {
  return new Failure('usage', `the account has no ${noun} with the id ${id}`, {
    code: 'IMPORT_MISSING',
    hint: 'check the id in the Telnyx portal, and the key and environment',
  });
}
