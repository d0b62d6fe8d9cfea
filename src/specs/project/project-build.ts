import { normalize } from 'node:path';
import type { Diagnostic, DiagnosticLevel, DiagnosticLevels } from '../../model/diagnostic.ts';
import { parseDuration } from '../../model/duration.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Environment, Project } from '../../model/project.ts';
import { type EnvironmentVariables, groupsOf, type ProjectVariables } from './project-variables.ts';

/** The checked project file with all its environments. */
export interface ProjectDocument
  extends Omit<Project, 'environment' | 'environments' | 'groups' | 'siblings'> {
  readonly environments: ReadonlyMap<string, Environment>;
  readonly defaultEnvironment: string | undefined;
  /** Remarks that do not keep the file from being used. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Turns a project file that passed its checks into values, defaults filled in. */
export function buildProject(
  root: string,
  body: JsonObject,
  { byEnvironment }: ProjectVariables,
  diagnostics: readonly Diagnostic[],
): ProjectDocument {
  const limits = objectAt(body, 'limits');
  const retry = objectAt(body, 'retry');
  const environments = entriesAt(body, 'environments').map(([name, environment]) => {
    const variables = byEnvironment.get(name) ?? { variables: {}, variableOrigins: {} };
    return [name, buildEnvironment(name, environment, variables)] as const;
  });
  return {
    name: text(body, 'project') ?? '',
    root,
    specs: normalize(text(body, 'specs') ?? 'assistants').replace(/[/\\]+$/, ''),
    environments: new Map(environments),
    keyVariables: [...new Set(environments.map(([, { apiKeyEnv }]) => apiKeyEnv))],
    defaultEnvironment: text(body, 'default_environment'),
    limits: {
      maxDeletes: number(limits, 'max_deletes') ?? 5,
      maxChangePercent: number(limits, 'max_change_percent') ?? 30,
      minResources: number(limits, 'min_resources') ?? 10,
    },
    concurrency: number(body, 'concurrency') ?? 8,
    planTtlMs: duration(body, 'plan_ttl') ?? 24 * 3_600_000,
    retry: { attempts: number(retry, 'attempts') ?? 4, budgetMs: duration(retry, 'budget') ?? 30_000 },
    maxReplyBytes: (number(limits, 'max_reply_mb') ?? 64) * 1024 * 1024,
    unknownFields: body.unknown_fields === 'allow' ? 'allow' : 'error',
    diagnosticLevels: levelsAt(body),
    settings: only(body, PROJECT_SETTINGS),
    reviewTtlMs: duration(body, 'review_ttl') ?? 30 * 24 * 3_600_000,
    ignore: texts(body, 'ignore'),
    ignoreLive: texts(body, 'ignore_live'),
    diagnostics,
  };
}

/** Settings: written here and never sent to the API, and reviewed like changes. */
const PROJECT_SETTINGS = ['limits', 'hooks', 'notify', 'diagnostics', 'review_ttl'];
const ENVIRONMENT_SETTINGS = [
  'target',
  'protected',
  'drift',
  'prune',
  'base_url',
  'api_key_env',
  'account',
  'state',
  'api',
];

function only(body: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = body[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function buildEnvironment(name: string, body: JsonObject, variables: EnvironmentVariables): Environment {
  const state = objectAt(body, 'state');
  const drift = body.drift;
  return {
    name,
    target: body.target === 'emulator' ? 'emulator' : 'api',
    apiKeyEnv: text(body, 'api_key_env') ?? 'TELNYX_API_KEY',
    baseUrl: text(body, 'base_url')?.replace(/\/+$/, ''),
    protected: body.protected === true,
    account: text(body, 'account'),
    prune: body.prune === true,
    state:
      state.backend === 'git'
        ? {
            backend: 'git',
            remote: text(state, 'remote') ?? 'origin',
            ref: text(state, 'ref') ?? `refs/assistantctl/${name}`,
          }
        : { backend: 'file' },
    drift: drift === 'revert' || drift === 'fail' ? drift : 'report',
    settings: only(body, ENVIRONMENT_SETTINGS),
    listsShowMain: (text(objectAt(body, 'api'), 'list_version_id') ?? 'main') === 'main',
    quirks: objectAt(body, 'quirks'),
    groups: groupsOf(body),
    ...variables,
  };
}

/** The mapping of that name; an empty one when there is none. */
export function objectAt(body: JsonObject, name: string): JsonObject {
  const value = body[name];
  return isObject(value) ? value : {};
}

/** The mappings inside a mapping, by name. */
export function entriesAt(body: JsonObject, name: string): readonly (readonly [string, JsonObject])[] {
  return Object.keys(objectAt(body, name)).map((key) => [key, objectAt(objectAt(body, name), key)]);
}

function levelsAt(body: JsonObject): DiagnosticLevels {
  const levels = objectAt(body, 'diagnostics');
  return Object.fromEntries(
    Object.entries(levels).filter((entry): entry is [string, DiagnosticLevel] => isLevel(entry[1])),
  );
}

function isLevel(value: Json | undefined): value is DiagnosticLevel {
  return value === 'ignore' || value === 'info' || value === 'warning' || value === 'error';
}

function text(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' ? value : undefined;
}

function texts(body: JsonObject, name: string): readonly string[] {
  const value = body[name];
  return isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function number(body: JsonObject, name: string): number | undefined {
  const value = body[name];
  return typeof value === 'number' ? value : undefined;
}

function duration(body: JsonObject, name: string): number | undefined {
  const value = text(body, name);
  return value === undefined ? undefined : parseDuration(value);
}
