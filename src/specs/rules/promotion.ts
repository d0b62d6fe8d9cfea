import type { DesiredResource } from '../../model/desired.ts';
import { isArray, isObject, type JsonObject, stableStringify } from '../../model/json.ts';
import { callsNumber } from '../../model/phone-test.ts';
import type { Finding } from '../problems/problem.ts';
import { suggestion } from '../problems/suggest.ts';
import { missing } from './references.ts';
import { objectOf, objectsOf, problem, type RuleContext, referenced, textOf, warning } from './world.ts';

/** Checks that the promotion of an assistant can work: its own tests, suites that have tests, rising shares. */
export function promotionRules(resource: DesiredResource, world: RuleContext): readonly Finding[] {
  const { promotion } = resource;
  if (promotion === undefined) return [];
  const gate = objectOf(promotion.gate);
  return [
    ...strategyRules(promotion, gate),
    ...evidenceRules(gate),
    ...gateTests(resource, gate, world, '/promotion/gate'),
    ...gateTests(resource, gate, world, '/promotion/gate', 'must_pass'),
    ...gateSuites(gate, world, '/promotion/gate'),
    ...canaryRules(resource, objectOf(promotion.canary), world),
  ];
}

function strategyRules(promotion: JsonObject, gate: JsonObject): readonly Finding[] {
  const strategy = textOf(promotion.strategy) ?? 'immediate';
  const asked = [gate.tests, gate.suites, gate.must_pass].some((list) => isArray(list) && list.length > 0);
  if (strategy === 'gated' && !asked) {
    const hint = 'add promotion.gate with tests or suites';
    return [problem('PROMOTION_GATE', '/promotion/strategy', 'the strategy gated needs a gate', hint)];
  }
  if (strategy === 'canary' && promotion.canary === undefined) {
    const hint = 'add promotion.canary with steps';
    return [problem('PROMOTION_CANARY', '/promotion/strategy', 'the strategy canary needs its steps', hint)];
  }
  if (strategy === 'immediate' && asked) {
    const message = 'the gate is not used: the strategy is immediate';
    return [
      { ...warning('PROMOTION_UNUSED', '/promotion/gate', message, 'write strategy: gated'), at: 'key' },
    ];
  }
  if (strategy !== 'canary' && promotion.canary !== undefined) {
    const message = `the canary steps are not used: the strategy is ${strategy}`;
    return [
      { ...warning('PROMOTION_UNUSED', '/promotion/canary', message, 'write strategy: canary'), at: 'key' },
    ];
  }
  return [];
}

/** What is written and does nothing, or lets everything pass. */
function evidenceRules(gate: JsonObject): readonly Finding[] {
  const { against, max_drop, must_pass, pass_rate } = gate;
  if (max_drop !== undefined && against === undefined) {
    const message = 'max_drop is not used: nothing is compared';
    return [
      { ...warning('PROMOTION_UNUSED', '/promotion/gate/max_drop', message, 'add against: main'), at: 'key' },
    ];
  }
  const share = pass_rate ?? (against === undefined ? 1 : 0);
  const asks = (isArray(must_pass) && must_pass.length > 0) || (against !== undefined && max_drop !== 1);
  if (share !== 0 || asks) return [];
  const message = 'this gate lets every version through';
  const hint = 'ask for a pass_rate, add must_pass, or compare: against: main with a smaller max_drop';
  return [warning('GATE_OPEN', '/promotion/gate', message, hint)];
}

function canaryRules(resource: DesiredResource, canary: JsonObject, world: RuleContext): readonly Finding[] {
  const analysis = objectOf(canary.analysis);
  return [
    ...canarySteps(canary),
    ...gateTests(resource, analysis, world, '/promotion/canary/analysis'),
    ...gateSuites(analysis, world, '/promotion/canary/analysis'),
    ...hookRules(analysis, world),
  ];
}

