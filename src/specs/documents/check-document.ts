import { type Address, type Kind, toAddress } from '../../model/address.ts';
import type { DesiredResource } from '../../model/desired.ts';
import type { JsonObject } from '../../model/json.ts';
import { KINDS } from '../../model/kinds.ts';
import {
  assistantDocument,
  insightDocument,
  insightGroupDocument,
  mcpServerDocument,
  type SchemaError,
  testDocument,
  toolDocument,
  type Validate,
} from '../generated/validators.ts';
import type { Finding } from '../problems/problem.ts';
import { isSlip, schemaFindings } from '../problems/schema-errors.ts';
import { fieldsOfDocument } from '../problems/schema-fields.ts';
import { resourceFindings } from '../rules/rules.ts';

const VALIDATORS: { readonly [kind in Kind]: Validate } = {
  assistant: assistantDocument,
  tool: toolDocument,
  mcp_server: mcpServerDocument,
  test: testDocument,
  insight: insightDocument,
  insight_group: insightGroupDocument,
};

/**
 * Holds a document, with its spec resolved, against its kind's schema. Kind and key are known to be good.
 * With `unknownFields: 'allow'` fields and values that the schema does not know pass inside the spec and its overlays.
 */
export function checkDocument(
  kind: Kind,
  body: JsonObject,
  { unknownFields }: { readonly unknownFields: 'error' | 'allow' },
): readonly Finding[] {
  const validate = VALIDATORS[kind];
  if (validate(body)) return [];
  const errors = (validate.errors ?? []).filter(
    ({ keyword, instancePath }) =>
      unknownFields === 'error' ||
      (keyword !== 'additionalProperties' && keyword !== 'unevaluatedProperties') ||
      !/^\/(spec|environments)(\/|$)/.test(instancePath),
  );
  return schemaFindings(errors, body, (pointer) => fieldsOfDocument(kind, pointer), unknownFields);
}

/** One thing about a spec that its schema does not allow. */
export interface SpecProblem {
  /** JSON Pointer into the spec. */
  readonly pointer: string;
  /** Name of the field that is missing in the object at `pointer`; undefined when the value itself is wrong. */
  readonly missing: string | undefined;
}

/**
 * What a spec that a program made breaks, in a form for programs. Fields that the schema does not know are
 * reported too, unless they are allowed.
 */
export function specProblems(
  kind: Kind,
  spec: JsonObject,
  { unknownFields }: { readonly unknownFields: 'error' | 'allow' },
  others: ReadonlyMap<Address, DesiredResource> = new Map(),
): readonly SpecProblem[] {
  const validate = VALIDATORS[kind];
  const root = { kind, key: 'a', spec };
  if (validate(root)) return ruleProblems(kind, spec, { unknownFields, others });
  const found = (validate.errors ?? [])
    .filter((error) => counts(error, root, unknownFields))
    .flatMap(({ keyword, instancePath, params }): readonly SpecProblem[] => {
      const pointer = instancePath.replace(/^\/spec/, '');
      if (keyword === 'required') return [{ pointer, missing: String(params.missingProperty) }];
      if (keyword !== 'additionalProperties' && keyword !== 'unevaluatedProperties')
        return [{ pointer, missing: undefined }];
      const name = String(params.additionalProperty ?? params.unevaluatedProperty);
      const child = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      return unknownFields === 'allow' ? [] : [{ pointer: child, missing: undefined }];
    });
  return found.length > 0 ? found : ruleProblems(kind, spec, { unknownFields, others });
}

/**
 * What is newer than this release is no problem of a live value: in catalogues unless `validate` would take it for a
 * slip, elsewhere where it is allowed.
 */
function counts(error: SchemaError, root: JsonObject, unknownFields: 'error' | 'allow'): boolean {
  if (error.keyword === 'openEnum') return unknownFields === 'error' && isSlip(error, root);
  return unknownFields === 'error' || (error.keyword !== 'enum' && error.keyword !== 'const');
}

/** What the rules say of one spec beside others. */
function ruleProblems(
  kind: Kind,
  spec: JsonObject,
  {
    unknownFields,
    others,
  }: {
    readonly unknownFields: 'error' | 'allow';
    readonly others: ReadonlyMap<Address, DesiredResource>;
  },
): readonly SpecProblem[] {
  // No key has this form, so that it meets nobody. Its own rules alone: the others are asked once each as well.
  const own = bareResource(toAddress(kind, '-'), kind, spec);
  const none: ReadonlySet<never> = new Set();
  const world = { resources: others, elsewhere: none, abstract: none, broken: none, unknownFields };
  return resourceFindings(own, world)
    .filter(({ severity }) => severity === 'error')
    .map(({ pointer }) => ({ pointer: pointer.replace(/^\/spec/, ''), missing: undefined }));
}

/** A resource of which only the spec is known. */
export function bareResource(address: Address, kind: Kind, spec: JsonObject): DesiredResource {
  const name = spec[KINDS[kind].nameField];
  return {
    address,
    kind,
    key: address.slice(kind.length + 1),
    name: typeof name === 'string' ? name : '',
    spec,
    references: [],
    lifecycle: { preventDestroy: false, ignoreChanges: [], movedFrom: [] },
    promotion: undefined,
    position: { file: '', line: 1, column: 1 },
  };
}
