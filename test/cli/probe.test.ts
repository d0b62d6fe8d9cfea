import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OwnForm } from '../../src/emulator/contract/own-form.ts';
import { OWN_FORMS } from '../../src/emulator/contract/own-form.ts';
import { DEFAULT_QUIRKS, type Quirks } from '../../src/emulator/contract/quirks.ts';
import { startEmulator } from '../../src/emulator/server/server.ts';
import { createApi } from '../../src/live/telnyx/api.ts';
import type { ProbeReport } from '../../src/model/doctor.ts';
import { PROBE_NAME } from '../../src/operations/doctor/probe/lab.ts';
import { probe } from '../../src/operations/doctor/probe/probe.ts';

/** An embedded API with one assistant of somebody's, and a probe of it. */
async function account(quirks: Partial<Quirks>) {
  const server = await startEmulator({ clock: () => new Date(), randomUuid: randomUUID, quirks });
  const api = createApi({
    baseUrl: server.url,
    apiKey: 'KEY_TEST_PROBE',
    retry: { attempts: 1, budgetMs: 5_000 },
    concurrency: 4,
    clock: { now: () => Date.now(), sleep: (ms) => new Promise((done) => setTimeout(done, ms)) },
    random: () => 0.5,
    userAgent: 'assistantctl/test',
  });
  onTestFinished(async () => {
    await api.close();
    await server.close();
  });
  const stop = new AbortController();
  const run = (): Promise<ProbeReport> =>
    probe(
      {
        ask: api.ask,
        newKey: randomUUID,
        sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
        now: () => Date.now(),
        stop: stop.signal,
      },
      { environment: 'test', account: 'acct-00000000' },
    );
  await api.create('assistant', { name: 'Somebody', instructions: 'You are of somebody.' }, randomUUID());
  const snapshot = (): string =>
    JSON.stringify(
      ['assistants', 'deleted_assistants', 'versions', 'tools', 'mcp_servers', 'tests', 'insights'].map(
        (name) => server.store.all(name),
      ),
    );
  return { server, stop, run, snapshot };
}

/** What a probe can never settle without doing harm. */
const BEYOND = ['checkStored', 'phoneTestsOnVersions'];

const FLIPPED: readonly Partial<Quirks>[] = [
  { stagedBase: 'newest' },
  { listLagMs: 600 },
  { replyLacksFields: ['voice_settings'] },
  { nestedBlocks: { telephony_settings: 'replace', dynamic_variables: 'merge', privacy_settings: 'merge' } },
  { nullHandling: 'clear' },
  { nullHandling: 'reject' },
  { attachMakesVersion: true },
  { legacyCanaryBody: true },
  { updateDropsCanary: true },
  { deleteInUse: 'conflict' },
  { secretsCheck: true },
  { referenceCheck: false },
  { maskSipPassword: true },
  { patchAlias: false },
  { pagedAssistants: false },
  { abbreviatedList: false },
  { listVersionId: 'newest' },
  { listVersionId: 'absent' },
  { defaultPageSize: 7 },
  { metaMissing: true },
  { mcpList: 'array' },
  { mcpWrapped: true },
  { pointerPrefix: '' },
  { deleteReferenced: 'allow' },
  { deleteCounts: 'versions' },
  { softDelete: false },
  { canaryLocks: false },
  { stockObjects: false },
  { unknownFields: 'store' },
  { unknownFields: 'reject' },
  { toolIdsInResponse: 'list' },
  { toolIdsInResponse: 'null' },
  { texmlIdDelayMs: 600 },
  { promoteVersionId: 'copy' },
  { defaultModel: 'openai/gpt-4o' },
  { mcpPut: 'merge' },
  { testPut: 'replace' },
  { insightPut: 'replace' },
  { assignTwice: 'conflict' },
  { jsonSchemaInResponse: 'text' },
  { trimStrings: true },
  { extraFields: true },
  { reorder: true },
  { nullsForAbsent: true },
  { idempotencyIgnored: true },
  { replayUnmarked: true },
];

describe('doctor --probe', () => {
  it('finds out every default of the embedded API, and leaves the account as it was', async () => {
    const { run, snapshot } = await account({});
    const before = snapshot();
    const report = await run();
    expect(report.left).toEqual([]);
    expect(snapshot()).toBe(before);
    expect(report.open).toEqual(BEYOND.concat(['deleteCounts']).filter((name) => report.open.includes(name)));
    const { nestedBlocks, ...others } = report.found;
    for (const [name, value] of Object.entries(others)) {
      expect([name, value]).toEqual([name, { ...DEFAULT_QUIRKS }[name as keyof Quirks]]);
    }
    expect(nestedBlocks).toMatchObject({ telephony_settings: 'merge', privacy_settings: 'replace' });
    expect(report.api).toEqual({});
  });

  it.each(FLIPPED)('finds out %j', async (quirks) => {
    const { run } = await account(quirks);
    const { found, left } = await run();
    expect(left).toEqual([]);
    for (const [name, value] of Object.entries(quirks)) {
      if (name === 'listLagMs' || name === 'texmlIdDelayMs') expect(found[name]).toBeGreaterThan(250);
      else if (name === 'replyLacksFields') expect(found[name]).toEqual(value);
      else expect(found[name]).toEqual(typeof value === 'object' ? expect.objectContaining(value) : value);
    }
  });

  it('is not misled by lists whose first page does not show what it made', async () => {
    const { run } = await account({ defaultPageSize: 1 });
    const { found, left, api } = await run();
    expect([found.listLagMs, found.listVersionId, found.abbreviatedList]).toEqual([0, 'main', true]);
    expect([left, api]).toEqual([[], {}]);
  });

  it('has an experiment for every switch but those that it names', () => {
    const tried = new Set(FLIPPED.flatMap((quirks) => Object.keys(quirks)));
    const missing = Object.keys(DEFAULT_QUIRKS).filter((name) => !tried.has(name));
    expect(missing.sort()).toEqual(['checkStored', 'nested', 'ownForm', 'phoneTestsOnVersions']);
  });

  it.each(OWN_FORMS)('finds out the own form %s', async (form) => {
    const { run } = await account({ ownForm: [form as OwnForm] });
    const { found, own_forms: forms, api } = await run();
    expect(found.ownForm).toContain(form);
    expect(api.own_form).toEqual([...new Set(forms.map(({ path }) => path))]);
  });

  it('cleans up after one that was killed, and after one that was stopped', async () => {
    const { server, stop, run, snapshot } = await account({});
    const before = snapshot();
    server.setFaults(({ path }) => (path.includes('/promote') ? { kind: 'reset-before' } : undefined));
    await expect(run()).rejects.toThrow();
    expect(snapshot()).toBe(before);
    server.setFaults(({ method, path }) =>
      path.includes('/promote') || method === 'DELETE' ? { kind: 'reset-before' } : undefined,
    );
    await expect(run()).rejects.toThrow();
    expect(JSON.stringify(server.store.all('tools'))).toContain(PROBE_NAME);
    server.setFaults(undefined);
    stop.abort();
    const report = await run();
    expect(report.open).toContain('the probe was stopped');
    expect(snapshot()).toBe(before);
  });
});
