import fc from 'fast-check';
import { isArray, isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Specs } from '../support/specs.ts';

/**
 * Random companies over a small set of addresses, so that two of them in a row differ as two commits do: fields come,
 * go and change, references are drawn and dropped, resources appear and disappear. No value is a default or an
 * empty one, so that what is expected can be told without knowing how those are compared.
 */

const ASSISTANTS = ['a', 'b', 'c'] as const;

const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const oneOf = <T extends Json>(...values: readonly T[]) => fc.constantFrom(...values);
const some = <T extends Json>(...values: readonly T[]) => fc.subarray([...values]);

/** Members that came out as undefined are left out. */
function present(record: { readonly [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

const shaped = (fields: { readonly [name: string]: fc.Arbitrary<Json | undefined> }) =>
  fc.record(fields).map(present);

const ref = (target: string): JsonObject => ({ $ref: target });

const inlineTools = fc
  .record({
    hangup: fc.boolean(),
    handoff: some(...ASSISTANTS),
    webhook: option(oneOf('https://one.example/x', 'https://two.example/x')),
    first: fc.boolean(),
  })
  .map(({ hangup, handoff, webhook, first }): Json => {
    const tools: Json[] = [];
    if (hangup) tools.push({ type: 'hangup', hangup: { description: 'Ends the call.' } });
    if (handoff.length > 0) {
      const targets = handoff.map((key) => ({ name: `To ${key}`, id: ref(`assistant/${key}`) }));
      tools.push({ type: 'handoff', handoff: { ai_assistants: targets, voice_mode: 'unified' } });
    }
    if (webhook !== undefined) {
      const part = { name: 'inline_hook', description: 'Looks.', url: webhook, method: 'POST' };
      tools.push({ type: 'webhook', webhook: part });
    }
    return first ? tools : tools.reverse();
  });

const flow = fc
  .record({
    second: fc.boolean(),
    prompt: oneOf('Ask for the name.', 'Ask for the number.'),
    swap: fc.boolean(),
  })
  .map(({ second, prompt, swap }): Json => {
    const nodes = [
      { id: 'start', type: 'prompt', name: 'Start', instructions: prompt },
      { id: 'end', type: 'prompt', name: 'End', instructions: 'Say goodbye.' },
    ];
    const edge = (id: string, from: string, to: string) => ({
      id,
      start_node_id: from,
      target: { type: 'node', node_id: to },
      condition: { type: 'llm', prompt: `Go to ${to}.` },
    });
    const edges = [edge('e1', 'start', 'end'), ...(second ? [edge('e2', 'end', 'start')] : [])];
    return { start_node_id: 'start', nodes, edges: swap ? edges.reverse() : edges };
  });

function assistant(key: string): fc.Arbitrary<JsonObject> {
  return shaped({
    name: oneOf(`Assistant ${key}`, `Assistant ${key}`, `Assistant ${key} renamed`),
    instructions: oneOf('You answer.', 'You answer.\nBe brief.\n', 'Du hörst zu — “ganz” genau.'),
    model: option(oneOf('openai/gpt-4o', 'openai/gpt-4.1', 'anthropic/claude-sonnet')),
    greeting: option(oneOf('Hello.', 'Good day.', 'Yes?')),
    enabled_features: option(
      oneOf<Json>(['telephony'], ['telephony', 'messaging'], ['messaging', 'telephony']),
    ),
    tool_ids: some('x', 'y').map((keys): Json => keys.map((one) => ref(`tool/${one}`))),
    mcp_servers: fc
      .boolean()
      .map((on): Json => (on ? [{ id: ref('mcp_server/m'), allowed_tools: ['find'] }] : [])),
    tools: inlineTools,
    dynamic_variables: option(
      shaped({
        brand: option(oneOf('North', 'South')),
        tier: option(oneOf('gold', 'tin')),
        zone: option(oneOf('eu')),
      }),
    ),
    tags: option(some('red', 'green', 'blue')),
    voice_settings: option(
      shaped({ voice: fc.constant('Telnyx.KokoroTTS.af_heart'), voice_speed: option(oneOf(0.8, 1.1, 1.2)) }),
    ),
    telephony_settings: option(shaped({ time_limit_secs: oneOf(600, 900, 1200) })),
    insight_settings: option(fc.constant<Json>({ insight_group_id: ref('insight_group/g') })),
    conversation_flow: fc.option(flow, { nil: undefined, freq: 2 }),
  });
}

function webhookTool(key: string): fc.Arbitrary<JsonObject> {
  return fc
    .record({
      url: oneOf(`https://${key}1.example/`, `https://${key}2.example/`, `https://${key}3.example/`),
      timeout: option(oneOf(6000, 7000)),
      headers: some('A', 'B', 'C'),
      fields: some('order', 'name'),
    })
    .map(({ url, timeout, headers, fields }) =>
      present({
        type: 'webhook',
        display_name: `Tool ${key}`,
        timeout_ms: timeout,
        webhook: {
          name: `hook_${key}`,
          description: 'Finds an order.',
          url,
          method: 'POST',
          headers: headers.map((name) => ({ name: `X-${name}`, value: `v-${name}` })),
          body_parameters: {
            type: 'object',
            properties: Object.fromEntries(fields.map((name) => [name, { type: 'string' }])),
            required: fields,
          },
        },
      }),
    );
}

const mcpServer = shaped({
  name: fc.constant('Server m'),
  type: fc.constant('http'),
  url: oneOf('https://m1.example/mcp', 'https://m2.example/mcp'),
  allowed_tools: option(oneOf<Json>(['find'], ['find', 'list'])),
});

function test(key: string): fc.Arbitrary<JsonObject> {
  return shaped({
    name: fc.constant(`Test ${key}`),
    destination: oneOf(...ASSISTANTS).map((one): Json => ref(`assistant/${one}`)),
    instructions: oneOf('Say hello.', 'Ask for money.'),
    max_duration_seconds: option(oneOf(90, 120)),
    test_suite: option(oneOf('gate', 'nightly')),
    rubric: fc
      .subarray(['polite', 'firm', 'short'], { minLength: 1 })
      .chain((names) => fc.shuffledSubarray(names, { minLength: names.length }))
      .map((names): Json => names.map((name) => ({ name, criteria: `Is ${name}.` }))),
  });
}

const insight = (key: string): fc.Arbitrary<JsonObject> =>
  shaped({
    name: oneOf(`Insight ${key}`, `Insight ${key}`, `Insight ${key} renamed`),
    instructions: oneOf('Was the caller content?', 'What did the caller want?'),
    json_schema: option(oneOf<Json>({ type: 'object', properties: { mood: { type: 'string' } } })),
  });

const insightGroup = shaped({
  name: fc.constant('Group g'),
  description: option(oneOf('All calls.', 'Sales calls.')),
  insights: option(some('i', 'j').map((keys): Json => keys.map((one) => ref(`insight/${one}`)))),
});

/** References to what this company lacks are dropped; tests without an assistant too. */
function wellFormed(specs: Specs): Specs {
  const prune = (value: Json): Json | undefined => {
    if (isArray(value)) return value.flatMap((item) => prune(item) ?? []);
    if (!isObject(value)) return value;
    if (typeof value.$ref === 'string') return value.$ref in specs ? value : undefined;
    const members = Object.entries(value).map(([name, inner]) => [name, prune(inner)] as const);
    if (members.some(([name, inner]) => (name === 'id' || name === 'destination') && inner === undefined))
      return undefined;
    return present(Object.fromEntries(members));
  };
  const withTargets = (tool: Json): boolean =>
    !isObject(tool) ||
    !isObject(tool.handoff) ||
    !isArray(tool.handoff.ai_assistants) ||
    tool.handoff.ai_assistants.length > 0;
  return Object.fromEntries(
    Object.entries(specs).flatMap(([address, spec]) => {
      const pruned = prune(spec);
      if (!isObject(pruned)) return [];
      const tools = isArray(pruned.tools) ? { tools: pruned.tools.filter(withTargets) } : {};
      return [[address, { ...pruned, ...tools }]];
    }),
  );
}

/** A company; each resource is there three times of four. */
export const company: fc.Arbitrary<Specs> = fc
  .record({
    ...Object.fromEntries(
      ASSISTANTS.map((key) => [`assistant/${key}`, fc.option(assistant(key), { nil: undefined, freq: 4 })]),
    ),
    'tool/x': fc.option(webhookTool('x'), { nil: undefined, freq: 4 }),
    'tool/y': fc.option(webhookTool('y'), { nil: undefined, freq: 4 }),
    'mcp_server/m': fc.option(mcpServer, { nil: undefined, freq: 4 }),
    'insight/i': fc.option(insight('i'), { nil: undefined, freq: 2 }),
    'insight/j': fc.option(insight('j'), { nil: undefined, freq: 2 }),
    'insight_group/g': fc.option(insightGroup, { nil: undefined, freq: 2 }),
    'test/t': fc.option(test('t'), { nil: undefined, freq: 4 }),
    'test/u': fc.option(test('u'), { nil: undefined, freq: 4 }),
  })
  .map((all: { readonly [address: string]: JsonObject | undefined }) =>
    wellFormed(
      Object.fromEntries(
        Object.entries(all).flatMap(([address, spec]) => (spec === undefined ? [] : [[address, spec]])),
      ),
    ),
  );
