import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/contract/contract.ts';
import type { PreviewReport, PreviewTraces } from '../../src/model/preview-report.ts';
import { type Account, account, type Checkout } from './checkout.ts';

const BASE = `kind: assistant
key: front-desk
spec:
  name: Front desk
  model: openai/gpt-4o
  instructions: You answer the phone.
  tool_ids: [{ $ref: tool/lookup }]
  tools:
    - type: handoff
      handoff: { ai_assistants: [{ name: Billing, id: { $ref: assistant/billing } }] }
---
kind: assistant
key: billing
spec: { name: Billing, model: openai/gpt-4o, instructions: You explain., mcp_servers: [{ id: { $ref: mcp_server/crm } }] }
---
kind: assistant
key: idle
spec: { name: Idle, model: openai/gpt-4o, instructions: Wait. }
---
kind: tool
key: lookup
spec:
  type: webhook
  display_name: Lookup
  webhook: { name: lookup, description: Finds., url: "https://acme.example/v1", method: GET }
---
kind: mcp_server
key: crm
spec: { name: CRM, type: http, url: "https://crm.example/v1" }
---
kind: test
key: greets
spec:
  name: Greets
  destination: { $ref: assistant/front-desk }
  instructions: Say hello.
  rubric: [{ name: greets, criteria: The assistant greets. }]
`;

const NEW = `kind: assistant
key: sales
spec:
  name: Sales
  model: openai/gpt-4o
  instructions: You sell.
  enabled_features: [telephony]
  tool_ids: [{ $ref: tool/lookup }]
---
kind: test
key: sells
spec:
  name: Sells
  destination: { $ref: assistant/sales }
  test_suite: smoke
  instructions: Buy something.
  rubric: [{ name: sells, criteria: The assistant sells. }]
`;

const BRANCH = `${BASE.replace('answer the phone', 'answer the telephone')
  .replaceAll('/v1', '/v2')
  .replace('Say hello', 'Say hi')}---\n${NEW}`;

async function applied(options: Partial<EmulatorOptions> = {}): Promise<Account & { branch: Checkout }> {
  const world = await account(options);
  const branch = await world.checkout(BASE);
  const { code, err } = await branch.cli('apply');
  if (code !== 0) throw new Error(err);
  await branch.write(BRANCH);
  return { ...world, branch };
}

const CONFIG = ['assistants', 'versions', 'tools', 'mcp_servers', 'tests', 'canaries', 'texml_applications'];

function snapshot({ server }: Account): string {
  return JSON.stringify(CONFIG.map((name) => [name, server.store.all(name)]));
}

async function up(
  checkout: Checkout,
  id = 'pr-42',
  ...more: readonly string[]
): Promise<{ code: number; report: PreviewReport }> {
  const { code, out, err } = await checkout.cli('preview', 'up', '--id', id, '--format', 'json', ...more);
  if (!out.includes('"parts"')) throw new Error(`${code} ${err}`);
  return { code, report: JSON.parse(out) as PreviewReport };
}

async function traces(checkout: Checkout, ...args: readonly string[]): Promise<PreviewTraces['traces']> {
  const { out } = await checkout.cli('preview', 'status', '--format', 'json', ...args);
  return (JSON.parse(out) as PreviewTraces).traces;
}

