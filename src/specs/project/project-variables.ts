/** Variables of the project file: written on project, group and environment, where the nearest wins. */
import { isArray, isObject, type JsonObject, type Path, toPointer } from '../../model/json.ts';
import type { Environment, VariableOrigin } from '../../model/project.ts';
import { unreplaced } from '../documents/variable-findings.ts';
import { interpolate, mentionsVariable, variableNames } from '../documents/variables.ts';
import type { Finding } from '../problems/problem.ts';

/** The variables of one environment, each with the place that wrote it. */
export type EnvironmentVariables = Pick<Environment, 'variables' | 'variableOrigins'>;

export interface ProjectVariables {
  readonly byEnvironment: ReadonlyMap<string, EnvironmentVariables>;
  readonly findings: readonly Finding[];
}

/**
 * Works out the variables of every environment. `body` holds scalars as they are written: `+13125550100` without
 * quotes is a number to YAML, and would lose its plus sign. Values may use other variables of the same environment, whichever
 * level wrote them; a circle is an error.
 */
export function projectVariables(body: JsonObject): ProjectVariables {
  const findings = new Map<string, Finding>();
  const byEnvironment = new Map<string, EnvironmentVariables>();
  const environments = objectIn(body, 'environments');
  for (const name of Object.keys(environments)) {
    const levels: readonly Path[] = [
      ['variables'],
      ...groupsOf(objectIn(environments, name)).map((group) => ['groups', group, 'variables']),
      ['environments', name, 'variables'],
    ];
    const origins: { [variable: string]: VariableOrigin } = {};
    for (const level of levels) {
      const written = level.reduce<JsonObject>((at, part) => objectIn(at, part), body);
      for (const [variable, value] of Object.entries(written)) {
        const path = [...level, variable];
        origins[variable] = { path, raw: typeof value === 'string' ? value : String(value) };
      }
    }
    const { values, problems } = evaluate(origins);
    for (const finding of problems) findings.set(`${finding.pointer} ${finding.message}`, finding);
    byEnvironment.set(name, { variables: values, variableOrigins: origins });
  }
  return { byEnvironment, findings: [...findings.values()] };
}

/** The groups of an environment in their order; of several that set a variable the later wins. */
export function groupsOf(environment: JsonObject): readonly string[] {
  const { group } = environment;
  if (typeof group === 'string') return [group];
  return isArray(group) ? group.filter((name) => typeof name === 'string') : [];
}

interface Evaluated {
  readonly values: { readonly [variable: string]: string };
  readonly problems: readonly Finding[];
}

function evaluate(origins: { readonly [variable: string]: VariableOrigin }): Evaluated {
  const values: { [variable: string]: string } = {};
  const problems: Finding[] = [];
  const open: string[] = [];
  const evaluateOne = (variable: string): string => {
    const origin = origins[variable];
    const known = Object.hasOwn(values, variable) ? values[variable] : undefined;
    if (known !== undefined || origin === undefined) return known ?? '';
    const { path, raw } = origin;
    if (!mentionsVariable(raw)) {
      values[variable] = raw;
      return raw;
    }
    const at = { severity: 'error', pointer: toPointer(path) } as const;
    open.push(variable);
    const scope: { [used: string]: string } = {};
    for (const used of variableNames(raw)) {
      if (!Object.hasOwn(origins, used)) continue;
      if (open.includes(used)) {
        const way = [...open.slice(open.indexOf(used)), used].join(' → ');
        const message = `variables use each other in a circle: ${way}`;
        problems.push({ ...at, code: 'VARIABLE_CYCLE', message, hint: 'write one of them out' });
        scope[used] = '';
      } else scope[used] = evaluateOne(used);
    }
    open.pop();
    const { text, problems: found } = interpolate(raw, { variables: scope });
    for (const problem of found) {
      const described = unreplaced(problem, { path: [], free: true, text: raw });
      problems.push({ ...at, ...described, excerpt: problem.written });
    }
    values[variable] = text;
    return text;
  };
  for (const variable of Object.keys(origins)) evaluateOne(variable);
  return { values, problems };
}

function objectIn(body: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  return isObject(value) ? value : {};
}
