import { type Address, KIND_NAMES, type Kind, parseAddress } from '../../model/address.ts';
import { credentialIn, fieldCredential, headerCredential, refCredential } from '../../model/credentials.ts';
import type { DesiredResource } from '../../model/desired.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { isIgnoredLive } from '../../model/ignore-live.ts';
import { KINDS } from '../../model/kinds.ts';
import { newBinding } from '../../model/new-binding.ts';
import type { Planned } from '../../model/plan.ts';
import type { AdoptedResource } from '../../model/pull.ts';
import type { RemoteAccount, RemoteResource } from '../../model/remote.ts';
import type { Binding, State, StateSession } from '../../model/state.ts';
import { accountFingerprint } from '../../plan/account.ts';
import {
  type Adoption,
  addressesFor,
  adopt,
  type Draft,
  liveKey,
  type SharedToolConfigs,
} from '../../pull/adopt.ts';
import { createLayout, type LayoutStyle } from '../../pull/layout.ts';
import { bareResource, specProblems } from '../../specs/documents/check-document.ts';
import type { OpenSpecs } from '../../specs/load/load.ts';
import { documentText } from '../../specs/yaml/write-yaml.ts';
import type { Host } from '../host.ts';
import type { Connection } from '../session/connect.ts';
import { emptyState } from '../session/open-state.ts';
import { onlyFor } from './shared-documents.ts';
import { isThere, writeNewFile } from './spec-files.ts';

/** What of an account no spec manages, with the addresses that it would get. */
export interface Unmanaged {
  readonly resources: readonly RemoteResource[];
  /** By `<kind>:<id>`. */
  readonly addresses: ReadonlyMap<string, Address>;
  /** Address of what is managed, by `<kind>:<id>`. */
  readonly managed: ReadonlyMap<string, Address>;
}

/** Sorts the account into resources that specs or bindings name, and the rest. */
export function unmanagedOf(
  specs: OpenSpecs,
  state: State | undefined,
  planned: Planned,
  account: RemoteAccount,
): Unmanaged {
  const managed = new Map<string, Address>();
  for (const [target, id] of Object.entries(planned.ids)) {
    const parsed = parseAddress(target);
    if (parsed !== undefined) managed.set(liveKey(parsed.kind, id), parsed.address);
  }
  const contested = contestedNames(specs, planned);
  const resources = account.resources.filter(
    (each) =>
      !managed.has(liveKey(each.kind, each.id)) &&
      !contested.has(`${each.kind} ${each.name}`) &&
      account.elsewhere?.get(each.id) === undefined &&
      !isIgnoredLive(specs.project.ignoreLive, each),
  );
  return {
    resources,
    managed,
    addresses: addressesFor(resources, takenKeys(specs, state), account.resources),
  };
}

/** Names that specs claim without being bound: writing more specs of that name would only add to the confusion. */
function contestedNames({ desired }: OpenSpecs, { plan }: Planned): ReadonlySet<string> {
  const names = plan.diagnostics.flatMap(({ code, address }) => {
    const claims = code === 'NAME_AMBIGUOUS' || code === 'STOCK_OBJECT';
    const parsed = claims && address !== undefined ? parseAddress(address) : undefined;
    const resource = parsed && desired.resources.get(parsed.address);
    return resource === undefined ? [] : [`${resource.kind} ${resource.name}`];
  });
  return new Set(names);
}

function takenKeys({ folder }: OpenSpecs, state: State | undefined): ReadonlyMap<Kind, ReadonlySet<string>> {
  const addresses = [
    ...folder.documents.map(({ address }) => address),
    // What a pull elsewhere bound keeps its key for the same resource.
    ...Object.entries(state?.resources ?? {}).flatMap(([address, { provisional }]) =>
      provisional === true ? [] : [address],
    ),
  ];
  return new Map(
    KIND_NAMES.map((kind) => {
      const own = addresses.filter((address) => address.startsWith(`${kind}/`));
      const keys = own.map((address) => address.slice(kind.length + 1));
      return [kind, new Set([...keys, ...folder.broken])] as const;
    }),
  );
}

