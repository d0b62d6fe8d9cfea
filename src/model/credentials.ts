/**
 * The one detector of credentials: validate, pull, plan, logs, state, reports and messages ask it. Three kinds of
 * evidence: text in the shape of a known key type, or an address that carries one, anywhere; a literal under a name
 * that only credentials have; and a header value that looks like chance. Messages never repeat more than the first
 * three characters.
 */

import { isCredentialField, isCredentialHeader } from './credentials/names.ts';
import { isHighEntropy, shapeIn } from './credentials/shapes.ts';
import { urlCredentialIn } from './credentials/urls.ts';
import { isArray, isObject, type Json, type JsonObject, type Path } from './json.ts';

interface Problem {
  readonly code: 'CREDENTIAL_LITERAL' | 'SECRET_NAME_INVALID';
  readonly message: string;
  readonly hint?: string;
}

/** Replaces a text that holds a literal credential in plans and reports. */
export const CREDENTIAL: Json = { $sensitive: 'credential' };

const HINT =
  'store it as an integration secret and write {{#integration_secret}}identifier{{/integration_secret}}, or name the secret in a *_ref field';

/** The first credential in a text, with its place; undefined when there is none. */
export function credentialIn(
  text: string,
): (Problem & { readonly offset: number; readonly length: number }) | undefined {
  const found = shapeIn(text) ?? urlCredentialIn(text);
  if (found === undefined) return undefined;
  const { name, offset, length } = found;
  return {
    ...literal(`this looks like ${name} (${shown(text.slice(offset, offset + length))})`),
    offset,
    length,
  };
}

/**
 * A literal value of a header that carries credentials. `{{…}}` templates are how a secret is meant to come in;
 * a value that is nothing but `${var.x}` is judged by its shape alone, by {@link credentialIn}.
 */
export function headerCredential(
  name: string,
  value: string,
  written: Json | undefined,
): Problem | undefined {
  if (isWholeVariable(written)) return undefined;
  const rest = literalPart(value);
  if (rest === undefined) return undefined;
  if (!isCredentialHeader(name) && !isHighEntropy(rest)) return undefined;
  return literal(`the header ${name} holds a literal credential (${shown(rest)})`);
}

/** A literal value of a field of free JSON that is named like a credential: variables, bodies, parameters. */
export function fieldCredential(name: string, value: string, written: Json | undefined): Problem | undefined {
  // The cheapest checks come first, because every text of free JSON is checked.
  if (!isOneWord(value) || value.includes('{{') || !isCredentialField(name)) return undefined;
  return !isWholeVariable(written) && isSecretValue(name, value)
    ? literal(`${name} holds a literal credential (${shown(value)})`)
    : undefined;
}

/** What stands for a value that is yet to come. */
const PLACEHOLDER =
  /^(?:<.*>|\[.*\]|\.+|[*•xX]+|n\/a|nil|none|null|unknown|default|examples?|required|optional|redacted|hidden|masked|placeholder|pending|missing|invalid|valid|expired|string|text|bearer|basic|oauth2?|true|false|yes|no|enabled|disabled|(?:your|my|the)[-_ ].*|.*[-_ ]here)$/i;

/** No secret has fewer than six characters or a space. */
function isOneWord(value: string): boolean {
  const text = value.trim();
  return text.length >= 6 && !/\s/.test(text);
}

function isSecretValue(name: string, value: string): boolean {
  const text = value.trim();
  if (!isOneWord(text) || PLACEHOLDER.test(text) || /^https?:\/\/[^\s?]*$/.test(text)) return false;
  if (/pass(?:word|wd|phrase|code)|pwd|secret$/i.test(name)) return true;
  return (/\d/.test(text) && /[A-Za-z]/.test(text) && text.length >= 8) || text.length >= 20;
}

