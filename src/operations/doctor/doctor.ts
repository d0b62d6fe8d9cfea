/** What can be wrong between a project, its state, its account and its pipeline, looked at one by one. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LiveApi } from '../../live/telnyx/api.ts';
import { KIND_NAMES } from '../../model/address.ts';
import type { DesiredState } from '../../model/desired.ts';
import { DOCTOR_FORMAT, type DoctorFinding, type DoctorReport } from '../../model/doctor.ts';
import { ApiError, type ErrorKind, Failure } from '../../model/errors.ts';
import { isArray, isObject, type Json } from '../../model/json.ts';
import { KINDS } from '../../model/kinds.ts';
import type { Project } from '../../model/project.ts';
import type { State } from '../../model/state.ts';
import { fingerprintOf, isAccount } from '../../plan/account.ts';
import { loadDesired } from '../../specs/load/load.ts';
import type { Host } from '../host.ts';
import { accessTo } from '../session/access.ts';
import { gatherProject } from '../session/inputs.ts';
import { openState } from '../session/open-state.ts';
import { withConnection } from '../session/opener.ts';
import { pipelineFindings, pipelinesOf } from './pipeline.ts';
import { secretFindings } from './secrets.ts';
import { upgradeFindings } from './upgrade.ts';

/** A report, and the kind of failure of its worst finding; undefined where nothing is an error. */
export interface Diagnosis {
  readonly report: DoctorReport;
  readonly worst: ErrorKind | undefined;
}

interface Bad {
  readonly finding: DoctorFinding;
  readonly kind: ErrorKind;
}

/** Looks at everything; what cannot be looked at is a finding and ends nothing. */
export async function diagnose(host: Host): Promise<Diagnosis> {
  const project = await gatherProject(host);
  const { environment } = project;
  const findings: DoctorFinding[] = [];
  const bad: Bad[] = [];
  const fail = (check: string, error: Failure): void => {
    const { message, hint, kind } = error;
    const finding = { check, severity: 'error', message, ...(hint === undefined ? {} : { hint }) } as const;
    findings.push(finding);
    bad.push({ finding, kind });
  };
  const attempt = async <Value>(
    check: string,
    work: () => Promise<Value> | Value,
  ): Promise<Value | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Failure) || error.kind === 'internal' || error.kind === 'interrupted')
        throw error;
      fail(check, error);
      return undefined;
    }
  };

  const desired = await loadDesired(project);
  const errors = desired.diagnostics.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) {
    fail(
      'specs',
      new Failure('spec', `validate finds ${errors} ${errors === 1 ? 'error' : 'errors'}`, {
        code: 'SPEC_INVALID',
        hint: 'assistantctl validate',
      }),
    );
  } else
    findings.push(
      good(
        'specs',
        `${amount(desired.resources.size, 'resource')} in ${amount(desired.documents, 'document')}`,
      ),
    );

  const state = await attempt('state', () => stateOf(host, project, findings));
  const access = await attempt('key', () => accessTo(environment, host.runtime.env));
  if (access !== undefined) {
    findings.push(
      good(
        'key',
        access.target === 'emulator' ? 'the embedded API needs none' : `${environment.apiKeyEnv} is set`,
      ),
    );
    await attempt('account', () =>
      withConnection(host, project, async ({ api }) => {
        const live = await endpointFindings(api, usedKinds(desired, state), findings, fail);
        accountFindings(project, state, live, findings, fail);
        findings.push(...(await clockFindings(host, api)));
        findings.push(...(await secretFindings(api, desired, state)));
      }),
    );
  }
  const pipelines = await pipelinesOf(project.root);
  findings.push(...pipelineFindings(project, pipelines));
  findings.push(...(await schemaFindings(host, project)));
  findings.push(...upgradeFindings(project, { state, pipelines, diagnostics: desired.diagnostics }));
  return {
    report: { format_version: DOCTOR_FORMAT, project: project.name, environment: environment.name, findings },
    worst: WORST_FIRST.find((kind) => bad.some((each) => each.kind === kind)),
  };
}

const WORST_FIRST: readonly ErrorKind[] = [
  'partial',
  'auth',
  'unavailable',
  'usage',
  'spec',
  'stale',
  'refused',
  'gate',
];

export const good = (check: string, message: string): DoctorFinding => ({ check, severity: 'ok', message });

async function stateOf(host: Host, project: Project, findings: DoctorFinding[]): Promise<State | undefined> {
  const store = openState(host.runtime, project);
  const state = await store.load();
  const bound = Object.keys(state?.resources ?? {}).length;
  findings.push(
    state === undefined
      ? { check: 'state', severity: 'info', message: `nothing was applied yet (${store.location})` }
      : good('state', `${bound} bindings, serial ${state.serial} (${store.location})`),
  );
  const holder = await store.holder();
  findings.push(
    holder === undefined
      ? good('lease', 'nobody works on the environment')
      : {
          check: 'lease',
          severity: 'info',
          message: `held by ${holder.host}, process ${holder.pid}`,
          hint: 'it ends by itself; assistantctl state unlock ends it at once',
        },
  );
  return state;
}

function usedKinds(desired: DesiredState, state: State | undefined): ReadonlySet<string> {
  const addresses = [...desired.resources.keys(), ...Object.keys(state?.resources ?? {})];
  return new Set(addresses.map((address) => address.slice(0, address.indexOf('/'))));
}

interface Live {
  readonly ids: readonly { readonly id: string }[];
  readonly fingerprint: string | undefined;
}

type Fail = (check: string, error: Failure) => void;