/** Drafts the documents of resources that were read by id. */
export function draftDocuments(
  specs: OpenSpecs,
  account: RemoteAccount,
  unmanaged: Unmanaged,
  found: readonly RemoteResource[],
  style?: LayoutStyle,
): Adoption {
  const { project } = specs;
  const only = onlyFor(project);
  const options = { unknownFields: project.unknownFields };
  const tools = [...specs.desired.resources].filter(([, { kind }]) => kind === 'tool');
  // The same tools stand beside every assistant.
  const known = new WeakMap<SharedToolConfigs, ReadonlyMap<Address, DesiredResource>>();
  const toolsWith = (beside: SharedToolConfigs): ReadonlyMap<Address, DesiredResource> => {
    const found = known.get(beside);
    if (found !== undefined) return found;
    const drafted = [...beside].map(
      ([address, other]) => [address, bareResource(address, other.kind, other.config)] as const,
    );
    const made = new Map([...tools, ...drafted]);
    known.set(beside, made);
    return made;
  };
  return adopt(
    {
      resources: found,
      stock: new Set(account.resources.filter(({ stock }) => stock === true).map(({ id }) => id)),
      integrations: account.integrations ?? [],
      managed: unmanaged.managed,
      newLayout: () => createLayout(project.specs, (file) => isThere(project.root, file), style),
      keepUnknown: project.unknownFields === 'allow',
      check: (kind, spec, beside) => {
        return specProblems(kind, spec, options, kind === 'assistant' ? toolsWith(beside) : new Map());
      },
      ...(only === undefined ? {} : { account: { environment: project.environment.name, only } }),
      credentials: {
        inText: credentialIn,
        inHeader: (name, value) => headerCredential(name, value, undefined) !== undefined,
        inField: (name, value) => fieldCredential(name, value, undefined) !== undefined,
        inReference: (field, value) => refCredential(field, value)?.code === 'CREDENTIAL_LITERAL',
      },
    },
    unmanaged.addresses,
  );
}

/** Writes the files of the drafts; existing ones are never touched. Texts come before what refers to them. */
export async function writeDrafts(
  root: string,
  drafts: readonly Draft[],
): Promise<readonly AdoptedResource[]> {
  for (const { texts } of drafts) for (const { file, text } of texts) await writeNewFile(root, file, text);
  const byFile = new Map<string, Draft[]>();
  for (const draft of drafts) byFile.set(draft.file, [...(byFile.get(draft.file) ?? []), draft]);
  for (const [file, inFile] of byFile) {
    const up = '../'.repeat(file.split('/').length - 1);
    const comment = `yaml-language-server: $schema=${up}schemas/${inFile[0]?.resource.kind}.schema.json`;
    const [first = '', ...more] = inFile.map(({ body }, index) =>
      documentText(body, index === 0 ? comment : undefined),
    );
    await writeNewFile(root, file, [first, ...more].join('---\n'));
  }
  return drafts.map(({ address, resource, file, texts }) => ({
    address,
    remote_id: resource.id,
    name: resource.name,
    files: [file, ...texts.map((text) => text.file)],
  }));
}

/** A live resource that agrees with its document, and what counts as applied of it. */
export type Agreed = Pick<Draft, 'address' | 'resource' | 'base' | 'foreign'>;

/** Binds resources as if they had been applied: what is written is what is live. */
export async function bindAgreed(
  host: Host,
  specs: OpenSpecs,
  connection: Connection,
  session: StateSession,
  account: RemoteAccount,
  agreed: readonly Agreed[],
): Promise<void> {
  if (agreed.length === 0) return;
  const { runtime } = host;
  if (session.current() === undefined) {
    const fingerprint = accountFingerprint(undefined, account, connection.apiBase);
    const state = emptyState(runtime, specs.project, connection.apiBase, fingerprint);
    await session.record({ op: 'init', state });
  }
  const updated_at = runtime.clock().toISOString();
  const ids = new Set(agreed.map(({ resource }) => resource.id));
  const addresses = new Set<string>(agreed.map(({ address }) => address));
  // One resource has one address: a binding that no apply confirmed gives way.
  for (const [text, binding] of Object.entries(session.current()?.resources ?? {})) {
    const parsed = parseAddress(text);
    const yields = binding.provisional === true && ids.has(binding.remote_id) && !addresses.has(text);
    if (parsed !== undefined && yields) await session.record({ op: 'unbind', address: parsed.address });
  }
  for (const { address, resource, base, foreign } of agreed) {
    const binding: Binding = {
      ...newBinding(resource, { base, foreign, at: updated_at }),
      // It was read by id, and its base is made of what was read.
      ...(resource.versionId !== undefined && { read_version_id: resource.versionId }),
      provisional: true,
    };
    await session.record({ op: 'bind', address, binding });
  }
}

/** Resources that were named to be adopted and are managed already. */
export function managedNote(address: Address): Diagnostic {
  const kind = parseAddress(address)?.kind ?? 'assistant';
  return {
    severity: 'info',
    code: 'PULL_MANAGED',
    message: `the ${KINDS[kind].noun} ${address} is managed already`,
    address,
  };
}
