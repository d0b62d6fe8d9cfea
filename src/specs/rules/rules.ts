import type { Address, Kind } from '../../model/address.ts';
import type { DesiredResource } from '../../model/desired.ts';
import type { Finding } from '../problems/problem.ts';
import { settingsRules } from './assistant-settings.ts';
import { bareAddressRules } from './bare-addresses.ts';
import { dynamicVariableRules } from './dynamic-variables.ts';
import { flowRules } from './flow.ts';
import { identityRules } from './identity.ts';
import { insightRules } from './insights.ts';
import { promotionRules } from './promotion.ts';
import { referenceRules } from './references.ts';
import { ignoreRules, transcriptionRules } from './settings.ts';
import { testRules } from './tests.ts';
import { assistantToolRules, toolRules } from './tools.ts';
import type { Rule, RuleContext } from './world.ts';

const RULES: { readonly [kind in Kind]: readonly Rule[] } = {
  assistant: [
    referenceRules,
    assistantToolRules,
    flowRules,
    transcriptionRules,
    settingsRules,
    promotionRules,
    ignoreRules,
  ],
  tool: [referenceRules, ({ spec }) => toolRules(spec, '/spec'), ignoreRules],
  mcp_server: [referenceRules, ignoreRules],
  test: [referenceRules, testRules, ignoreRules],
  insight: [insightRules, ignoreRules],
  insight_group: [referenceRules, ignoreRules],
};

/** Every rule that needs more than one value or more than one document, over one environment. */
export function checkRules(world: RuleContext): readonly (readonly [Address, Finding])[] {
  const findings: (readonly [Address, Finding])[] = [...identityRules(world), ...dynamicVariableRules(world)];
  for (const resource of world.resources.values()) {
    for (const finding of resourceFindings(resource, world)) findings.push([resource.address, finding]);
  }
  return findings;
}

/** The rules about one resource, which need not be among those of the world. */
export function resourceFindings(resource: DesiredResource, world: RuleContext): readonly Finding[] {
  return [bareAddressRules, ...RULES[resource.kind]].flatMap((rule) => rule(resource, world));
}
