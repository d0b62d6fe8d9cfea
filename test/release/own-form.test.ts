import { describe, expect, it } from 'vitest';
import { OWN_FORMS, type OwnForm } from '../../src/emulator/contract/own-form.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { type PullProject, pullProject } from '../pull/project.ts';

/** An API that keeps values in forms of its own, through everything that releases a version. */

const FORMS = OWN_FORMS as readonly OwnForm[];
const GROUPS: readonly (readonly [string, readonly OwnForm[]])[] = [
  ['all forms', FORMS],
  ['names and numbers', ['modelAlias', 'languageWidened', 'rounded', 'numberAsText', 'phoneSpaced']],
  ['texts', ['crlf', 'blankLines', 'straightQuotes', 'composed']],
  [
    'addresses and lists',
    ['urlSlash', 'hostCase', 'tagsLowerCase', 'sorted', 'deduplicated', 'elementDefaults'],
  ],
];

const GATED = 'promotion: { strategy: gated, gate: { tests: [{ $ref: test/hello }] } }';
const MANUAL = 'promotion: { strategy: manual }';
const CANARY =
  'promotion: { strategy: canary, canary: { steps: [{ weight: 10, hold: 0s }, { weight: 50, hold: 0s }] } }';

const desk = (edit: string, release = ''): string => `kind: assistant
key: desk
spec:
  name: Desk
  model: openai/gpt-4o
  instructions: "“You” are the café’s\\n\\n\\n\\ndesk. ${edit}"
  greeting: "It’s us."
  tags: [VIP, Gold, VIP, apple]
  dynamic_variables: { city: "Café", tries: 3 }
  transcription: { model: deepgram/nova-3, language: en }
  voice_settings: { voice: Telnyx.KokoroTTS.af_heart, voice_speed: 1.15 }
  mcp_servers: [{ id: { $ref: mcp_server/crm } }]
  tool_ids: [{ $ref: tool/hook }]
  tools:
    - type: transfer
      transfer: { from: "+13125550100", targets: [{ name: Sales, to: "+13125550101" }] }
${release}
`;

const hook = (edit: string): string => `kind: tool
key: hook
spec:
  type: webhook
  display_name: Hook
  webhook: { name: hook, description: "“Finds” ${edit}", url: "https://Crm.Example.com/hook", method: POST }
`;

const OTHERS = {
  'assistants/crm.yaml':
    'kind: mcp_server\nkey: crm\nspec: { name: CRM, type: http, url: "https://Mcp.Example.com/sse", allowed_tools: [search, lookup, search] }\n',
  'assistants/hello.yaml':
    'kind: test\nkey: hello\nspec: { name: Says hello, destination: { $ref: assistant/desk }, instructions: "Say “hello”.", rubric: [{ name: Polite, criteria: It’s polite. }] }\n',
};

async function started(ownForm: readonly OwnForm[], release = ''): Promise<PullProject> {
  const project = await pullProject(
    { ...OTHERS, 'assistants/desk.yaml': desk('One.', release), 'assistants/hook.yaml': hook('one.') },
    { quirks: { ownForm } },
  );
  await ends(project, 0, 'apply', '--yes');
  await quiet(project);
  return project;
}

async function ends(project: PullProject, code: number, ...argv: readonly string[]): Promise<void> {
  const ran = await project.cli(...argv);
  expect([argv.join(' '), ran.code, ran.code === code ? '' : ran.out + ran.err]).toEqual([
    argv.join(' '),
    code,
    '',
  ]);
}

/** Neither a change, nor drift, nor a conflict; what waits for its release may wait. */
async function quiet(project: PullProject): Promise<void> {
  const { body } = await project.json('plan', '--refresh');
  expect([body.changes, body.drift, body.conflicts ?? []]).toEqual([[], [], []]);
}

describe.each(GROUPS)('%s', (_, forms) => {
  it('pass a gate, fail one, and are promoted by hand', async () => {
    const project = await started(forms, GATED);
    await project.write('assistants/desk.yaml', desk('Two.', GATED));
    await ends(project, 0, 'apply', '--yes');
    await quiet(project);
    project.server.setScripts([{ outcome: 'failed' }]);
    await project.write('assistants/desk.yaml', desk('Three.', GATED));
    await ends(project, 9, 'apply', '--yes');
    project.server.setScripts([]);
    await ends(project, 0, 'apply', '--yes', '--rerun-tests');
    await quiet(project);
    await project.write('assistants/desk.yaml', desk('Four.', MANUAL));
    await ends(project, 0, 'apply', '--yes');
    await ends(project, 0, 'promote', 'assistant/desk');
    await quiet(project);
  });

  it('go through a rollout, are replaced in one, and come back', async () => {
    const project = await started(forms);
    await project.write('assistants/desk.yaml', desk('Two.', CANARY));
    await ends(project, 0, 'apply', '--yes');
    await project.write('assistants/desk.yaml', desk('Three.', CANARY));
    await ends(project, 0, 'apply', '--yes', '--replace');
    for (let tick = 0; tick < 3; tick += 1) await project.cli('rollout', 'tick', 'assistant/desk');
    await quiet(project);
    const main = await project.dashboard('GET', `/ai/assistants/${await deskId(project)}`);
    expect(String(main?.instructions)).toContain('Three.');
    await ends(project, 0, 'rollback', 'assistant/desk');
    await project.write('assistants/desk.yaml', desk('Four.'));
    await ends(project, 0, 'apply', '--yes');
    await quiet(project);
  });

  it('are previewed without trace, and drift is still drift', async () => {
    const project = await started(forms);
    await project.write('assistants/desk.yaml', desk('Two.'));
    await project.write('assistants/hook.yaml', hook('two.'));
    const before = JSON.stringify(project.server.store.all('versions'));
    await ends(project, 0, 'preview', 'up', '--id', 'pr-1');
    await ends(project, 0, 'preview', 'up', '--id', 'pr-1');
    await ends(project, 0, 'preview', 'down', '--id', 'pr-1');
    expect(JSON.stringify(project.server.store.all('versions'))).toBe(before);
    await ends(project, 0, 'apply', '--yes');
    await quiet(project);
    await project.dashboard('POST', `/ai/assistants/${await deskId(project)}`, { greeting: 'Mine.' });
    await ends(project, 2, 'drift');
    await ends(project, 0, 'apply', '--yes', '--revert-drift', 'all');
    await quiet(project);
  });

  it('are adopted, changed, and taken over', async () => {
    const project = await started(forms);
    await project.forgetState();
    const text = desk('Two.');
    await project.write('assistants/desk.yaml', text);
    await ends(project, 0, 'apply', '--yes', '--take-over', 'all');
    await quiet(project);
    await project.write('assistants/desk.yaml', desk('Three.'));
    await ends(project, 0, 'apply', '--yes');
    await quiet(project);
  });
});

async function deskId(project: PullProject): Promise<string> {
  const state = JSON.parse(await project.read('.assistantctl/state/live.json')) as {
    resources: Record<string, JsonObject>;
  };
  return String(state.resources['assistant/desk']?.remote_id);
}
