import { statSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, resolve } from 'node:path';
import { brokenText } from '../../model/broken-text.ts';
import { credentialIn } from '../../model/credentials.ts';
import type { Diagnostic, Position } from '../../model/diagnostic.ts';
import { selectEnvironments } from '../../model/environment-match.ts';
import { Failure } from '../../model/errors.ts';
import { isArray, isObject, type Json, type JsonObject, type Path, toPointer } from '../../model/json.ts';
import type { Project } from '../../model/project.ts';
import { MAX_FILE_BYTES } from '../documents/read-file.ts';
import { createLocate, type Locate, makeSource, positionAt, type SourceFile } from '../documents/source.ts';
import { projectFile } from '../generated/validators.ts';
import type { Finding } from '../problems/problem.ts';
import { schemaFindings } from '../problems/schema-errors.ts';
import { fieldsOfProject } from '../problems/schema-fields.ts';
import { nearest, suggestion } from '../problems/suggest.ts';
import { readSpecText } from '../problems/text.ts';
import { namingBraces } from '../problems/unquoted-braces.ts';
import { parseYaml, syntaxProblems } from '../yaml/yaml-parse.ts';
import { yamlValue } from '../yaml/yaml-value.ts';
import { buildProject, entriesAt, objectAt, type ProjectDocument } from './project-build.ts';
import { groupsOf, projectVariables } from './project-variables.ts';

export const PROJECT_FILE = 'assistantctl.yaml';

/**
 * The folder that holds `assistantctl.yaml`: `explicit` (relative to `cwd`) when given, else the nearest one from
 * `cwd` upwards. Rejects with `Failure('usage')` when there is none.
 */
export async function findProjectRoot(cwd: string, explicit?: string): Promise<string> {
  if (explicit !== undefined) {
    const root = resolve(cwd, explicit);
    if (isFile(root)) {
      throw notFound(
        `--project names a folder, and ${root} is a file`,
        `write --project ${dirname(explicit)}`,
      );
    }
    if (isFile(join(root, PROJECT_FILE))) return root;
    refuseOtherNames(root);
    throw notFound(`there is no ${PROJECT_FILE} in ${root}`);
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (isFile(join(folder, PROJECT_FILE))) return folder;
    refuseOtherNames(folder);
    if (dirname(folder) === folder) throw notFound(`there is no ${PROJECT_FILE} in ${cwd} or above it`);
  }
}

/**
 * The project for one environment: the named one, else `default_environment`, else the only one.
 * Rejects with `Failure('spec')` and every problem of the file, or `Failure('usage')` when the environment is
 * unknown or none was chosen.
 */
export async function loadProject(root: string, environmentName: string | undefined): Promise<Project> {
  const document = await loadProjectDocument(root);
  return chooseEnvironment(document, environmentName);
}

/** The project narrowed to one environment, see {@link loadProject}. */
export function chooseEnvironment(document: ProjectDocument, environmentName: string | undefined): Project {
  const { environments, defaultEnvironment, diagnostics: _, ...rest } = document;
  const names = [...environments.keys()];
  const chosen = environmentName ?? defaultEnvironment ?? (names.length === 1 ? names[0] : undefined);
  if (chosen === undefined) {
    throw new Failure('usage', 'no environment was chosen and the project names no default_environment', {
      code: 'ENVIRONMENT_NEEDED',
      hint: `add --env with one of: ${names.join(', ')}`,
    });
  }
  if (chosen.trim() === '') {
    throw new Failure('usage', '--env is empty: it names no environment', {
      code: 'ENVIRONMENT_UNKNOWN',
      hint: `is the variable set that it comes from? known: ${names.join(', ')}`,
    });
  }
  const environment = environments.get(chosen);
  if (environment === undefined) {
    const selectable = [...environments.values()];
    const meant = selectEnvironments(chosen, selectable);
    if (meant.names.length > 0 && meant.unknown.length === 0) {
      throw new Failure('usage', `${chosen} names several environments, and this takes one`, {
        code: 'ENVIRONMENT_ONE',
        hint: `add --env with one of: ${meant.names.join(', ')}`,
      });
    }
    const near = nearest(chosen, names);
    throw new Failure('usage', `${PROJECT_FILE} has no environment ${meant.unknown.join(', ') || chosen}`, {
      code: 'ENVIRONMENT_UNKNOWN',
      hint: near === undefined ? `known: ${names.join(', ')}` : `did you mean ${near}?`,
    });
  }
  const groups = Object.fromEntries([...environments].map(([name, each]) => [name, each.groups]));
  const siblings = [...environments.values()].filter(({ name }) => name !== environment.name);
  return { ...rest, environments: names, groups, environment, siblings };
}

/** Where paths of the project file are written; the start of the file for those that are not. */
export function positionsInProject(root: string, paths: readonly (readonly string[])[]): readonly Position[] {
  const read = readSpecText(join(root, PROJECT_FILE), MAX_FILE_BYTES);
  const source = makeSource(PROJECT_FILE, 'code' in read ? '' : read.text);
  const locate = createLocate();
  return paths.map((path) => positionAt(source, locate(source, 0, path)?.start ?? 0));
}

