/** What `pull` and `import` have in common: from an account to files, bindings and a report. */

import { storedBase } from '../../canonical/payload.ts';
import { confirm } from '../../live/telnyx/fetch.ts';
import { type Address, KIND_NAMES } from '../../model/address.ts';
import { type Diagnostic, hasErrors } from '../../model/diagnostic.ts';
import { ApiError, Failure } from '../../model/errors.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import { jsonEqual, type Path } from '../../model/json.ts';
import { KINDS } from '../../model/kinds.ts';
import { compareNaturally } from '../../model/natural-order.ts';
import type { ConflictEntry, DriftEntry, Planned } from '../../model/plan.ts';
import { type AdoptedResource, PULL_FORMAT, type PullReport } from '../../model/pull.ts';
import type { RemoteAccount, RemoteResource } from '../../model/remote.ts';
import type { State, StateSession } from '../../model/state.ts';
import { changesLive } from '../../model/step.ts';
import { liveKey } from '../../pull/adopt.ts';
import type { LayoutStyle } from '../../pull/layout.ts';
import { unknownFields } from '../../pull/unknown-fields.ts';
import type { Layer } from '../../specs/documents/layers.ts';
import { type OpenSpecs, openAccounts, openSpecs } from '../../specs/load/load.ts';
import type { ResolvedEnvironment } from '../../specs/project/environment.ts';
import { loadProject } from '../../specs/project/project.ts';
import { type DriftedResource, writeBack } from '../../specs/write/write-back.ts';
import type { Host } from '../host.ts';
import { type AlsoRead, compareWithLive, planAccount } from '../plan/make-plan.ts';
import { planOptions } from '../plan/plan-options.ts';
import type { Connection } from '../session/connect.ts';
import { type Inputs, withReportedDrift } from '../session/inputs.ts';
import {
  type Agreed,
  bindAgreed,
  draftDocuments,
  type Unmanaged,
  unmanagedOf,
  writeDrafts,
} from './adoption.ts';
import { changedElsewhere, type DocumentMatch, differencesOf, isSharedValue } from './shared-documents.ts';
import { isThere, readFileIfThere, removeFile, replaceFile, writeNewFile } from './spec-files.ts';

/** What a pull works on. */
export interface Pulling {
  readonly host: Host;
  readonly specs: OpenSpecs;
  /** The specs as if documents for other environments were for this one too; the same where nothing is adopted. */
  readonly wide: OpenSpecs;
  /** What the documents say for the other accounts of the project. */
  readonly siblings: readonly ResolvedEnvironment[];
  /** Where drift goes that several accounts share; undefined for the overlay where they do. */
  readonly as?: 'overlay' | 'shared';
  readonly inputs: Inputs;
  readonly connection: Connection;
  readonly state: State | undefined;
  /** How new documents are spread over files. */
  readonly layout?: LayoutStyle;
  /** Absent where nothing is bound. */
  readonly session?: StateSession;
}

/** The account as it was read, and what is to be done with it. */
export interface SortedAccount {
  readonly planned: Planned;
  readonly account: RemoteAccount;
  readonly unmanaged: Unmanaged;
  readonly notes: readonly Diagnostic[];
}

export interface PullChoice {
  /** Also take fields that no schema knows, where the project allows them. */
  readonly unknown?: boolean;
  readonly adopt: readonly RemoteResource[];
  /** Documents that exist for what is live under their names. */
  readonly pairs: readonly DocumentMatch[];
  /** Also write what is live where Git says something else since the last apply. */
  readonly settle?: boolean;
  /** Undefined: whatever drifted. */
  readonly drift: ReadonlySet<Address> | undefined;
}

