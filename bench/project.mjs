// A project of many small resources, in the shape that teams have: assistants that use tools and are tested.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROMPT = `You answer the phone of branch {{branch}}. You are calm, brief and exact.

- Ask for the order number before you look anything up.
- Never promise a date that the lookup did not return.
- When the caller asks for a person, connect them at once.
`;

function assistant(index) {
  return `kind: assistant
key: desk-${index}
spec:
  name: Desk ${index}
  model: moonshotai/Kimi-K2.6
  greeting: Thanks for calling branch ${index}.
  instructions: |
${PROMPT.split('\n')
  .map((line) => (line === '' ? '' : `    ${line}`))
  .join('\n')}
  enabled_features: [telephony]
  tags: [branch, region-${index % 20}]
  tool_ids: [{ $ref: tool/lookup-${index} }]
  tools:
    - type: hangup
      hangup: { description: Ends the call after the goodbye. }
  dynamic_variables: { branch: "${index}", opening_hours: nine to five }
  voice_settings: { voice: Telnyx.KokoroTTS.af_heart, voice_speed: 1.1 }
  transcription: { model: deepgram/flux, language: en }
  telephony_settings: { time_limit_secs: 900, user_idle_timeout_secs: 60 }
`;
}

function tool(index) {
  return `kind: tool
key: lookup-${index}
spec:
  type: webhook
  display_name: Look up order ${index}
  timeout_ms: 6000
  webhook:
    name: lookup_order
    description: Finds an order of branch ${index} by its number.
    url: https://orders.example.com/branches/${index}/search
    method: POST
    headers:
      - { name: Authorization, value: "Bearer {{#integration_secret}}orders{{/integration_secret}}" }
    body_parameters:
      type: object
      properties:
        order_number: { type: string, description: Six digits. }
      required: [order_number]
`;
}

function test(index) {
  return `kind: test
key: status-${index}
spec:
  name: Branch ${index} gives the order status
  destination: { $ref: assistant/desk-${index} }
  test_suite: suite-${index % 10}
  max_duration_seconds: 120
  instructions: You ordered a dishwasher and want to know when it comes.
  rubric:
    - { name: asks-for-number, criteria: The assistant asks for the order number first. }
    - { name: states-window, criteria: The assistant names the window that the lookup returned. }
`;
}

/** Writes `count` documents of each of three kinds, one a file, and the project file. */
export function writeProject(folder, count, environment) {
  const specs = join(folder, 'assistants');
  for (const kind of ['desks', 'tools', 'tests']) mkdirSync(join(specs, kind), { recursive: true });
  for (let index = 0; index < count; index += 1) {
    writeFileSync(join(specs, 'desks', `desk-${index}.yaml`), assistant(index));
    writeFileSync(join(specs, 'tools', `lookup-${index}.yaml`), tool(index));
    writeFileSync(join(specs, 'tests', `status-${index}.yaml`), test(index));
  }
  writeFileSync(
    join(folder, 'assistantctl.yaml'),
    `project: bench\ndefault_environment: bench\nenvironments:\n  bench:\n    base_url: ${environment.url}\n    api_key_env: TELNYX_BENCH_KEY\nconcurrency: 8\n`,
  );
}
