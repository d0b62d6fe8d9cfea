import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { startWorld } from '../support/world.ts';

/** The API checks the whole stored configuration on every update, and refuses some for what was stored long ago. */

const A: JsonObject = { name: 'A', instructions: 'You are A.' };

const REFUSAL = {
  status: 422,
  body: {
    detail: [
      { loc: ['body', 'dynamic_variables', 'tries'], msg: 'Input should be a string', type: 'string_type' },
    ],
  },
};

describe('an update that fails over a stored value', () => {
  it.each([
    ['no spec writes', {}, 'no spec writes it: write spec/dynamic_variables/tries of assistant/a'],
    ['the spec writes', { dynamic_variables: { tries: '3' } }, 'writes it at spec/dynamic_variables/tries'],
  ] as const)('that %s names the field, what is stored, and where it is written', async (_, more, hint) => {
    const world = await startWorld();
    await world.apply({ 'assistant/a': { ...A, ...more } });
    const path = `/ai/assistants/${await world.bound('assistant/a')}`;
    await world.dashboard('POST', path, { dynamic_variables: { tries: '3', other: 'x' } });
    world.emulator.setFaults(({ method }) =>
      method === 'POST' ? { kind: 'status', status: REFUSAL.status, body: REFUSAL.body } : undefined,
    );
    const report = await world.apply({ 'assistant/a': { ...A, ...more, greeting: 'Hello.' } });
    world.emulator.setFaults(undefined);
    const error = report.results[0]?.error;
    expect(error).toMatchObject({ code: 'STORED_VALUE_REFUSED', status: 422 });
    expect(error?.message).toContain('/dynamic_variables/tries is "3" (Input should be a string)');
    expect(error?.hint).toContain(hint);
  });

  it('is told as it is where the apply sent the value', async () => {
    const world = await startWorld();
    await world.apply({ 'assistant/a': A });
    world.emulator.setFaults(({ method }) =>
      method === 'POST' ? { kind: 'status', status: REFUSAL.status, body: REFUSAL.body } : undefined,
    );
    const report = await world.apply({ 'assistant/a': { ...A, dynamic_variables: { tries: '3' } } });
    expect(report.results[0]?.error?.code).not.toBe('STORED_VALUE_REFUSED');
  });
});
