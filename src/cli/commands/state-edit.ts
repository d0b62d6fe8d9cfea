import type { Address } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import { findAddress, newAddress } from '../../operations/address-argument.ts';
import { boundOtherwise, notBound } from '../../operations/session/bindings.ts';
import { gatherProject } from '../../operations/session/inputs.ts';
import { openState } from '../../operations/session/open-state.ts';
import { withLease } from '../../operations/session/opener.ts';
import { renderLease } from '../../render/terminal/state-text.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/** Gives a binding another address; the live resource does not notice. */
export const moveState = defineCommand({
  usage: 'mv <from> <to>',
  options: (command) => command,
  run: async (context, [fromText, toText]) => {
    const from = await findAddress(context, fromText);
    const to = newAddress(toText, from);
    if (kindOf(from) !== kindOf(to)) {
      throw new Failure('usage', `${from} and ${to} are of different kinds`, { code: 'KIND_MISMATCH' });
    }
    await withLease(context, await gatherProject(context), async ({ session }) => {
      const resources = session.current()?.resources ?? {};
      if (resources[from] === undefined) throw notBound(from, session.current());
      const taken = resources[to];
      if (taken !== undefined) throw boundOtherwise(to, to, taken.remote_id);
      await session.record({ op: 'move', from, to });
    });
    context.print(`${from} is now ${to}.\n`);
    return EXIT_DONE;
  },
});

/** Forgets a binding; the live resource stays as it is. */
export const removeState = defineCommand({
  usage: 'rm <address>',
  options: (command) => command,
  run: async (context, [text]) => {
    const address = await findAddress(context, text);
    let id = '';
    await withLease(context, await gatherProject(context), async ({ session }) => {
      const binding = session.current()?.resources[address];
      if (binding === undefined) throw notBound(address, session.current());
      id = binding.remote_id;
      await session.record({ op: 'unbind', address });
    });
    context.print(`${address} is no longer bound; ${id} stays in the account.\n`);
    return EXIT_DONE;
  },
});

/** Removes the lease whoever has it, and says whose it was. */
export const unlockState = defineCommand({
  usage: 'unlock',
  options: (command) => command,
  run: async (context) => {
    const project = await gatherProject(context);
    const holder = await openState(context.runtime, project).unlock();
    context.print(renderLease(holder, context.style));
    if (holder !== undefined) context.print('That lease is removed.\n');
    return EXIT_DONE;
  },
});

function kindOf(address: Address): string {
  return address.slice(0, address.indexOf('/'));
}
