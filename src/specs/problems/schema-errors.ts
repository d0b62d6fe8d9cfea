import { fromPointer, isArray, isObject, type Json, type JsonObject, jsonAt } from '../../model/json.ts';
import type { Shape } from '../../model/shape.ts';
import type { SchemaError } from '../generated/validators.ts';
import { fieldHint, projectFieldHint } from './field-hints.ts';
import { flatTools, isStray, strayName } from './flat-tools.ts';
import type { Finding } from './problem.ts';
import { slipOf, suggestion } from './suggest.ts';
import { patternHint, patternMessage, settingHint, typeHint } from './value-hints.ts';

/** What a value means that is none of a list: an error, or something that this release does not know yet. */
export type UnknownValues = 'error' | 'allow';

/** Names the fields that may stand in the object at a pointer, for suggestions. */
export type FieldsAt = (pointer: string) => readonly string[];

/**
 * Turns the violations that ajv found in a document into findings with sentences people can act on. Several
 * violations that come from one slip become one finding.
 */
export function schemaFindings(
  errors: readonly SchemaError[],
  root: JsonObject,
  fieldsAt: FieldsAt,
  values: UnknownValues = 'error',
): readonly Finding[] {
  const notOurForm = new Set(errors.filter((error) => isFormError(error)).map((error) => error.instancePath));
  const flat = flatTools(errors, (pointer) => jsonAt(root, fromPointer(pointer)));
  const bare = bareSpec(errors, root);
  const typed = new Set(
    errors.filter(({ keyword }) => keyword === 'type').map((error) => error.instancePath),
  );
  const others = errors.flatMap((error) => {
    // What is no text at all is none of a catalogue either.
    if (error.keyword === 'openEnum' && typed.has(error.instancePath)) return [];
    if (flat.pointers.has(error.instancePath) || bare.causes.has(error)) return [];
    if (isMisplaced(error, errors)) return [];
    if (error.keyword !== 'required' && notOurForm.has(error.instancePath)) return [];
    const finding = describe(error, jsonAt(root, fromPointer(error.instancePath)), fieldsAt, values);
    return finding === undefined ? [] : [finding];
  });
  return [...flat.findings, ...bare.findings, ...others];
}

/** Documents whose fields stand beside `kind` instead of below `spec`: all that is missing and unknown has one cause. */
function bareSpec(
  errors: readonly SchemaError[],
  root: JsonObject,
): {
  readonly findings: readonly Finding[];
  readonly causes: ReadonlySet<SchemaError>;
} {
  const missing = errors.find(
    ({ keyword, instancePath, params }) =>
      (keyword === 'required' && instancePath === '' && params.missingProperty === 'spec') ||
      // spec: with its fields at the margin below it.
      (keyword === 'type' && instancePath === '/spec' && isEmpty(jsonAt(root, ['spec']))),
  );
  const stray = errors.filter((error) => error.instancePath === '' && isStray(error));
  const names = stray.map(strayName);
  if (missing === undefined || names.length === 0) return { findings: [], causes: new Set() };
  const shown = names.slice(0, 4).map((name) => `${name}: …`);
  const hint =
    missing.keyword === 'type'
      ? 'write two spaces before each of these lines'
      : `write spec: { ${shown.join(', ')}${names.length > shown.length ? ', …' : ''} }, on lines of its own`;
  const one = names.length === 1;
  const message = `the field spec is ${missing.keyword === 'type' ? 'empty' : 'missing'}: ${names.join(', ')} stand${one ? 's' : ''} beside it and belong${one ? 's' : ''} below it`;
  return {
    findings: [{ severity: 'error', code: 'FIELD_MISSING', pointer: missing.instancePath, message, hint }],
    causes: new Set([missing, ...stray]),
  };
}

/** A field that is missing because it stands in the entries of a list beside it, where it is not known. */
function isMisplaced(
  { keyword, instancePath, params }: SchemaError,
  errors: readonly SchemaError[],
): boolean {
  if (keyword !== 'required') return false;
  const name = params.missingProperty;
  return errors.some(
    (other) =>
      isStray(other) &&
      strayName(other) === name &&
      other.instancePath.startsWith(`${instancePath}/`) &&
      /^\/\w+\/\d+$/.test(other.instancePath.slice(instancePath.length)),
  );
}

/** A mapping where a text or an id belongs: the schema then misses `$file` or `$ref` in it. */
function isFormError(error: SchemaError): boolean {
  return error.keyword === 'required' && /^\$(file|ref)$/.test(String(error.params.missingProperty));
}

