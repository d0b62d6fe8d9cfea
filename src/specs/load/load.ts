import { parseAddress } from '../../model/address.ts';
import type { DesiredState } from '../../model/desired.ts';
import { atLevels, type Diagnostic } from '../../model/diagnostic.ts';
import { selectEnvironments } from '../../model/environment-match.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import { fromPointer, isArray, isObject, toPointer } from '../../model/json.ts';
import type { Environment, Project } from '../../model/project.ts';
import { createDataFiles } from '../documents/data-files.ts';
import { readDocuments, type SpecDocument, type SpecFolder } from '../documents/documents.ts';
import { listSpecFiles } from '../documents/files.ts';
import { createInclude } from '../documents/include.ts';
import { writtenPath } from '../documents/keyed-path.ts';
import { locateIn } from '../documents/locate.ts';
import { checkEnvironmentNames } from '../documents/resource-documents.ts';
import { createResolver, type ResolvedEnvironment, type ResolveEnvironment } from '../project/environment.ts';
import { chooseEnvironment, readProjectDocument } from '../project/project.ts';
import type { ProjectDocument } from '../project/project-build.ts';
import type { ProjectEnvironment } from '../project/where-documents-exist.ts';

/** The specs of one environment with the documents they were made from, which `explain` and `pull` need. */
export interface OpenSpecs {
  readonly project: Project;
  readonly desired: DesiredState;
  readonly folder: SpecFolder;
  readonly resolved: ResolvedEnvironment;
}

/** The specs folder of a project, read once for any number of environments. */
export interface ReadSpecs {
  readonly folder: SpecFolder;
  /** Problems whatever the environment. */
  readonly problems: readonly Diagnostic[];
  readonly resolve: ResolveEnvironment;
}

type Folder = Pick<Project, 'root' | 'specs' | 'ignore' | 'unknownFields' | 'settings'>;

/**
 * Fails with `Failure('spec')` where the specs folder cannot be read. `adjust` is for those who ask what would be if
 * documents said something else.
 */
export function readSpecs(
  project: Folder,
  environments: readonly ProjectEnvironment[],
  adjust: (document: SpecDocument) => SpecDocument = (document) => document,
): ReadSpecs {
  const { root, specs, ignore, unknownFields, settings } = project;
  const hooks = isObject(settings.hooks) ? Object.keys(settings.hooks) : [];
  const { files, problems } = listSpecFiles(root, specs, ignore);
  const include = createInclude(root);
  const written = readDocuments(files, createDataFiles(include, 'written'));
  const folder = { ...written, documents: written.documents.map(adjust) };
  const data = createDataFiles(include, 'json');
  const resolve = createResolver(folder, { environments, unknownFields, include, data, hooks });
  const envelopes = checkEnvironmentNames(folder, environments);
  return { folder, problems: [...problems, ...folder.diagnostics, ...envelopes], resolve };
}

/**
 * All that the specs say for the project's environment. Problems are collected in `diagnostics`; only a specs
 * folder that cannot be read rejects, with `Failure('spec')`.
 */
export async function loadDesired(project: Project): Promise<DesiredState> {
  return (await openSpecs(project)).desired;
}

