import { type Address, parseAddress } from '../model/address.ts';
import { Failure } from '../model/errors.ts';
import { isArray, isObject, type JsonObject } from '../model/json.ts';
import { isRollout } from '../model/rollout.ts';
import type { Binding, DeletedResource, JournalEntry, LeaseHolder, State } from '../model/state.ts';
import { STATE_FORMAT } from '../model/state.ts';

/** Thrown by readers that cannot make sense of a saved file: nothing is guessed, nothing is overwritten. */
export function corrupt(file: string, problem: string, hint: string, cause?: unknown): Failure {
  return new Failure('usage', `${file}: ${problem}`, {
    code: 'STATE_CORRUPT',
    hint,
    details: { file },
    cause,
  });
}

const RESTORE_STATE =
  'restore the file from a backup. Without one, move it away: the next plan finds live resources by their exact names; who applied what, copies of deleted resources and open rollouts are lost';

/**
 * Reads the text of a saved state. Rejects with STATE_CORRUPT naming the byte or the place that is wrong, and
 * with STATE_FORMAT when a newer major version of the tool wrote it. Never takes damage for an empty state.
 */
export function decodeState(text: string, file: string): State {
  const value = parseJson(text, file);
  if (!isObject(value)) throw corrupt(file, 'is not a JSON object', RESTORE_STATE);
  checkFormat(value.format_version, STATE_FORMAT, file);
  const problem = stateProblem(value);
  if (problem !== undefined) throw corrupt(file, `is damaged: ${problem}`, RESTORE_STATE);
  if (!isState(value)) throw corrupt(file, 'is not a state', RESTORE_STATE);
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
export function checkFormat(found: unknown, known: string, file: string): void {
  const match = typeof found === 'string' ? /^(\d+)\.\d+$/.exec(found) : null;
  if (match === null) throw corrupt(file, 'has no format_version', RESTORE_STATE);
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
function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(file, damageOf(text, messageOf(cause)), RESTORE_STATE);
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

function stateProblem(value: JsonObject): string | undefined {
  for (const name of ['lineage', 'project', 'environment', 'api_base', 'account']) {
    if (typeof value[name] !== 'string') return `/${name} is not a string`;
  }
  if (!Number.isInteger(value.serial)) return '/serial is not a whole number';
  const resources = value.resources;
  if (!isObject(resources)) return '/resources is not an object';
  for (const [address, binding] of Object.entries(resources)) {
    if (!isAddress(address)) return `/resources has a key that is no address: ${address}`;
    if (!isBinding(binding)) return `/resources: the binding of ${address} is incomplete`;
  }
  const deleted = value.deleted;
  if (!isArray(deleted)) return '/deleted is not a list';
  const bad = deleted.findIndex((item) => !isDeleted(item));
  if (bad >= 0) return `/deleted/${bad} is incomplete`;
  return value.completed === undefined || isCompleted(value.completed)
    ? undefined
    : '/completed is incomplete';
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

function isState(value: unknown): value is State {
  return isObject(value) && stateProblem(value) === undefined;
}

function isAddress(value: unknown): value is Address {
  return typeof value === 'string' && parseAddress(value) !== undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isBinding(value: unknown): value is Binding {
  return (
    isObject(value) &&
    isText(value.remote_id) &&
    (value.base === null || isObject(value.base)) &&
    isArray(value.foreign) &&
    value.foreign.every(isText) &&
    isTextOrNull(value.main_version_id) &&
    isTextOrNull(value.staged_version_id) &&
    isOptional(value.read_version_id, isText) &&
    isOptional(value.forms, isForms) &&
    isOptional(value.begun, isObject) &&
    isOptional(value.rollout, (rollout) => isRollout(rollout) && isCandidate(rollout.candidate)) &&
    typeof value.prevent_destroy === 'boolean' &&
    isText(value.updated_at) &&
    isOptional(value.provisional, (provisional) => provisional === true) &&
    isOptional(value.hold, isHold) &&
    isOptional(value.candidate, isCandidate) &&
    isOptional(value.moving, isMove) &&
    isOptional(value.mains, (mains) => isArray(mains) && mains.every(isMainRecord)) &&
    isOptional(value.passed, (passed) => isArray(passed) && passed.every(isPassedTest)) &&
    isOptional(value.tested, (tested) => isArray(tested) && tested.every(isTestedContent))
  );
}

function isOptional(value: unknown, check: (value: unknown) => boolean): boolean {
  return value === undefined || check(value);
}

function hasTexts(value: unknown, names: readonly string[]): value is JsonObject {
  return isObject(value) && names.every((name) => isText(value[name]));
}

function isForms(value: unknown): boolean {
  return (
    isArray(value) &&
    value.every((form) => isObject(form) && isText(form.at) && 'sent' in form && 'got' in form)
  );
}

function isMove(value: unknown): boolean {
  return (
    hasTexts(value, ['version_id', 'content', 'at', 'by', 'reason']) &&
    (value.base === null || isObject(value.base)) &&
    isArray(value.foreign) &&
    value.foreign.every(isText) &&
    isOptional(value.forms, isForms)
  );
}

function isHold(value: unknown): boolean {
  return (
    hasTexts(value, ['at', 'by', 'reason', 'cause']) &&
    isArray(value.fields) &&
    value.fields.every((field) => hasTexts(field, ['path', 'hash']))
  );
}

function isCandidate(value: unknown): boolean {
  return isMove(value) && hasTexts(value, ['desired_digest', 'main_digest']);
}

function isMainRecord(value: unknown): boolean {
  return hasTexts(value, ['version_id', 'at', 'by', 'reason']);
}

function isPassedTest(value: unknown): boolean {
  return hasTexts(value, ['content', 'test_id', 'test_digest', 'at']);
}

function isTestedContent(value: unknown): boolean {
  return (
    isObject(value) &&
    isPassedTest(value) &&
    isCount(value.runs) &&
    isCount(value.passed) &&
    isOptional(value.duration_ms, isCount) &&
    isOptional(value.run_ids, (ids) => isArray(ids) && ids.every(isText)) &&
    isOptional(value.on, (on) => on === 'main' || on === 'candidate')
  );
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isDeleted(value: unknown): value is DeletedResource {
  return (
    isObject(value) &&
    isAddress(value.address) &&
    isText(value.remote_id) &&
    isText(value.deleted_at) &&
    isObject(value.config)
  );
}

function isEntry(value: unknown): value is JournalEntry {
  if (!isObject(value)) return false;
  const { op, address, binding } = value;
  if (op === 'init') return isState(value.state);
  if (op === 'archive') return isDeleted(value.deleted);
  if (op === 'complete') return isCompleted(value.completed);
  if (op === 'move') {
    const carried = binding === undefined || binding === null || isBinding(binding);
    return isAddress(value.from) && isAddress(value.to) && carried;
  }
  if (!isAddress(address)) return false;
  if (op === 'begin') {
    const sent = value.sent === undefined || isObject(value.sent);
    return sent && isText(value.action) && isTextOrNull(value.key) && isText(value.at);
  }
  if (op === 'bind') return isBinding(binding);
  if (op === 'unbind') return value.deleted === undefined || isDeleted(value.deleted);
  return op === 'fail';
}

function isCompleted(value: unknown): boolean {
  return (
    isObject(value) &&
    isTextOrNull(value.commit) &&
    typeof value.dirty === 'boolean' &&
    isText(value.at) &&
    isObject(value.settings) &&
    Object.values(value.settings).every(isObject)
  );
}

function isHolder(value: unknown): value is LeaseHolder {
  return (
    isObject(value) &&
    ['id', 'holder', 'host', 'acquired_at', 'expires_at'].every((name) => isText(value[name])) &&
    Number.isInteger(value.pid) &&
    (value.scope === undefined || isText(value.scope)) &&
    isTextOrNull(value.run)
  );
}
