import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { SchemaError } from '../generated/validators.ts';
import type { Finding } from './problem.ts';

/** Tools as older bodies write them: the fields of the type beside `type` instead of below it. */

export interface FlatTools {
  readonly findings: readonly Finding[];
  /** Pointers of the tools; all that the schema says about fields there has this one cause. */
  readonly pointers: ReadonlySet<string>;
}

export function flatTools(
  errors: readonly SchemaError[],
  valueAt: (pointer: string) => Json | undefined,
): FlatTools {
  const findings: Finding[] = [];
  const pointers = new Set<string>();
  for (const { keyword, instancePath: pointer, params } of errors) {
    const tool = keyword === 'required' ? valueAt(pointer) : undefined;
    if (!isObject(tool) || tool.type !== params.missingProperty || pointers.has(pointer)) continue;
    const stray = errors.filter((error) => error.instancePath === pointer && isStray(error));
    if (stray.length === 0) continue;
    pointers.add(pointer);
    findings.push(flatTool(pointer, String(tool.type), stray, tool));
  }
  return { findings, pointers };
}

/** A field that the schema does not know at its place. */
export function isStray({ keyword }: SchemaError): boolean {
  return keyword === 'additionalProperties' || keyword === 'unevaluatedProperties';
}

/** The name of a field that the schema does not know. */
export function strayName({ params }: SchemaError): string {
  return String(params.additionalProperty ?? params.unevaluatedProperty);
}

function flatTool(pointer: string, type: string, stray: readonly SchemaError[], tool: JsonObject): Finding {
  const names = stray.map(strayName).filter((name) => Object.hasOwn(tool, name));
  const fields = names.map((name) => `${name}: …`).join(', ');
  return {
    severity: 'error',
    code: 'FIELD_MISSING',
    pointer,
    message: `the field ${type} is missing: ${names.join(', ')} stand beside it and belong below it`,
    hint: `write ${type}: { ${fields} }`,
  };
}
