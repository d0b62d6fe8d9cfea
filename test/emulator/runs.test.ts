import { describe, expect, test } from 'vitest';
import { decodeScripts, type RunScript } from '../../src/emulator/contract/run-scripts.ts';
import { at, MINIMAL, serve, str } from './harness.ts';

async function arrange(scripts: readonly RunScript[]) {
  const server = await serve({ scripts, runTimings: { pendingMs: 100, startingMs: 100, runningMs: 100 } });
  const assistant = await server.done('POST', '/ai/assistants', MINIMAL);
  const made = await server.done('POST', '/ai/assistants/tests', {
    name: 'Refund',
    destination: str(assistant, 'id'),
    instructions: 'Ask for a refund.',
    rubric: [
      { name: 'polite', criteria: 'c' },
      { name: 'right', criteria: 'c' },
    ],
    test_suite: 'gate',
  });
  const runs = `/ai/assistants/tests/${str(made, 'test_id')}/runs`;
  const finish = async (body = {}) => {
    const run = await server.done('POST', runs, body);
    server.clock.advance(60_000);
    return server.done('GET', `${runs}/${str(run, 'run_id')}`);
  };
  return { ...server, assistant, runs, finish, testId: str(made, 'test_id') };
}

describe('test runs', () => {
  test('move through their states with the clock', async () => {
    const { done, clock, runs } = await arrange([]);
    const run = await done('POST', runs, {});
    const seen = [run.status];
    for (let n = 0; n < 3; n += 1) {
      clock.advance(100);
      seen.push((await done('GET', `${runs}/${str(run, 'run_id')}`)).status ?? null);
    }
    expect(seen).toEqual(['pending', 'starting', 'running', 'passed']);
    expect(run).not.toHaveProperty('completed_at');
    const [last] = [await done('GET', runs)];
    expect(at(last, 'data', '0')).toMatchObject({
      status: 'passed',
      completed_at: expect.any(String),
      triggered_by: 'api',
    });
  });

  test('results per rubric item, logs and duration come from the script', async () => {
    const { done, clock, runs, finish } = await arrange([
      { test: 'Refund', rubric: { right: 'failed' }, logs: 'wrong sum', slow_ms: 30_000 },
    ]);
    const run = await done('POST', runs, {});
    clock.advance(29_999);
    expect((await done('GET', `${runs}/${str(run, 'run_id')}`)).status).toBe('running');
    const ended = await finish();
    expect(ended).toMatchObject({
      status: 'failed',
      logs: 'wrong sum',
      detail_status: [
        { name: 'polite', status: 'failed' },
        { name: 'right', status: 'failed' },
      ],
    });
  });

  test('a result can depend on the instructions of the tested version', async () => {
    const { done, assistant, finish } = await arrange([{ instructions: 'rude', outcome: 'failed' }]);
    const path = `/ai/assistants/${str(assistant, 'id')}`;
    const staged = await done('POST', path, { instructions: 'Be rude.', promote_to_main: false });
    expect((await finish()).status).toBe('passed');
    expect((await finish({ destination_version_id: str(staged, 'version_id') })).status).toBe('failed');
  });

  test('flaky, erroneous and never-ending runs', async () => {
    const flaky = await arrange([{ sequence: ['failed', 'error', 'passed'] }]);
    const seen = [];
    for (let n = 0; n < 4; n += 1) seen.push((await flaky.finish()).status);
    expect(seen).toEqual(['failed', 'error', 'passed', 'passed']);
    const never = await arrange([{ suite: 'gate', outcome: 'never' }]);
    expect((await never.finish()).status).toBe('running');
  });

  test('an unknown version is a 400, a vanished assistant an error with a log', async () => {
    const { call, done, assistant, runs, finish } = await arrange([]);
    expect((await call('POST', runs, { destination_version_id: 'nope' })).status).toBe(400);
    await done('DELETE', `/ai/assistants/${str(assistant, 'id')}`);
    const ended = await finish();
    expect(ended.status).toBe('error');
    expect(ended.logs).toContain('not found');
  });

  test('a suite run shares one id; lists filter by it and by status, newest first', async () => {
    const { call, done, clock, finish } = await arrange([]);
    await finish();
    const triggered = await call('POST', '/ai/assistants/tests/test-suites/gate/runs', {});
    const suiteRun = str(triggered.json, '0', 'test_suite_run_id');
    const base = '/ai/assistants/tests/test-suites/gate/runs';
    expect((await done('GET', `${base}?test_suite_run_id=${suiteRun}`)).data).toHaveLength(1);
    expect((await done('GET', `${base}?status=pending`)).data).toHaveLength(1);
    clock.advance(1000);
    expect((await done('GET', `${base}?status=passed`)).data).toHaveLength(1);
    expect((await call('POST', '/ai/assistants/tests/test-suites/none/runs', {})).status).toBe(404);
  });

  test('a run leaves a conversation that can be cleaned up', async () => {
    const { call, done, assistant, finish } = await arrange([]);
    const run = await finish();
    const query = `metadata-%3Eassistant_id=eq.${str(assistant, 'id')}`;
    expect((await done('GET', `/ai/conversations?${query}`)).data).toMatchObject([
      { id: str(run, 'conversation_id') },
    ]);
    expect((await call('DELETE', `/ai/conversations/${str(run, 'conversation_id')}`)).status).toBe(200);
  });

  test('a phone number leads to the assistant of its TeXML application', async () => {
    const { handle, done, finish, assistant, testId } = await arrange([
      { instructions: 'kind', outcome: 'failed' },
    ]);
    const path = `/ai/assistants/${str(assistant, 'id')}`;
    const phone = await done('POST', path, { enabled_features: ['telephony'] });
    handle.store.put('phone_numbers', '1', { id: '1', phone_number: '+13125550100', connection_id: '' });
    await done('PATCH', '/phone_numbers/1', {
      connection_id: str(phone, 'telephony_settings', 'default_texml_app_id'),
    });
    await done('PUT', `/ai/assistants/tests/${testId}`, { destination: '+13125550100' });
    expect((await finish()).status).toBe('failed');
  });
});

describe('decodeScripts', () => {
  test('reads what a JSON file holds', () => {
    const scripts = [{ test: 'a', sequence: ['failed', 'passed'], rubric: { r: 'failed' }, slow_ms: 5 }];
    expect(decodeScripts(scripts)).toEqual(scripts);
  });

  test.each([
    [{}],
    [[1]],
    [[{ outcome: 'maybe' }]],
    [[{ sequence: ['x'] }]],
    [[{ rubric: { a: 'x' } }]],
    [[{ test: 1 }]],
  ])('refuses %j', (value) => {
    expect(() => decodeScripts(value)).toThrow(/run script/);
  });
});
