import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { endProjects, pullProject } from './project.ts';

const DESK = `# One.
kind: assistant
spec:
  name: Desk   # two
  greeting: Welcome to \${var.brand}.
  description: "Some \\"words\\" in \${var.city}"
  instructions: { $file: desk.md }
  tags:
    - a   # first
    # before b
    - "b"
  enabled_features: [telephony]
  dynamic_variables: { tier: gold, 'zip code': "60601", list: [1, 2] }
  voice_settings: &voice
    voice: Telnyx.KokoroTTS.af_heart
    voice_speed: 1.1
    background_audio: { type: predefined_media, value: office, volume: 0.2 }
  telephony_settings:
    time_limit_secs: 600
    # recorded
    recording_settings: { enabled: false }
  tools:
  - type: webhook
    webhook:
        name: look
        description: >-
          Looks for
          something.
        url: https://acme.example/look
        headers: [{ name: X-Env, value: live }]
        preset_body_fields: { a: 1 }
  - type: hangup
    hangup: {}
environments:
  live:
    model: m1   # three
    telephony_settings: { user_idle_reply_secs: 7 }
`;

const WORD = fc.oneof(
  fc.constantFrom(
    'new',
    'yes',
    '#x',
    "it's",
    '',
    'a: b',
    '- c',
    '${var.city}',
    '${HOST} $${x} ${ var.y }',
    'Acme Inc',
    'é🛎️',
    '<<',
    '"q"',
    ' end ',
  ),
  fc.string({ maxLength: 12 }),
);
const TEXT = fc.oneof(
  WORD,
  fc.array(WORD, { maxLength: 7 }).map((lines) => lines.join('\n')),
);
const VALUE: fc.Arbitrary<Json> = fc.oneof(
  TEXT,
  fc.integer({ min: -9, max: 9 }),
  fc.boolean(),
  fc.constant<Json>([1, { a: 'b' }]),
);
const HEADER = fc.record({
  name: fc.constantFrom('X-Env', 'X-A', 'X-B'),
  value: fc.constantFrom('live', 'test', 'a: b'),
});

/** What somebody may have saved in the dashboard; every member is optional. */
const EDIT = fc.record(
  {
    name: TEXT.filter((name) => name.trim() !== ''),
    model: fc.constantFrom('m1', 'm2'),
    greeting: fc.oneof(TEXT, fc.constant('Hello from Acme Inc.'), fc.constant('Welcome to Beta.')),
    description: fc.oneof(TEXT, fc.constant('Some "words" in Boston')),
    instructions: fc.oneof(TEXT, fc.constant('You are of Acme Inc.\nNew.\nBe brief.')),
    tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd e', '#'), { maxLength: 4 }),
    dynamic_variables: fc.dictionary(
      fc.constantFrom('tier', 'zip code', 'list', 'extra', '<<', 'a/b~c'),
      VALUE,
    ),
    voice_settings: fc.record({
      voice: fc.constantFrom('Telnyx.KokoroTTS.af_heart', 'v2'),
      voice_speed: fc.constantFrom(1, 1.1, 1.5),
      background_audio: fc.constantFrom<Json>(
        { type: 'predefined_media', value: 'office', volume: 0.5 },
        { type: 'predefined_media', value: 'silence', volume: 0.2 },
      ),
    }),
    telephony_settings: fc.record({
      time_limit_secs: fc.constantFrom(600, 601),
      user_idle_reply_secs: fc.constantFrom(7, 8),
      recording_settings: fc.record({ enabled: fc.boolean() }),
    }),
    tools: fc
      .record({
        headers: fc.uniqueArray(HEADER, { selector: ({ name }) => name, maxLength: 3 }),
        description: TEXT,
        fields: fc.dictionary(fc.constantFrom('a', 'b'), VALUE),
        others: fc.subarray<JsonObject>([
          { type: 'hangup', hangup: {} },
          { type: 'skip_turn', skip_turn: {} },
        ]),
      })
      .map(
        ({ headers, description, fields, others }): Json => [
          {
            type: 'webhook',
            webhook: {
              name: 'look',
              description,
              url: 'https://acme.example/look',
              headers,
              preset_body_fields: fields,
            },
          },
          ...others,
        ],
      ),
  },
  { requiredKeys: [] },
);

describe('pull --drift, whatever was edited', () => {
  it('leaves no drift but what it names, no change, and every comment', async () => {
    await fc.assert(
      fc.asyncProperty(EDIT, async (edit) => {
        const project = await pullProject({
          'assistants/desk.yaml': DESK,
          'assistants/desk.md': 'You are of ${var.brand}.\nBe kind.\nBe brief.\n',
        });
        try {
          expect((await project.cli('apply')).code).toBe(0);
          const listed = await project.dashboard('GET', '/ai/assistants');
          const [desk] = (listed?.data ?? []) as readonly JsonObject[];
          if ((await project.dashboard('POST', `/ai/assistants/${desk?.id}`, edit)) === undefined) return;
          project.writes();
          const { code, body } = await project.json('pull', '--drift');
          const left = body.left as readonly JsonObject[];
          expect(body.error, JSON.stringify(body)).toBeUndefined();
          expect(code, JSON.stringify(body)).toBe(left.length > 0 ? 2 : 0);
          const plan = await project.json('plan');
          expect(plan.body.changes, JSON.stringify(plan.body.changes)).toEqual([]);
          const drift = (plan.body.drift as readonly { readonly fields: readonly JsonObject[] }[]) ?? [];
          expect(drift.flatMap(({ fields }) => fields.map(({ path }) => path)).sort()).toEqual(
            left.map(({ path }) => path).sort(),
          );
          const text = await project.read('assistants/desk.yaml');
          for (const comment of ['# One.', '# before b', '# recorded', '# three']) {
            if (!(comment === '# before b' && edit.tags !== undefined)) expect(text).toContain(comment);
          }
          expect((await project.cli('validate')).code).toBe(0);
          expect(project.writes()).toEqual([]);
        } finally {
          await endProjects();
        }
      }),
      { numRuns: Number(process.env.PULL_RUNS ?? 8), timeout: 20_000 },
    );
  }, 300_000);
});
