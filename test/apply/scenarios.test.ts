import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/model/errors.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Specs } from '../support/specs.ts';
import { actions, isEmpty, startWorld, type World } from '../support/world.ts';

const DESK: JsonObject = { name: 'Desk', instructions: 'Answer.', greeting: 'Hello.', tags: ['voice'] };
const SPECS: Specs = { 'assistant/desk': DESK };
const edited = (changes: JsonObject): Specs => ({ 'assistant/desk': { ...DESK, ...changes } });

async function byHand(world: World, changes: JsonObject): Promise<void> {
  await world.dashboard('POST', `/ai/assistants/${await world.bound('assistant/desk')}`, changes);
}

async function byHandTo(world: World, id: string, changes: JsonObject): Promise<void> {
  await world.dashboard('POST', `/ai/assistants/${id}`, changes);
}

async function main(world: World): Promise<JsonObject> {
  return world.dashboard('GET', `/ai/assistants/${await world.bound('assistant/desk')}`);
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof Failure) return error;
  throw new Error(`expected a failure, got ${String(error)}`);
}

describe('changes outside Git', () => {
  it('are reported and left alone, and an update of another field keeps them', async () => {
    const world = await startWorld();
    await world.apply(SPECS);
    await byHand(world, { greeting: 'By hand.' });
    expect((await world.plan(SPECS)).plan.drift).toMatchObject([
      { address: 'assistant/desk', fields: [{ path: '/greeting', after: 'By hand.' }] },
    ]);
    await world.apply(edited({ instructions: 'Answer well.' }));
    expect(await main(world)).toMatchObject({ greeting: 'By hand.', instructions: 'Answer well.' });
  });

  it('are put back under drift: revert', async () => {
    const world = await startWorld();
    await world.apply(SPECS);
    await byHand(world, { greeting: 'By hand.' });
    await world.apply(SPECS, { drift: 'revert' });
    expect(await main(world)).toMatchObject({ greeting: 'Hello.' });
    expect(isEmpty(await world.plan(SPECS))).toBe(true);
  });

  it('in conflict with Git stop, until one side is taken or Git says the same', async () => {
    const world = await startWorld();
    await world.apply(SPECS);
    await byHand(world, { greeting: 'By hand.' });
    const wanted = edited({ greeting: 'From Git.' });
    expect((await world.plan(wanted)).plan.summary.conflict).toBe(1);
    await world.apply(wanted, { take: 'live' });
    expect(await main(world)).toMatchObject({ greeting: 'By hand.' });
    expect((await world.plan(wanted)).plan.summary.conflict).toBe(1);
    const agreed = edited({ greeting: 'By hand.' });
    expect(actions(await world.plan(agreed))).toEqual([]);
    await world.apply(agreed);
    expect(isEmpty(await world.plan(agreed))).toBe(true);
  });

  it('between plan and write stop the write', async () => {
    const world = await startWorld();
    await world.apply(SPECS);
    const id = await world.bound('assistant/desk');
    const wanted = edited({ greeting: 'From Git.' });
    let done = false;
    world.emulator.setFaults(({ method, path }) => {
      // The plan lists; the first read by id belongs to the apply, and by then somebody was quicker.
      if (done || method !== 'GET' || path !== `/ai/assistants/${id}/canary-deploys`) return undefined;
      done = true;
      return { kind: 'delay', ms: 500 };
    });
    const applying = world.apply(wanted);
    while (!done) await new Promise((resolve) => setTimeout(resolve, 5));
    await byHandTo(world, id, { greeting: 'By hand.' });
    const report = await applying;
    expect(report.results).toMatchObject([{ status: 'failed', error: { code: 'CHANGED_MEANWHILE' } }]);
    expect(report.exitKind).toBe('stale');
    expect(await main(world)).toMatchObject({ greeting: 'By hand.' });
  });

  it('deleted: reported, its users unchanged, and re-created only when asked', async () => {
    const specs: Specs = {
      'tool/t': { type: 'hangup', display_name: 'Hang up', hangup: {} },
      'assistant/desk': { ...DESK, tool_ids: [{ $ref: 'tool/t' }] },
    };
    const world = await startWorld();
    await world.apply(specs);
    const old = await world.bound('tool/t');
    await world.dashboard('DELETE', `/ai/tools/${old}`);
    const planned = await world.plan(specs);
    expect(planned.plan.drift.some((entry) => entry.address === 'tool/t' && entry.deleted)).toBe(true);
    expect(actions(planned)).toEqual([]);
    await world.apply(specs, { recreate: true });
    expect(await world.bound('tool/t')).not.toBe(old);
    expect(isEmpty(await world.plan(specs))).toBe(true);
  });
});