function describe(
  error: SchemaError,
  value: Json | undefined,
  fieldsAt: FieldsAt,
  values: UnknownValues,
): Finding | undefined {
  const { keyword, instancePath: pointer, params } = error;
  const at = { severity: 'error', pointer } as const;
  switch (keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const name = strayName(error);
      const known = fieldsAt(pointer).filter((field) => field !== name);
      const child = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      const message = `the field ${name} is not known here`;
      return {
        ...at,
        pointer: child,
        at: 'key',
        code: 'FIELD_UNKNOWN',
        message,
        ...hinted(
          blankHint(name) ??
            (isProject(known) ? projectFieldHint(child) : fieldHint(child)) ??
            suggestion(name, known),
        ),
      };
    }
    case 'required': {
      const name = String(params.missingProperty);
      if (name === '$file') return wrongType(at, 'a text or { $file: path }', value);
      if (name === '$ref') return wrongType(at, 'an id or { $ref: kind/key }', value);
      return {
        ...at,
        code: 'FIELD_MISSING',
        message: `the field ${name} is missing`,
        ...hinted(missingHint(pointer, name)),
      };
    }
    case 'type':
      return wrongType(at, typeNames(params.type), value, fieldsAt(pointer));
    case 'enum':
    case 'const':
      return values === 'error' || !/^\/(spec|environments)\//.test(pointer)
        ? unknownValue(at, params, value)
        : catalogueValue(at, params, value);
    case 'openEnum':
      return catalogueValue(at, params, value, values);
    case 'pattern':
      if (typeof value !== 'string') return undefined;
      return {
        ...at,
        code: 'VALUE_PATTERN',
        message: patternMessage(value, String(params.pattern)),
        ...hinted(patternHint(value, String(params.pattern))),
      };
    case 'propertyNames': {
      const name = String(params.propertyName);
      const message = `${name} cannot be used as a name here`;
      return {
        ...at,
        pointer: `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        at: 'key',
        code: 'VALUE_PATTERN',
        message,
      };
    }
    default: {
      const message = limitMessage(keyword, params) ?? error.message ?? `breaks the rule ${keyword}`;
      return { ...at, code: 'VALUE_LIMIT', message };
    }
  }
}

/** The commonest ways to leave a field out without meaning to. */
function missingHint(pointer: string, name: string): string | undefined {
  if (name === 'display_name') return 'write display_name: and what people call it in the portal';
  if (name === 'hold') return 'say how long the share is kept: hold: 30m';
  if (pointer === '' && name === 'project') return 'write project: <name>, with a-z, 0-9 and -';
  if (name === 'type' && /\/tools\/\d+$|^\/spec$/.test(pointer)) {
    return 'say what it is, and put its fields below that word: type: webhook, webhook: { name: …, description: …, url: … }';
  }
  return undefined;
}

type At = Pick<Finding, 'severity' | 'pointer'>;

function wrongType(at: At, wanted: string, value: Json | undefined, fields: readonly string[] = []): Finding {
  return {
    ...at,
    code: 'TYPE_WRONG',
    message: `must be ${wanted}, found ${found(value)}`,
    ...hinted(settingHint(at.pointer, wanted, value, fields) ?? typeHint(wanted, value)),
  };
}

/** The fields beside one tell the project file from a document. */
function isProject(known: readonly string[]): boolean {
  return known.includes('default_environment') || known.includes('base_url');
}

/** Fields that begin with a no-break space, as text that is copied from a web page does. */
function blankHint(name: string): string | undefined {
  return /^[\u00a0\u2000-\u200b\u3000]/.test(name)
    ? 'the line begins with no-break spaces, as text of a web page does: write plain spaces before it'
    : undefined;
}

function unknownValue(at: At, params: SchemaError['params'], value: Json | undefined): Finding {
  const list = params.allowedValues;
  const allowed: readonly unknown[] = Array.isArray(list) ? list : [params.allowedValue];
  const names = allowed.map(String);
  const message = `${JSON.stringify(value)} is not allowed here`;
  const near = typeof value === 'string' ? suggestion(value, names) : undefined;
  const hint = near ?? `allowed: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`;
  return { ...at, code: 'VALUE_UNKNOWN', message, hint: hint.replace(/^known: /, 'allowed: ') };
}

/**
 * A value of a catalogue that grows: one that is nearly a known one is a slip, any other may be newer than this release.
 * Where unknown values are allowed, other lists are such catalogues too, and a slip is only pointed out.
 */
function catalogueValue(
  at: At,
  params: SchemaError['params'],
  value: Json | undefined,
  values: UnknownValues = 'error',
): Finding | undefined {
  if (typeof value !== 'string') return unknownValue(at, params, value);
  if (value.includes('{{')) return undefined;
  const list = params.allowedValues;
  const names = (Array.isArray(list) ? list : [params.allowedValue]).map(String);
  const meant = slipOf(value, names);
  const code = 'VALUE_UNKNOWN';
  if (meant !== undefined && values === 'error') {
    const message = `${JSON.stringify(value)} is not known`;
    return { ...at, code, message, hint: `did you mean ${meant}?` };
  }
  if (meant === undefined && values === 'allow') return undefined;
  const message = `${JSON.stringify(value)} is not known to this release; it is sent as it is`;
  const other = otherName(value, names);
  const hint =
    other !== undefined
      ? other
      : meant === undefined
        ? `known are ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`
        : `if it is a slip, ${meant} may be meant`;
  return { ...at, severity: 'warning', code, message, hint };
}

/** What other platforms call values of ours. */
const OTHER_VALUES: { readonly [word: string]: string } = {
  endcall: 'hangup',
  transfercall: 'transfer',
  transfertonumber: 'transfer',
  calltransfer: 'transfer',
  dtmf: 'send_dtmf',
  pressdigit: 'send_dtmf',
  sms: 'send_message',
  sendsms: 'send_message',
  apirequest: 'webhook',
  http: 'webhook',
  client: 'client_side_tool',
  query: 'retrieval',
  knowledgebase: 'retrieval',
  transfertoagent: 'handoff',
  agentswap: 'handoff',
};

/** The known value that another name, or a name without its vendor, may stand for. */
function otherName(value: string, known: readonly string[]): string | undefined {
  const word = value.toLowerCase().replaceAll(/[^a-z]/g, '');
  const other = Object.hasOwn(OTHER_VALUES, word) ? OTHER_VALUES[word] : undefined;
  if (other !== undefined && known.includes(other)) return `here it is called ${other}`;
  const whole = known.find((each) => each.toLowerCase().endsWith(`/${value.toLowerCase()}`));
  return whole === undefined ? undefined : `with its vendor it is ${whole}`;
}

/** True when a value of a catalogue is nearly a known one. */
export function isSlip({ instancePath, params }: SchemaError, root: JsonObject): boolean {
  const value = jsonAt(root, fromPointer(instancePath));
  const list = params.allowedValues;
  if (typeof value !== 'string' || value.includes('{{')) return false;
  return slipOf(value, (Array.isArray(list) ? list : [params.allowedValue]).map(String)) !== undefined;
}

function limitMessage(keyword: string, params: SchemaError['params']): string | undefined {
  const limit = Number(params.limit).toLocaleString('en-US');
  switch (keyword) {
    case 'minLength':
      return params.limit === 1 ? 'must not be empty' : `must have at least ${limit} characters`;
    case 'maxLength':
      return `must have at most ${limit} characters`;
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    case 'exclusiveMinimum':
      return `must be more than ${limit}`;
    case 'exclusiveMaximum':
      return `must be less than ${limit}`;
    case 'multipleOf':
      return `must be a multiple of ${String(params.multipleOf)}`;
    case 'minItems':
    case 'minProperties':
      return `must have at least ${limit} ${params.limit === 1 ? 'entry' : 'entries'}`;
    case 'maxItems':
    case 'maxProperties':
      return `must have at most ${limit} ${params.limit === 1 ? 'entry' : 'entries'}`;
    case 'uniqueItems':
      return `entries ${String(params.j)} and ${String(params.i)} (from 0) are the same`;
    default:
      return undefined;
  }
}

const TYPE_NAMES: { readonly [type: string]: string } = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'a mapping',
};

function typeNames(type: unknown): string {
  const types = (Array.isArray(type) ? type : String(type).split(',')).map(String);
  return types.map((name) => TYPE_NAMES[name] ?? name).join(' or ');
}

function found(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (isArray(value)) return 'a list';
  if (isObject(value)) return 'a mapping';
  if (typeof value === 'string') return value.length > 40 ? 'a text' : `the text ${JSON.stringify(value)}`;
  return typeof value === 'number' ? `the number ${value}` : String(value);
}

function isEmpty(value: Json | undefined): boolean {
  return value === null || value === undefined;
}

function hinted(hint: string | undefined): { hint: string } | Record<never, never> {
  return hint === undefined ? {} : { hint };
}

/** The field names that a shape knows at a path; empty where keys are free or nothing is known. */
export function shapeFields(shape: Shape, path: readonly string[]): readonly string[] {
  let at: Shape | undefined = shape;
  for (const part of path) {
    if (at?.t === 'list' && /^\d+$/.test(part)) at = at.item;
    else if (at?.t === 'object') at = Object.hasOwn(at.fields, part) ? at.fields[part] : undefined;
    else at = undefined;
  }
  return at?.t === 'object' ? Object.keys(at.fields) : [];
}
