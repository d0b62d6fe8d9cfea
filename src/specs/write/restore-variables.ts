/**
 * Spells a value that was changed outside Git the way the document spelled it before: parts that did not change
 * keep their variables, the rest becomes plain text.
 */
import { isArray, isObject, type Json, jsonEqual } from '../../model/json.ts';
import { escapePlaceholders } from '../../model/placeholders.ts';
import { interpolate as interpolateIn, mentionsVariable } from '../documents/variables.ts';

type Variables = { readonly [name: string]: string };

function interpolate(text: string, variables: Variables): { readonly text: string } {
  return interpolateIn(text, { variables });
}

export type RestoredValue =
  | { readonly value: Json }
  /** The text is the same but for one variable, which would have to have this value. */
  | { readonly variable: string; readonly text: string }
  | { readonly lost: readonly string[] };

/** Values shorter than this occur by chance and are not turned back into their variable. */
const SHORTEST = 4;

/** `raw` is the text of the document, `old` its value with variables replaced, `live` the value it is to have. */
export function restoreVariables(
  raw: Json | undefined,
  old: Json | undefined,
  live: Json,
  variables: Variables,
): RestoredValue {
  if (raw !== undefined && jsonEqual(old, live)) return { value: raw };
  if (typeof raw === 'string' && typeof live === 'string')
    return restoreVariablesInText(raw, live, variables);
  if (isObject(raw) && isObject(old) && isObject(live) && !isPointer(raw)) {
    const entries: [string, Json][] = [];
    for (const [name, entry] of Object.entries(live)) {
      const spelled = restoreVariables(raw[name], old[name], entry, variables);
      if (!('value' in spelled)) return spelled;
      entries.push([name, spelled.value]);
    }
    return { value: Object.fromEntries(entries) };
  }
  if (isArray(raw) && isArray(old) && isArray(live)) {
    const items: Json[] = [];
    for (const item of live) {
      const same = old.findIndex((each) => jsonEqual(each, item));
      const index = same >= 0 ? same : items.length;
      const spelled = restoreVariables(raw[index], old[index], item, variables);
      if (!('value' in spelled)) return spelled;
      items.push(spelled.value);
    }
    return { value: items };
  }
  return { value: literal(live) };
}

/** A text of the document or of an included file. */
export function restoreVariablesInText(raw: string, live: string, variables: Variables): RestoredValue {
  if (!mentionsVariable(raw)) return { value: escapePlaceholders(live) };
  const used = variablesIn(raw, variables);
  const byLine = new Map(raw.split('\n').map((line) => [interpolate(line, variables).text, line]));
  const lines = live.split('\n').map((line) => byLine.get(line) ?? templated(line, used, variables));
  const text = lines.join('\n');
  const lost = used.filter((name) => occurrences(text, name) < occurrences(raw, name));
  if (lost.length === 0 && interpolate(text, variables).text === live) return { value: text };
  return onlyVariable(raw, live, variables) ?? { lost: lost.length === 0 ? used : lost };
}

/** Every `${var.NAME}` that a text uses and the environment knows. */
export function variablesIn(raw: string, variables: Variables): readonly string[] {
  const names = [...raw.matchAll(/\$?\$\{var\.([^}\n]*)\}/g)].flatMap((match) =>
    match[0].startsWith('$$') ? [] : [match[1] ?? ''],
  );
  return [...new Set(names)].filter((name) => Object.hasOwn(variables, name));
}

/** How often a text uses a variable. */
export function occurrences(text: string, name: string): number {
  return text.split(`\${var.${name}}`).length - 1;
}

function literal(value: Json): Json {
  if (typeof value === 'string') return escapePlaceholders(value);
  if (isArray(value)) return value.map(literal);
  if (!isObject(value) || isPointer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, literal(entry)]));
}

function templated(line: string, used: readonly string[], variables: Variables): string {
  let text = escapePlaceholders(line);
  const byLength = [...used].sort((a, b) => (variables[b] ?? '').length - (variables[a] ?? '').length);
  for (const name of byLength) {
    const value = variables[name] ?? '';
    if (value.length >= SHORTEST) text = text.replaceAll(value, () => `\${var.${name}}`);
  }
  return text;
}

/** The template fits the live text with another value for its one variable. */
function onlyVariable(raw: string, live: string, variables: Variables): RestoredValue | undefined {
  const [name, second] = variablesIn(raw, variables);
  if (name === undefined || second !== undefined || occurrences(raw, name) !== 1) return undefined;
  const [before = '', after = ''] = raw
    .split(`\${var.${name}}`)
    .map((part) => interpolate(part, variables).text);
  const fits = live.startsWith(before) && live.endsWith(after) && live.length >= before.length + after.length;
  return fits ? { variable: name, text: live.slice(before.length, live.length - after.length) } : undefined;
}

function isPointer(value: Json): boolean {
  if (!isObject(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === '$ref' || keys[0] === '$file');
}
