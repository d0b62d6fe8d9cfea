import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { PROJECT, pullProject } from './project.ts';

const IMPORT = ['import', '--provider', 'vapi', '--api-key-ref', 'vapi_key'] as const;

describe('import', () => {
  it('has the API copy the assistants, writes specs for them and binds them', async () => {
    const project = await pullProject();
    const { code, body } = await project.json(...IMPORT, '--id', 'one', '--id', 'two', '--id', 'one');
    expect([code, body.plan]).toEqual([0, { changes: 0, drift: 0, conflicts: 0 }]);
    expect((body.adopted as JsonObject[]).map(({ address }) => address)).toEqual([
      'assistant/imported-one',
      'assistant/imported-two',
    ]);
    const request = project.server.requests.find(({ path }) => path === '/ai/assistants/import');
    expect(request?.body).toEqual({ provider: 'vapi', api_key_ref: 'vapi_key', import_ids: ['one', 'two'] });
    expect(request?.idempotencyKey).toMatch(/^[A-Za-z0-9_-]{8,255}$/);
    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
  });

  it('refuses to overwrite what was imported before with exit 5, and takes the new form over with --overwrite', async () => {
    const project = await pullProject();
    await project.cli(...IMPORT, '--id', 'one');
    project.writes();
    const refused = await project.json(...IMPORT);
    expect(refused.code).toBe(5);
    expect(refused.body.error).toMatchObject({ code: 'IMPORT_OVERWRITES' });
    expect(project.writes()).toEqual([]);
    expect((await project.cli(...IMPORT, '--id', 'another')).code).toBe(0);

    const { data } = (await project.dashboard('GET', '/ai/assistants')) as { data: JsonObject[] };
    const one = data.find(({ name }) => name === 'Imported one');
    await project.write(
      'assistants/imported-one.yaml',
      (await project.read('assistants/imported-one.yaml')).replace(
        'Imported from vapi.',
        'Our own words. # kept',
      ),
    );
    await project.cli('apply');
    const again = await project.json(...IMPORT, '--id', 'one', '--overwrite');
    expect([again.code, again.body.plan]).toEqual([0, { changes: 0, drift: 0, conflicts: 0 }]);
    expect(again.body.updated).toMatchObject([{ address: 'assistant/imported-one' }]);
    expect(await project.read('assistants/imported-one.yaml')).toContain('Imported from vapi. # kept');
    expect(one?.id).toBe((await project.json('state', 'show', 'assistant/imported-one')).body.remote_id);
  });

  it('says that the outcome is unknown when the reply is lost', async () => {
    const project = await pullProject();
    project.server.setFaults(({ path }) => (path.endsWith('/import') ? { kind: 'reset-after' } : undefined));
    const lost = await project.cli(...IMPORT);
    expect([lost.code, lost.err.includes('IMPORT_UNKNOWN')]).toEqual([7, true]);
    project.server.setFaults(undefined);
    expect((await project.json('pull', '--adopt')).body.adopted).toHaveLength(1);
  });

  it.each([
    [400, 7],
    [401, 4],
    [403, 4],
    [404, 7],
    [409, 7],
    [422, 7],
    [429, 8],
  ])('answers HTTP %i with exit %i and writes no file', async (status, code) => {
    const project = await pullProject();
    project.server.setFaults(({ path }) =>
      path.endsWith('/import') ? { kind: 'status', status } : undefined,
    );
    expect([(await project.cli(...IMPORT)).code, await project.files()]).toEqual([
      code,
      ['assistantctl.yaml'],
    ]);
  });

  it('refuses bad input before any request', async () => {
    const project = await pullProject({
      'assistantctl.yaml': `${PROJECT}`.replace('  live:\n', '  live:\n    protected: true\n'),
    });
    const key = `sk-${'a1b2c3d4'.repeat(4)}`;
    const literal = await project.cli('import', '--provider', 'vapi', '--api-key-ref', key);
    expect([literal.code, literal.err.includes(key)]).toEqual([3, false]);
    expect((await project.cli('import', '--provider', 'acme', '--api-key-ref', 'k')).code).toBe(3);
    expect((await project.cli('import', '--provider', 'vapi')).code).toBe(3);
    expect((await project.cli(...IMPORT)).code).toBe(5);
    expect(project.server.requests).toHaveLength(0);
    expect((await project.cli(...IMPORT, '--approve', 'live')).code).toBe(0);
  });
});
