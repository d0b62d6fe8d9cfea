import { expect, it } from 'vitest';
import { ROUTES } from '../../src/emulator/server/routes.ts';
import { inDashboard } from '../e2e/harness.ts';
import { type Bench, openBench } from './bench.ts';

/**
 * The endpoints of AI assistants and of what belongs to them, as the public OpenAPI document and the official SDK
 * list them. Each has to be reached by a kind of document or by a command.
 */
const ENDPOINTS = `
GET /ai/assistants
POST /ai/assistants
POST /ai/assistants/import
GET /ai/assistants/tags
GET /ai/assistants/deleted
GET /ai/assistants/{}
POST /ai/assistants/{}
DELETE /ai/assistants/{}
POST /ai/assistants/{}/clone
GET /ai/assistants/{}/texml
POST /ai/assistants/{}/chat
POST /ai/assistants/{}/chat/sms
POST /ai/assistants/{}/chat/whatsapp
GET /ai/assistants/{}/deleted
POST /ai/assistants/{}/restore
POST /ai/assistants/{}/instructions/enhance
POST /ai/assistants/{}/tags
DELETE /ai/assistants/{}/tags/{}
GET /ai/assistants/{}/versions
GET /ai/assistants/{}/versions/{}
POST /ai/assistants/{}/versions/{}
DELETE /ai/assistants/{}/versions/{}
POST /ai/assistants/{}/versions/{}/promote
GET /ai/assistants/{}/canary-deploys
POST /ai/assistants/{}/canary-deploys
PUT /ai/assistants/{}/canary-deploys
DELETE /ai/assistants/{}/canary-deploys
PUT /ai/assistants/{}/tools/{}
DELETE /ai/assistants/{}/tools/{}
POST /ai/assistants/{}/tools/{}/test
GET /ai/assistants/{}/scheduled_events
POST /ai/assistants/{}/scheduled_events
GET /ai/assistants/{}/scheduled_events/{}
DELETE /ai/assistants/{}/scheduled_events/{}
GET /ai/assistants/tests
POST /ai/assistants/tests
GET /ai/assistants/tests/{}
PUT /ai/assistants/tests/{}
DELETE /ai/assistants/tests/{}
GET /ai/assistants/tests/{}/runs
POST /ai/assistants/tests/{}/runs
GET /ai/assistants/tests/{}/runs/{}
GET /ai/assistants/tests/test-suites
GET /ai/assistants/tests/test-suites/{}/runs
POST /ai/assistants/tests/test-suites/{}/runs
GET /ai/tools
POST /ai/tools
GET /ai/tools/{}
PATCH /ai/tools/{}
DELETE /ai/tools/{}
GET /ai/mcp_servers
POST /ai/mcp_servers
GET /ai/mcp_servers/{}
PUT /ai/mcp_servers/{}
DELETE /ai/mcp_servers/{}
GET /ai/integrations
GET /ai/integrations/{}
GET /ai/integrations/connections
GET /ai/integrations/connections/{}
DELETE /ai/integrations/connections/{}
GET /ai/conversations/{}/conversations-insights
GET /ai/conversations/conversation-insights/aggregates
GET /ai/conversations/insights
POST /ai/conversations/insights
GET /ai/conversations/insights/{}
PUT /ai/conversations/insights/{}
DELETE /ai/conversations/insights/{}
GET /ai/conversations/insight-groups
POST /ai/conversations/insight-groups
GET /ai/conversations/insight-groups/{}
PUT /ai/conversations/insight-groups/{}
DELETE /ai/conversations/insight-groups/{}
POST /ai/conversations/insight-groups/{}/insights/{}/assign
DELETE /ai/conversations/insight-groups/{}/insights/{}/unassign
`
  .trim()
  .split('\n');

const CRM = 'kind: mcp_server\nspec: { name: CRM, type: http, url: "https://acme.example/mcp" }\n';
const MOOD = 'kind: insight\nspec: { name: Mood, instructions: How did they feel? }\n';
const CALLS = 'kind: insight_group\nspec: { name: Calls, insights: [{ $ref: insight/mood }] }\n';
const WORDS = new Set(['tags', 'deleted', 'import', 'tests', 'test-suites', 'connections']);

/** The endpoint behind a request: ids become `{}`, fixed words after a collection stay. */
function endpointOf(method: string, path: string): string {
  const candidates = ENDPOINTS.filter((endpoint) => {
    const [verb, template = ''] = endpoint.split(' ');
    const parts = template.split('/');
    const given = path.split('/');
    return (
      verb === method &&
      parts.length === given.length &&
      parts.every((part, index) => part === given[index] || (part === '{}' && !WORDS.has(given[index] ?? '')))
    );
  });
  return candidates[0] ?? `${method} ${path}`;
}

