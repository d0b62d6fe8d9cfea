import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { type PullProject, pullProject } from './project.ts';

const DESK = `# The desk on the ground floor.
kind: assistant
extends: assistant/house
spec:
  name: "Desk"   # as on the door
  # Two sentences at most.
  greeting: 'Welcome to \${var.brand}.'
  instructions: { $file: prompts/desk.md }
  description: \${var.city}
  tags: [front, 'desk']   # set
  dynamic_variables:
    # From the CRM.
    tier: gold
    note: |
      one
      two
  voice_settings: { voice: Telnyx.KokoroTTS.af_heart, voice_speed: 1.1 }
  tools:
    - type: webhook
      webhook:
        name: look
        description: Looks.
        url: https://acme.example/look
        headers:
          - name: X-Env   # which one
            value: live
environments:
  live:
    model: openai/gpt-4o   # bigger here
`;

const HOUSE = `kind: assistant
abstract: true
spec:
  model: moonshotai/Kimi-K2.6
  telephony_settings: { time_limit_secs: 600 }
  enabled_features: [telephony]
`;

const PROMPT = 'You are Robin of ${var.brand}.\n\nBe kind.\nBe brief.\n';

async function appliedDesk(): Promise<{ readonly project: PullProject; readonly id: string }> {
  const project = await pullProject({
    'assistants/desk.yaml': DESK,
    'assistants/shared/house.yaml': HOUSE,
    'assistants/prompts/desk.md': PROMPT,
  });
  const applied = await project.cli('apply');
  expect(applied.code, applied.err + applied.out).toBe(0);
  const { data } = (await project.dashboard('GET', '/ai/assistants')) as { data: JsonObject[] };
  return { project, id: String(data[0]?.id) };
}

async function edited(change: (live: JsonObject) => JsonObject) {
  const { project, id } = await appliedDesk();
  const live = (await project.dashboard('GET', `/ai/assistants/${id}`)) ?? {};
  expect(await project.dashboard('POST', `/ai/assistants/${id}`, change(live))).toBeDefined();
  project.writes();
  return { project, id };
}

const object = (value: Json | undefined): JsonObject => value as JsonObject;

