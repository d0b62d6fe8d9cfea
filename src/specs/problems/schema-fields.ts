/** The fields around a spec and in the project file, for suggestions; a test compares them with schemas/. */
import type { Kind } from '../../model/address.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import { fromPointer } from '../../model/json.ts';
import { shapeFields } from './schema-errors.ts';

interface FieldTree {
  readonly [name: string]: FieldTree;
}

export const ENVELOPE_FIELDS: FieldTree = {
  kind: {},
  key: {},
  extends: {},
  abstract: {},
  for_each: {},
  spec: {},
  environments: {},
  only: {},
  lifecycle: { prevent_destroy: {}, ignore_changes: {}, moved_from: {} },
};

const CANARY_CLAUSES: FieldTree = { '*': { attribute: {}, operator: {}, values: {} } };

export const PROMOTION_FIELDS: FieldTree = {
  strategy: {},
  gate: { tests: {}, suites: {}, timeout: {} },
  canary: {
    steps: { '*': { weight: {}, hold: {}, match: CANARY_CLAUSES } },
    match: CANARY_CLAUSES,
    analysis: { tests: {}, suites: {}, hook: {}, timeout: {} },
    deadline: {},
  },
};

export const PROJECT_FIELDS: FieldTree = {
  project: {},
  specs: {},
  default_environment: {},
  environments: {
    '*': {
      target: {},
      api_key_env: {},
      base_url: {},
      protected: {},
      state: { backend: {}, remote: {}, ref: {} },
      drift: {},
      account: {},
      prune: {},
      api: { list_version_id: {}, own_form: {} },
      quirks: {},
      group: {},
      variables: {},
    },
  },
  groups: { '*': { variables: {} } },
  variables: {},
  ignore: {},
  ignore_live: {},
  limits: { max_deletes: {}, max_change_percent: {}, min_resources: {}, max_reply_mb: {} },
  hooks: { '*': { run: {}, env: {} } },
  concurrency: {},
  plan_ttl: {},
  review_ttl: {},
  diagnostics: {},
  notify: {},
  retry: { attempts: {}, budget: {} },
  unknown_fields: {},
};

/** Field names known at a JSON Pointer into a spec document. */
export function fieldsOfDocument(kind: Kind, pointer: string): readonly string[] {
  const path = fromPointer(pointer);
  if (path[0] === 'spec') return shapeFields(SHAPES[kind], path.slice(1));
  if (path[0] === 'environments') return path.length < 2 ? [] : shapeFields(SHAPES[kind], path.slice(2));
  const envelope =
    kind === 'assistant' ? { ...ENVELOPE_FIELDS, promotion: PROMOTION_FIELDS } : ENVELOPE_FIELDS;
  return fieldsBelow(envelope, path);
}

/** Field names known at a JSON Pointer into the project file. */
export function fieldsOfProject(pointer: string): readonly string[] {
  return fieldsBelow(PROJECT_FIELDS, fromPointer(pointer));
}

function fieldsBelow(tree: FieldTree, path: readonly string[]): readonly string[] {
  let at: FieldTree = tree;
  for (const part of path) at = (Object.hasOwn(at, part) ? at[part] : at['*']) ?? {};
  return Object.keys(at).filter((name) => name !== '*');
}
