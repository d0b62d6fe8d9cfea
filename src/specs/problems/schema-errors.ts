import { parseAddress } from '../../model/address.ts';
import { fromPointer, isArray, isObject, type Json, type JsonObject, jsonAt } from '../../model/json.ts';
import type { Shape } from '../../model/shape.ts';
import type { SchemaError } from '../generated/validators.ts';
import { fieldHint, projectFieldHint } from './field-hints.ts';
import { flatTools, isStray, strayName } from './flat-tools.ts';
import type { Finding } from './problem.ts';
import { slipOf, suggestion } from './suggest.ts';

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

/** What to write around the spec and in the project file, where null is no value of the API. */
function settingHint(
  pointer: string,
  wanted: string,
  value: Json | undefined,
  fields: readonly string[],
): string | undefined {
  if (pointer.startsWith('/spec/') || /^\/environments\/[^/]+\/(?!state)/.test(pointer)) return undefined;
  if (value === null && wanted === 'a mapping') {
    return `write ${pointer.split('/').at(-1)}: {} where nothing is set below it`;
  }
  if (value === null) return 'leave the field out, or give it a value';
  if (/\/state$/.test(pointer) && typeof value === 'string') {
    return `write state: { backend: ${value === 'file' ? 'file' : 'git, remote: origin, ref: refs/assistantctl/NAME'} }`;
  }
  if (typeof value === 'number' && /(?:ttl|timeout|hold|budget|interval)$/.test(pointer)) {
    return `write a number with its unit: ${value}s, ${value}m or ${value}h`;
  }
  if (pointer === '/environments' && isArray(value)) return 'write each name with a colon: local: {}';
  if (wanted === 'a mapping' && fields.length > 0 && fields.length <= 12) {
    return `its fields are ${[...fields].sort().join(', ')}`;
  }
  return undefined;
}

function typeHint(wanted: string, value: Json | undefined): string | undefined {
  if (value === null) {
    return 'leave the field out: to the API null means "not given" and changes nothing; an empty text or list clears';
  }
  const inner = isObject(value) ? Object.entries(value) : [];
  const [name = '', path] = inner.length === 1 ? (inner[0] ?? []) : [];
  if (
    wanted.includes('$file') &&
    /^(file|path|include|from_file|src)$/i.test(name) &&
    typeof path === 'string'
  ) {
    return `write { $file: ${path} }`;
  }
  if (wanted.includes('$ref') && /^(ref|id|key|address)$/i.test(name) && typeof path === 'string') {
    return parseAddress(path) === undefined ? `write { $ref: kind/key }` : `write { $ref: ${path} }`;
  }
  if (wanted === 'a list' && typeof value === 'string' && /^-\S/.test(value)) {
    return `write a space after each dash: - ${value.slice(1).split(' -', 1)[0]}`;
  }
  if (wanted === 'a list' && value !== undefined && !isObject(value) && !isArray(value)) {
    return `write [${typeof value === 'string' && parseAddress(value) !== undefined ? `{ $ref: ${value} }` : String(value)}]`;
  }
  if (wanted === 'a list' && isObject(value)) return 'begin each entry with a dash: - …';
  if (wanted.includes('text') && (typeof value === 'number' || typeof value === 'boolean'))
    return 'put it in quotes';
  if (wanted.includes('true or false') && typeof value === 'string' && /^(yes|no|on|off)$/i.test(value)) {
    return `YAML 1.2 reads ${value} as a text; write ${/^(yes|on)$/i.test(value) ? 'true' : 'false'}`;
  }
  if (wanted.includes('true or false') && (value === 'true' || value === 'false')) {
    return `write ${value} without quotes`;
  }
  if (
    /number/.test(wanted) &&
    typeof value === 'string' &&
    value.trim() !== '' &&
    Number.isFinite(Number(value))
  ) {
    return `write ${value} without quotes`;
  }
  return undefined;
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
  const hint =
    meant === undefined
      ? `known are ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`
      : `if it is a slip, ${meant} may be meant`;
  return { ...at, severity: 'warning', code, message, hint };
}

/** True when a value of a catalogue is nearly a known one. */
export function isSlip({ instancePath, params }: SchemaError, root: JsonObject): boolean {
  const value = jsonAt(root, fromPointer(instancePath));
  const list = params.allowedValues;
  if (typeof value !== 'string' || value.includes('{{')) return false;
  return slipOf(value, (Array.isArray(list) ? list : [params.allowedValue]).map(String)) !== undefined;
}

function patternMessage(value: string, pattern: string): string {
  const shown = value.length > 60 ? `${value.slice(0, 57)}…` : value;
  if (pattern.includes('(ms|s|m|h|d)')) return `${shown} is no duration such as 30s, 15m or 24h`;
  if (pattern === '^[a-z0-9][a-z0-9-]*$') return `${shown} is no key; keys hold a-z, 0-9 and -`;
  if (pattern.startsWith('^https?:')) return `${shown} is no http or https URL`;
  if (pattern.startsWith('^(/(')) return `${shown} is no JSON Pointer such as /voice_settings/voice_speed`;
  if (pattern.startsWith('^(?!telnyx_)')) {
    return `${shown} is no variable name: letters, digits, . _ - and not starting with telnyx_`;
  }
  if (pattern === PROJECT_NAME) return `${shown} is no project name: it holds a-z, 0-9 and -, 40 at most`;
  if (pattern === VARIABLE_NAME) return `${shown} is no name of a variable: it holds letters, digits and _`;
  if (pattern.startsWith('^ASSISTANTCTL_NOTIFY')) {
    return `${shown} is no variable of notifications: its name begins with ASSISTANTCTL_NOTIFY`;
  }
  if (pattern.startsWith('^refs/'))
    return `${shown} is no full name of a Git ref such as refs/assistantctl/production`;
  if (pattern.startsWith('^acct')) {
    return `${shown} is no fingerprint of an account such as acct-1a2b3c4d; assistantctl doctor prints it`;
  }
  if (pattern.startsWith('^wss?:')) return `${shown} is no ws or wss URL`;
  if (pattern.includes('\\$\\{(var|each)'))
    return `${shown} is of another type than this field, and holds no \${var.NAME}`;
  const [, kind] = /^\^\(?([a-z_]+)[^/]*\/\[a-z0-9\]/.exec(pattern) ?? [];
  if (kind !== undefined) return `${shown} is no address such as ${kind}/a-key`;
  return `${shown} does not have the form ${pattern}`;
}

const PROJECT_NAME = '^[a-z0-9-]{1,40}$';
const VARIABLE_NAME = '^[A-Za-z_][A-Za-z0-9_]*$';

/** The nearest text of the form, where there is one. */
function patternHint(value: string, pattern: string): string | undefined {
  if (pattern === PROJECT_NAME || pattern === '^[a-z0-9][a-z0-9-]*$') {
    const near = value
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 40);
    return near === '' ? undefined : `write ${near}`;
  }
  const [, name] =
    pattern === VARIABLE_NAME ? (/^\$\{?(?:env[.:])?([A-Za-z_]\w*)\}?$/.exec(value) ?? []) : [];
  if (name !== undefined) return `write ${name}: the name alone`;
  if (/\(ms\|s\|m\|h\|d\)/.test(pattern)) {
    const [, number, unit] = /^(\d+) ?(ms|s|m|h|d)[a-z]*$/i.exec(value) ?? [];
    return number === undefined ? undefined : `write ${number}${unit?.toLowerCase()}`;
  }
  if (pattern.startsWith('^https?:') && /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(\/|$)/i.test(value)) {
    return `write https://${value}`;
  }
  return undefined;
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