describe('preview up', () => {
  it('writes its results for CI systems too, also when a test fails', async () => {
    const world = await applied();
    world.server.setScripts([{ outcome: 'failed' }]);
    const file = join(await mkdtemp(join(tmpdir(), 'assistantctl-junit-')), 'new/out.xml');
    const { code } = await up(world.branch, 'pr-42', '--junit', file);
    expect(code).toBe(9);
    const xml = await readFile(file, 'utf8');
    expect(xml).toContain('tests="2" failures="2"');
    expect(xml).toContain('<failure ');
  });

  it('stages versions and copies beside everything live, tests them, and down leaves no trace', async () => {
    const world = await applied();
    const before = snapshot(world);
    const { code, report } = await up(world.branch);
    expect(code).toBe(0);
    expect(report.outcome).toBe('passed');
    expect(report.parts.map(({ what, address }) => `${what} ${address}`).sort()).toEqual([
      'copy assistant/sales',
      'copy mcp_server/crm',
      'copy test/greets',
      'copy test/sells',
      'copy tool/lookup',
      'version assistant/billing',
      'version assistant/front-desk',
    ]);
    expect(report.tests.map(({ address, outcome }) => `${address} ${outcome}`).sort()).toEqual([
      'test/greets passed',
      'test/sells passed',
    ]);
    expect(report.notes).toEqual([
      'assistant/front-desk hands off to main of assistant/billing, not to the version of this preview',
      '--linked makes copies that hand off to each other',
    ]);
    const old = JSON.parse(before) as [string, { id?: string }[]][];
    for (const [name, records] of old) {
      if (name === 'assistants') continue;
      for (const record of records) expect(world.server.store.all(name)).toContainEqual(record);
    }
    const mains = world.server.store.all('assistants').map(({ main }) => main);
    for (const { main } of (old[0]?.[1] ?? []) as { main?: string }[]) expect(mains).toContain(main);
    const stranger = await world.checkout('');
    expect((await stranger.cli('preview', 'down', '--id', 'pr-42')).code).toBe(0);
    expect(snapshot(world)).toBe(before);
    expect((await stranger.cli('preview', 'down', '--id', 'pr-42')).out).toContain('No trace');
  });

  it.each([false, true])(
    'comes again after down, also where replays are unmarked: %s',
    async (replayUnmarked) => {
      const world = await applied({ quirks: { replayUnmarked } });
      const before = snapshot(world);
      for (const round of [1, 2, 3]) {
        const { code, report } = await up(world.branch);
        expect([round, code, report.outcome]).toEqual([round, 0, 'passed']);
        await world.branch.cli('preview', 'down', '--id', 'pr-42');
        expect(snapshot(world)).toBe(before);
      }
    },
  );

  it('makes no assistant in place of one that was deleted in the portal', async () => {
    const world = await account();
    const tool = BASE.split('---\n').filter((text) => text.includes('kind: tool'));
    const assistants = ['one', 'two'].map(
      (key) =>
        `kind: assistant\nkey: ${key}\nspec: { name: ${key}, instructions: Hi., tool_ids: [{ $ref: tool/lookup }] }\n`,
    );
    const specs = [...tool, ...assistants].join('---\n');
    const branch = await world.checkout(specs);
    expect((await branch.cli('apply')).code).toBe(0);
    const shown = JSON.parse((await branch.cli('state', 'show', 'assistant/two', '--format', 'json')).out);
    const headers = { authorization: 'Bearer KEY_TEST_PREVIEW' };
    const path = `/ai/assistants/${shown.remote_id ?? shown.binding.remote_id}`;
    expect((await fetch(`${world.server.url}${path}`, { method: 'DELETE', headers })).ok).toBe(true);
    await branch.write(specs.replace('/v1', '/v2'));
    const before = snapshot(world);
    const { code, report } = await up(branch);
    expect(code).toBe(0);
    expect(report.parts.map(({ address }) => address)).toEqual(['tool/lookup', 'assistant/one']);
    await branch.cli('preview', 'down', '--id', 'pr-42');
    expect(snapshot(world)).toBe(before);
  });

  it('gives the copy of a shared tool to the candidate alone, and tests run on that very version', async () => {
    const world = await applied();
    const { report } = await up(world.branch);
    const part = (address: string) => report.parts.find((one) => one.address === address);
    const copy = part('tool/lookup')?.remote_id;
    const version = part('assistant/front-desk')?.version_id;
    const stored = world.server.store.all('versions').find((one) => one.version_id === version);
    expect(JSON.stringify(stored)).toContain(String(copy));
    const others = world.server.store.all('versions').filter((one) => one.version_id !== version);
    const sales = part('assistant/sales')?.remote_id;
    expect(others.filter((one) => JSON.stringify(one).includes(String(copy)))).toMatchObject([
      { assistant_id: sales },
    ]);
    const triggers = world.server.requests.filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/runs'),
    );
    expect(triggers.map(({ body }) => body)).toContainEqual({ destination_version_id: version });
    const copied = world.server.store.all('tests').find(({ name }) => String(name).startsWith('Sells'));
    expect(copied).not.toHaveProperty('test_suite');
  });

  it('ends with 9 when a test fails, in every format', async () => {
    const scripts = [
      { test: 'Greets [preview:pr-42/greets]', instructions: 'telephone', rubric: { greets: 'failed' } },
    ] as const;
    const world = await applied({ scripts });
    const { code, report } = await up(world.branch);
    expect(code).toBe(9);
    expect(report.outcome).toBe('failed');
    const text = await world.branch.cli('preview', 'up', '--id', 'pr-42');
    expect(text.code).toBe(9);
    expect(text.out).toContain('The assistant greets.');
    const markdown = await world.branch.cli('preview', 'up', '--id', 'pr-42', '--format', 'markdown');
    expect(markdown.out).toContain('### ❌');
  });

  it('updates in place, and removes what the branch no longer changes', async () => {
    const world = await applied();
    await up(world.branch);
    const first = await traces(world.branch);
    await up(world.branch);
    expect(await traces(world.branch)).toEqual(first);
    await world.branch.write(BASE.replace('answer the phone', 'answer every phone').replace('/v1', '/v3'));
    const { report } = await up(world.branch);
    expect(report.removed).toBe(6);
    const left = await traces(world.branch);
    expect(left.map(({ what, name }) => `${what} ${name.replace(/ \w{8}$/, '')}`).sort()).toEqual([
      'copy Lookup [preview:pr-42/lookup]',
      'version nogit preview:pr-42',
    ]);
    expect(left.find(({ kind }) => kind === 'tool')?.remote_id).toBe(
      first.find(({ kind }) => kind === 'tool')?.remote_id,
    );
    const tool = world.server.store
      .all('tools')
      .find(({ display_name: name }) => String(name).includes('preview'));
    expect(JSON.stringify(tool)).toContain('https://acme.example/v3');
    await world.branch.write(BASE);
    expect((await up(world.branch)).report.outcome).toBe('nothing');
    expect(await traces(world.branch)).toEqual([]);
  });

  it('of two branches at once do not meet', async () => {
    const world = await applied();
    const before = snapshot(world);
    await Promise.all([up(world.branch, 'pr-4'), up(world.branch, 'pr-42')]);
    const of = async (id: string) =>
      (await traces(world.branch, '--id', id)).map(({ remote_id, version_id }) => version_id ?? remote_id);
    const four = await of('pr-4');
    expect(four).toHaveLength(7);
    expect((await of('pr-42')).filter((id) => four.includes(id))).toEqual([]);
    await world.branch.cli('preview', 'down', '--id', 'pr-42');
    expect(await of('pr-4')).toEqual(four);
    await world.branch.cli('preview', 'down', '--id', 'pr-4');
    expect(snapshot(world)).toBe(before);
  });

  it('stays out of the plan and the apply of the environment', async () => {
    const world = await applied();
    const plan = async () => {
      const { out } = await world.branch.cli('plan', '--format', 'json');
      const { changes, drift, orphans, plan_digest: digest } = JSON.parse(out);
      return { changes, drift, orphans, digest };
    };
    const before = await plan();
    const { report } = await up(world.branch);
    expect(await plan()).toEqual(before);
    expect((await world.branch.cli('apply')).code).toBe(0);
    const staged = report.parts.map(({ version_id: id }) => id);
    const mains = world.server.store.all('assistants').map(({ main }) => main);
    expect(mains.filter((main) => staged.includes(String(main)))).toEqual([]);
    expect((await world.branch.cli('preview', 'down', '--id', 'pr-42')).code).toBe(0);
    expect((await world.branch.cli('plan', '--detailed-exitcode')).code).toBe(0);
  });

  it('works before the first apply', async () => {
    const world = await account();
    const branch = await world.checkout(BASE);
    const { code, report } = await up(branch);
    expect(`${code} ${report.outcome}`).toBe('0 passed');
    expect(report.parts.every(({ what }) => what === 'copy')).toBe(true);
    await branch.cli('preview', 'down', '--id', 'pr-42');
    expect(await traces(branch)).toEqual([]);
    expect((await branch.cli('apply')).code).toBe(0);
  });

  it('needs no lease and writes no state', async () => {
    const { branch } = await applied();
    const lease = join(branch.folder, '.assistantctl', 'state', 'main.json');
    const state = await readFile(lease, 'utf8');
    await up(branch);
    expect(await readFile(lease, 'utf8')).toBe(state);
  });

  it('refuses a name that would not fit', async () => {
    const { branch } = await applied();
    for (const id of ['', 'a b', 'x'.repeat(26), '../pr', 'pr]']) {
      const { code, err } = await branch.cli('preview', 'up', `--id=${id}`);
      expect(code).toBe(3);
      expect(err).toContain('no preview id');
    }
  });
});

