import { parseAddress } from '../../model/address.ts';
import { isArray, isObject, type Json } from '../../model/json.ts';

/** What to write instead of a value of the wrong type or form. */

/** What to write at a place, where the place says more than the type: in the spec, around it, and in the project file. */
export function settingHint(
  pointer: string,
  wanted: string,
  value: Json | undefined,
  fields: readonly string[],
): string | undefined {
  if (wanted === 'a list' && isObject(value) && pointer.endsWith('/headers')) {
    return 'write each header as an entry: - { name: Accept, value: application/json }';
  }
  const own = wanted === 'a mapping' && value !== null ? fieldsHint(fields) : undefined;
  // Null is a value of the API here, and typeHint says what it means.
  if (pointer.startsWith('/spec/') || /^\/environments\/[^/]+\/(?!state)/.test(pointer)) return own;
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
  if (pointer === '/promotion' && typeof value === 'string') return `write promotion: { strategy: ${value} }`;
  if (pointer === '/environments' && isArray(value)) return 'write each name with a colon: local: {}';
  return own;
}

function fieldsHint(fields: readonly string[]): string | undefined {
  return fields.length === 0 || fields.length > 12
    ? undefined
    : `its fields are ${[...fields].sort().join(', ')}`;
}

export function typeHint(wanted: string, value: Json | undefined): string | undefined {
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

export function patternMessage(value: string, pattern: string): string {
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
export function patternHint(value: string, pattern: string): string | undefined {
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
  if (pattern.startsWith('^(/(') && /^[\w.-]+(?:[./][\w-]+)*$/.test(value))
    return `write /${value.replaceAll('.', '/')}`;
  if (pattern.startsWith('^https?:') && /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(\/|$)/i.test(value)) {
    return `write https://${value}`;
  }
  return undefined;
}