/** Reads the account and sorts out what is managed. `known` is there even if a list does not have it yet. */
export async function look(pulling: Pulling, known: readonly RemoteResource[] = []): Promise<SortedAccount> {
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
): Promise<Omit<SortedAccount, 'unmanaged'>> {
  const { host, inputs, connection, state } = pulling;
  const reporting = withReportedDrift(inputs);
  try {
    const compared = await compareWithLive(host, reporting, connection, state, planOptions({}), {
      ...wanted,
      whole: true,
    });
    return { ...compared, notes };
  } catch (error) {
    const lack = error instanceof ApiError ? lackOf(error, wanted) : undefined;
    const again = lack === undefined ? wanted : { ...wanted, ...lack.without };
    // What specs or state name is read whatever is wanted: there it stays an error.
    if (lack === undefined || jsonEqual({ ...again }, { ...wanted })) throw error;
    const message = `the API answers ${lack.status} for its ${lack.what}, which are therefore left out`;
    return readAll(pulling, again, [...notes, { severity: 'warning', code: 'PULL_UNAVAILABLE', message }]);
  }
}

interface Lack {
  readonly status: number;
  readonly what: string;
  readonly without: AlsoRead;
}

/** What can be left out where its list is missing, or where the key may not read it; never the assistants. */
function lackOf({ status, path }: ApiError, wanted: AlsoRead): Lack | undefined {
  if (status === 404) {
    const lack = OPTIONAL.find((each) => path.startsWith(each.path));
    return lack === undefined ? undefined : { status, ...lack };
  }
  if (status !== 403) return undefined;
  const kind = KIND_NAMES.find((name) => KINDS[name].collection === path);
  if (kind === undefined) {
    const lack = OPTIONAL.find((each) => each.path === path);
    return lack === undefined ? undefined : { status, ...lack };
  }
  if (kind === 'assistant') return undefined;
  const kinds = (wanted.kinds ?? []).filter((name) => name !== kind);
  return { status, what: KINDS[kind].plural, without: { kinds } };
}

/** Writes files and bindings, then plans again to say what is left. */
export async function carryOut(
  pulling: Pulling,
  seen: SortedAccount,
  choice: PullChoice,
): Promise<PullReport> {
  const { specs, wide, connection, session } = pulling;
  const { root } = specs.project;
  const chosen = ({ address }: { readonly address: Address }): boolean =>
    choice.drift === undefined || choice.drift.has(address);
  const drift = seen.planned.plan.drift.filter(chosen);
  const conflicts = seen.planned.plan.conflicts.filter(chosen);
  const read = await readWhole(connection, [
    ...choice.adopt,
    ...choice.pairs.map(({ resource }) => resource),
  ]);
  const pairs = choice.pairs.flatMap((pair) => {
    const resource = read.get(liveKey(pair.resource.kind, pair.resource.id));
    return resource === undefined ? [] : [{ ...pair, resource }];
  });
  const managed = new Map([
    ...seen.unmanaged.managed,
    ...pairs.map(({ address, resource }) => [liveKey(resource.kind, resource.id), address] as const),
  ]);
  const found = choice.adopt.flatMap(({ kind, id }) => read.get(liveKey(kind, id)) ?? []);
  const adoption = draftDocuments(specs, seen.account, { ...seen.unmanaged, managed }, found, pulling.layout);
  const refs = new Map([
    ...[...managed].map(([key, address]) => [key.slice(key.indexOf(':') + 1), address] as const),
    ...adoption.drafts.map(({ resource, address }) => [resource.id, address] as const),
    ...(seen.account.integrations ?? []).map(({ id, name }) => [id, `integration/${name}`] as const),
  ]);
  const drifted = differingFields(drift, choice.settle === true ? conflicts : []);
  const unknown = choice.unknown === true ? newFields(pulling, seen, choice) : [];
  const back = writeBack(wide, [...drifted, ...unknown, ...differencesOf(pulling, pairs, refs)], {
    intoOverlay: (address, layer, path) =>
      pairs.some((pair) => pair.address === address)
        ? specs.project.siblings.length > 0
        : writesOverlay(pulling, address, layer, path),
    joining: pairs.filter(({ joins }) => joins).map(({ address }) => address),
  });
  await writeFiles(pulling, back.texts);
  const written = new Set(
    back.updated.flatMap(({ address, fields }) => fields.map(({ path }) => `${address} ${path}`)),
  );
  const adopted = await writeDrafts(root, adoption.drafts);
  const resources = seen.account.resources.map(
    (resource) => read.get(liveKey(resource.kind, resource.id)) ?? resource,
  );
  const account = { ...seen.account, resources };
  if (session !== undefined) await bind(pulling, account, adoption.drafts);
  const taken = pairs.map(({ address, resource }) => ({
    address,
    remote_id: resource.id,
    name: resource.name,
    files: filesOf(wide, address),
  }));
  const files = [
    ...new Set([...back.texts.keys(), ...adopted.flatMap((each: AdoptedResource) => each.files)]),
  ];
  const looksAgain = files.length > 0 || pairs.length > 0;
  if (session !== undefined && pairs.length > 0) await bindPairs(pulling, account, pairs);
  const after = looksAgain ? await planAfterwards(pulling, account) : undefined;
  return {
    format_version: PULL_FORMAT,
    environment: specs.project.environment.name,
    adopted: [...adopted, ...taken].sort((a, b) => compareNaturally(a.address, b.address)),
    updated: back.updated,
    conflicts: fieldsOf(conflicts, (field) => !written.has(field)),
    settled: fieldsOf(conflicts, (field) => written.has(field)),
    left: back.left,
    deleted: drift.filter(({ deleted }) => deleted).map(({ address, remote_id }) => ({ address, remote_id })),
    files,
    branch: null,
    plan: after?.plan ?? null,
    diagnostics: [...seen.notes, ...contested(seen), ...adoption.notes, ...(after?.diagnostics ?? [])],
  };
}