/** Reads and checks the project file; rejects with `Failure('spec')` that carries every problem with its position. */
export async function loadProjectDocument(root: string): Promise<ProjectDocument> {
  const { document, problems } = readProjectDocument(root);
  if (document === undefined || problems.length > 0) throw invalid(problems);
  return document;
}

/** Parts of the project file that no check of a spec asks for. */
const BESIDE_SPECS =
  /^\/(project|default_environment|limits|hooks|concurrency|plan_ttl|retry|environments\/[^/]+\/(api_key_env|base_url|target|protected|account|prune|state|drift))(\/|$)/;

interface ReadProject {
  readonly document: ProjectDocument | undefined;
  readonly problems: readonly Diagnostic[];
}

/**
 * As {@link loadProjectDocument}, but never throws; and where the problems are beside what specs depend on, the
 * document is there all the same, with defaults for what is wrong.
 */
export function readProjectDocument(root: string): ReadProject {
  const path = join(root, PROJECT_FILE);
  const read = readSpecText(path, MAX_FILE_BYTES);
  if ('code' in read) {
    const position = positionAt(makeSource(PROJECT_FILE, read.before), read.before.length);
    const problem = { severity: 'error', code: read.code, message: read.message, position } as const;
    return { document: undefined, problems: [problem] };
  }
  const source = makeSource(PROJECT_FILE, read.text);
  const broken = brokenText(read.text);
  if (broken !== undefined) {
    const { offset, ...rest } = broken;
    const position = positionAt(source, offset);
    return { document: undefined, problems: [{ severity: 'error', code: 'FILE_BROKEN', ...rest, position }] };
  }
  const locate = createLocate();
  const { body, written, problems } = parseBody(source);
  if (body === undefined) return { document: undefined, problems };
  const known = (finding: Finding): Diagnostic => toDiagnostic(finding, source, locate);
  const schema = projectFile(body) ? [] : schemaFindings(projectFile.errors ?? [], body, fieldsOfProject);
  const variables = projectVariables(written);
  const wrong = variables.findings.filter(({ severity }) => severity === 'error');
  const remarks = variables.findings.filter(({ severity }) => severity !== 'error');
  const findings = [...schema, ...ownRules(body), ...(schema.length === 0 ? wrong : [])];
  const usable = findings.every(({ pointer }) => BESIDE_SPECS.test(pointer));
  const diagnostics = [...remarks, ...credentialFindings(body)].map(known);
  return {
    document: usable ? buildProject(root, body, variables, diagnostics) : undefined,
    problems: findings.map(known),
  };
}

/** The body, or every reason why there is none. */
function parseBody(source: SourceFile): {
  readonly body: JsonObject | undefined;
  /** The same with numbers and booleans as the texts that were written. */
  readonly written: JsonObject;
  readonly problems: readonly Diagnostic[];
} {
  const { documents, problems } = parseYaml(source.text);
  const [document, second] = documents;
  const found = [...problems, ...(document === undefined ? [] : syntaxProblems(document, source.text))];
  const value =
    document === undefined || found.length > 0 ? undefined : yamlValue(document.contents, source.text);
  found.push(...(value?.problems ?? []));
  const at = { severity: 'error', code: 'DOCUMENT_TYPE' } as const;
  if (found.length === 0 && !isObject(value?.value)) {
    found.push({
      ...at,
      message: 'the project file must be a mapping',
      offset: 0,
      hint: 'start with project: <name>',
    });
  }
  if (second !== undefined) {
    const message = 'the project file holds one document only';
    found.push({ ...at, message, offset: second.contents?.range[0] ?? second.range[0] });
  }
  const body = found.length === 0 && isObject(value?.value) ? value.value : undefined;
  const texts =
    document === undefined || body === undefined
      ? {}
      : yamlValue(document.contents, source.text, 'written').value;
  const named = found.map((problem) => namingBraces(problem, source.text));
  return {
    body,
    written: isObject(texts) ? texts : {},
    problems: named.map(({ offset, ...rest }) => ({ ...rest, position: positionAt(source, offset) })),
  };
}

