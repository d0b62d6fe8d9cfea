import type { LiveApi } from '../../live/telnyx/api.ts';
import { KIND_NAMES } from '../../model/address.ts';
import type { ProbeReport } from '../../model/doctor.ts';
import { ApiError, Failure } from '../../model/errors.ts';
import type { Project } from '../../model/project.ts';
import type { RemoteResource } from '../../model/remote.ts';
import { fingerprintOf, isAccount } from '../../plan/account.ts';
import type { Host } from '../host.ts';
import { gatherProject } from '../session/inputs.ts';
import { readState, withConnection } from '../session/opener.ts';
import { everything, openLab, textAt } from './probe/lab.ts';
import { probe } from './probe/probe.ts';

/** What `--account` says of an account that holds nothing. */
const EMPTY = 'empty';

/**
 * Probes the account of an environment. Refused where the account is not the named one, where state or pin of the
 * project know it, and where phone numbers are assigned: experiments are for accounts that nobody calls.
 */
export async function probeAccount(host: Host, account: string | undefined): Promise<ProbeReport> {
  const project = await gatherProject(host);
  return await withConnection(host, project, async ({ api }) => {
    const { stop } = host.interrupt();
    host.interrupt().protectWrites();
    const tools = {
      ask: api.ask,
      newKey: host.runtime.uuid,
      sleep: (ms: number) => host.runtime.sleep(ms),
      now: () => host.runtime.clock().getTime(),
      stop,
    };
    const lab = openLab(tools);
    await refuseOthers(host, project, await resourcesOf(api), account);
    for (const number of await everything(lab, '/phone_numbers')) {
      if (textAt(number, 'connection_id') !== '')
        throw refused(`the phone number ${textAt(number, 'phone_number')} is assigned`);
    }
    return await probe(tools, { environment: project.environment.name, account: account ?? EMPTY });
  });
}

async function resourcesOf(api: LiveApi): Promise<readonly RemoteResource[]> {
  const lists = await Promise.all(
    KIND_NAMES.map(async (kind) => {
      try {
        return await api.list(kind);
      } catch (error) {
        if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return [];
        throw error;
      }
    }),
  );
  return lists.flat();
}

async function refuseOthers(
  host: Host,
  project: Project,
  resources: readonly RemoteResource[],
  account: string | undefined,
): Promise<void> {
  const own = fingerprintOf({ resources }) ?? EMPTY;
  if (account === undefined) {
    throw new Failure('usage', 'a probe wants the account by name', {
      code: 'PROBE_ACCOUNT',
      hint: `if experiments may be made in the account of this key: --account ${own}`,
    });
  }
  const matches = account === EMPTY ? own === EMPTY : account === own || isAccount(account, { resources });
  if (!matches) throw refused(`the key belongs to another account (${own})`);
  if (project.environment.account !== undefined && isAccount(project.environment.account, { resources })) {
    throw refused('the project pins this account');
  }
  const state = await readState(host, project);
  const bound = new Set(Object.values(state?.resources ?? {}).map(({ remote_id: id }) => id));
  if (resources.some(({ id }) => bound.has(id)))
    throw refused('the project manages resources of this account');
}

function refused(why: string): Failure {
  return new Failure('refused', `nothing was probed: ${why}`, {
    code: 'PROBE_REFUSED',
    hint: 'use the key of an account that is made for trying out',
  });
}
