import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { FieldChange, Planned } from '../../src/model/plan.ts';
import type { RemoteResource } from '../../src/model/remote.ts';
import type { BeginEntry } from '../../src/model/state.ts';
import { ownCreates } from '../../src/plan/own-creates.ts';

const SENT: JsonObject = { name: 'Desk', instructions: 'From Git.' };

function begun(sent: JsonObject | undefined, action = 'create'): BeginEntry {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    op: 'begin',
    address: 'assistant/desk',
    action,
    key: 'k',
    at,
    ...(sent !== undefined && { sent }),
  };
}

function live(config: JsonObject): RemoteResource {
  return {
    kind: 'assistant',
    id: 'assistant-1',
    name: 'Desk',
    config,
    versionId: 'v1',
    versionName: undefined,
    createdAt: undefined,
  };
}

/** An adoption that replaces the given fields. */
function adopting(...paths: readonly string[]): Pick<Planned, 'plan' | 'ids'> {
  const fields = paths.map(
    (path): FieldChange => ({ path, before: 'a', after: 'b', origin: 'config', replaces: true }),
  );
  const change = { address: 'assistant/desk', action: 'adopt', remote_id: 'assistant-1', fields };
  return { plan: { changes: [change] } as unknown as Planned['plan'], ids: {} };
}

const found = (entry: BeginEntry, config: JsonObject, ...paths: readonly string[]) =>
  ownCreates([entry], adopting(...paths), { resources: [live(config)], integrations: undefined });

describe('the adoption of what a create of ours made', () => {
  it('is ours while it holds what was sent, whatever Git says by now', () => {
    expect(found(begun(SENT), SENT)).toEqual(['assistant/desk']);
    expect(found(begun(SENT), { ...SENT, voice_settings: { voice: 'x' } }, '/instructions')).toEqual([
      'assistant/desk',
    ]);
  });

  it('is not ours where somebody wrote other words', () => {
    expect(found(begun(SENT), { ...SENT, instructions: 'By hand.' }, '/instructions')).toEqual([]);
  });

  it('is not ours where it would replace what the create did not send', () => {
    expect(found(begun(SENT), { ...SENT, greeting: 'By hand.' }, '/greeting')).toEqual([]);
  });

  it('is not ours where nobody knows what was sent, or something else was begun', () => {
    expect(found(begun(undefined), SENT)).toEqual([]);
    expect(found(begun(SENT, 'update'), SENT)).toEqual([]);
  });
});
