import { describe, expect, it } from 'vitest';
import { pullProject } from '../pull/project.ts';

// "Not attempted" says because of whom, through whatever lies between.

describe('what a failure stops', () => {
  it('names what failed and what it needs', async () => {
    const project = await pullProject(
      {
        'assistants/tools/orders.yaml': `kind: tool
spec:
  type: webhook
  display_name: Orders
  webhook:
    name: orders
    description: Finds an order.
    url: https://crm.example/orders
    headers: [{ name: Authorization, value: "Bearer {{#integration_secret}}nobody{{/integration_secret}}" }]
`,
        'assistants/desk.yaml':
          'kind: assistant\nspec: { name: Desk, model: openai/gpt-4o, instructions: Help., tool_ids: [{ $ref: tool/orders }] }\n',
        'assistants/greets.yaml':
          'kind: test\nspec: { name: Greets, destination: { $ref: assistant/desk }, telnyx_conversation_channel: web_chat, instructions: Say hello., rubric: [{ name: polite, criteria: was polite }] }\n',
        'assistants/other.yaml':
          'kind: assistant\nspec: { name: Other, model: openai/gpt-4o, instructions: Help. }\n',
      },
      { quirks: { secretsCheck: true } },
    );
    const { code, body } = await project.json('apply', '--yes');
    expect(code).toBe(7);
    const results = body.results as readonly { readonly address: string }[];
    expect(results.toSorted((a, b) => (a.address < b.address ? -1 : 1))).toMatchObject([
      { address: 'assistant/desk', status: 'not_attempted', waits_for: ['tool/orders'], error: null },
      { address: 'assistant/other', status: 'applied' },
      { address: 'test/greets', status: 'not_attempted', waits_for: ['tool/orders'] },
      { address: 'tool/orders', status: 'failed' },
    ]);
    const { out } = await project.cli('apply', '--yes');
    expect(out).toMatch(/assistant\/desk +to create +needs tool\/orders/);
  });
});