function hookRules({ hook }: JsonObject, { hooks }: RuleContext): readonly Finding[] {
  if (typeof hook !== 'string' || hooks === undefined || hooks.includes(hook)) return [];
  const hint =
    suggestion(hook, hooks) ?? `add hooks: { ${hook}: { run: [program, argument] } } to assistantctl.yaml`;
  const message = `assistantctl.yaml has no hook ${hook}`;
  return [problem('HOOK_UNKNOWN', '/promotion/canary/analysis/hook', message, hint)];
}

function gateTests(
  resource: DesiredResource,
  gate: JsonObject,
  world: RuleContext,
  place: string,
  list: 'tests' | 'must_pass' = 'tests',
): readonly Finding[] {
  return objectsOf(gate[list]).flatMap(([index, entry]) => {
    const pointer = `${place}/${list}/${index}`;
    const target = textOf(entry.$ref);
    if (!target?.startsWith('test/')) return [];
    const absent = missing(target, world);
    if (absent !== undefined) return [{ ...absent, pointer }];
    const test = referenced(entry, world);
    const destination = test?.spec.destination;
    if (test !== undefined && callsNumber(test.spec)) return [numberTest(pointer, target)];
    if (isObject(destination) && destination.$ref === resource.address) return [];
    if (isObject(destination)) {
      const other = String(destination.$ref);
      const message = `${target} tests ${other}, not this assistant`;
      return [
        problem(
          'GATE_TEST_FOREIGN',
          pointer,
          message,
          `set its destination to { $ref: ${resource.address} }`,
        ),
      ];
    }
    const message = `whether ${target} reaches this assistant cannot be told from its destination`;
    return [
      warning('GATE_TEST_UNBOUND', pointer, message, `set its destination to { $ref: ${resource.address} }`),
    ];
  });
}

function numberTest(pointer: string, target: string): Finding {
  const message = `${target} calls a phone number, so it cannot run on a version before that is promoted`;
  const hint = 'gate with tests of the channel web_chat, and run this one afterwards: assistantctl test run';
  return problem('GATE_TEST_PHONE', pointer, message, hint);
}

function gateSuites(gate: JsonObject, world: RuleContext, place: string): readonly Finding[] {
  if (!isArray(gate.suites)) return [];
  const suites = new Map<string, DesiredResource[]>();
  for (const resource of world.resources.values()) {
    const suite = resource.kind === 'test' ? textOf(resource.spec.test_suite) : undefined;
    if (suite !== undefined) suites.set(suite, [...(suites.get(suite) ?? []), resource]);
  }
  return gate.suites.flatMap((suite, index) => {
    if (typeof suite !== 'string') return [];
    const tests = suites.get(suite);
    const calling = tests?.find(({ spec }) => callsNumber(spec));
    if (calling !== undefined) return [numberTest(`${place}/suites/${index}`, calling.address)];
    if (tests !== undefined) return [];
    const message = `no test belongs to the suite ${suite}`;
    return [
      problem('SUITE_UNKNOWN', `${place}/suites/${index}`, message, suggestion(suite, [...suites.keys()])),
    ];
  });
}

/** Shares grow from step to step; where the audience changes, growth begins anew. */
function canarySteps(canary: JsonObject): readonly Finding[] {
  let last = 0;
  let audience = '';
  return objectsOf(canary.steps).flatMap(([index, { weight, match }]) => {
    if (typeof weight !== 'number' || weight <= 0 || weight >= 100) return [];
    const pointer = `/promotion/canary/steps/${index}/weight`;
    const own = stableStringify(match ?? canary.match ?? []);
    const before = own === audience ? last : 0;
    audience = own;
    last = Math.max(before, weight);
    if (weight < 1)
      return [problem('CANARY_STEPS', pointer, 'a share of traffic must be at least 1 percent')];
    if (weight > before) return [];
    return [problem('CANARY_STEPS', pointer, `each share must be larger than the one before it (${before})`)];
  });
}