describe('preview gc', () => {
  it('removes forgotten previews and leaves the others', async () => {
    let now = Date.now() - 8 * 86_400_000;
    const world = await applied({ clock: () => new Date(now) });
    await up(world.branch, 'old', '--no-tests');
    now = Date.now();
    await up(world.branch, 'fresh', '--no-tests');
    const { code, out } = await world.branch.cli('preview', 'gc', '--older-than', '7d');
    expect(code).toBe(0);
    expect(out).toContain('7 traces removed');
    expect(new Set((await traces(world.branch)).map(({ preview }) => preview))).toEqual(new Set(['fresh']));
    expect((await world.branch.cli('preview', 'gc', '--older-than', 'soon')).code).toBe(3);
  });
});

describe('preview down', () => {
  it('says what it cannot remove', async () => {
    const world = await applied();
    const { report } = await up(world.branch);
    const part = report.parts.find(({ address }) => address === 'assistant/front-desk');
    const path = `/ai/assistants/${part?.remote_id}/versions/${part?.version_id}/promote`;
    await fetch(`${world.server.url}${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer KEY_TEST' },
    });
    const { code, out } = await world.branch.cli('preview', 'down', '--id', 'pr-42');
    expect(code).toBe(7);
    expect(out).toContain('somebody promoted it');
  });
});

describe('after a kill at any write', () => {
  it.each(['reset-before', 'reset-after'] as const)(
    '(%s) up goes on and down removes everything',
    async (kind) => {
      for (let n = 0; ; n += 1) {
        const world = await applied();
        const before = snapshot(world);
        let written = 0;
        let dead = false;
        world.server.setFaults(({ method }) => {
          if (dead) return { kind: 'reset-before' };
          if (method === 'GET') return undefined;
          dead = written === n;
          written += 1;
          return dead ? { kind } : undefined;
        });
        await world.branch.cli('preview', 'up', '--id', 'pr-42');
        world.server.setFaults(undefined);
        if (!dead) return expect(n).toBeGreaterThan(8);
        if (n % 4 < 2) {
          const { code, report } = await up(world.branch);
          expect(`${code} ${report.outcome}`).toBe('0 passed');
          expect(await traces(world.branch)).toHaveLength(7);
        }
        expect((await world.branch.cli('preview', 'down', '--id', 'pr-42')).code).toBe(0);
        expect(snapshot(world)).toBe(before);
      }
    },
  );
});

describe('whatever the API does', () => {
  it.each([
    { stagedBase: 'newest' },
    { deleteInUse: 'conflict' },
    { toolIdsInResponse: 'absent' },
    { toolIdsInResponse: 'null' },
    { idempotencyIgnored: true },
    { nullsForAbsent: true },
    { extraFields: true, reorder: true },
    { nested: 'merge', mcpPut: 'merge' },
    { replyLacksFields: ['version_id'] },
    { listVersionId: 'newest' },
    { listVersionId: 'absent' },
    { ownForm: ['tagsLowerCase', 'crlf', 'urlSlash', 'modelAlias'] },
  ] as const)('%o', async (quirks) => {
    const world = await applied({ quirks });
    const before = snapshot(world);
    for (const round of [1, 2]) {
      const { code, report } = await up(world.branch);
      expect(`${round}: ${code} ${report.outcome}`).toBe(`${round}: 0 passed`);
    }
    expect(await traces(world.branch)).toHaveLength(7);
    expect((await world.branch.cli('preview', 'down', '--id', 'pr-42')).code).toBe(0);
    expect(snapshot(world)).toBe(before);
  });
});

describe('green results of a preview', () => {
  const gated = (text: string): string =>
    text.replace(
      'key: front-desk\n',
      'key: front-desk\npromotion: { strategy: gated, gate: { tests: [{ $ref: test/greets }] } }\n',
    );
  const runs = ({ server }: Account): number =>
    server.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/runs')).length;

  it('are not run again by an apply of the same content, copies of tools or not', async () => {
    const world = await account();
    const branch = await world.checkout(gated(BASE));
    await branch.cli('apply');
    await branch.write(gated(BASE).replace('answer the phone', 'answer the telephone').replace('/v1', '/v2'));
    expect((await up(branch)).report.outcome).toBe('passed');
    expect(runs(world)).toBe(1);
    expect((await branch.cli('preview', 'down', '--id', 'pr-42')).code).toBe(0);
    expect((await branch.cli('apply')).code).toBe(0);
    expect(runs(world)).toBe(1);
    expect((await branch.cli('plan', '--detailed-exitcode')).code).toBe(0);
  });

  it('are not remembered when asked so, nor for other content', async () => {
    const world = await account();
    const branch = await world.checkout(gated(BASE));
    await branch.cli('apply');
    await branch.write(gated(BASE).replace('answer the phone', 'answer the telephone'));
    await up(branch, 'pr-1', '--no-remember');
    await branch.cli('apply', '--no-promote');
    await branch.cli('promote');
    expect(runs(world)).toBe(2);
    await branch.write(gated(BASE).replace('answer the phone', 'answer every call'));
    await up(branch, 'pr-2');
    await branch.write(gated(BASE).replace('answer the phone', 'answer some calls'));
    expect((await branch.cli('apply')).code).toBe(0);
    expect(runs(world)).toBe(4);
  });
});
