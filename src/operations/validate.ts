import { realpath } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Environment } from '../model/project.ts';
import { type EnvironmentDiagnostics, validateAll } from '../specs/load/load.ts';
import {
  findProjectRoot,
  PROJECT_FILE,
  positionsInProject,
  readProjectDocument,
} from '../specs/project/project.ts';
import type { Host } from './host.ts';
import { isWithin, namedFiles } from './named-files.ts';
import { isKeyVariable, KEY_VARIABLE_HINT } from './session/key-variable.ts';

export interface Validation {
  readonly documents: number;
  readonly environments: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly byEnvironment: readonly EnvironmentDiagnostics[];
  /** True when `--env` named several by its form: a list, a group, a pattern. */
  readonly several: boolean;
  /** Where the project lies in the checkout of a pipeline, with a slash at the end; empty when it is the checkout itself. */
  readonly prefix: string;
  /** The project file, relative to the checkout. */
  readonly projectFile: string;
}

/**
 * Checks project file and specs offline; problems are values, all of them at once. With `files`, as editors and commit
 * hooks name them, only the problems of those count; the others are read all the same, for the references.
 */
export async function validateProject(host: Host, files: readonly string[] = []): Promise<Validation> {
  const root = await findProjectRoot(host.runtime.cwd, host.flags.project);
  const named = await namedFiles(host, root, files);
  const { env } = host.flags;
  const { documents, environments, ...found } = await validateAll(root, env);
  const kindless = found.diagnostics.some(({ code }) => code === 'KIND_MISSING');
  const usable = kindless && found.byEnvironment.length > 0 && !hasProjectErrors(root);
  const lost = usable
    ? await (await import('./session/lost-documents.ts')).lostDocuments(host, root, environments)
    : new Map<string, readonly Diagnostic[]>();
  const wanted = (some: readonly Diagnostic[], names: readonly string[]): readonly Diagnostic[] => {
    const known = withLost(
      some,
      names.flatMap((name) => lost.get(name) ?? []),
    );
    const all = [...known, ...keyVariableProblems(root, names, host.runtime.env)];
    return named === undefined ? all : all.filter((problem) => isWithin(problem, named));
  };
  const diagnostics = wanted(found.diagnostics, environments);
  const several = env !== undefined && !(environments.length === 1 && environments[0] === env);
  const byEnvironment = found.byEnvironment.map((each) => ({
    ...each,
    diagnostics: several ? wanted(each.diagnostics, [each.name]) : each.diagnostics,
  }));
  const prefix = await repositoryPrefix(host.runtime.env, root);
  const projectFile = `${prefix}${PROJECT_FILE}`;
  return { documents, environments, diagnostics, byEnvironment, several, prefix, projectFile };
}

function hasProjectErrors(root: string): boolean {
  return readProjectDocument(root).problems.length > 0;
}

/** What was applied and lost its kind is an error in the place of the remark. */
function withLost(some: readonly Diagnostic[], lost: readonly Diagnostic[]): readonly Diagnostic[] {
  if (lost.length === 0) return some;
  const at = ({ position }: Diagnostic): string => `${position?.file}:${position?.line}:${position?.column}`;
  const places = new Set(lost.map(at));
  const errors = new Map(lost.map((problem) => [`${at(problem)} ${problem.message}`, problem]));
  return [
    ...some.filter((problem) => problem.code !== 'KIND_MISSING' || !places.has(at(problem))),
    ...errors.values(),
  ];
}

/** Variables that an environment names as its API key and that are none. */
function keyVariableProblems(
  root: string,
  names: readonly string[],
  env: Host['runtime']['env'],
): readonly Diagnostic[] {
  const environments = readProjectDocument(root).document?.environments ?? new Map<string, Environment>();
  return names.flatMap((name) => {
    const variable = environments.get(name)?.apiKeyEnv;
    if (variable === undefined || isKeyVariable(variable, env)) return [];
    const [position] = positionsInProject(root, [['environments', name, 'api_key_env']]);
    return [
      {
        severity: 'error',
        code: 'KEY_VARIABLE',
        message: `nothing says that ${variable} holds an API key of Telnyx`,
        hint: KEY_VARIABLE_HINT,
        ...(position === undefined ? {} : { position }),
      },
    ];
  });
}

async function repositoryPrefix(env: Host['runtime']['env'], root: string): Promise<string> {
  const checkout = env.GITHUB_WORKSPACE || env.CI_PROJECT_DIR;
  if (!checkout) return '';
  const [from, to] = await Promise.all([checkout, root].map((path) => realpath(path).catch(() => path)));
  const path = relative(from ?? '', to ?? '').replaceAll('\\', '/');
  return path === '' || path.startsWith('..') || isAbsolute(path) ? '' : `${path}/`;
}