describe('binding', () => {
  it('adopts the one live resource of exactly that name and removes nothing from it', async () => {
    const world = await startWorld();
    await world.dashboard('POST', '/ai/assistants', {
      ...DESK,
      tags: ['voice', 'mine'],
      greeting: 'Hi.',
      description: 'kept',
    });
    expect(actions(await world.plan(SPECS))).toEqual(['adopt assistant/desk']);
    await world.apply(SPECS);
    expect(await main(world)).toMatchObject({
      greeting: 'Hello.',
      description: 'kept',
      tags: ['voice', 'mine'],
    });
    expect(isEmpty(await world.plan(SPECS))).toBe(true);
  });

  it('refuses to guess between two of one name and says what to type', async () => {
    const world = await startWorld();
    await world.dashboard('POST', '/ai/assistants', { ...DESK });
    await world.dashboard('POST', '/ai/assistants', { ...DESK });
    const [problem] = (await world.plan(SPECS)).plan.diagnostics;
    expect(problem).toMatchObject({ severity: 'error', code: 'NAME_AMBIGUOUS', address: 'assistant/desk' });
    expect(problem?.hint).toMatch(/assistantctl state import assistant\/desk assistant-/);
  });

  it('counts what nobody manages and never touches it', async () => {
    const world = await startWorld();
    await world.dashboard('POST', '/ai/assistants', { name: 'Other', instructions: 'Not ours.' });
    const planned = await world.plan(SPECS);
    expect(planned.plan.summary).toMatchObject({ create: 1, unmanaged: 1 });
  });

  it('follows moved_from without a write', async () => {
    const world = await startWorld();
    await world.apply(SPECS);
    const id = await world.bound('assistant/desk');
    world.writes();
    const moved: Specs = { 'assistant/reception': DESK };
    await world.apply(moved, { lifecycles: { 'assistant/reception': { movedFrom: ['assistant/desk'] } } });
    expect(world.writes()).toEqual([]);
    expect(await world.bound('assistant/reception')).toBe(id);
    expect(isEmpty(await world.plan(moved))).toBe(true);
  });

  it('refuses a state of which the account knows nothing', async () => {
    const world = await startWorld();
    await world.apply(SPECS);
    await world.dashboard('DELETE', `/ai/assistants/${await world.bound('assistant/desk')}`);
    expect(await failureOf(world.plan(SPECS))).toMatchObject({ kind: 'stale', code: 'ACCOUNT_OTHER' });
  });
});

describe('orphans', () => {
  const both: Specs = { ...SPECS, 'assistant/old': { name: 'Old', instructions: 'Gone soon.' } };

  it('are listed, and deleted only with --prune, after a copy went into the state', async () => {
    const world = await startWorld();
    await world.apply(both);
    const id = await world.bound('assistant/old');
    expect((await world.plan(SPECS)).plan).toMatchObject({
      changes: [],
      orphans: [{ address: 'assistant/old', remote_id: id }],
    });
    const report = await world.apply(SPECS, { prune: true });
    expect(report.results).toMatchObject([{ address: 'assistant/old', action: 'delete', status: 'applied' }]);
    const state = await world.store.load();
    expect(state?.deleted).toMatchObject([
      { address: 'assistant/old', remote_id: id, config: { instructions: 'Gone soon.' } },
    ]);
    expect(state?.resources['assistant/old']).toBeUndefined();
    expect((await world.plan(SPECS)).plan.orphans).toEqual([]);
  });

  it('with prevent_destroy stay, although the spec that said so is gone', async () => {
    const world = await startWorld();
    await world.apply(both, { lifecycles: { 'assistant/old': { preventDestroy: true } } });
    const planned = await world.plan(SPECS, { prune: true });
    expect(actions(planned)).toEqual([]);
    expect(planned.plan.diagnostics).toMatchObject([{ code: 'DESTROY_PREVENTED' }]);
  });

  it('are deleted after those who used them were changed', async () => {
    const world = await startWorld({ quirks: { deleteInUse: 'conflict' } });
    const tool: Specs = { 'tool/t': { type: 'hangup', display_name: 'Hang up', hangup: {} } };
    await world.apply({ ...tool, ...edited({ tool_ids: [{ $ref: 'tool/t' }] }) });
    const report = await world.apply(edited({ tool_ids: [] }), { prune: true });
    expect(report.results.map(({ address, status }) => [address, status])).toEqual([
      ['assistant/desk', 'applied'],
      ['tool/t', 'applied'],
    ]);
  });
});

