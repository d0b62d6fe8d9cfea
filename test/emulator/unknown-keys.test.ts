import { describe, expect, it } from 'vitest';
import { type PullProject, pullProject } from '../pull/project.ts';

/** Keys that the API does not know, sent to the embedded API of a project that allows them. */

const project = (quirks = ''): Promise<PullProject> =>
  pullProject({
    'assistantctl.yaml': `project: acme
unknown_fields: allow
default_environment: local
environments:
  local:
    target: emulator
${quirks}`,
    'assistants/desk.yaml': `kind: assistant
spec:
  name: Desk
  instructions: You answer.
  future_settings: { speed: 1 }
  telephony_settings: { time_limit_secs: 600, send_conversation_message_events: true }
  tools:
    - { type: hangup, hangup: { description: Ends., intent_message: Bye. } }
`,
    'assistants/hook.yaml': `kind: tool
spec:
  type: webhook
  display_name: Hook
  webhook: { name: hook, description: Finds., url: "https://a.example/", method: POST, sparkle: 3 }
`,
  });

const DROPPED = [
  '/future_settings',
  '/telephony_settings/send_conversation_message_events',
  '/tools/hangup/hangup/intent_message',
  '/webhook/sparkle',
];

async function told(desk: PullProject): Promise<readonly string[]> {
  const { body } = await desk.json('plan');
  expect([body.changes, body.drift]).toEqual([[], []]);
  const all = body.diagnostics as unknown as readonly { code: string; pointer?: string; message: string }[];
  return all
    .filter(({ code }) => code === 'FIELD_DROPPED')
    .map(({ pointer, message }) => {
      expect(message).toContain(`not in force: the API does not know ${pointer}`);
      return pointer ?? '';
    })
    .sort();
}

describe('keys that the embedded API does not know', () => {
  it('are answered with 200 and dropped, which is neither failure nor drift, and told by every plan', async () => {
    const desk = await project();
    expect((await desk.cli('apply', '--yes')).code).toBe(0);
    for (const greeting of ['One.', 'Two.']) {
      expect(await told(desk)).toEqual(DROPPED);
      expect((await desk.cli('drift')).code).toBe(0);
      const text = await desk.read('assistants/desk.yaml');
      await desk.write(
        'assistants/desk.yaml',
        `${text.replace(/ {2}greeting: .*\n/, '')}  greeting: ${greeting}\n`,
      );
      expect((await desk.cli('apply', '--yes')).code).toBe(0);
    }
    expect(await told(desk)).toEqual(DROPPED);
  });

  it('are kept where the environment says so', async () => {
    const desk = await project('    quirks: { unknownFields: store }\n');
    expect((await desk.cli('apply', '--yes')).code).toBe(0);
    expect(await told(desk)).toEqual([]);
  });

  it('are an error with the name where they are refused', async () => {
    const desk = await project('    quirks: { unknownFields: reject }\n');
    const { code, out } = await desk.cli('apply', '--yes');
    expect(code).not.toBe(0);
    expect(out).toContain('future_settings');
  });
});

describe('tools of a type that was not known yesterday', () => {
  it('are kept by the embedded API with their settings, shared and inline', async () => {
    const desk = await pullProject({
      'assistantctl.yaml': `project: acme
default_environment: local
environments: { local: { target: emulator } }
`,
      'assistants/wa.yaml': `kind: tool
spec: { type: whatsapp_template, display_name: Template, whatsapp_template: { template_id: abc } }
`,
      'assistants/new.yaml': `kind: tool
spec: { type: new_fancy, display_name: New, new_fancy: { depth: { of: 2 } } }
`,
      'assistants/desk.yaml': `kind: assistant
spec:
  name: Desk
  instructions: You answer.
  tool_ids: [{ $ref: tool/wa }, { $ref: tool/new }]
  tools: [{ type: other_new, other_new: { a: 1 } }]
`,
    });
    expect((await desk.cli('apply', '--yes')).code).toBe(0);
    expect(await told(desk)).toEqual([]);
    const text = await desk.read('assistants/new.yaml');
    await desk.write('assistants/new.yaml', text.replace('of: 2', 'of: 3'));
    expect((await desk.cli('apply', '--yes')).code).toBe(0);
    expect(await told(desk)).toEqual([]);
  });
});
