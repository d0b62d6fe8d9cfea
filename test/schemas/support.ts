import type { JsonObject } from '../../src/model/json.ts';
import type { Validate } from '../../src/specs/generated/validators.ts';

/** The place and the keyword of each violation, sorted. */
export function violations(validate: Validate, value: unknown): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.keyword}`).sort();
}

/** A minimal assistant body with more fields. */
export const assistant = (fields: JsonObject): JsonObject => ({
  name: 'A',
  instructions: 'Help.',
  ...fields,
});
