import type { Kind } from '../model/address.ts';
import type { JsonObject } from '../model/json.ts';
import {
  assistantDocument,
  insightDocument,
  insightGroupDocument,
  mcpServerDocument,
  testDocument,
  toolDocument,
  type Validate,
} from './generated/validators.ts';
import type { Finding } from './problem.ts';
import { schemaFindings } from './schema-errors.ts';
import { fieldsOfDocument } from './schema-fields.ts';

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
 * With `unknownFields: 'allow'` fields that the schema does not know pass inside the spec and its overlays.
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
  return schemaFindings(errors, body, (pointer) => fieldsOfDocument(kind, pointer));
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
): readonly SpecProblem[] {
  const validate = VALIDATORS[kind];
  if (validate({ kind, key: 'a', spec })) return [];
  return (validate.errors ?? []).flatMap(({ keyword, instancePath, params }): readonly SpecProblem[] => {
    const pointer = instancePath.replace(/^\/spec/, '');
    if (keyword === 'required') return [{ pointer, missing: String(params.missingProperty) }];
    if (keyword !== 'additionalProperties' && keyword !== 'unevaluatedProperties')
      return [{ pointer, missing: undefined }];
    const name = String(params.additionalProperty ?? params.unevaluatedProperty);
    const child = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return unknownFields === 'allow' ? [] : [{ pointer: child, missing: undefined }];
  });
}
