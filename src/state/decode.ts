import { Failure } from '../model/errors.ts';
import { isObject } from '../model/json.ts';
import type { Rollout } from '../model/rollout.ts';
import type { JournalEntry, LeaseHolder, State } from '../model/state.ts';
import { STATE_FORMAT } from '../model/state.ts';
import { journalEntry, leaseHolder, stateRecord } from './generated/validators.ts';

/** Thrown by readers that cannot make sense of a saved file: nothing is guessed, nothing is overwritten. */
export function corrupt(file: string, problem: string, hint: string, cause?: unknown): Failure {
  return new Failure('usage', `${file}: ${problem}`, {
    code: 'STATE_CORRUPT',
    hint,
    details: { file },
    cause,
  });
}

/** What to do about a damaged state: of a file, and of a Git ref. Its bindings are worth more than a quick way out. */
export const RESTORE_FILE =
  'put a backup of the file back; where there is none, move it aside and bind each live resource again: assistantctl state import ADDR ID';
export const RESTORE_REF =
  'each apply is a commit of the ref: put the last good one back with git push --force REMOTE COMMIT:REF (git fetch and git log show them)';

/**
 * Reads the text of a saved state. Rejects with STATE_CORRUPT naming the byte or the place that is wrong, and
 * with STATE_FORMAT when a newer major version of the tool wrote it. Never takes damage for an empty state.
 */
export function decodeState(text: string, file: string, hint = RESTORE_FILE): State {
  const value = parseJson(text, file, hint);
  if (!isObject(value)) throw corrupt(file, 'is not a JSON object', hint);
  checkFormat(value.format_version, STATE_FORMAT, file, hint);
  if (!isStateRecord(value)) throw corrupt(file, violationOf(stateRecord), hint);
  const beyond = Object.entries(value.resources).find(([, { rollout }]) => !isInRange(rollout));
  if (beyond !== undefined)
    throw corrupt(file, `the rollout of ${beyond[0]} is at a step that it lacks`, hint);
  return value;
}

/** Text of a saved state: indented, resources by address, so that two of them compare well. */
export function formatState(state: State): string {
  const resources = Object.fromEntries(
    Object.entries(state.resources).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
  return `${JSON.stringify({ ...state, resources }, null, 2)}\n`;
}

/** Refuses what a newer major version wrote: STATE_FORMAT. A version that is none counts as damage. */
export function checkFormat(found: unknown, known: string, file: string, hint = RESTORE_FILE): void {
  const match = typeof found === 'string' ? /^(\d+)\.\d+$/.exec(found) : null;
  if (match === null) throw corrupt(file, 'has no format_version', hint);
  if (Number(match[1]) === Number.parseInt(known, 10)) return;
  throw new Failure('stale', `${file}: format ${found} is not known here (this version writes ${known})`, {
    code: 'STATE_FORMAT',
    hint: 'use the version of assistantctl that wrote it, or a newer one',
    details: { file },
  });
}

/** Why a state must not be used for this project and environment (STATE_FOREIGN); undefined when it may. */
export function checkState(
  state: State,
  expected: { readonly project: string; readonly environment: string },
): Failure | undefined {
  if (state.project === expected.project && state.environment === expected.environment) return undefined;
  const message =
    `the state belongs to environment ${state.environment} of project ${state.project}, ` +
    `not to ${expected.environment} of ${expected.project}`;
  return new Failure('stale', message, {
    code: 'STATE_FOREIGN',
    hint: `check \`project\` and \`state\` in assistantctl.yaml; after a rename type: assistantctl state claim ${state.project}/${state.environment}`,
    details: { project: state.project, environment: state.environment },
  });
}

/** Parses JSON or fails with STATE_CORRUPT naming what is wrong, or the byte at which it stops making sense. */
function parseJson(text: string, file: string, hint: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(file, damageOf(text, messageOf(cause)), hint);
  }
}

function damageOf(text: string, problem: string): string {
  if (text === '') return 'is empty';
  if (/^<{7} /m.test(text)) return 'holds the marks of a merge conflict';
  return `is damaged or cut off at byte ${Buffer.byteLength(text.slice(0, damageAt(text, problem)))}`;
}

function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (cause) {
    return messageOf(cause);
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : '';
}

/** Index of the first character that is wrong; V8 names it for some mistakes only, so else it is searched. */
function damageAt(text: string, problem: string): number {
  const named = /position (\d+)/.exec(problem)?.[1];
  if (named !== undefined) return Number(named);
  if (!problem.startsWith('Unexpected token')) return text.length;
  let good = 0;
  let bad = text.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (jsonProblem(text.slice(0, middle))?.startsWith('Unexpected token') === true) bad = middle;
    else good = middle;
  }
  return good;
}

/** What a validator found wrong, in words: `the binding of tool/a: /base is missing`. */
function violationOf({ errors }: typeof stateRecord): string {
  const found = errors?.find(({ keyword }) => keyword === 'propertyNames') ?? errors?.[0];
  if (found === undefined) return 'is not a state';
  const { keyword, instancePath, params } = found;
  const [, part, name = '', rest = ''] = /^\/(resources|deleted)\/([^/]*)(.*)$/.exec(instancePath) ?? [];
  const owner = part === 'resources' ? `the binding of ${name.replaceAll('~1', '/')}: ` : '';
  const at = owner === '' ? instancePath : rest;
  switch (keyword) {
    case 'required':
      return `${owner}${at}/${params.missingProperty} is missing`;
    case 'propertyNames':
      return `${at} has a key that is no address: ${params.propertyName}`;
    case 'type':
      return `${owner}${at} is not ${typeWords(String(params.type))}`;
    case 'pattern':
      return `${owner}${at} is no address`;
    default:
      return `${owner}${at} has a value that is not known`;
  }
}

const TYPE_WORDS: { readonly [type: string]: string } = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

function typeWords(types: string): string {
  return types
    .split(',')
    .map((type) => TYPE_WORDS[type] ?? type)
    .join(' or ');
}

/** Reads one line of the log; undefined when it is none. */
export function decodeEntry(value: unknown): JournalEntry | undefined {
  return isEntry(value) ? value : undefined;
}

/** Reads the text of a lease; undefined when it is none (for example because it is just being written). */
export function decodeHolder(text: string): LeaseHolder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isStateRecord(value: unknown): value is State {
  return stateRecord(value);
}

/** A number beside a list, which a schema cannot compare. */
function isInRange(rollout: Rollout | undefined): boolean {
  return rollout === undefined || rollout.step < rollout.steps.length;
}

function isEntryRecord(value: unknown): value is JournalEntry {
  return journalEntry(value);
}

function isEntry(value: unknown): value is JournalEntry {
  if (!isEntryRecord(value)) return false;
  if (value.op === 'init')
    return Object.values(value.state.resources).every(({ rollout }) => isInRange(rollout));
  if (value.op !== 'bind' && value.op !== 'move') return true;
  return isInRange(value.binding?.rollout);
}

function isHolder(value: unknown): value is LeaseHolder {
  return leaseHolder(value);
}
