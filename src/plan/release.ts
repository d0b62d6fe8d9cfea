import { canaryPlanOf } from '../canonical/canary.ts';
import { configDigest, digest } from '../canonical/canonical.ts';
import type { Address } from '../model/address.ts';
import type { DesiredResource, DesiredState } from '../model/desired.ts';
import { parseDuration } from '../model/duration.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import type { ReleaseNote } from '../model/plan.ts';
import type { Evidence, GateSpec, Release } from '../model/release.ts';

/** Time for all tests of a gate together when the spec names none. */
export const DEFAULT_GATE_TIMEOUT_MS = 15 * 60_000;

const STRATEGIES: readonly string[] = ['gated', 'manual', 'canary'];

function isStrategy(value: Json | undefined): value is Release['strategy'] {
  return typeof value === 'string' && STRATEGIES.includes(value);
}

/** How the specs want a new version of this assistant to become main; undefined for at once. */
export function releaseOf(resource: DesiredResource, desired: DesiredState): Release | undefined {
  const strategy = resource.promotion?.strategy;
  if (resource.kind !== 'assistant' || !isStrategy(strategy)) return undefined;
  const gate = gateOf(resource, desired);
  if (strategy !== 'canary') return { strategy, gate };
  const canary = canaryPlanOf(resource.promotion);
  // `validate` asks for the steps; without them nothing says how calls reach the version, so that it waits.
  return canary === undefined ? { strategy: 'manual', gate } : { strategy, gate, canary };
}

function gateOf(resource: DesiredResource, desired: DesiredState): GateSpec | null {
  const gate = resource.promotion?.gate;
  if (!isObject(gate)) return null;
  const mustPass = testAddresses(gate.must_pass);
  const tests = [...testAddresses(gate.tests), ...mustPass];
  const suites = isArray(gate.suites) ? gate.suites.filter((name) => typeof name === 'string') : [];
  if (tests.length === 0 && suites.length === 0) return null;
  const timeout = typeof gate.timeout === 'string' ? parseDuration(gate.timeout) : undefined;
  return {
    tests: [...new Set(tests)],
    suites,
    members: membersOf(resource.address, suites, desired),
    timeoutMs: timeout ?? DEFAULT_GATE_TIMEOUT_MS,
    uses: usesDigest(resource, desired),
    ...evidenceOf(gate, mustPass),
  };
}

const EVIDENCE: readonly string[] = ['repeat', 'pass_rate', 'must_pass', 'against'];

/** A gate that says how its tests are weighed; without, each of them has to pass once. */
function evidenceOf(gate: JsonObject, mustPass: readonly Address[]): { readonly evidence?: Evidence } {
  if (!EVIDENCE.some((name) => gate[name] !== undefined)) return {};
  const numberOr = (name: string, otherwise: number): number => {
    const value = gate[name];
    return typeof value === 'number' ? value : otherwise;
  };
  const compares = gate.against === 'main';
  return {
    evidence: {
      repeat: Math.max(1, numberOr('repeat', 1)),
      passRate: numberOr('pass_rate', compares ? 0 : 1),
      mustPass: [...new Set(mustPass)],
      ...(compares && { maxDrop: numberOr('max_drop', 0) }),
    },
  };
}

function testAddresses(list: Json | undefined): readonly Address[] {
  return isArray(list) ? list.flatMap((entry) => testAddress(entry) ?? []) : [];
}

function testAddress(entry: Json): Address | undefined {
  const target = isObject(entry) ? entry.$ref : undefined;
  return typeof target === 'string' && isTestAddress(target) ? target : undefined;
}

function isTestAddress(target: string): target is Address {
  return target.startsWith('test/');
}

/** Tests by suite. Made once for each desired state: asking every test for every assistant would be quadratic. */
const suitesOf = new WeakMap<DesiredState, ReadonlyMap<string, readonly DesiredResource[]>>();

function testsBySuite(desired: DesiredState): ReadonlyMap<string, readonly DesiredResource[]> {
  const known = suitesOf.get(desired);
  if (known !== undefined) return known;
  const suites = new Map<string, DesiredResource[]>();
  for (const resource of desired.resources.values()) {
    const suite = resource.kind === 'test' ? resource.spec.test_suite : undefined;
    if (typeof suite !== 'string' || suite === '') continue;
    const members = suites.get(suite);
    if (members === undefined) suites.set(suite, [resource]);
    else members.push(resource);
  }
  suitesOf.set(desired, suites);
  return suites;
}

function membersOf(assistant: Address, suites: readonly string[], desired: DesiredState): readonly Address[] {
  if (suites.length === 0) return [];
  const tests = testsBySuite(desired);
  return suites
    .flatMap((suite) => tests.get(suite) ?? [])
    .filter(({ spec }) => isFor(spec, assistant))
    .map(({ address }) => address);
}

function isFor(spec: JsonObject, assistant: Address): boolean {
  return isObject(spec.destination) && spec.destination.$ref === assistant;
}

/** Digest of the specs of the tools and MCP servers that an assistant uses. */
export function usesDigest(resource: DesiredResource, desired: DesiredState): string {
  const targets = [...new Set(resource.references.map(({ target }) => target))].sort();
  const used = targets.flatMap((target): readonly Json[] => {
    const other = isUsed(target) ? desired.resources.get(target) : undefined;
    return other === undefined ? [] : [[target, configDigest(SHAPES[other.kind], other.spec)]];
  });
  return digest(used);
}

/** What a result depends on beside the assistant's own configuration: not the assistants that it hands off to. */
function isUsed(target: string): target is Address {
  return target.startsWith('tool/') || target.startsWith('mcp_server/');
}

/** Tests whose specs a gate needs in the account before it can run. */
export function gateTests(release: Release | undefined): readonly Address[] {
  const gate = release?.gate;
  return gate ? [...new Set([...gate.tests, ...gate.members])] : [];
}

/** What a plan says about it. */
export function releaseNote({ strategy, gate }: Release): ReleaseNote {
  const evidence = gate?.evidence;
  return {
    strategy,
    tests: gate?.tests ?? [],
    suites: gate?.suites ?? [],
    ...(evidence !== undefined && {
      repeat: evidence.repeat,
      pass_rate: evidence.passRate,
      ...(evidence.maxDrop !== undefined && { max_drop: evidence.maxDrop }),
    }),
  };
}
