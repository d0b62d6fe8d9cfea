/**
 * Literal credentials do not belong into a repository. Two kinds of evidence: text in the shape of a known key
 * type, anywhere; and a literal where only credentials stand, such as the value of an Authorization header.
 * Messages never repeat more than the first three characters.
 */
import { isArray, isObject, type Json, type Path } from './json.ts';

interface Problem {
  readonly code: 'CREDENTIAL_LITERAL' | 'SECRET_NAME_INVALID';
  readonly message: string;
  readonly hint?: string;
}

/** What stands in plans and reports for a text that holds a literal credential. */
export const CREDENTIAL: Json = { $sensitive: 'credential' };

const HINT =
  'store it as an integration secret and write {{#integration_secret}}identifier{{/integration_secret}}, or name the secret in a *_ref field';

interface KeyType {
  readonly name: string;
  readonly pattern: RegExp;
  /** Rules out look-alikes; gets the match's groups. */
  readonly accept?: (match: RegExpExecArray) => boolean;
}

const hasDigit = (match: RegExpExecArray): boolean => /\d/.test(match[1] ?? match[0]);

const KEY_TYPES: readonly KeyType[] = [
  { name: 'a bearer token', pattern: /\bBearer\s+([A-Za-z0-9._~+/=-]{16,})/i, accept: hasDigit },
  {
    name: 'basic authentication',
    pattern: /\bBasic\s+([A-Za-z0-9+/]{8,}={0,2})/i,
    accept: decodesToPassword,
  },
  { name: 'a secret key', pattern: /(?<![\w-])((?:sk|rk)[-_][A-Za-z0-9_-]{16,})/, accept: hasDigit },
  { name: 'a Telnyx API key', pattern: /(?<!\w)(KEY(?:0|_TEST_|_LIVE_)[A-Za-z0-9_-]{8,})/ },
  { name: 'an AWS access key', pattern: /(?<!\w)((?:AKIA|ASIA)[0-9A-Z]{16})(?!\w)/ },
  { name: 'a GitHub token', pattern: /(?<!\w)((?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{20,})/ },
  { name: 'a GitLab token', pattern: /(?<!\w)(glpat-[A-Za-z0-9_-]{20,})/ },
  { name: 'a Slack token', pattern: /(?<!\w)(xox[abeoprs]-[A-Za-z0-9-]{10,})/ },
  { name: 'a Google API key', pattern: /(?<!\w)(AIza[0-9A-Za-z_-]{35})/ },
  { name: 'a JSON Web Token', pattern: /(?<!\w)(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,})/ },
  { name: 'a private key', pattern: /(-----BEGIN [A-Z ]*PRIVATE KEY-----)/ },
  {
    name: 'a password in a URL',
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@{}]{1,100}:([^\s/@{}]{1,200})@[\w.[]/i,
  },
  {
    name: 'a key in a URL',
    pattern:
      /[?&](?:api[-_]?key|access[-_]?token|auth[-_]?token|token|secret|password)=([A-Za-z0-9._~+%-]{16,})/i,
    accept: hasDigit,
  },
];

/** One test that nearly every text fails, so that the table above is rarely walked. */
const ANY_KEY =
  /bearer\s|basic\s|[sr]k[-_]|KEY(?:0|_)|A[KS]IA|gh[pousr]_|github_pat_|glpat-|xox[a-z]-|AIza|eyJ|PRIVATE KEY|:\/\/[^\s/]*@|[?&][\w-]*(?:key|token|secret|password)=/i;

/** The first credential in a text, with its place; undefined when there is none. */
export function credentialIn(
  text: string,
): (Problem & { readonly offset: number; readonly length: number }) | undefined {
  if (!ANY_KEY.test(text)) return undefined;
  for (const { name, pattern, accept } of KEY_TYPES) {
    const match = pattern.exec(text);
    if (match === null || accept?.(match) === false) continue;
    const secret = match[1] ?? match[0];
    const offset = match.index + match[0].lastIndexOf(secret);
    return { ...literal(`this looks like ${name} (${shown(secret)})`), offset, length: secret.length };
  }
  return undefined;
}