/** As {@link loadDesired}, and keeps the documents. `read` is the folder where it was read before. */
export async function openSpecs(project: Project, read: ReadSpecs = readOwn(project)): Promise<OpenSpecs> {
  const { folder, problems } = read;
  const resolved = read.resolve(project.environment);
  const desired: DesiredState = {
    resources: resolved.resources,
    diagnostics: atLevels(arrange([...problems, ...resolved.diagnostics]), project.diagnosticLevels),
    documents: folder.count,
    elsewhere: resolved.elsewhere,
    kindless: folder.kindless,
    ignoreLive: project.ignoreLive,
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

function readOwn(project: Project): ReadSpecs {
  return readSpecs(project, identitiesOf(project));
}

/** All environments, in the order of the project file. */
function identitiesOf({ environments, environment, siblings }: Project): readonly ProjectEnvironment[] {
  const all = [environment, ...siblings];
  return environments.flatMap((name) => all.filter((each) => each.name === name));
}

/** The project's environment and, from the same files, those of the other accounts. */
export interface SpecsOfAccounts {
  readonly specs: OpenSpecs;
  readonly siblings: readonly ResolvedEnvironment[];
}

/** As {@link openSpecs}, with what the documents say for the other accounts of the project. */
export async function openAccounts(project: Project): Promise<SpecsOfAccounts> {
  const read = readOwn(project);
  const siblings = project.siblings.filter(({ target }) => target === 'api');
  return {
    specs: await openSpecs(project, read),
    siblings: siblings.map((sibling) => read.resolve(sibling)),
  };
}

/** As if every document that is for other environments were for the project's environment too. */
export async function openWidened(project: Project): Promise<OpenSpecs> {
  const { name } = project.environment;
  const widened = (document: SpecDocument): SpecDocument => {
    const { only } = document.body;
    return isArray(only) ? { ...document, body: { ...document.body, only: [...only, name] } } : document;
  };
  return await openSpecs(project, readSpecs(project, identitiesOf(project), widened));
}

export interface Validated {
  /** Each problem once, sorted by file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
  readonly documents: number;
  readonly environments: readonly string[];
  /** For each environment what concerns it, with what concerns all. */
  readonly byEnvironment: readonly EnvironmentDiagnostics[];
}

/**
 * Everything that can be known offline, for every environment or those that a list of names, groups and patterns names. Problems of the project file are
 * among the diagnostics; specs are checked beside them unless they depend on what is wrong. Rejects with
 * `Failure('usage')` for an unknown environment and with `Failure('spec')` when the specs folder cannot be read.
 */
export async function validateAll(root: string, environment?: string): Promise<Validated> {
  const { document: project, problems: ofProject } = readProjectDocument(root);
  const alone = { diagnostics: arrange(ofProject), documents: 0, environments: [], byEnvironment: [] };
  if (project === undefined) return alone;
  const chosen = chosenEnvironments(project, environment);
  const read = readSpecsBeside(project, ofProject);
  if (read === undefined) return alone;
  const common = [...ofProject, ...project.diagnostics, ...read.problems];
  const byEnvironment = chosen.map((each) => ({
    name: each.name,
    diagnostics: read.resolve(each).diagnostics,
  }));
  return {
    diagnostics: atLevels(
      arrange([...common, ...mergeEnvironments(byEnvironment)]),
      project.diagnosticLevels,
    ),
    documents: read.folder.count,
    environments: chosen.map(({ name }) => name),
    byEnvironment: byEnvironment.map(({ name, diagnostics }) => {
      return { name, diagnostics: atLevels(arrange([...common, ...diagnostics]), project.diagnosticLevels) };
    }),
  };
}

function chosenEnvironments(project: ProjectDocument, named: string | undefined): readonly Environment[] {
  const all = [...project.environments.values()];
  if (named === undefined) return all;
  if (!project.environments.has(named)) {
    const { names, unknown } = selectEnvironments(named, all);
    if (unknown.length === 0 && names.length > 0) return all.filter(({ name }) => names.includes(name));
  }
  return [chooseEnvironment(project, named).environment];
}

/** Undefined when the folder cannot be read and the project file has problems, which are shown first. */
function readSpecsBeside(project: ProjectDocument, problems: readonly Diagnostic[]): ReadSpecs | undefined {
  try {
    return readSpecs(project, [...project.environments.values()]);
  } catch (error) {
    if (problems.length === 0) throw error;
    return undefined;
  }
}

export interface EnvironmentDiagnostics {
  readonly name: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** One diagnostic for a problem of several environments. A problem that not all of them have names its environments. */
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
