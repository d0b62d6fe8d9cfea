import { describe, expect, it } from 'vitest';
import { account } from '../release/checkout.ts';

const SPEC = (greeting: string, tests: string) => `kind: assistant
key: front-desk
spec: { name: Front desk, model: openai/gpt-4o, instructions: Be kind., greeting: ${greeting} }
---
kind: test
key: greets
spec:
  name: Greets
  destination: { $ref: assistant/front-desk }
  instructions: Say hello.
  rubric: [{ name: greets, criteria: The assistant greets. }]
${tests}`;

const CALLS = (key: string, destination: string, channel: string) => `---
kind: test
key: ${key}
spec:
  name: Calls ${key}
  destination: ${destination}
  telnyx_conversation_channel: ${channel}
  instructions: Stay on the line.
  rubric: [{ name: long, criteria: The call is long. }]
`;

describe('preview up of a branch that nobody has reviewed', () => {
  it('calls no number that the branch names, and runs its other tests', async () => {
    const { server, checkout } = await account();
    const main = await checkout(SPEC('Hello.', ''));
    expect((await main.cli('apply')).code).toBe(0);
    await main.write(
      SPEC(
        'Hi.',
        CALLS('premium', '"+19005550100"', 'phone_call') + CALLS('texts', '"+13125550100"', 'sms_chat'),
      ),
    );
    const up = await main.cli('preview', 'up', '--id', 'pr-1');
    expect([up.code, up.err]).toEqual([0, up.err]);
    expect(up.err).toContain('test/premium calls a phone number');
    expect(up.err).toContain('test/texts calls a phone number');
    const runs = server.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/runs'));
    expect(runs).toHaveLength(1);
    expect((await main.cli('preview', 'down', '--id', 'pr-1')).code).toBe(0);
  });
});