/** What drifted, and the conflicts that end with what is live: one entry a resource, because its file is edited once. */
function differingFields(
  drift: readonly DriftEntry[],
  conflicts: readonly ConflictEntry[],
): readonly DriftedResource[] {
  const fields = new Map<Address, DriftedResource['fields'][number][]>();
  const add = (address: Address, field: DriftedResource['fields'][number]): void => {
    fields.set(address, [...(fields.get(address) ?? []), field]);
  };
  for (const entry of drift.filter(({ deleted }) => !deleted)) {
    for (const { path, before, after } of entry.fields)
      add(entry.address, { path, git: before, live: after });
  }
  for (const entry of conflicts) {
    for (const { path, git, live } of entry.fields) add(entry.address, { path, git, live });
  }
  return [...fields].map(([address, found]) => ({ address, fields: found }));
}

/** The part of each conflict that is chosen by its address and path. */
function fieldsOf(
  conflicts: readonly ConflictEntry[],
  chosen: (field: string) => boolean,
): readonly ConflictEntry[] {
  return conflicts.flatMap((conflict) => {
    const fields = conflict.fields.filter(({ path }) => chosen(`${conflict.address} ${path}`));
    return fields.length === 0 ? [] : [{ ...conflict, fields }];
  });
}

/** What managed resources have that no schema knows and no document writes yet. */
function newFields(
  { specs }: Pulling,
  { account, unmanaged }: SortedAccount,
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

/** Each resource as a read by id shows it, by `<kind>:<id>`; what is gone by now is left out. */
async function readWhole(
  { api }: Connection,
  resources: readonly RemoteResource[],
): Promise<ReadonlyMap<string, RemoteResource>> {
  const { found } = await confirm(api, resources);
  return new Map(found.map((resource) => [liveKey(resource.kind, resource.id), resource]));
}

function filesOf({ resolved }: OpenSpecs, address: Address): readonly string[] {
  const document = resolved.documents.get(address);
  return document === undefined ? [] : [document.source.file];
}

/** Whether drift of a value goes into the overlay: as it was asked for, else where another account shares it. */
function writesOverlay({ as, siblings }: Pulling, address: Address, layer: Layer, path: Path): boolean {
  if (as !== undefined) return as === 'overlay';
  return isSharedValue(siblings, address, layer, path);
}

/**
 * Replaces the texts of files. Where the documents of another account's environment come to mean something else, the
 * files become what they were and the command fails: nobody asked for that.
 */
async function writeFiles(pulling: Pulling, texts: ReadonlyMap<string, string>): Promise<void> {
  const { specs, siblings, as } = pulling;
  const { root } = specs.project;
  const before = await Promise.all(
    [...texts.keys()].map(async (file) => [file, await readFileIfThere(root, file)] as const),
  );
  for (const [file, text] of texts) {
    await (isThere(root, file) ? replaceFile(root, file, text) : writeNewFile(root, file, text));
  }
  if (as === 'shared' || siblings.length === 0 || texts.size === 0) return;
  const project = await loadProject(root, specs.project.environment.name);
  const changed = changedElsewhere(siblings, (await openAccounts(project)).siblings);
  if (changed.length === 0) return;
  for (const [file, text] of before) {
    if (text === undefined) await removeFile(root, file);
    else await replaceFile(root, file, text);
  }
  throw new Failure(
    'refused',
    `other environments would change: ${changed.join(', ')}; nothing was written`,
    {
      code: 'PULL_REACHES_OTHERS',
      hint: 'name the resources that may be written, or write the shared part on purpose with --as shared',
      details: { addresses: changed },
    },
  );
}

async function bind(pulling: Pulling, account: RemoteAccount, agreed: readonly Agreed[]): Promise<void> {
  const { host, specs, connection, session } = pulling;
  if (session !== undefined) await bindAgreed(host, specs, connection, session, account, agreed);
}

/** Binds the documents that existed, as far as they say now what is live. */
async function bindPairs(
  pulling: Pulling,
  account: RemoteAccount,
  pairs: readonly DocumentMatch[],
): Promise<void> {
  const planned = await planAgain(pulling, account);
  if ('diagnostics' in planned) return;
  const ids = new Map(Object.entries(planned.ids));
  const agreed = planned.steps.flatMap((step): readonly Agreed[] => {
    const pair = pairs.find(({ address }) => address === step.address);
    if (pair === undefined || step.action !== 'adopt' || step.base === null || changesLive(step)) return [];
    const base = storedBase(SHAPES[step.kind], step.base, (target) => ids.get(target));
    return [{ address: step.address, resource: pair.resource, base, foreign: step.foreign }];
  });
  await bind(pulling, account, agreed);
}

/** Names that could mean several resources: nothing of that name is adopted until a person decides. */
function contested({ planned }: SortedAccount): readonly Diagnostic[] {
  return planned.plan.diagnostics
    .filter(({ code }) => code === 'NAME_AMBIGUOUS' || code === 'STOCK_OBJECT')
    .map((diagnostic) => ({ ...diagnostic, severity: 'warning' }));
}

/** Reads the files again, as the next command will, and plans; the errors of the files where there are some. */
async function planAgain(
  { host, inputs, connection, state, session, specs }: Pulling,
  account: RemoteAccount,
): Promise<Planned | { readonly diagnostics: readonly Diagnostic[] }> {
  const { root, environment } = specs.project;
  const project = await loadProject(root, environment.name);
  const { desired } = await openSpecs(project);
  const diagnostics = desired.diagnostics.filter(({ severity }) => severity === 'error');
  if (hasErrors(diagnostics)) return { diagnostics };
  const now = session === undefined ? state : session.current();
  const next = withReportedDrift({ ...inputs, project, desired });
  return planAccount(host, next, connection.apiBase, now, account, planOptions({}));
}

async function planAfterwards(
  pulling: Pulling,
  account: RemoteAccount,
): Promise<Pick<PullReport, 'plan' | 'diagnostics'>> {
  const planned = await planAgain(pulling, account);
  if ('diagnostics' in planned) return { plan: null, diagnostics: planned.diagnostics };
  const { changes, drift, conflicts } = planned.plan;
  return {
    plan: { changes: changes.length, drift: drift.length, conflicts: conflicts.length },
    diagnostics: [],
  };
}
