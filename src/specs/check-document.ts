import type { Kind } from '../model/address.ts';
import type { JsonObject } from '../model/json.ts';
import {
  assistantDocument,
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
