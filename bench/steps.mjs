/**
 * What one step of an apply costs in the write-ahead log, with few and with many resources in the state:
 *
 *   npm run build && node bench/steps.mjs
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileStore } from '../dist/state/file-store.js';

const STEPS = 500;

const binding = (id) => ({
  remote_id: id,
  base: { name: id, instructions: 'x'.repeat(2_000) },
  foreign: [],
  main_version_id: null,
  staged_version_id: null,
  prevent_destroy: false,
  updated_at: '2026-01-01T00:00:00.000Z',
});

async function perStep(resources) {
  const folder = await mkdtemp(join(tmpdir(), 'assistantctl-steps-'));
  const store = fileStore({
    path: join(folder, 'bench.json'),
    clock: () => new Date(),
    sleep: async () => undefined,
    randomUuid: randomUUID,
    identity: { host: 'bench', pid: process.pid, run: null },
  });
  const session = await store.open('bench');
  const known = Object.fromEntries(
    Array.from({ length: resources }, (_, n) => [`tool/known-${n}`, binding(`known-${n}`)]),
  );
  const empty = {
    format_version: '1.0',
    lineage: 'bench',
    serial: 0,
    project: 'bench',
    environment: 'bench',
  };
  const state = { ...empty, api_base: 'bench', account: 'bench', resources: known, deleted: [] };
  await session.record({ op: 'init', state });
  const started = performance.now();
  for (let n = 0; n < STEPS; n += 1) {
    const address = `tool/step-${n}`;
    await session.record({ op: 'begin', address, action: 'create', key: 'k', at: 'now' });
    await session.record({ op: 'bind', address, binding: binding(address) });
  }
  const ms = (performance.now() - started) / STEPS;
  await session.close();
  await rm(folder, { recursive: true, force: true });
  return ms;
}

await perStep(10);
for (const resources of [100, 1_000, 10_000]) {
  const ms = await perStep(resources);
  process.stdout.write(`${resources} resources: ${ms.toFixed(2)} ms per step (two records, each synced)\n`);
}
