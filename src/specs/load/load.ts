import { parseAddress } from '../../model/address.ts';
import type { DesiredState } from '../../model/desired.ts';
import { atLevels, type Diagnostic } from '../../model/diagnostic.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import { fromPointer, toPointer } from '../../model/json.ts';
import type { Project } from '../../model/project.ts';
import { readDocuments, type SpecFolder } from '../documents/documents.ts';
import { listSpecFiles } from '../documents/files.ts';
import { createInclude } from '../documents/include.ts';
import { writtenPath } from '../documents/keyed-path.ts';
import { locateIn } from '../documents/locate.ts';
import { checkEnvelopes } from '../documents/resource-documents.ts';
import { createResolver, type ResolvedEnvironment } from '../project/environment.ts';
import { chooseEnvironment, readProjectDocument } from '../project/project.ts';
import type { ProjectDocument } from '../project/project-build.ts';

/** The specs of one environment with what they were made from, for those who explain or edit them. */
export interface OpenSpecs {
  readonly project: Project;
  readonly desired: DesiredState;
  readonly folder: SpecFolder;
  readonly resolved: ResolvedEnvironment;
}

/**
 * All that the specs say for the project's environment. Problems are collected in `diagnostics`; only a specs
 * folder that cannot be read rejects, with `Failure('spec')`.
 */
export async function loadDesired(project: Project): Promise<DesiredState> {
  return (await openSpecs(project)).desired;
}

/** As {@link loadDesired}, and keeps the documents. */
export async function openSpecs(project: Project): Promise<OpenSpecs> {
  const { folder, problems } = readFolder(project);
  const environments = project.environments.map((name) => ({ name, groups: project.groups[name] ?? [] }));
  const include = createInclude(project.root);
  const resolve = createResolver(folder, { environments, unknownFields: project.unknownFields, include });
  const resolved = resolve(project.environment);
  const envelopes = checkEnvelopes(folder, environments);
  const desired: DesiredState = {
    resources: resolved.resources,
    diagnostics: atLevels(
      arrange([...problems, ...envelopes, ...resolved.diagnostics]),
      project.diagnosticLevels,
    ),
    documents: folder.count,
    elsewhere: resolved.elsewhere,
    locate: (address, pointer) => {
      const parsed = parseAddress(address);
      const document = parsed === undefined ? undefined : resolved.documents.get(parsed.address);
      const resource = parsed === undefined ? undefined : resolved.resources.get(parsed.address);
      if (document === undefined || resource === undefined) return undefined;
      const wanted = fromPointer(pointer);
      const written = writtenPath(SHAPES[resource.kind], resource.spec, wanted);
      const path = ['spec', ...written, ...wanted.slice(written.length)];
      return locateIn(document, resolved.layers.get(document.address) ?? [], toPointer(path), folder.locate);
    },
  };
  return { project, desired, folder, resolved };
}

export interface Validated {
  /** Each problem once, sorted by file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
  readonly documents: number;
  readonly environments: readonly string[];
}

/**
 * Everything that can be known offline, for every environment or the named one. Problems of the project file are
 * among the diagnostics; specs are checked beside them unless they depend on what is wrong. Rejects with
 * `Failure('usage')` for an unknown environment and with `Failure('spec')` when the specs folder cannot be read.
 */
export async function validateAll(root: string, environment?: string): Promise<Validated> {
  const { document: project, problems: ofProject } = readProjectDocument(root);
  const alone = { diagnostics: arrange(ofProject), documents: 0, environments: [] };
  if (project === undefined) return alone;
  const known = [...project.environments.keys()];
  const chosen =
    environment === undefined ? known : [chooseEnvironment(project, environment).environment.name];
  const read = readFolderBeside(project, ofProject);
  if (read === undefined) return alone;
  const { folder, problems } = read;
  const include = createInclude(root);
  const environments = [...project.environments.values()];
  const resolve = createResolver(folder, {
    environments,
    unknownFields: project.unknownFields,
    include,
  });
  const common = [...ofProject, ...project.diagnostics, ...problems, ...checkEnvelopes(folder, environments)];
  const byEnvironment = environments
    .filter(({ name }) => chosen.includes(name))
    .map((each) => ({ name: each.name, diagnostics: resolve(each).diagnostics }));
  return {
    diagnostics: atLevels(
      arrange([...common, ...mergeEnvironments(byEnvironment)]),
      project.diagnosticLevels,
    ),
    documents: folder.count,
    environments: chosen,
  };
}

/** Undefined when the folder cannot be read and there are problems to show before that one. */
function readFolderBeside(project: ProjectDocument, problems: readonly Diagnostic[]) {
  try {
    return readFolder(project);
  } catch (error) {
    if (problems.length === 0) throw error;
    return undefined;
  }
}

function readFolder(project: { readonly root: string; readonly specs: string }): {
  readonly folder: SpecFolder;
  readonly problems: readonly Diagnostic[];
} {
  const { files, problems } = listSpecFiles(project.root, project.specs);
  const folder = readDocuments(files);
  return { folder, problems: [...problems, ...folder.diagnostics] };
}

interface EnvironmentDiagnostics {
  readonly name: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** One diagnostic for a problem of several environments; one that only some have says which. */
function mergeEnvironments(all: readonly EnvironmentDiagnostics[]): readonly Diagnostic[] {
  const merged = new Map<string, { diagnostic: Diagnostic; names: Set<string> }>();
  for (const { name, diagnostics } of all) {
    for (const diagnostic of diagnostics) {
      const identity = identify(diagnostic);
      const entry = merged.get(identity) ?? { diagnostic, names: new Set() };
      entry.names.add(name);
      merged.set(identity, entry);
    }
  }
  return [...merged.values()].map(({ diagnostic, names }) => {
    if (names.size === all.length) return diagnostic;
    const where = `${names.size === 1 ? 'environment' : 'environments'} ${[...names].join(', ')}`;
    return { ...diagnostic, message: `${diagnostic.message} (${where})` };
  });
}

/** Sorted by place, each problem once. */
function arrange(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length === 0) return diagnostics;
  const unique = new Map(diagnostics.map((diagnostic) => [identify(diagnostic), diagnostic]));
  return [...unique.values()].sort(
    (a, b) =>
      order(a.position?.file ?? '', b.position?.file ?? '') ||
      (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
      (a.position?.column ?? 0) - (b.position?.column ?? 0) ||
      order(a.code, b.code) ||
      order(a.message, b.message),
  );
}

function identify({ position, code, message }: Diagnostic): string {
  return [position?.file, position?.line, position?.column, code, message].join('\n');
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
