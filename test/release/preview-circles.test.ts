import { describe, expect, it } from 'vitest';
import { copyName } from '../../src/model/preview.ts';
import { findTraces, removeTraces } from '../../src/release/preview-traces.ts';
import { startWorld, type World } from '../support/world.ts';

/** Copies of a preview that hand over to each other are removed for good, whatever the API counts as a reference. */

async function circle(world: World): Promise<readonly string[]> {
  const make = async (name: string): Promise<string> => {
    const made = await world.dashboard('POST', '/ai/assistants', {
      name: copyName(name, 'pr-42', name.toLowerCase()),
      instructions: `You are ${name}.`,
    });
    return String(made.id);
  };
  const [a, b] = [await make('A'), await make('B')];
  const lead = (from: string, to: string) =>
    world.dashboard('POST', `/ai/assistants/${from}`, {
      tools: [{ type: 'handoff', handoff: { ai_assistants: [{ name: 'Other', id: to }] } }],
    });
  await lead(a, b);
  await lead(b, a);
  return [a, b];
}

describe.each(['main', 'versions'] as const)('where references of %s count', (deleteCounts) => {
  it('copies that hand over to each other go, and cannot be restored', async () => {
    const world = await startWorld({
      quirks: { deleteReferenced: 'refuse', softDelete: true, deleteCounts },
    });
    const ids = await circle(world);
    const traces = await findTraces(world.api, 'pr-42');
    expect(traces).toHaveLength(2);
    const { removed, kept } = await removeTraces({ api: world.api, sleep: async () => {} }, traces);
    expect(kept).toEqual([]);
    expect(removed).toHaveLength(2);
    for (const id of ids) expect(await world.api.restore(id)).toBeUndefined();
    expect(await findTraces(world.api, 'pr-42')).toEqual([]);
  });
});