describe('versions', () => {
  it('are named by commit and digest, staged first and promoted second', async () => {
    const world = await startWorld();
    await world.apply(SPECS);
    world.writes();
    await world.apply(edited({ greeting: 'Good day.' }));
    const id = await world.bound('assistant/desk');
    const [stage, promote, ...rest] = world.writes();
    expect(stage).toBe(`POST /ai/assistants/${id}`);
    expect(promote).toMatch(/\/versions\/[^/]+\/promote$/);
    expect(rest).toEqual([]);
    const staged = world.emulator.requests.find(
      (entry) => entry.method === 'POST' && entry.path === `/ai/assistants/${id}`,
    );
    expect(staged?.body).toMatchObject({
      promote_to_main: false,
      version_name: expect.stringMatching(/^nogit [0-9a-f]{8}$/),
    });
  });

  it('staged with --no-promote leave main alone and are promoted, not staged again, later', async () => {
    const world = await startWorld();
    await world.apply(SPECS);
    const wanted = edited({ greeting: 'Good day.' });
    const report = await world.apply(wanted, { promote: false });
    expect(report.results).toMatchObject([
      { status: 'applied', promoted: false, version_id: expect.any(String) },
    ]);
    expect(await main(world)).toMatchObject({ greeting: 'Hello.' });
    world.writes();
    await world.apply(wanted);
    expect(world.writes()).toEqual([expect.stringMatching(/promote$/)]);
    expect(await main(world)).toMatchObject({ greeting: 'Good day.' });
    expect(isEmpty(await world.plan(wanted))).toBe(true);
  });

  it('do not take over what a failed candidate left behind, however the API bases them', async () => {
    const world = await startWorld({ quirks: { stagedBase: 'newest', nested: 'merge' } });
    await world.apply(edited({ voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart' } }));
    await byHand(world, {
      promote_to_main: false,
      description: 'leaked',
      greeting: 'leaked',
      voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart', style: 0.3 },
      tags: ['voice', 'leaked'],
    });
    const wanted = edited({
      voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart' },
      instructions: 'Answer well.',
    });
    const report = await world.apply(wanted);
    expect(report.results).toMatchObject([{ status: 'applied', promoted: true }]);
    const live = await main(world);
    expect(live).toMatchObject({ greeting: 'Hello.', instructions: 'Answer well.', tags: ['voice'] });
    expect([undefined, '', null]).toContain(live.description);
    expect((live.voice_settings as JsonObject).style ?? 0).toBe(0);
    expect(isEmpty(await world.plan(wanted))).toBe(true);
  });

  it('never end a canary that is not ours: refused before any write', async () => {
    const world = await startWorld();
    await world.apply(SPECS);
    const id = await world.bound('assistant/desk');
    const version = await world.dashboard('POST', `/ai/assistants/${id}`, {
      greeting: 'Canary.',
      promote_to_main: false,
    });
    await world.dashboard('POST', `/ai/assistants/${id}/canary-deploys`, {
      rules: [{ serve: { rollout: [{ version_id: version.version_id ?? '', weight: 10 }] } }],
    });
    world.writes();
    expect(await failureOf(world.apply(edited({ greeting: 'Git.' })))).toMatchObject({
      kind: 'refused',
      code: 'CANARY_OPEN',
    });
    expect(world.writes()).toEqual([]);
  });
});

describe('ignore_changes', () => {
  const lifecycles = { 'assistant/desk': { ignoreChanges: ['/greeting', '/voice_settings/voice_speed'] } };

  it('sets the value when creating, and afterwards neither sees nor touches it', async () => {
    const specs = edited({ voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart', voice_speed: 1.1 } });
    const world = await startWorld();
    await world.apply(specs, { lifecycles });
    expect(await main(world)).toMatchObject({ greeting: 'Hello.', voice_settings: { voice_speed: 1.1 } });
    await byHand(world, {
      greeting: 'By hand.',
      voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart', voice_speed: 1.4 },
    });
    const changed = edited({
      greeting: 'Other',
      instructions: 'New.',
      voice_settings: { voice: 'Telnyx.KokoroTTS.af_heart', voice_speed: 1.2 },
    });
    const planned = await world.plan(changed, { lifecycles });
    expect(planned.plan.changes[0]?.fields.map((field) => field.path)).toEqual(['/instructions']);
    await world.apply(changed, { lifecycles });
    expect(await main(world)).toMatchObject({
      greeting: 'By hand.',
      instructions: 'New.',
      voice_settings: { voice_speed: 1.4 },
    });
    expect(isEmpty(await world.plan(changed, { lifecycles }))).toBe(true);
  });
});

describe('failures', () => {
  it('stop only what depends on them, and the next apply goes on', async () => {
    const specs: Specs = {
      'tool/bad': { type: 'hangup', display_name: 'Bad', hangup: {} },
      'assistant/needs': { name: 'Needs', instructions: 'x', tool_ids: [{ $ref: 'tool/bad' }] },
      ...SPECS,
    };
    const world = await startWorld();
    world.emulator.setFaults(({ method, path }) =>
      method === 'POST' && path === '/ai/tools'
        ? {
            kind: 'status',
            status: 400,
            body: { errors: [{ code: '10015', title: 'Bad Request', detail: 'no' }] },
          }
        : undefined,
    );
    const report = await world.apply(specs);
    expect(report.outcome).toBe('partial');
    expect(report.exitKind).toBe('partial');
    expect(report.results.map(({ address, status }) => `${address} ${status}`).sort()).toEqual([
      'assistant/desk applied',
      'assistant/needs not_attempted',
      'tool/bad failed',
    ]);
    expect(report.results.find(({ address }) => address === 'tool/bad')?.error).toMatchObject({
      status: 400,
    });
    world.emulator.setFaults(undefined);
    await world.apply(specs);
    expect(isEmpty(await world.plan(specs))).toBe(true);
  });

  it.each(['reset-after', 'hang', 'garbage', 'truncate'] as const)(
    'a lost reply (%s) to any write never makes a twin',
    async (kind) => {
      for (const target of ['/ai/assistants', '/ai/tools', '/ai/mcp_servers', '/ai/assistants/tests']) {
        const specs: Specs = {
          ...SPECS,
          'tool/t': { type: 'hangup', display_name: 'Hang up', hangup: {} },
          'mcp_server/m': { name: 'M', type: 'http', url: 'https://m.example/mcp' },
          'test/t': {
            name: 'T',
            destination: { $ref: 'assistant/desk' },
            instructions: 'x',
            rubric: [{ name: 'a', criteria: 'b' }],
          },
        };
        const world = await startWorld();
        let used = false;
        world.emulator.setFaults(({ method, path }) => {
          if (used || method !== 'POST' || path !== target) return undefined;
          used = true;
          return kind === 'hang' ? { kind: 'reset-after' } : { kind };
        });
        const report = await world.apply(specs);
        expect(report.results.map(({ status }) => status)).toEqual([
          'applied',
          'applied',
          'applied',
          'applied',
        ]);
        const planned = await world.plan(specs);
        expect(planned.plan.summary.unmanaged).toBe(1); // the platform's own hangup tool
        expect(isEmpty(planned)).toBe(true);
      }
    },
  );

  it('a key that is refused ends the apply with nothing written', async () => {
    const world = await startWorld();
    world.emulator.setFaults(({ method }) =>
      method === 'GET'
        ? undefined
        : {
            kind: 'status',
            status: 401,
            body: { errors: [{ code: '10009', title: 'Authentication failed', detail: 'no' }] },
          },
    );
    const report = await world.apply(SPECS);
    expect(report.exitKind).toBe('auth');
  });
});
