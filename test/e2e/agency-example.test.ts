import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/program.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { fakeRuntime } from '../cli/runtime.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/agency', import.meta.url));
const CLIENTS = ['acme', 'bolt', 'cedar', 'delta', 'ember'];
const PRODUCTION = CLIENTS.map((client) => `${client}-prod`).join(',');
const folder = mkdtempSync(join(tmpdir(), 'assistantctl-agency-'));
cpSync(EXAMPLE, folder, { recursive: true });
rmSync(join(folder, '.assistantctl'), { recursive: true, force: true });

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function json(
  ...argv: readonly string[]
): Promise<{ readonly code: number; readonly body: JsonObject }> {
  const runtime = fakeRuntime({ cwd: folder, env: { PATH: process.env.PATH ?? '', HOME: folder } });
  const code = await run([...argv, '--format', 'json'], runtime);
  return { code, body: JSON.parse(runtime.out()) as JsonObject };
}

function all(body: JsonObject): readonly JsonObject[] {
  return (body.environments ?? []) as readonly JsonObject[];
}

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(join(folder, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(folder, file), text.replace(from, to));
}

async function touched(): Promise<readonly (Json | undefined)[]> {
  const { code, body } = await json('plan', '--env', '*', '--offline', '--detailed-exitcode');
  expect([0, 2]).toContain(code);
  return all(body)
    .filter(({ exit }) => exit === 2)
    .map(({ environment }) => environment);
}

describe('the agency: fifteen environments, forty assistants', () => {
  it('is valid without a warning', async () => {
    const { code, body } = await json('validate');
    expect(code).toBe(0);
    expect(body).toMatchObject({ summary: { error: 0, warning: 0 }, documents: 15 });
    expect(body.environments).toHaveLength(15);
  });

  it('is applied to every environment, and the next plan of each is empty', async () => {
    const applied = await json('apply', '--env', 'dev,staging,prod', '--approve', PRODUCTION, '--yes');
    expect(applied.code).toBe(0);
    expect(all(applied.body)).toHaveLength(15);
    for (const { outcome, results } of all(applied.body)) {
      expect(outcome).toBe('applied');
      expect(results).toHaveLength(14);
    }
    const planned = await json('plan', '--env', '*', '--detailed-exitcode');
    expect(planned.code).toBe(0);
    const addresses = new Set(
      all(applied.body).flatMap(({ results }) =>
        (results as readonly JsonObject[]).map(({ address }) => String(address)),
      ),
    );
    expect([...addresses].filter((address) => address.startsWith('assistant/'))).toHaveLength(40);
  });

  it('a changed entry of the table touches the environments of that client alone', async () => {
    edit('voice/clients.yaml', 'open: 7 a.m.', 'open: 6 a.m.');
    expect(await touched()).toEqual(['bolt-dev', 'bolt-staging', 'bolt-prod']);
    edit('voice/clients.yaml', 'open: 6 a.m.', 'open: 7 a.m.');
    expect(await touched()).toEqual([]);
  });

  it('an overlay for a stage touches that stage of every client', async () => {
    edit(
      'voice/assistants/base.yaml',
      'prod: { model: openai/gpt-4o }',
      'prod: { model: openai/gpt-4o-mini }',
    );
    expect(await touched()).toEqual(CLIENTS.map((client) => `${client}-prod`));
  });
});
