import type { Kind } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import { KINDS } from '../../model/kinds.ts';

/** Paths below the API base. Sources: the public OpenAPI document and the official SDK. */

export const INTEGRATIONS_PATH = '/ai/integrations';

export function itemPath(kind: Kind, id: string): string {
  return `${KINDS[kind].collection}/${segment(id)}`;
}

export function versionsPath(assistantId: string): string {
  return `${itemPath('assistant', assistantId)}/versions`;
}

export function versionPath(assistantId: string, versionId: string): string {
  return `${versionsPath(assistantId)}/${segment(versionId)}`;
}

export function canaryPath(assistantId: string): string {
  return `${itemPath('assistant', assistantId)}/canary-deploys`;
}

/** A member of a resource that keeps a set of others (KindFacts.members). */
export function memberPath(kind: Kind, id: string, memberId: string): string {
  return `${itemPath(kind, id)}/${KINDS[kind].members?.field ?? ''}/${segment(memberId)}`;
}

export const SUITES_PATH = '/ai/assistants/tests/test-suites';

export function suiteRunsPath(suite: string): string {
  return `${SUITES_PATH}/${segment(suite)}/runs`;
}

export function runsPath(testId: string): string {
  return `${itemPath('test', testId)}/runs`;
}

export function runPath(testId: string, runId: string): string {
  return `${runsPath(testId)}/${segment(runId)}`;
}

/** The verb for a kind without versions; assistants are changed by staging a version. */
export function updateMethod(kind: Kind): 'PATCH' | 'PUT' {
  const { update, plural } = KINDS[kind];
  if (update !== 'version') return update;
  throw new Failure('internal', `${plural} are updated through versions`, { code: 'UPDATE_WITHOUT_VERSION' });
}

/** An empty segment would address the whole collection, and dots could climb out of it. */
export function segment(id: string): string {
  if (id === '') throw new Failure('internal', 'a request needs the id of a resource', { code: 'EMPTY_ID' });
  return /^\.+$/.test(id) ? id.replaceAll('.', '%2E') : encodeURIComponent(id);
}
