import { fetchAccount } from '../../live/telnyx/fetch.ts';
import { type Address, parseAddress } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import { KINDS, kindsToList } from '../../model/kinds.ts';
import { newBinding } from '../../model/new-binding.ts';
import type { Owner } from '../../model/remote.ts';
import type { Binding } from '../../model/state.ts';
import { accountFingerprint } from '../../plan/account.ts';
import { managedElsewhere } from '../../plan/elsewhere.ts';
import { findAddress } from '../address-argument.ts';
import type { Host } from '../host.ts';
import { boundOtherwise } from '../session/bindings.ts';
import { gatherProject } from '../session/inputs.ts';
import { withSession } from '../session/locked-run.ts';
import { emptyState } from '../session/open-state.ts';
import { managedBySiblings } from '../session/sibling-environments.ts';

/**
 * Binds an address to a live resource that exists. There is no base yet, so the next plan compares two sides
 * and removes nothing. Resolves to the line to print.
 */
export async function bindLive(host: Host, text: string, id: string): Promise<string> {
  const address = await findAddress(host, text);
  const kind = parseAddress(address)?.kind ?? 'assistant';
  const project = await gatherProject(host);
  return await withSession(host, { project, git: null }, async ({ connection, session }) => {
    const state = session.current();
    const owner = (await managedBySiblings(host, project)).get(id);
    if (owner !== undefined) throw refusedElsewhere(address, id, owner);
    const replaced: Address[] = [];
    for (const [name, binding] of Object.entries(state?.resources ?? {})) {
      const bound = parseAddress(name)?.address;
      if (bound === undefined) continue;
      const same = bound === address && binding.remote_id === id;
      if (same) {
        return `${address} is bound to ${id} already.\n`;
      }
      // What was bound without an apply is no bar to somebody who names it.
      if (bound !== address && binding.remote_id === id && binding.provisional === true) {
        replaced.push(bound);
        continue;
      }
      if (bound === address || binding.remote_id === id) {
        throw boundOtherwise(address, bound, binding.remote_id);
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
      const begun = emptyState(host.runtime, project, connection.apiBase, account);
      await session.record({ op: 'init', state: begun });
    }
    const at = host.runtime.clock().toISOString();
    const binding: Binding = { ...newBinding({ ...found, id }, { base: null, at }), provisional: true };
    for (const other of replaced) await session.record({ op: 'unbind', address: other });
    await session.record({ op: 'bind', address, binding });
    return `${address} is bound to ${id} (${JSON.stringify(found.name)}).\n`;
  });
}

function refusedElsewhere(address: Address, id: string, owner: Owner): Failure {
  const { message, code, hint } = managedElsewhere(address, id, owner);
  return new Failure('refused', message, { code, ...(hint !== undefined && { hint }) });
}

function noSuchResource(noun: string, id: string): Failure {
  return new Failure('usage', `the account has no ${noun} with the id ${id}`, {
    code: 'IMPORT_MISSING',
    hint: 'check the id in the Telnyx portal, and the key and environment',
  });
}
