/**
 * Checks before deletions: an incomplete checkout, documents under another extension, and phone numbers that would
 * lead nowhere.
 */
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Change, Planned } from '../../model/plan.ts';
import type { RemoteAccount } from '../../model/remote.ts';
import { readCheckout } from '../../state/git/checkout.ts';
import { readSurroundings } from '../account/surroundings.ts';
import type { Host } from '../host.ts';
import type { Connection } from '../session/connect.ts';
import { gitFor } from '../session/git.ts';
import type { Inputs } from '../session/inputs.ts';

/** Code of the warning of `validate` for documents whose extension is spelt in another case. */
const OTHER_CASE = 'FILE_EXTENSION';

/** The plan with warnings and refusals about its deletions. */
export async function withDeletionChecks(
  host: Host,
  inputs: Inputs,
  planned: Planned,
  world: { readonly connection: Connection; readonly account: RemoteAccount },
): Promise<Planned> {
  const deletes = planned.plan.changes.filter(({ action }) => action === 'delete');
  if (deletes.length === 0) return planned;
  const [checkout, numbers] = await Promise.all([
    checkoutProblems(host, inputs),
    numbersLost(deletes, world.account, world.connection),
  ]);
  const diagnostics = [...planned.plan.diagnostics, ...numbers, ...checkout];
  return { ...planned, plan: { ...planned.plan, diagnostics } };
}

async function checkoutProblems(host: Host, { project, desired }: Inputs): Promise<readonly Diagnostic[]> {
  const { incomplete, deleted } = await readCheckout(
    project.root,
    project.specs,
    gitFor(host.runtime, project),
  );
  const misspelt = desired.diagnostics
    .filter(({ code }) => code === OTHER_CASE)
    .map(({ position }) => `not read because of the case of its extension: ${position?.file ?? ''}`);
  return [
    ...[...new Set([...incomplete, ...misspelt])].map(
      (what): Diagnostic => ({
        severity: 'error',
        code: 'CHECKOUT_INCOMPLETE',
        message: `the documents are not all here, so that nothing is deleted for want of one: ${what}`,
        hint: 'check out everything below the specs folder (git sparse-checkout disable, git submodule update --init, a finished merge, names that end with .yaml), then plan again',
      }),
    ),
    ...(deleted.length === 0
      ? []
      : [
          {
            severity: 'warning',
            code: 'DELETION_UNCOMMITTED',
            message: `The deletion of ${deleted.slice(0, 10).join(', ')}${deleted.length > 10 ? ` and ${deleted.length - 10} more` : ''} is not committed`,
            caution: true,
          } as const,
        ]),
  ];
}

/** Phone numbers whose calls lead to nothing afterwards. */
async function numbersLost(
  deletes: readonly Change[],
  { resources }: RemoteAccount,
  { api }: Connection,
): Promise<readonly Diagnostic[]> {
  const live = new Map(resources.map((resource) => [resource.id, resource]));
  const found = await Promise.all(
    deletes.map(async ({ address, remote_id }): Promise<readonly Diagnostic[]> => {
      const resource = live.get(remote_id ?? '');
      if (resource?.kind !== 'assistant') return [];
      const { phone_numbers: numbers, notes } = await readSurroundings(api, resource);
      const caution = { severity: 'warning', address, caution: true } as const;
      if (numbers === null) {
        const message = `${address} is deleted, and whether phone numbers lead to it is not known: ${notes.join('; ')}`;
        return [{ ...caution, code: 'DELETES_NUMBERS', message }];
      }
      if (numbers.length === 0) return [];
      const message = `${address} is deleted, and ${numbers.join(', ')} would lead to nothing`;
      const hint = 'give the numbers to another assistant first';
      return [{ ...caution, code: 'DELETES_NUMBERS', message, hint }];
    }),
  );
  return found.flat();
}
