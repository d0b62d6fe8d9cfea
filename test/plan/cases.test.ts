import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../src/model/json.ts';
import type { Planned, PlanOptions } from '../../src/model/plan.ts';
import type { DriftPolicy } from '../../src/model/project.ts';
import type { RemoteResource } from '../../src/model/remote.ts';
import type { Binding, State } from '../../src/model/state.ts';
import { makePlan } from '../../src/plan/plan.ts';
import { desiredState } from '../support/specs.ts';

/**
 * One folder a case: what Git says (specs.yaml), what is live (live.json), what was last applied (state.json, by
 * address) and how it is planned (options.json), each of the last three where it matters. plan.json is what has to come
 * out; UPDATE_GOLDENS=1 writes it anew, to be read before it is committed.
 */
const CASES = fileURLToPath(new URL('cases', import.meta.url));

interface SpecDocument {
  readonly kind: string;
  readonly key: string;
  readonly spec: JsonObject;
  readonly lifecycle?: { readonly prevent_destroy?: boolean; readonly ignore_changes?: readonly string[] };
  readonly promotion?: JsonObject;
}

interface LiveEntry {
  readonly kind: RemoteResource['kind'];
  readonly id: string;
  readonly name: string;
  readonly version?: string;
  readonly config: JsonObject;
}

interface CaseOptions extends Partial<PlanOptions> {
  readonly drift?: DriftPolicy;
}

function json<Value>(folder: string, file: string, otherwise: Value): Value {
  const path = join(CASES, folder, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : otherwise;
}

function planOf(folder: string): Planned {
  const documents: SpecDocument[] = parseAllDocuments(
    readFileSync(join(CASES, folder, 'specs.yaml'), 'utf8'),
  ).map((document) => document.toJS());
  const named = documents
    .filter((document) => document !== null)
    .map((document) => [`${document.kind}/${document.key}`, document] as const);
  const desired = desiredState(
    Object.fromEntries(named.map(([address, { spec }]) => [address, spec])),
    Object.fromEntries(
      named.map(([address, { lifecycle }]) => [
        address,
        {
          preventDestroy: lifecycle?.prevent_destroy === true,
          ignoreChanges: lifecycle?.ignore_changes ?? [],
        },
      ]),
    ),
    Object.fromEntries(
      named.flatMap(([address, { promotion }]) => (promotion === undefined ? [] : [[address, promotion]])),
    ),
  );
  const { drift = 'report', ...options } = json<CaseOptions>(folder, 'options.json', {});
  const live = json<readonly LiveEntry[]>(folder, 'live.json', []);
  return makePlan({
    project: { name: 'cases', environment: 'production', drift },
    desired,
    state: stateOf(json<Record<string, Partial<Binding>> | undefined>(folder, 'state.json', undefined)),
    account: {
      resources: live.map(({ version, ...resource }) => ({
        ...resource,
        versionId: version,
        versionName: undefined,
        createdAt: '2026-01-01T00:00:00Z',
      })),
      integrations: undefined,
      // Each was read by itself: these cases are about what is compared, not about lists.
      read: new Set(live.map(({ id }) => id)),
    },
    apiBase: 'https://api.example',
    options: { prune: false, recreate: false, take: null, targets: [], ...options },
    git: null,
    tool: { name: 'assistantctl', version: '0.0.0' },
    createdAt: '2026-01-02T00:00:00Z',
    expiresAt: '2026-01-03T00:00:00Z',
  });
}

function stateOf(bindings: Record<string, Partial<Binding>> | undefined): State | undefined {
  if (bindings === undefined) return undefined;
  const resources = Object.entries(bindings).map(([address, binding]): [string, Binding] => [
    address,
    {
      remote_id: '',
      base: null,
      foreign: [],
      main_version_id: null,
      staged_version_id: null,
      prevent_destroy: false,
      updated_at: '2026-01-01T00:00:00Z',
      ...binding,
    },
  ]);
  return {
    format_version: '1.0',
    lineage: '00000000-0000-4000-8000-000000000000',
    serial: 1,
    project: 'cases',
    environment: 'production',
    api_base: 'https://api.example',
    account: 'account',
    resources: Object.fromEntries(resources),
    deleted: [],
  };
}

function withoutDigest<Field extends { readonly digest?: string }>({ digest: _digest, ...field }: Field) {
  return field;
}

/** What a reviewer decides by, without digests and whatever else is the same in every plan. */
function essence({ plan, steps }: Planned): object {
  const nonzero = Object.entries(plan.summary).filter(([, count]) => count !== 0);
  return {
    summary: Object.fromEntries(nonzero),
    changes: plan.changes.map(({ address, action, fields, depends_on }) => ({
      address,
      action,
      ...(fields.length > 0 && { fields: fields.map(withoutDigest) }),
      ...(depends_on.length > 0 && { depends_on }),
    })),
    ...(plan.drift.length > 0 && { drift: plan.drift.map(({ address, fields }) => ({ address, fields })) }),
    ...(plan.conflicts.length > 0 && {
      conflicts: plan.conflicts.map(({ address, fields }) => ({
        address,
        fields: fields.map(withoutDigest),
      })),
    }),
    ...(plan.orphans.length > 0 && { orphans: plan.orphans.map(({ address }) => address) }),
    ...(plan.diagnostics.length > 0 && {
      diagnostics: plan.diagnostics.map(({ severity, code }) => `${severity} ${code}`),
    }),
    steps: steps.map(({ id, action, dependsOn }) => [action, id, ...dependsOn.map((one) => `after ${one}`)]),
  };
}

describe('planner cases', () => {
  const folders = readdirSync(CASES).sort();

  it('are there', () => {
    expect(folders.length).toBeGreaterThanOrEqual(15);
  });

  it.each(folders)('%s', (folder) => {
    const text = `${JSON.stringify(essence(planOf(folder)), null, 2)}\n`;
    const file = join(CASES, folder, 'plan.json');
    if (process.env.UPDATE_GOLDENS === '1') writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });
});
