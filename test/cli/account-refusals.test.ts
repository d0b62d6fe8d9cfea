import { beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/emulator/contract/contract.ts';
import { type Bench, openBench } from './bench.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});

const NUMBERS = ['--from', '+13125550100', '--to', '+13125550101'];
const WHEN = ['--at', '2039-01-01T00:00:00Z', '--channel', 'phone_call'];

describe('bad input', () => {
  const events = [
    ['--channel', 'fax', '--at', '2039-01-01T00:00:00Z'],
    ['--channel', 'phone_call', '--at', 'tomorrow'],
    ['--channel', 'phone_call', '--at', '2039-01-01T00:00:00'],
    ['--channel', 'phone_call', '--at', '2001-01-01T00:00:00Z'],
    ['--channel', 'sms_chat', '--at', '2039-01-01T00:00:00Z'],
    ['--channel', 'sms_chat', '--at', '2039-01-01T00:00:00Z', '--text', 'x', '--max-retries', '1'],
    ['--channel', 'phone_call', '--at', '2039-01-01T00:00:00Z', '--text', 'x'],
    ['--channel', 'phone_call', '--at', '2039-01-01T00:00:00Z', '--max-retries', '11'],
  ];
  const wrong: readonly (readonly string[])[] = [
    ['assistant', 'show', 'tool/lookup'],
    ['assistant', 'show', 'assistant/nobody'],
    ['assistant', 'sms', 'assistant/billing', '--from', '123', '--to', '+13125550100'],
    ['assistant', 'sms', 'assistant/billing', '--from', '+13125550100'],
    ['tool', 'test', 'tool/lookup', '--arg', 'order'],
    ['tool', 'test', 'tool/lookup', '--arg', 'order:={'],
    ['tool', 'test', 'tool/lookup', '--arg', 'a=1', 'a=2'],
    ['assistant', 'tags', '--add', 'vip'],
    ['assistant', 'tags', 'assistant/billing', '--add', ' '],
    ['assistant', 'enhance', 'assistant/billing', '--file', 'no.md'],
    ['assistant', 'chat', 'assistant/billing', '--conversation', '../x'],
    ['event', 'show', 'assistant/billing', 'a/b'],
    ['integration', 'connections', 'a b'],
    ...events.map((more) => ['event', 'create', 'assistant/billing', ...NUMBERS, ...more]),
  ];

  it('is refused with exit 3 before any call, in one JSON document', async () => {
    const before = bench.server.requests.length;
    for (const args of wrong) {
      const ran = await bench.cli([...args, '--format', 'json']);
      expect([args, ran.code, JSON.parse(ran.stdout).error.kind]).toEqual([args, 3, 'usage']);
    }
    expect(bench.server.requests.length).toBe(before);
  });

  it('and a protected environment wants its name for what changes the account', async () => {
    const before = bench.server.requests.length;
    for (const args of [
      ['assistant', 'clone', 'assistant-x'],
      ['assistant', 'tags', 'assistant-x', '--add', 'vip'],
      ['tool', 'attach', 'tool-x', 'assistant-x'],
      ['integration', 'disconnect', 'hubspot'],
    ]) {
      const refused = await bench.cli([...args, '--env', 'guarded']);
      expect([refused.code, refused.stderr.includes('--approve guarded')]).toEqual([5, true]);
    }
    expect(bench.server.requests.length).toBe(before);
    const approved = ['integration', 'disconnect', 'hubspot', '--env', 'guarded', '--approve', 'guarded'];
    expect((await bench.cli(approved)).code).toBe(0);
  });
});

/** Every command with the one request that decides about it. */
const REQUESTS: readonly (readonly [string, RegExp, readonly string[]])[] = [
  ['GET', /assistants$/, ['assistant', 'list']],
  ['GET', /assistants\/[^/]+$/, ['assistant', 'show', 'assistant/billing']],
  ['GET', /texml$/, ['assistant', 'texml', 'assistant/billing']],
  ['GET', /tags$/, ['assistant', 'tags']],
  ['POST', /tags$/, ['assistant', 'tags', 'assistant/billing', '--add', 'vip']],
  ['DELETE', /tags\/vip$/, ['assistant', 'tags', 'assistant/billing', '--remove', 'vip']],
  ['POST', /clone$/, ['assistant', 'clone', 'assistant/billing']],
  ['POST', /conversations$/, ['assistant', 'chat', 'assistant/billing', '--message', 'Hi']],
  ['POST', /chat$/, ['assistant', 'chat', 'assistant/billing', '--message', 'Hi']],
  ['POST', /sms$/, ['assistant', 'sms', 'assistant/billing', ...NUMBERS]],
  ['POST', /enhance$/, ['assistant', 'enhance', 'assistant/billing']],
  ['POST', /test$/, ['tool', 'test', 'tool/lookup']],
  ['PUT', /tools\/[^/]+$/, ['tool', 'attach', 'tool/lookup', 'assistant/billing']],
  ['DELETE', /tools\/[^/]+$/, ['tool', 'detach', 'tool/lookup', 'assistant/front-desk']],
  ['GET', /scheduled_events$/, ['event', 'list', 'assistant/billing']],
  ['POST', /scheduled_events$/, ['event', 'create', 'assistant/billing', ...NUMBERS, ...WHEN]],
  ['GET', /scheduled_events\/x$/, ['event', 'show', 'assistant/billing', 'x']],
  ['DELETE', /scheduled_events\/x$/, ['event', 'cancel', 'assistant/billing', 'x']],
  ['GET', /integrations$/, ['integration', 'list']],
  ['GET', /integrations\/[^/]+$/, ['integration', 'show', 'hubspot']],
  ['GET', /connections$/, ['integration', 'connections']],
  ['DELETE', /connections\/[^/]+$/, ['integration', 'disconnect', 'hubspot']],
  ['GET', /mcp_servers$/, ['mcp', 'list']],
  ['GET', /mcp_servers\/x$/, ['mcp', 'show', 'x']],
  ['GET', /canary-deploys$/, ['canary', 'show', 'assistant/billing']],
];

/** What each status means, for reading and for writing; see docs/api-commands.md. */
const EXITS: { readonly [status: string]: { readonly read: number; readonly write: number } } = {
  401: { read: 4, write: 4 },
  403: { read: 4, write: 4 },
  404: { read: 3, write: 3 },
  422: { read: 5, write: 5 },
  429: { read: 8, write: 8 },
  500: { read: 8, write: 7 },
};

describe.each(Object.entries(EXITS))('an API that answers %s', (status, exits) => {
  it('ends every command with the exit code that it means, and says so in one document', async () => {
    const wrong: string[] = [];
    const body = { errors: [{ detail: 'because' }] };
    const fault: Fault = { kind: 'status', status: Number(status), body };
    for (const [method, path, args] of REQUESTS) {
      bench.server.setFaults((request) =>
        request.method === method && path.test(request.path) ? fault : undefined,
      );
      // Asked again like a read although it is a POST: it changes nothing.
      const reads = method === 'GET' || args[1] === 'enhance';
      const none = status === '404' && args[0] === 'canary';
      const expected = none ? 0 : reads ? exits.read : exits.write;
      const ran = await bench.cli([...args, '--format', 'json']);
      const { error } = JSON.parse(ran.stdout);
      const told = none || (typeof error?.code === 'string' && ran.stderr !== '');
      if (ran.code !== expected || !told) wrong.push(`${args.join(' ')}: ${ran.code} ${ran.stderr}`);
    }
    expect(wrong).toEqual([]);
  });
});
