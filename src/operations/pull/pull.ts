/** What `pull` and `import` have in common: from an account to files, bindings and a report. */

import { type Address, KIND_NAMES } from '../../model/address.ts';
import { type Diagnostic, hasErrors } from '../../model/diagnostic.ts';
import { ApiError } from '../../model/errors.ts';
import { jsonEqual } from '../../model/json.ts';
import type { Planned } from '../../model/plan.ts';
import { type AdoptedResource, PULL_FORMAT, type PullReport } from '../../model/pull.ts';
import type { RemoteAccount, RemoteResource } from '../../model/remote.ts';
import type { State, StateSession } from '../../model/state.ts';
import { liveKey } from '../../pull/adopt.ts';
import { unknownFields } from '../../pull/unknown-fields.ts';
import { type OpenSpecs, openSpecs } from '../../specs/load/load.ts';
import { loadProject } from '../../specs/project/project.ts';
import { type DriftedResource, writeBack } from '../../specs/write/write-back.ts';
import type { Host } from '../host.ts';
import { type AlsoRead, compareWithLive, planAccount } from '../plan/make-plan.ts';
import { planOptions } from '../plan/plan-options.ts';
import type { Connection } from '../session/connect.ts';
import { type Inputs, withReportedDrift } from '../session/inputs.ts';
import { bindDrafts, draftDocuments, type Unmanaged, unmanagedOf, writeDrafts } from './adoption.ts';
import { replaceFile } from './spec-files.ts';

/** What a pull works on. */
export interface Pulling {
  readonly host: Host;
  readonly specs: OpenSpecs;
  readonly inputs: Inputs;
  readonly connection: Connection;
  readonly state: State | undefined;
  /** Absent where nothing is bound. */
  readonly session?: StateSession;
}

/** The account as it was read, and what is to be done with it. */
export interface Seen {
  readonly planned: Planned;
  readonly account: RemoteAccount;
  readonly unmanaged: Unmanaged;
  readonly notes: readonly Diagnostic[];
}

export interface PullChoice {
  /** Also take fields that no schema knows, where the project allows them. */
  readonly unknown?: boolean;
  readonly adopt: readonly RemoteResource[];
  /** Undefined: whatever drifted. */
  readonly drift: ReadonlySet<Address> | undefined;
}

/** Reads the account and sorts out what is managed. `known` is there even if a list does not have it yet. */
export async function look(pulling: Pulling, known: readonly RemoteResource[] = []): Promise<Seen> {
  const { specs, state } = pulling;
  const seen = await readAll(pulling, { kinds: KIND_NAMES, integrations: true }, []);
  const listed = new Set(seen.account.resources.map(({ id }) => id));
  const late = known.filter(({ id }) => !listed.has(id));
  const account = { ...seen.account, resources: [...seen.account.resources, ...late] };
  return { ...seen, account, unmanaged: unmanagedOf(specs, state, seen.planned, account) };
}

/** What an account may lack as a whole, by the path of its list: nothing else depends on it. */
const OPTIONAL: readonly { readonly path: string; readonly what: string; readonly without: AlsoRead }[] = [
  {
    path: '/ai/conversations/',
    what: 'insights',
    without: { kinds: KIND_NAMES.filter((kind) => kind !== 'insight' && kind !== 'insight_group') },
  },
  { path: '/ai/integrations', what: 'integration catalogue', without: { integrations: false } },
];

async function readAll(
  pulling: Pulling,
  wanted: AlsoRead,
  notes: readonly Diagnostic[],
): Promise<Omit<Seen, 'unmanaged'>> {
  const { host, inputs, connection, state } = pulling;
  const reporting = withReportedDrift(inputs);
  try {
    const compared = await compareWithLive(host, reporting, connection, state, planOptions({}), {
      ...wanted,
      whole: true,
    });
    return { ...compared, notes };
  } catch (error) {
    const missing = error instanceof ApiError && error.status === 404 ? error.path : '';
    const lack = OPTIONAL.find(({ path }) => missing.startsWith(path));
    const again = lack === undefined ? wanted : { ...wanted, ...lack.without };
    if (lack === undefined || jsonEqual({ ...again }, { ...wanted })) throw error;
    const message = `the API answers 404 for its ${lack.what}, which are therefore left out`;
    return readAll(pulling, again, [...notes, { severity: 'warning', code: 'PULL_UNAVAILABLE', message }]);
  }
}

