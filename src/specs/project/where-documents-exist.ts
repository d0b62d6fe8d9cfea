/** In which environments a document exists, and what must not stand where several accounts share it. */
import { type EnvironmentIdentity, environmentMatch } from '../../model/environment-match.ts';
import { isArray, type Json, toPointer } from '../../model/json.ts';
import type { Environment } from '../../model/project.ts';
import type { SpecDocument } from '../documents/documents.ts';
import { type Layer, writtenAt } from '../documents/layers.ts';
import type { Resolved } from '../documents/resolve.ts';
import type { Finding } from '../problems/problem.ts';

/** What is asked of every environment, whichever is resolved. */
export type ProjectEnvironment = Pick<Environment, 'name' | 'groups' | 'target' | 'apiKeyEnv'>;

/** A misspelt environment must not hide what else is wrong: such a document is checked in every environment. */
export function isElsewhere(
  only: readonly Json[],
  environment: EnvironmentIdentity,
  environments: readonly EnvironmentIdentity[],
): boolean {
  const means = (entry: Json, each: EnvironmentIdentity): boolean =>
    typeof entry === 'string' && environmentMatch(entry, each) !== undefined;
  const known = only.filter((entry) => environments.some((each) => means(entry, each)));
  return known.length > 0 ? !known.some((entry) => means(entry, environment)) : only.length === 0;
}

/** Ids of one account in a part that several accounts share. */
export function sharedIds(
  paths: Resolved['literalIds'],
  { body }: SpecDocument,
  layers: readonly Layer[],
  environments: readonly ProjectEnvironment[],
): readonly Finding[] {
  return paths.flatMap((path) => {
    const overlay = writtenAt(layers, path)?.layer.overlay;
    const sharing = environments.filter(
      (each) =>
        each.target === 'api' &&
        !(isArray(body.only) && isElsewhere(body.only, each, environments)) &&
        (overlay === undefined || environmentMatch(overlay, each) !== undefined),
    );
    // Environments with one key are one account.
    if (new Set(sharing.map(({ apiKeyEnv }) => apiKeyEnv)).size < 2) return [];
    const names = sharing.map(({ name }) => name).join(', ');
    return [
      {
        severity: 'warning',
        code: 'ID_SHARED',
        message: `an id belongs to one account, and this one is written for ${names}`,
        pointer: `/spec${toPointer(path)}`,
        hint: 'write it under environments: for the account that has it, or as ${var.NAME}',
      },
    ];
  });
}