/** A `*_ref` field that holds a key instead of the name of a stored secret. */
export function refCredential(field: string, value: string): Problem | undefined {
  if (value === '' || value.includes('{{')) return undefined;
  if (/^https?:\/\/\S+$/.test(value) && credentialIn(value) === undefined) return undefined;
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

/** A text with every credential replaced: what logs, messages and reports may hold of a text from elsewhere. */
export function concealText(text: string, replacement = '[redacted]'): string {
  let done = '';
  let rest = text;
  for (let round = 0; round < MOST_IN_A_TEXT; round += 1) {
    const found = credentialIn(rest);
    if (found === undefined) return done + rest;
    done += rest.slice(0, found.offset) + replacement;
    rest = rest.slice(found.offset + lengthOfSecret(rest, found));
  }
  return done + replacement;
}

const MOST_IN_A_TEXT = 1_000;

/** Of a private key the first line is found; the secret goes to its last. */
export function lengthOfSecret(
  text: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): number {
  if (!text.startsWith('-----BEGIN', offset)) return length;
  const end = /-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/.exec(text.slice(offset));
  return end === null ? text.length - offset : end.index + end[0].length;
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
  return mapCredentials(value, placeAt(path), () => CREDENTIAL);
}

/** A value with every credential replaced by text: what a log may hold of a body. */
export function concealJson(value: Json, replacement = '[redacted]'): Json {
  return mapCredentials(value, { field: '' }, (text, whole) =>
    whole ? replacement : concealText(text, replacement),
  );
}

interface Place {
  readonly field: string;
  /** Name of the header that the value belongs to. */
  readonly header?: string;
}

/** Replaces a text; `whole` when its place says that all of it is a credential, else a part of it looks like one. */
type Replace = (text: string, whole: boolean) => Json;

function mapCredentials(value: Json, place: Place, replace: Replace): Json {
  if (typeof value === 'string') {
    const kind = kindOf(value, place);
    return kind === undefined ? value : replace(value, kind === 'whole');
  }
  if (isArray(value)) {
    const items = value.map((item) => mapCredentials(item, { field: '' }, replace));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  let copy: { [field: string]: Json } | undefined;
  for (const [field, entry] of Object.entries(value)) {
    const mapped = mapCredentials(entry, placeOf(value, field, place), replace);
    if (mapped !== entry) copy = { ...(copy ?? value), [field]: mapped };
  }
  return copy ?? value;
}

/** Headers and parameters come as `{ name, value }` and as members of `headers`. */
function placeOf({ name }: JsonObject, field: string, place: Place): Place {
  if (field === 'value' && typeof name === 'string') return { field, header: name };
  return HEADERS.test(place.field) ? { field, header: field } : { field };
}

/** What stands in a stored text for a credential that was a part of it. */
export const REMOVED = 'REMOVED-CREDENTIAL';

/** A value as it may be stored: credentials are removed for good. {@link CREDENTIAL} and {@link REMOVED} are left. */
export function withoutCredentials(value: Json): Json {
  return mapCredentials(value, { field: '' }, (text, whole) =>
    whole ? CREDENTIAL : concealText(text, REMOVED),
  );
}

function placeAt(path: Path): Place {
  const [owner, field = ''] = path.slice(-2);
  if (owner === undefined || (field !== 'value' && !HEADERS.test(owner))) return { field };
  return { field, header: field === 'value' ? owner : field };
}

const HEADERS = /headers$/i;

function kindOf(text: string, { field, header }: Place): 'whole' | 'part' | undefined {
  if (header !== undefined && headerCredential(header, text, undefined) !== undefined) return 'whole';
  if (fieldCredential(header ?? field, text, undefined) !== undefined) return 'whole';
  if (field.endsWith('_ref')) {
    return refCredential(field, text)?.code === 'CREDENTIAL_LITERAL' ? 'whole' : undefined;
  }
  return credentialIn(text) === undefined ? undefined : 'part';
}

/** What of a value stands beside its `{{…}}` templates and is more than a scheme or a name; undefined when nothing. */
function literalPart(value: string): string | undefined {
  const pieces = value.split(/\{\{#[^{}]*\}\}[^{}]*\{\{\/[^{}]*\}\}|\{\{[^{}]*\}\}/);
  const [first = '', ...others] = pieces;
  const start = first.replace(/^\s*(?:[A-Za-z][A-Za-z_-]*\s+)/, '');
  if (others.length === 0) return start.trim() === '' ? first.trim() || undefined : start.trim();
  return [start, ...others]
    .flatMap((piece) => piece.split(/[\s,;"']+/))
    .find((part) => /[A-Za-z0-9]{4,}/.test(part) && !/[=:]$/.test(part));
}

function isWholeVariable(written: Json | undefined): boolean {
  return (
    typeof written === 'string' &&
    /^\s*(?:[A-Za-z][A-Za-z-]*\s+)?\$\{(?:var|each)\.[^}]+\}\s*$/i.test(written)
  );
}

function literal(message: string): Problem {
  return { code: 'CREDENTIAL_LITERAL', message, hint: HINT };
}

function shown(secret: string): string {
  return `${secret.slice(0, 3)}…`;
}