describe('pull --drift', () => {
  it('writes every value where it came from and leaves all else byte for byte', async () => {
    const { project } = await edited((live) => ({
      model: 'openai/gpt-5',
      tags: ['front', 'night'],
      instructions: 'You are Robin of Acme Inc.\n\nBe kind.\nBe very brief.',
      dynamic_variables: { tier: 'silver', note: 'one\n2\n', extra: 'yes: no' },
      voice_settings: { ...object(live.voice_settings), voice_speed: 1.3 },
      telephony_settings: { ...object(live.telephony_settings), time_limit_secs: 700 },
      tools: [
        {
          type: 'webhook',
          webhook: {
            name: 'look',
            description: 'Looks.',
            url: 'https://acme.example/look',
            headers: [
              { name: 'X-Env', value: 'test' },
              { name: 'X-New', value: '1' },
            ],
          },
        },
      ],
      description: 'Boston',
    }));
    const { code, body } = await project.json('pull', '--drift');
    expect(body).toMatchObject({ left: [], conflicts: [], plan: { changes: 0, drift: 0, conflicts: 0 } });
    expect(code).toBe(0);
    expect(project.writes()).toEqual([]);
    expect(await project.read('assistants/prompts/desk.md')).toBe(
      PROMPT.replace('Be brief', 'Be very brief'),
    );
    expect(await project.read('assistants/shared/house.yaml')).toBe(HOUSE);
    expect(await project.read('assistantctl.yaml')).toContain("brand: Acme Inc, city: 'Boston' }");
    expect(await project.read('assistants/desk.yaml')).toBe(
      DESK.replace("[front, 'desk']   # set", '[front, night]   # set')
        .replace('tier: gold', 'tier: silver')
        .replace('      two\n', '      2\n    extra: "yes: no"\n')
        .replace('voice_speed: 1.1', 'voice_speed: 1.3')
        .replace(
          'value: live\n',
          'value: test\n          - name: X-New\n            value: "1"\n  telephony_settings:\n    time_limit_secs: 700\n',
        )
        .replace('openai/gpt-4o   #', 'openai/gpt-5   #'),
    );
    expect((await project.cli('drift')).code).toBe(0);
    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
  });

  it('reports what it cannot write without losing a variable, and says so with exit 2', async () => {
    const { project } = await edited(() => ({ greeting: 'Hello there.' }));
    const before = await project.read('assistants/desk.yaml');
    const { code, body } = await project.json('pull', '--drift');
    expect(code).toBe(2);
    expect(body.left).toMatchObject([{ address: 'assistant/desk', path: '/greeting', live: 'Hello there.' }]);
    expect(JSON.stringify(body.left)).toContain('${var.brand}');
    expect(await project.read('assistants/desk.yaml')).toBe(before);
    const text = await project.cli('pull', '--drift');
    expect(text.out).toContain('Not written (1)');
  });

  it('writes no credential that somebody typed into the portal, and does not repeat it', async () => {
    const secret = 'Bearer sk_live_abcdefghijklmnopqrstuvwx123456';
    const { project } = await edited(({ tools, instructions }) => {
      const [tool] = structuredClone(tools) as { webhook: { headers: Json[] } }[];
      tool?.webhook.headers.push({ name: 'Authorization', value: secret });
      return {
        tools: [tool] as unknown as Json,
        instructions: `${String(instructions)}\nSay ${secret}.\n`,
        tags: ['new'],
      };
    });
    const { code, body } = await project.json('pull', '--drift');
    expect(code).toBe(2);
    expect(body.left).toMatchObject([
      { path: '/instructions', live: { $sensitive: true } },
      { path: '/tools/webhook:look/webhook/headers/Authorization', live: { $sensitive: true } },
    ]);
    expect(JSON.stringify(body)).not.toContain('sk_live');
    const texts = [
      await project.read('assistants/desk.yaml'),
      await project.read('assistants/prompts/desk.md'),
    ];
    expect(texts.join('')).not.toContain('sk_live');
    expect(texts[0]).toContain('tags: [new]');
    expect((await project.cli('validate')).code).toBe(0);
  });

  it('takes a live text with Windows line ends as the file would have it', async () => {
    const { project } = await edited(() => ({
      instructions: 'You are Robin of Acme Inc.\r\n\r\nBe curt.\r\n',
    }));
    const { code, body } = await project.json('pull', '--drift');
    expect(code).toBe(0);
    expect(body.left).toEqual([]);
    expect(await project.read('assistants/prompts/desk.md')).toMatch(/Be curt\.\n$/);
    expect(await project.read('assistants/prompts/desk.md')).not.toContain('\r');
    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
  });

  it('lists a conflict with both values, leaves it, and writes the rest', async () => {
    const { project } = await edited((live) => ({
      model: 'live-model',
      voice_settings: { ...object(live.voice_settings), voice_speed: 1.3 },
    }));
    await project.write('assistants/desk.yaml', DESK.replace('openai/gpt-4o', 'git-model'));
    const { code, body } = await project.json('pull', '--drift');
    expect(code).toBe(6);
    expect(body.conflicts).toMatchObject([
      { fields: [{ path: '/model', git: 'git-model', live: 'live-model' }] },
    ]);
    const text = await project.read('assistants/desk.yaml');
    expect(text).toContain('git-model');
    expect(text).toContain('voice_speed: 1.3');
  });

  it('a conflict ends with what is live where the resource is named, and the report keeps what Git said', async () => {
    const { project } = await edited(() => ({ model: 'live-model', name: 'Live desk' }));
    await project.write('assistants/desk.yaml', DESK.replace('openai/gpt-4o', 'git-model'));
    expect((await project.cli('apply', '--take', 'live')).code).toBe(0);
    expect((await project.cli('plan')).code).toBe(6);
    const text = await project.cli('pull', '--drift');
    expect([text.code, text.out]).toEqual([6, expect.stringContaining('pull --drift assistant/desk')]);
    const { code, body } = await project.json('pull', '--drift', 'assistant/desk');
    expect(code, JSON.stringify(body)).toBe(0);
    expect(body).toMatchObject({
      conflicts: [],
      settled: [
        {
          address: 'assistant/desk',
          fields: [{ path: '/model', git: 'git-model', live: 'live-model' }],
        },
      ],
    });
    expect(await project.read('assistants/desk.yaml')).toContain('live-model');
    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
  });

  it('pull --drift ends a conflict by itself where what Git said is committed, and leaves it in a dirty tree', async () => {
    const { project } = await edited(() => ({ model: 'live-model' }));
    await project.write('assistants/desk.yaml', DESK.replace('openai/gpt-4o', 'git-model'));
    await project.write('.gitignore', '.assistantctl/\n');
    const git = (...args: readonly string[]): string =>
      execFileSync('git', [...args], { cwd: project.folder, encoding: 'utf8' });
    git('init', '--quiet', '--initial-branch', 'main');
    const commit = ['-c', 'user.name=t', '-c', 'user.email=t@t.example', 'commit', '--quiet'];
    git('add', 'assistantctl.yaml', '.gitignore');
    git(...commit, '--message', 'Begin');
    expect((await project.json('pull', '--drift')).code).toBe(6);
    expect(await project.read('assistants/desk.yaml')).toContain('git-model');
    git('add', '.');
    git(...commit, '--message', 'Specs');
    const { code, body } = await project.json('pull', '--drift');
    expect([code, body.conflicts, body.plan]).toEqual([0, [], { changes: 0, drift: 0, conflicts: 0 }]);
    expect(await project.read('assistants/desk.yaml')).toContain('live-model');
  });

  it('takes back only what was named, and knows what was deleted', async () => {
    const { project, id } = await appliedDesk();
    await project.write('assistants/b.yaml', 'kind: assistant\nspec: { name: B, instructions: Hi. }\n');
    await project.cli('apply');
    await project.dashboard('POST', `/ai/assistants/${id}`, { model: 'x' });
    const named = await project.json('pull', '--drift', 'assistant/b');
    expect([named.code, named.body.updated]).toEqual([0, []]);
    await project.dashboard('DELETE', `/ai/assistants/${id}`);
    const { code, body } = await project.json('pull', '--drift', 'assistant/desk');
    expect(code).toBe(2);
    expect(body.deleted).toEqual([{ address: 'assistant/desk', remote_id: id }]);
  });

  it('does not change a text file that others include', async () => {
    const { project } = await edited(() => ({ instructions: 'You are Robin of Acme Inc.\nNew.' }));
    await project.write(
      'assistants/c.yaml',
      'kind: assistant\nspec: { name: C, instructions: { $file: prompts/desk.md } }\n',
    );
    const { code, body } = await project.json('pull', '--drift', 'assistant/desk');
    expect(code).toBe(2);
    expect(JSON.stringify(body.left)).toContain('included in 2 places');
    expect(await project.read('assistants/prompts/desk.md')).toBe(PROMPT);
  });

  it('takes drift over also where the environment reverts it', async () => {
    const { project } = await edited(() => ({ model: 'x' }));
    const text = await project.read('assistantctl.yaml');
    await project.write('assistantctl.yaml', text.replace('  live:\n', '  live:\n    drift: revert\n'));
    const { code, body } = await project.json('pull', '--drift');
    expect([code, body.plan]).toEqual([0, { changes: 0, drift: 0, conflicts: 0 }]);
  });

  it('commits the result on a new branch with --pr-branch, and nothing else', async () => {
    const { project } = await edited(() => ({ model: 'x' }));
    const git = (...args: readonly string[]): string =>
      execFileSync('git', [...args], { cwd: project.folder, encoding: 'utf8' }).trim();
    const refused = await project.cli('pull', '--drift', '--pr-branch', 'from-live');
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('GIT_NO_REPOSITORY');
    git('init', '--quiet', '--initial-branch', 'main');
    await project.write('.gitignore', '.assistantctl/\n');
    git('add', '.');
    git('-c', 'user.name=t', '-c', 'user.email=t@t.example', 'commit', '--quiet', '--message', 'Begin');
    await project.write('notes.txt', 'not mine');
    const { code, body } = await project.json('pull', '--drift', '--pr-branch', 'from-live');
    expect(code, JSON.stringify(body)).toBe(0);
    expect(git('branch', '--show-current')).toBe('from-live');
    expect(git('diff', '--name-only', 'main', 'from-live')).toBe('assistants/desk.yaml');
    expect(git('status', '--short')).toBe('?? notes.txt');
    expect(body.branch).toEqual({ name: 'from-live', commit: git('rev-parse', 'HEAD') });
    expect((await project.cli('drift')).code).toBe(0);
    const again = await project.cli('pull', '--drift', '--pr-branch', 'main');
    expect([again.code, again.err.includes('BRANCH_EXISTS')]).toEqual([3, true]);
    await project.write('assistantctl.yaml', `${await project.read('assistantctl.yaml')}# mine\n`);
    const dirty = await project.cli('pull', '--drift', '--pr-branch', 'other');
    expect([dirty.code, dirty.err.includes('GIT_DIRTY')]).toEqual([3, true]);
    const invalid = await project.cli('pull', '--drift', '--pr-branch', 'a..b');
    expect([invalid.code, invalid.err.includes('BRANCH_INVALID')]).toEqual([3, true]);
  });
});