/** What the schema cannot say. */
function ownRules(body: JsonObject): readonly Finding[] {
  const findings: Finding[] = [];
  const specs = body.specs;
  if (typeof specs === 'string' && (isAbsolute(specs) || normalize(specs).startsWith('..'))) {
    const message = 'the specs folder must lie inside the project';
    findings.push({ severity: 'error', code: 'FILE_OUTSIDE', message, pointer: '/specs' });
  }
  const names = isObject(body.environments) ? Object.keys(body.environments) : [];
  for (const [name, environment] of entriesAt(body, 'environments')) {
    const namesake = groupsOf(environment).find((group) => names.includes(group));
    if (namesake === undefined) continue;
    const message = `${namesake} is the name of an environment, so it cannot be a group too`;
    const pointer = toPointer(['environments', name, 'group']);
    findings.push({
      severity: 'error',
      code: 'GROUP_NAME',
      message,
      pointer,
      hint: 'give the group another name',
    });
  }
  const used = new Set(entriesAt(body, 'environments').flatMap(([, environment]) => groupsOf(environment)));
  for (const [group] of entriesAt(body, 'groups')) {
    if (used.has(group)) continue;
    const hint =
      suggestion(group, [...used]) ?? `write group: ${group} in the environments that belong to it`;
    const pointer = toPointer(['groups', group]);
    const message = `no environment belongs to the group ${group}`;
    findings.push({ severity: 'error', code: 'GROUP_NAME', at: 'key', message, pointer, hint });
  }
  findings.push(...hookSecrets(body));
  const chosen = body.default_environment;
  if (typeof chosen === 'string' && names.length > 0 && !names.includes(chosen)) {
    const hint = suggestion(chosen, names);
    findings.push({
      severity: 'error',
      code: 'ENVIRONMENT_UNKNOWN',
      message: `there is no environment ${chosen}`,
      pointer: '/default_environment',
      ...(hint === undefined ? {} : { hint }),
    });
  }
  return findings;
}

/** API keys and variables of ours are for assistantctl alone: no program that YAML starts may ask for one. */
function hookSecrets(body: JsonObject): readonly Finding[] {
  const keys = new Set(entriesAt(body, 'environments').map(([, { api_key_env }]) => api_key_env));
  return entriesAt(body, 'hooks').flatMap(([hook, { env }]) => {
    const names = isArray(env) ? env : [];
    return names.flatMap((name, index): readonly Finding[] => {
      if (typeof name !== 'string' || (!keys.has(name) && !/telnyx|^assistantctl_/i.test(name))) return [];
      const message = `the hook ${hook} asks for ${name}, which no hook gets`;
      const hint = 'give it a secret of its own, under a name without TELNYX';
      const pointer = toPointer(['hooks', hook, 'env', String(index)]);
      return [{ severity: 'error', code: 'HOOK_SECRET', message, pointer, hint }];
    });
  });
}

function credentialFindings(body: JsonObject): readonly Finding[] {
  const levels: readonly (readonly [Path, JsonObject])[] = [
    [[], body],
    ...entriesAt(body, 'groups').map(([name, group]) => [['groups', name], group] as const),
    ...entriesAt(body, 'environments').map(([name, each]) => [['environments', name], each] as const),
  ];
  return levels.flatMap(([level, written]) => {
    const texts: (readonly [Path, Json | undefined])[] = [
      [['base_url'], written.base_url],
      ...Object.entries(objectAt(written, 'variables')).map(
        ([variable, value]) => [['variables', variable], value] as const,
      ),
    ];
    return texts.flatMap(([path, value]) => {
      const found = typeof value === 'string' ? credentialIn(value) : undefined;
      if (found === undefined) return [];
      const { offset: _offset, length: _length, ...problem } = found;
      return [{ severity: 'error' as const, ...problem, pointer: toPointer([...level, ...path]) }];
    });
  });
}

function toDiagnostic(finding: Finding, source: SourceFile, locate: Locate): Diagnostic {
  const { at, excerpt, included: _included, pointer, ...rest } = finding;
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const located = locate(source, 0, path);
  let offset = at === 'key' ? located?.keyOffset : located?.start;
  const inside = excerpt === undefined ? -1 : source.text.indexOf(excerpt, located?.start);
  if (located !== undefined && inside >= 0 && inside < located.end) offset = inside;
  return { ...rest, pointer, position: positionAt(source, offset ?? 0) };
}

function invalid(diagnostics: readonly Diagnostic[]): Failure {
  const count = diagnostics.length === 1 ? 'an error' : `${diagnostics.length} errors`;
  return new Failure('spec', `${PROJECT_FILE} has ${count}`, { code: 'PROJECT_INVALID', diagnostics });
}

/** Names under which a project file is looked for in vain. */
const OTHER_NAMES = ['assistantctl.yml', 'assistantctl.YAML', 'Assistantctl.yaml', '.assistantctl.yaml'];

/** Fails on a project file with nearly the right name, instead of looking for one further up. */
function refuseOtherNames(folder: string): void {
  const found = OTHER_NAMES.find((name) => isFile(join(folder, name)));
  if (found === undefined) return;
  throw new Failure(
    'usage',
    `${join(folder, found)} is not read: the project file is called ${PROJECT_FILE}`,
    {
      code: 'PROJECT_NOT_FOUND',
      hint: `rename it: git mv ${found} ${PROJECT_FILE}`,
    },
  );
}

function notFound(
  message: string,
  hint = 'assistantctl init makes a new project; --project DIR names an existing one',
): Failure {
  return new Failure('usage', message, { code: 'PROJECT_NOT_FOUND', hint });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