/** One request for each list: may the key read it, and does the API have it. */
async function endpointFindings(
  api: LiveApi,
  used: ReadonlySet<string>,
  findings: DoctorFinding[],
  fail: Fail,
): Promise<Live | undefined> {
  const open: string[] = [];
  for (const kind of KIND_NAMES) {
    const { collection, plural } = KINDS[kind];
    const { status } = await api.ask({ method: 'GET', path: collection, query: 'page%5Bsize%5D=1' });
    if (status === 401) {
      fail(
        'key',
        new Failure('auth', 'the API does not know the key (401)', {
          code: 'API_401',
          hint: 'see the portal under API keys',
        }),
      );
      return undefined;
    }
    if (status >= 200 && status < 300) open.push(plural);
    else if (kind === 'assistant' || used.has(kind)) {
      fail(
        'permissions',
        new Failure(status === 403 ? 'auth' : 'unavailable', `GET ${collection} answers ${status}`, {
          code: `API_${status}`,
          hint: 'give the key the right to read and write AI assistants',
        }),
      );
    } else {
      findings.push({
        check: 'permissions',
        severity: 'warning',
        message: `GET ${collection} answers ${status}; documents of that kind cannot be applied`,
      });
    }
  }
  for (const [path, what] of [
    ['/ai/integrations', 'the integration catalogue'],
    ['/integration_secrets', 'integration secrets'],
    ['/phone_numbers', 'phone numbers'],
  ] as const) {
    const { status } = await api.ask({ method: 'GET', path, query: 'page%5Bsize%5D=1' });
    if (status >= 200 && status < 300) open.push(what);
    else
      findings.push({
        check: 'permissions',
        severity: 'warning',
        message: `GET ${path} answers ${status}; ${what} cannot be looked at`,
      });
  }
  if (open.length > 0) findings.push(good('permissions', `the key reads ${open.join(', ')}`));
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
  const resources = lists.flat();
  return { ids: resources, fingerprint: fingerprintOf({ resources }) };
}

function accountFindings(
  { environment }: Project,
  state: State | undefined,
  live: Live | undefined,
  findings: DoctorFinding[],
  fail: Fail,
): void {
  if (live === undefined) return;
  const { fingerprint } = live;
  const ids = new Set(live.ids.map(({ id }) => id));
  const bound = Object.values(state?.resources ?? {}).map(({ remote_id: id }) => id);
  const resources = live.ids.map(({ id }) => ({ id }) as never);
  if (environment.account !== undefined && !isAccount(environment.account, { resources })) {
    fail(
      'account',
      new Failure(
        'stale',
        `the key belongs to another account than the pinned one (${environment.account})`,
        { code: 'ACCOUNT_OTHER', hint: `this one is ${fingerprint ?? 'empty'}` },
      ),
    );
    return;
  }
  if (bound.length > 0 && !bound.some((id) => ids.has(id))) {
    fail(
      'account',
      new Failure('stale', 'nothing that the state binds is in this account', {
        code: 'ACCOUNT_OTHER',
        hint: 'use the key of the account that the state was begun with',
      }),
    );
    return;
  }
  const gone = bound.filter((id) => !ids.has(id)).length;
  if (gone > 0)
    findings.push({
      check: 'account',
      severity: 'warning',
      message: `${gone} bound resources are no longer in the account`,
      hint: 'assistantctl drift names them',
    });
  const pinned = environment.account === undefined && environment.target === 'api';
  findings.push(
    pinned
      ? {
          check: 'account',
          severity: 'info',
          message: `${ids.size} resources; the account is not pinned`,
          hint: `environments.${environment.name}.account: ${fingerprint ?? 'after the first apply'}`,
        }
      : good('account', `${ids.size} resources, ${fingerprint ?? 'empty'}`),
  );
}

const MOST_SKEW_MS = 60_000;

/** Leases and version names go by the clock of this machine. */
async function clockFindings(host: Host, api: LiveApi): Promise<readonly DoctorFinding[]> {
  const before = host.runtime.clock().getTime();
  const { date } = await api.ask({
    method: 'GET',
    path: KINDS.assistant.collection,
    query: 'page%5Bsize%5D=1',
  });
  const after = host.runtime.clock().getTime();
  const told = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(told))
    return [{ check: 'clock', severity: 'info', message: 'the API does not tell its time' }];
  const skew = Math.round((told - (before + after) / 2) / 1000);
  if (Math.abs(skew) * 1000 <= MOST_SKEW_MS) return [good('clock', 'agrees with that of the API')];
  const message = `the clock of this machine is ${Math.abs(skew)} seconds ${skew > 0 ? 'behind' : 'ahead of'} that of the API`;
  return [
    { check: 'clock', severity: 'warning', message, hint: 'leases and deadlines go by it: set it by NTP' },
  ];
}

/** The schemas that editors of the project use, against those of this release. */
async function schemaFindings(host: Host, { root }: Project): Promise<readonly DoctorFinding[]> {
  const stale: string[] = [];
  let present = 0;
  for (const name of ['project', ...KIND_NAMES]) {
    const own = await readText(join(root, 'schemas', `${name}.schema.json`));
    if (own === undefined) continue;
    present += 1;
    const ours = await readText(join(host.runtime.packageRoot, 'schemas', `${name}.schema.json`));
    if (ours !== undefined && !sameJson(own, ours)) stale.push(name);
  }
  if (present === 0) return [];
  if (stale.length === 0) return [good('schemas', 'those in schemas/ are of this release')];
  const message = `schemas/ is of another release: ${stale.join(', ')}`;
  return [{ check: 'schemas', severity: 'warning', message, hint: 'assistantctl schema --write' }];
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

function sameJson(a: string, b: string): boolean {
  const parse = (text: string): Json | undefined => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  };
  const [left, right] = [parse(a), parse(b)];
  return (isObject(left) || isArray(left)) && JSON.stringify(left) === JSON.stringify(right);
}

function amount(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