const SENSITIVE_HEADER =
  /^(?:(?:proxy-)?authorization|cookie|(?:x-)?(?:[a-z]+-)*(?:api-?key|apikey|auth-?token|access-?token|auth|token|secret|password))$/i;

/**
 * A literal value of a header that carries credentials. `{{…}}` templates are how a secret is meant to come in;
 * a value that is nothing but `${var.x}` is judged by its shape alone, by {@link credentialIn}.
 */
export function headerCredential(
  name: string,
  value: string,
  written: Json | undefined,
): Problem | undefined {
  if (!SENSITIVE_HEADER.test(name.trim().replaceAll('_', '-'))) return undefined;
  if (value.trim() === '' || value.includes('{{')) return undefined;
  if (typeof written === 'string' && /^\s*(?:(?:Bearer|Basic|Token)\s+)?\$\{var\.[^}]+\}\s*$/i.test(written))
    return undefined;
  return literal(
    `the header ${name} holds a literal credential (${shown(value.replace(/^(?:Bearer|Basic|Token)\s+/i, ''))})`,
  );
}

/** A `*_ref` field that holds a key instead of the name of a stored secret. */
export function refCredential(field: string, value: string): Problem | undefined {
  if (value === '' || value.includes('{{')) return undefined;
  if (/^https?:\/\/\S+$/.test(value)) return undefined;
  const random =
    value.length >= 32 &&
    /\d/.test(value) &&
    /[a-z]/.test(value) &&
    /[A-Z]/.test(value) &&
    !/[-.:/]/.test(value);
  const hex = /^[0-9a-f]{32,}$/i.test(value);
  if (random || hex || credentialIn(value) !== undefined) {
    return literal(`${field} takes the name of a stored secret, not the secret itself (${shown(value)})`);
  }
  if (/^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,254}$/.test(value)) return undefined;
  return {
    code: 'SECRET_NAME_INVALID',
    message: `${field} takes the name of a stored secret: letters, digits, _ - . : and /`,
  };
}

/** Every text in a resolved value that `validate` would refuse as a literal credential. */
export function credentialsIn(value: Json): readonly string[] {
  const found: string[] = [];
  mapCredentials(value, { field: '' }, (text) => {
    found.push(text);
    return text;
  });
  return found;
}

/** The value at a path of a configuration with {@link CREDENTIAL} in place of every such text. */
export function hideCredentials(value: Json, path: Path): Json {
  const [owner, field = ''] = path.slice(-2);
  const place = field === 'value' && owner !== undefined ? { field, header: owner } : { field };
  return mapCredentials(value, place, () => CREDENTIAL);
}

interface Place {
  readonly field: string;
  /** Name of the header that the value belongs to. */
  readonly header?: string;
}

function mapCredentials(value: Json, place: Place, replace: (text: string) => Json): Json {
  if (typeof value === 'string') return isCredential(value, place) ? replace(value) : value;
  if (isArray(value)) {
    const items = value.map((item) => mapCredentials(item, { field: '' }, replace));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  const { name } = value;
  let copy: { [field: string]: Json } | undefined;
  for (const [field, entry] of Object.entries(value)) {
    const own = field === 'value' && typeof name === 'string' ? { field, header: name } : { field };
    const mapped = mapCredentials(entry, own, replace);
    if (mapped !== entry) copy = { ...(copy ?? value), [field]: mapped };
  }
  return copy ?? value;
}

function isCredential(text: string, { field, header }: Place): boolean {
  if (header !== undefined && headerCredential(header, text, undefined) !== undefined) return true;
  const found = field.endsWith('_ref') ? refCredential(field, text) : credentialIn(text);
  return found?.code === 'CREDENTIAL_LITERAL';
}

function literal(message: string): Problem {
  return { code: 'CREDENTIAL_LITERAL', message, hint: HINT };
}

function shown(secret: string): string {
  return `${secret.slice(0, 3)}…`;
}

function decodesToPassword(match: RegExpExecArray): boolean {
  const decoded = Buffer.from(match[1] ?? '', 'base64').toString('latin1');
  return /^[\x21-\x7e]+:[\x20-\x7e]+$/.test(decoded);
}