async function done(bench: Bench, command: string, codes: readonly number[] = [0]): Promise<string> {
  const ran = await bench.cli(command.split(' '));
  if (!codes.includes(ran.code)) throw new Error(`${command}: ${ran.code}\n${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

async function manageEverything(bench: Bench): Promise<void> {
  const { project, server } = bench;
  await project.write('assistants/crm.yaml', CRM);
  await project.write('assistants/mood.yaml', MOOD);
  await project.write('assistants/calls.yaml', CALLS);
  await project.edit('assistants/greets.yaml', 'spec:', 'spec:\n  test_suite: smoke');
  await done(bench, 'apply');
  await project.edit('assistants/crm.yaml', 'name: CRM', 'name: The CRM');
  await project.edit('assistants/mood.yaml', 'feel', 'sound');
  await project.edit(
    'assistants/calls.yaml',
    '{ name: Calls, insights: [{ $ref: insight/mood }]',
    '{ name: All calls, insights: []',
  );
  await project.edit('assistants/lookup.yaml', 'Finds an order.', 'Finds any order.');
  // A server that builds new versions upon the newest one, so that a version has to be put right in place.
  server.setQuirks({ stagedBase: 'newest' });
  const billing = JSON.parse(await done(bench, 'assistant show assistant/billing --format json')).id;
  await inDashboard(server, 'POST', `/ai/assistants/${billing}`, {
    promote_to_main: false,
    dynamic_variables_webhook_url: 'https://acme.example/leak',
  });
  await project.edit('assistants/billing.yaml', 'You explain invoices.', 'You explain every invoice.');
  await done(bench, 'apply --override-limits');
}

async function useEverything(bench: Bench): Promise<void> {
  const numbers = '--from +13125550100 --to +13125550101';
  for (const command of [
    'assistant list',
    'assistant texml assistant/billing',
    'assistant deleted',
    'insight count --by metadata.assistant_id',
    'assistant tags',
    'assistant tags assistant/billing --add vip --remove vip',
    'assistant chat assistant/billing --message Hello',
    `assistant sms assistant/billing ${numbers}`,
    'assistant enhance assistant/billing',
    'tool test tool/lookup',
    'tool attach tool/lookup assistant/billing',
    'tool detach tool/lookup assistant/billing',
    'integration show hubspot',
    'integration connections',
    'mcp show mcp_server/crm',
    'canary show assistant/billing',
    'test run test/greets',
    'test history test/greets',
    'test suites',
    'test suites smoke --trigger',
    'test suites smoke',
    'versions list assistant/billing',
    'versions prune assistant/billing --keep 1',
  ]) {
    await done(bench, command);
  }
  await done(bench, `assistant whatsapp assistant/billing ${numbers} --text Hello`);
  const copy = JSON.parse(await done(bench, 'assistant clone assistant/billing --format json')).id;
  await inDashboard(bench.server, 'DELETE', `/ai/assistants/${copy}`);
  await done(bench, `assistant deleted ${copy}`);
  await done(bench, `assistant restore ${copy}`);
  const conversation = bench.server.store.ids('conversation_insights')[0];
  await done(bench, `insight show ${conversation}`);
  const { connections } = JSON.parse(await done(bench, 'integration connections --format json'));
  await done(bench, `integration connections ${connections[0].id}`);
  await done(bench, `integration disconnect ${connections[0].id}`);
  const when = '--at 2039-01-01T00:00:00Z --channel phone_call --format json';
  const { event } = JSON.parse(await done(bench, `event create assistant/billing ${numbers} ${when}`));
  await done(bench, 'event list assistant/billing');
  await done(bench, `event show assistant/billing ${event.scheduled_event_id}`);
  await done(bench, `event cancel assistant/billing ${event.scheduled_event_id}`);
}

async function rollOut(bench: Bench): Promise<void> {
  const steps = '{ steps: [{ weight: 10, hold: 1ms }, { weight: 50, hold: 1h }] }';
  const promotion = `promotion: { strategy: canary, canary: ${steps} }\n`;
  await bench.project.edit('assistants/billing.yaml', 'kind: assistant\n', `kind: assistant\n${promotion}`);
  await bench.project.edit('assistants/billing.yaml', 'every invoice', 'any invoice');
  await done(bench, 'apply --override-limits');
  await done(bench, 'rollout tick assistant/billing');
  await done(bench, 'rollout abort assistant/billing');
}

async function removeEverything(bench: Bench): Promise<void> {
  for (const file of ['crm', 'mood', 'calls', 'lookup', 'greets', 'billing']) {
    await bench.project.remove(`assistants/${file}.yaml`);
  }
  await bench.project.write(
    'assistants/front-desk.yaml',
    'kind: assistant\nspec: { name: Front desk, instructions: Answer., tool_ids: [], tools: [] }\n',
  );
  await done(bench, 'apply --prune --override-limits');
}

it('every endpoint is reached by a kind of document or by a command', async () => {
  const bench = await openBench();
  await manageEverything(bench);
  await useEverything(bench);
  await rollOut(bench);
  await done(bench, 'import --provider vapi --api-key-ref vapi-key');
  await removeEverything(bench);
  const ours = bench.server.requests.filter(({ headers }) =>
    /^assistantctl\//.test(headers['user-agent'] ?? ''),
  );
  const reached = new Set(ours.map(({ method, path }) => endpointOf(method, path)));
  expect(ENDPOINTS.filter((endpoint) => !reached.has(endpoint))).toEqual([]);
});

it('the list of endpoints leaves out nothing that the embedded API has for assistants', () => {
  const listed = new Set(ENDPOINTS);
  const known = ROUTES.filter(({ path }) => /^\/ai\/(assistants|tools|mcp_servers|integrations)/.test(path));
  const templates = known.map(({ method, path }) => `${method} ${path.replaceAll(/\{[^}]+\}/g, '{}')}`);
  expect(templates.filter((template) => !listed.has(template))).toEqual([]);
});
