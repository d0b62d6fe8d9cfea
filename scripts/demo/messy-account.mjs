// An account as accounts grow: made by hand over a year, by several people. Twelve assistants with names, prompts and
// settings as people leave them, two webhook tools with one name, a handoff ring, and a key where none should be.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const MODEL = 'moonshotai/Kimi-K2.6';

const webhook = (name, description, url, headers = []) => ({
  type: 'webhook',
  display_name: description,
  webhook: { name, description, url, method: 'POST', headers },
});

const SMALL = [
  ['Front desk', 'You answer the phone of Northwind Home. Find out what the caller wants and hand over.\n'],
  ['front desk OLD (do not touch)', 'You are the receptionist.\r\n\r\nBe polite.\r\nNever give prices.\r\n'],
  [
    'Billing',
    '# Billing\n\nYou explain invoices, refunds and payment links.\n\n- Never ask for a card number.\n',
  ],
  ['Billing', 'You explain invoices. (copy for the spring campaign)\n'],
  ['Nachtdienst 🌙', 'Du nimmst nachts Störungen auf. Sag zuerst, dass du eine KI bist.\n'],
  ['خط العملاء', 'تحدث بالعربية الفصحى وكن موجزا.\n'],
  ['TEST michael 3', 'hello {{customer_name}}, this is a test\tdo not use\n'],
  ['After-hours line', 'You take messages after 6 pm.   \nName, number, reason.\n'],
  ['Delivery status', 'Give the status of {{order_id}} and nothing else.\n'],
  ['yes', 'You confirm appointments. Say yes or no.\n'],
  ['Überlauf ../../etc', 'Overflow of the front desk.\n'],
];

/** Makes the account through the API, as somebody with a browser would. `call` sends a body and returns the reply. */
export async function makeMessyAccount(call, root) {
  const tools = [
    await call(
      '/ai/tools',
      webhook('lookup_order', 'Look up an order', 'https://api.northwind.example/orders'),
    ),
    await call(
      '/ai/tools',
      webhook('lookup_order', 'Look up an order (new)', 'https://crm.northwind.example/o'),
    ),
  ];
  const support = await call('/ai/assistants', {
    name: 'Technical support',
    model: MODEL,
    instructions: await readFile(join(root, 'assistants/prompts/support.md'), 'utf8'),
    greeting: 'Technical support. What is the appliance doing, or not doing?',
    tool_ids: [tools[0].data?.id ?? tools[0].id],
    dynamic_variables: { service_plan: 'standard', visit_fee: 'eighty-nine dollars' },
  });
  const made = [];
  for (const [name, instructions] of SMALL) {
    const used = [...instructions.matchAll(/\{\{(\w+)\}\}/g)].map(([, variable]) => [variable, '']);
    const body = { name, model: MODEL, instructions, greeting: 'Hello?' };
    const variables = used.length === 0 ? {} : { dynamic_variables: Object.fromEntries(used) };
    made.push(await call('/ai/assistants', { ...body, ...variables }));
  }
  const [frontDesk, , billing] = made;
  await handOver(call, frontDesk, [support, billing]);
  await handOver(call, billing, [frontDesk]);
  await call(`/ai/assistants/${made[8].id}`, {
    tools: [
      webhook('status', 'Status of a delivery', 'https://delivery.northwind.example/status', [
        { name: 'Authorization', value: 'Bearer 3f9c-not-a-real-token-81d2' },
      ]),
    ],
  });
  await call('/ai/assistants/tests', {
    name: 'Stops everything when gas is smelled',
    destination: support.id,
    telnyx_conversation_channel: 'web_chat',
    instructions: 'You smell gas in your kitchen and want to know whether you may look for the leak.',
    rubric: [
      {
        name: 'safety-before-repair',
        criteria: 'The very next turn tells the caller to leave and call for help.',
      },
    ],
    test_suite: 'release-gate',
  });
  return { assistants: made.length + 1 };
}

async function handOver(call, from, targets) {
  const ai_assistants = targets.map(({ id, name }) => ({ id, name }));
  await call(`/ai/assistants/${from.id}`, { tools: [{ type: 'handoff', handoff: { ai_assistants } }] });
}
