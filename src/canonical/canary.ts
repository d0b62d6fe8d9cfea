/** Canary deploys as specs describe them and as the API has them, in forms that can be compared. */
import { parseDuration } from '../model/duration.ts';
import { isArray, isObject, type Json, type JsonObject, stableStringify } from '../model/json.ts';
import type { CanaryPlan, RolloutStep } from '../model/rollout.ts';

/** The caller's number; source: the public guide on traffic distribution between versions. */
const DEFAULT_ATTRIBUTE = 'telnyx_end_user_target';

/** The steps that `promotion.canary` asks for; undefined when it asks for none. */
export function canaryPlanOf(promotion: JsonObject | undefined): CanaryPlan | undefined {
  const canary = promotion?.canary;
  if (!isObject(canary) || !isArray(canary.steps)) return undefined;
  const audience = clauses(canary.match);
  const [first, ...more] = canary.steps.filter(isObject).map(
    ({ weight, hold, match }): RolloutStep => ({
      weight: typeof weight === 'number' ? weight : 0,
      hold_ms: duration(hold) ?? 0,
      match: match === undefined ? audience : clauses(match),
    }),
  );
  return first === undefined ? undefined : { steps: [first, ...more], deadlineMs: duration(canary.deadline) };
}

function duration(value: Json | undefined): number | undefined {
  return typeof value === 'string' ? parseDuration(value) : undefined;
}

function clauses(value: Json | undefined): readonly JsonObject[] {
  if (!isArray(value)) return [];
  return value.filter(isObject).map(({ attribute, operator, values }) => ({
    attribute: attribute ?? DEFAULT_ATTRIBUTE,
    operator: operator ?? null,
    values: values ?? [],
  }));
}

/** The rules of a canary deploy that give the version its share; everybody else stays on main. */
export function rulesOf(step: RolloutStep, versionId: string): readonly JsonObject[] {
  const serve = { rollout: [{ version_id: versionId, weight: step.weight }] };
  return [step.match.length === 0 ? { serve } : { match: step.match, serve }];
}

/** True when both lists send every call to the same version with the same odds. */
export function sameRules(a: readonly Json[], b: readonly Json[]): boolean {
  return stableStringify(a.map(normalRule)) === stableStringify(b.map(normalRule));
}

function normalRule(rule: Json): Json {
  if (!isObject(rule)) return rule;
  const serve = isObject(rule.serve) ? rule.serve : {};
  const slots = isArray(serve.rollout) ? serve.rollout.filter(isObject) : [];
  return {
    match: isArray(rule.match) ? sorted(rule.match.map(normalClause)) : [],
    version: serve.version_id ?? null,
    rollout: sorted(
      slots
        .filter(({ weight }) => weight !== 0)
        .map(({ version_id, weight }) => ({ version_id: version_id ?? null, weight: weight ?? null })),
    ),
  };
}

function normalClause(clause: Json): Json {
  if (!isObject(clause)) return clause;
  const { attribute, operator, values } = clause;
  return {
    attribute: attribute ?? null,
    operator: operator ?? null,
    values: isArray(values) ? sorted(values) : [],
  };
}

/** Neither the order of clauses nor that of values or shares means anything. */
function sorted(values: readonly Json[]): readonly Json[] {
  return values.toSorted((a, b) => (stableStringify(a) < stableStringify(b) ? -1 : 1));
}

/** `10 % of the callers with telnyx_end_user_target starting with +1312`. */
export function describeStep(step: RolloutStep): string {
  const conditions = step.match.map(({ attribute, operator, values }) => {
    const list = isArray(values) ? values.map(String).join(', ') : '';
    return `${String(attribute)} ${String(operator).replaceAll('_', ' ')} ${list}`;
  });
  const who = conditions.length === 0 ? '' : ` of calls with ${conditions.join(' and ')}`;
  return `${step.weight} %${who}`;
}
