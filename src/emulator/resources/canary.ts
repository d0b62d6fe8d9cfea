import { isObject, type JsonObject } from '../../model/json.ts';
import { type Call, type EmulatedWorld, empty, ok, type Reply, type Route } from '../contract/contract.ts';
import { badRequest, conflict, invalidBody, notFound } from '../contract/errors.ts';
import { list, nested, objects, strings, text } from '../contract/fields.ts';
import { parameter } from '../contract/router.ts';
import { assistantOf } from './versions.ts';

const OPERATORS: readonly unknown[] = ['in', 'not_in', 'starts_with'];

function checkMatch(rule: JsonObject, at: readonly (string | number)[]): void {
  for (const [index, clause] of objects(rule, 'match').entries()) {
    const loc = [...at, 'match', index];
    if (typeof clause.attribute !== 'string')
      throw invalidBody([...loc, 'attribute'], 'Field required', 'missing');
    if (!OPERATORS.includes(clause.operator)) {
      throw invalidBody([...loc, 'operator'], "Input should be 'in', 'not_in' or 'starts_with'", 'enum');
    }
    if (strings(clause, 'values').length === 0) {
      throw invalidBody([...loc, 'values'], 'List should have at least 1 item', 'too_short');
    }
  }
}

function checkServe(versions: readonly string[], rule: JsonObject, at: readonly (string | number)[]): void {
  const serve = nested(rule, 'serve');
  const slots = objects(serve, 'rollout');
  if ((serve.version_id === undefined) === (serve.rollout === undefined)) {
    throw invalidBody([...at, 'serve'], 'Exactly one of version_id and rollout is needed', 'value_error');
  }
  let total = 0;
  for (const [index, { weight }] of slots.entries()) {
    if (typeof weight !== 'number' || weight < 0 || weight > 100) {
      throw invalidBody(
        [...at, 'serve', 'rollout', index, 'weight'],
        'Input should be from 0 to 100',
        'less_than_equal',
      );
    }
    total += weight;
  }
  if (total >= 100) throw badRequest('Rollout weights must sum to less than 100; the rest stays on main.');
  const named =
    serve.rollout === undefined ? [text(serve, 'version_id')] : slots.map((slot) => text(slot, 'version_id'));
  const unknown = named.find((id) => !versions.includes(id));
  if (unknown !== undefined) throw badRequest(`Version ${unknown} not found.`, '/rules');
}

/** The older body named percentages per version; it means one rule for everybody. */
function fromLegacy(world: EmulatedWorld, body: JsonObject): readonly JsonObject[] | undefined {
  if (!world.quirks.legacyCanaryBody || body.versions === undefined || body.rules !== undefined)
    return undefined;
  const rollout = objects(body, 'versions').map((slot) => ({
    version_id: text(slot, 'version_id'),
    weight: typeof slot.percentage === 'number' ? slot.percentage : 0,
  }));
  return [{ serve: { rollout } }];
}

function readRules(world: EmulatedWorld, assistant: JsonObject, body: JsonObject): readonly JsonObject[] {
  const legacy = fromLegacy(world, body);
  if (legacy === undefined && !list(body, 'rules').every(isObject)) {
    throw invalidBody(['rules'], 'Input should be a valid list', 'list_type');
  }
  const rules = legacy ?? objects(body, 'rules');
  for (const [index, rule] of rules.entries()) {
    checkMatch(rule, ['rules', index]);
    checkServe(strings(assistant, 'versions'), rule, ['rules', index]);
  }
  return rules;
}

function save({ world, params, body }: Call, exists: boolean): Reply {
  const assistant = assistantOf(world, parameter(params, 'assistant_id'));
  const id = text(assistant, 'id');
  const current = world.store.get('canaries', id);
  if (exists && current === undefined) throw notFound('No canary deploy exists for this assistant.');
  if (!exists && current !== undefined) throw conflict('A canary deploy already exists for this assistant.');
  const now = world.now().toISOString();
  const canary = {
    assistant_id: id,
    rules: readRules(world, assistant, body),
    created_at: current?.created_at ?? now,
    updated_at: now,
  };
  world.store.put('canaries', id, canary);
  return ok(canary);
}

function current({ world, params }: Call): JsonObject {
  const assistant = assistantOf(world, parameter(params, 'assistant_id'));
  const canary = world.store.get('canaries', text(assistant, 'id'));
  if (canary === undefined) throw notFound('No canary deploy exists for this assistant.');
  return canary;
}

const PATH = '/ai/assistants/{assistant_id}/canary-deploys';

/** One canary per assistant: POST makes it, PUT replaces its rules. */
export const CANARY_ROUTES: readonly Route[] = [
  { method: 'GET', path: PATH, handle: (call) => ok(current(call)) },
  { method: 'POST', path: PATH, handle: (call) => save(call, false), keyed: true },
  { method: 'PUT', path: PATH, handle: (call) => save(call, true) },
  {
    method: 'DELETE',
    path: PATH,
    handle: (call) => {
      call.world.store.remove('canaries', text(current(call), 'assistant_id'));
      return empty(204);
    },
  },
];
