/**
 * `${var.NAME}` and `${each.…}` in texts. `$${` writes `${`. Any other `${…}` belongs to somebody else (a shell, a
 * template engine) or is a slip: it stays as it is and is reported.
 */
import { isObject, type Json } from '../../model/json.ts';

/** The entry of a table for which a document stands; scalars are the texts as written. */
export interface EachEntry {
  readonly key: string;
  readonly value: Json;
}

/** What a text may refer to. */
export interface Scope {
  readonly variables: { readonly [name: string]: string };
  /** `open`: the text is shared by documents that have entries, so nothing can be said about `${each.…}`. */
  readonly each?: EachEntry | 'open';
}

export interface VariableProblem {
  readonly code:
    | 'VARIABLE_UNKNOWN'
    | 'VARIABLE_INVALID'
    | 'VARIABLE_TOO_LARGE'
    | 'PLACEHOLDER_STAYS'
    | 'EACH_UNKNOWN';
  /** As written, for example `${var.brand}`. */
  readonly written: string;
  /** The variable's name; for what is not ours the text between the braces. */
  readonly name: string;
  readonly offset: number;
  /** The entry that lacks what is named. */
  readonly entry?: string;
  /** It is ours but for a slip. */
  readonly near?: true;
  /** What was probably meant. */
  readonly meant?: string;
}

export interface Interpolated {
  readonly text: string;
  readonly problems: readonly VariableProblem[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const ESCAPED_OURS_OR_START = /\$\$\{|\$\{(?:(var|each)\.([^}\n]*)(\}?))?/g;
const WHOLE = /^\$\{(?:var|each)\.[^}\n]*\}$/;
/** A placeholder that only a slip of the keyboard makes foreign. */
const NEAR_MISS = /^\s*(?:(vars?|variables?)|each)\s*[.:[]\s*["']?\s*([A-Za-z_][\w.-]*)/i;

/** As long as an included text may be. Variables that use each other could make a few lines into gigabytes. */
export const LONGEST_TEXT = 1_048_576;

/** True when the text may hold a variable or an escaped `${`; a cheap test before {@link interpolate}. */
export function mentionsVariable(text: string): boolean {
  return text.includes('${');
}

/** True when a text is one variable and nothing else, so that a field may take its value as a number or boolean. */
export function isWholeVariable(text: string): boolean {
  return text.startsWith('${') && WHOLE.test(text);
}

/**
 * Replaces each `${var.NAME}` and `${each.…}`; `$${` becomes `${`. Values are inserted as they are, never searched
 * again. What cannot be replaced stays in the text and is reported.
 */
export function interpolate(text: string, scope: Scope): Interpolated {
  const problems: VariableProblem[] = [];
  let inserted = 0;
  const replaced = text.replace(
    ESCAPED_OURS_OR_START,
    (written, root: string | undefined, name: string, end: string, offset: number) => {
      if (written === '$${') return '${';
      if (root === undefined) {
        const foreign = foreignAt(text, offset, scope);
        if (foreign !== undefined) problems.push(foreign);
        return written;
      }
      if (end === '' || !NAME.test(name)) {
        problems.push({ code: 'VARIABLE_INVALID', written, name, offset });
        return written;
      }
      const value = root === 'var' ? variable(name, scope) : eachValue(name, scope);
      if (value === OPEN) return written;
      if (value === undefined) {
        const code = root === 'var' ? 'VARIABLE_UNKNOWN' : 'EACH_UNKNOWN';
        problems.push({ code, written, name, offset, ...entryOf(code, scope) });
        return written;
      }
      // The value of an entry may use variables in its turn, but no other entry.
      const searched = root === 'each' && mentionsVariable(value);
      const inner = searched
        ? interpolate(value, { variables: scope.variables })
        : { text: value, problems: [] };
      for (const problem of inner.problems) problems.push({ ...problem, offset });
      if (inserted > LONGEST_TEXT) return written;
      inserted += inner.text.length;
      if (inserted <= LONGEST_TEXT) return inner.text;
      problems.push({ code: 'VARIABLE_TOO_LARGE', written, name, offset });
      return written;
    },
  );
  return { text: replaced, problems };
}

/** The names that a text uses as `${var.NAME}`, each once. */
export function variableNames(text: string): readonly string[] {
  const names = [...text.matchAll(ESCAPED_OURS_OR_START)].flatMap(([, root, name]) =>
    root === 'var' && name !== undefined ? [name] : [],
  );
  return [...new Set(names)];
}

function entryOf(code: string, { each }: Scope): Pick<VariableProblem, 'entry'> {
  return code === 'EACH_UNKNOWN' && each !== undefined && each !== 'open' ? { entry: each.key } : {};
}

const OPEN = Symbol('open');

function variable(name: string, { variables }: Scope): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

function eachValue(name: string, { each }: Scope): string | typeof OPEN | undefined {
  if (each === 'open') return OPEN;
  const value = each === undefined ? undefined : eachMember(name, each);
  return typeof value === 'string' ? value : undefined;
}

/** What `${each.NAME}` names, whatever it is. */
export function eachMember(name: string, each: EachEntry): Json | undefined {
  const [root, ...path] = name.split('.');
  if (root === 'key') return path.length === 0 ? each.key : undefined;
  let value: Json | undefined = root === 'value' ? each.value : undefined;
  for (const part of path) value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return value;
}

/** What starts with `${` and is not ours; undefined where no brace closes it on its line. */
function foreignAt(text: string, offset: number, { variables }: Scope): VariableProblem | undefined {
  const end = /^[^}\n]*\}/.exec(text.slice(offset + 2, offset + 202))?.[0];
  if (end === undefined) return undefined;
  const name = end.slice(0, -1);
  const at = { code: 'PLACEHOLDER_STAYS', written: `\${${end}`, name, offset } as const;
  const near = NEAR_MISS.exec(name);
  if (near !== null) {
    const [, ofVariables, member = 'NAME'] = near;
    return { ...at, near: true, meant: ofVariables === undefined ? '${each.key}' : `\${var.${member}}` };
  }
  return Object.hasOwn(variables, name.trim()) ? { ...at, meant: `\${var.${name.trim()}}` } : at;
}