/** Writes files and bindings, then plans again to say what is left. */
export async function carryOut(pulling: Pulling, seen: Seen, choice: PullChoice): Promise<PullReport> {
  const { host, specs, connection, session } = pulling;
  const { root } = specs.project;
  const chosen = ({ address }: { readonly address: Address }): boolean =>
    choice.drift === undefined || choice.drift.has(address);
  const drift = seen.planned.plan.drift.filter(chosen);
  const conflicts = seen.planned.plan.conflicts.filter(chosen);
  const drifted = drift
    .filter(({ deleted }) => !deleted)
    .map(({ address, fields }) => ({
      address,
      fields: fields.map(({ path, before, after }) => ({ path, git: before, live: after })),
    }));
  const back = writeBack(specs, [
    ...drifted,
    ...(choice.unknown === true ? newFields(pulling, seen, choice) : []),
  ]);
  const adoption = await draftDocuments(connection, specs, seen.account, seen.unmanaged, choice.adopt);
  for (const [file, text] of back.texts) await replaceFile(root, file, text);
  const adopted = await writeDrafts(root, adoption.drafts);
  if (session !== undefined)
    await bindDrafts(host, specs, connection, session, seen.account, adoption.drafts);
  const read = new Map(adoption.drafts.map(({ resource }) => [resource.id, resource]));
  const resources = seen.account.resources.map((resource) => read.get(resource.id) ?? resource);
  const account = { ...seen.account, resources };
  const files = [...back.texts.keys(), ...adopted.flatMap((each: AdoptedResource) => each.files)];
  const after = files.length === 0 ? undefined : await planAfterwards(pulling, account);
  return {
    format_version: PULL_FORMAT,
    environment: specs.project.environment.name,
    adopted,
    updated: back.updated,
    conflicts,
    left: back.left,
    deleted: drift.filter(({ deleted }) => deleted).map(({ address, remote_id }) => ({ address, remote_id })),
    files,
    branch: null,
    plan: after?.plan ?? null,
    diagnostics: [...seen.notes, ...contested(seen), ...adoption.notes, ...(after?.diagnostics ?? [])],
  };
}

/** What managed resources have that no schema knows and no document writes yet. */
function newFields(
  { specs }: Pulling,
  { account, unmanaged }: Seen,
  { drift }: PullChoice,
): readonly DriftedResource[] {
  if (specs.project.unknownFields !== 'allow') return [];
  return account.resources.flatMap((resource) => {
    const address = unmanaged.managed.get(liveKey(resource.kind, resource.id));
    const spec = address === undefined ? undefined : specs.desired.resources.get(address)?.spec;
    if (address === undefined || spec === undefined || drift?.has(address) === false) return [];
    const fields = unknownFields(resource, spec).map(({ path, live }) => ({ path, git: null, live }));
    return fields.length === 0 ? [] : [{ address, fields }];
  });
}

/** Names that could mean several resources: nothing of that name is adopted until a person decides. */
function contested({ planned }: Seen): readonly Diagnostic[] {
  return planned.plan.diagnostics
    .filter(({ code }) => code === 'NAME_AMBIGUOUS' || code === 'STOCK_OBJECT')
    .map((diagnostic) => ({ ...diagnostic, severity: 'warning' }));
}

/** Reads the files again, as the next command will. */
async function planAfterwards(
  { host, inputs, connection, state, session, specs }: Pulling,
  account: RemoteAccount,
): Promise<Pick<PullReport, 'plan' | 'diagnostics'>> {
  const { root, environment } = specs.project;
  const project = await loadProject(root, environment.name);
  const { desired } = await openSpecs(project);
  const diagnostics = desired.diagnostics.filter(({ severity }) => severity === 'error');
  if (hasErrors(diagnostics)) return { plan: null, diagnostics };
  const now = session === undefined ? state : session.current();
  const next = withReportedDrift({ ...inputs, project, desired });
  const { plan } = planAccount(host, next, connection.apiBase, now, account, planOptions({}));
  return {
    plan: {
      changes: plan.changes.length,
      drift: plan.drift.length,
      conflicts: plan.conflicts.length,
    },
    diagnostics: [],
  };
}
