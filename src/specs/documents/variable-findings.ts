/** What a `${…}` that could not be replaced, or a value that a variable gave, means for the field it stands in. */
import type { Json } from '../../model/json.ts';
import type { Finding } from '../problems/problem.ts';
import type { SpecPlace } from './spec-place.ts';
import type { VariableProblem } from './variables.ts';

/** Where a text stands. */
export interface TextPlace {
  readonly path: readonly string[];
  /** The field is one of the user's own, not the API's. */
  readonly free: boolean;
  readonly text: string;
}

type Described = Pick<Finding, 'code' | 'severity' | 'message' | 'at' | 'hint'>;

const HINTS = {
  VARIABLE_UNKNOWN:
    'set it under variables of the project, a group or the environment in assistantctl.yaml; $${var.NAME} writes the text itself',
  VARIABLE_INVALID: 'write ${var.NAME} with letters, digits, _ , - and . in the name',
  EACH_UNKNOWN:
    '${each.key} and ${each.value.NAME} name the entry of a document with for_each, and what the entry holds',
} as const;

/** The problem in words, and whether it may go live. */
export function unreplaced(problem: VariableProblem, place: TextPlace): Described {
  const { code, written, name } = problem;
  switch (code) {
    case 'VARIABLE_UNKNOWN':
      return { severity: 'error', code, message: `the variable ${name} is not set`, hint: HINTS[code] };
    case 'VARIABLE_INVALID':
      return {
        severity: 'error',
        code,
        message: `${written} is no variable reference`,
        hint: HINTS[code],
      };
    case 'VARIABLE_TOO_LARGE':
      return {
        severity: 'error',
        code,
        message: `with ${written} the text becomes larger than 1 MiB`,
        hint: 'shorten the variables, or write the text into a file of its own',
      };
    case 'EACH_UNKNOWN':
      return { severity: 'error', code, message: eachMessage(problem), hint: HINTS[code] };
    case 'PLACEHOLDER_STAYS':
      return placeholder(problem, place);
    default:
      return code satisfies never;
  }
}

function eachMessage({ written, entry }: VariableProblem): string {
  if (entry === undefined) return `${written} stands in a document without for_each`;
  return `${written} names nothing that the entry ${entry} has`;
}

function placeholder({ code, written, near, meant }: VariableProblem, place: TextPlace): Described {
  const itself = `$${written} says that the text is meant`;
  const hint =
    meant === undefined
      ? `\${var.NAME} is a variable of assistantctl.yaml; ${itself}`
      : `did you mean ${meant}? ${itself}`;
  if (near === true) {
    return { severity: 'error', code, message: `${written} is not replaced: it is spelled wrongly`, hint };
  }
  const where = identifies(place);
  if (where !== undefined) {
    return { severity: 'error', code, message: `${written} is not replaced, and stands in ${where}`, hint };
  }
  return { severity: 'warning', code, message: `${written} is not replaced and is sent as it is`, hint };
}

const NAMES = /^(name|key)$|_name$/;
const IDS = /^ids?$|_ids?$/;
const URLS = /^urls?$|_urls?$|^url_|_url_/;

/** What a field of the API identifies, where a placeholder cannot be right. */
function identifies({ path, free, text }: TextPlace): string | undefined {
  if (/^\s*(https?|wss?|sips?):/i.test(text)) return 'a URL';
  if (free) return undefined;
  const field = [...path].reverse().find((part) => !/^\d+$/.test(part)) ?? '';
  if (URLS.test(field)) return 'a URL';
  if (IDS.test(field)) return 'an id';
  return NAMES.test(field) ? 'a name' : undefined;
}

/** A placeholder in the name of a field is never replaced. */
export function placeholderKey(key: string): Described {
  return {
    severity: 'error',
    code: 'PLACEHOLDER_STAYS',
    at: 'key',
    message: `${key} is the name of a field, in which nothing is replaced`,
    hint: 'write the name out',
  };
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** A variable's text as the number or boolean that its field wants; where it wants a text, or cannot be had, as it is. */
export function wantedForm(text: string, place: SpecPlace): Json {
  const wanted = typeof place !== 'string' && place.t === 'scalar' ? place.json : undefined;
  if (wanted === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (wanted !== 'number' || !NUMBER.test(text)) return text;
  const number = Number(text);
  const exact = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
  return exact ? number : text;
}
