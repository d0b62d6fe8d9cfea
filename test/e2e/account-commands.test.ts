import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { account, finished, inDashboard, leadingTo, MAIN, testProject } from './harness.ts';

const NUMBERS = ['--from', '+13125550100', '--to', '+13125550101'];
const WHEN = ['--at', '2039-01-31T09:00:00Z', '--channel', 'phone_call'];

/** What the built program says to each command, and a word of its answer. */
const COMMANDS: readonly (readonly [readonly string[], string])[] = [
  [['assistant', 'list'], 'assistant/billing'],
  [['assistant', 'show', 'assistant/billing'], 'You explain invoices.'],
  [['assistant', 'texml', 'assistant/billing'], '<'],
  [['assistant', 'tags', 'assistant/billing', '--add', 'vip'], 'vip'],
  [['assistant', 'clone', 'assistant/billing'], 'copy'],
  [['assistant', 'sms', 'assistant/billing', ...NUMBERS], 'conversation'],
  [['assistant', 'enhance', 'assistant/billing'], 'You explain invoices.'],
  [['assistant', 'chat', 'assistant/billing', '--message', 'Hi'], 'you said'],
  [['tool', 'test', 'tool/lookup', '--assistant', 'assistant/front-desk'], '200'],
  [['event', 'create', 'assistant/billing', ...NUMBERS, ...WHEN], 'scheduled'],
  [['event', 'list', 'assistant/front-desk'], 'Nothing'],
  [['integration', 'list'], 'hubspot'],
  [['integration', 'show', 'zendesk'], 'search_tickets'],
  [['integration', 'connections'], 'zendesk'],
  [['mcp', 'list'], 'CRM'],
  [['canary', 'show', 'assistant/billing'], 'canary'],
];

it('the built program has every command on single live resources, as text and as JSON', async () => {
  const server = await account();
  const project = await testProject(leadingTo(server));
  await inDashboard(server, 'POST', '/ai/mcp_servers', {
    name: 'CRM',
    type: 'http',
    url: 'https://a.example',
  });
  expect((await project.run('apply', '--env', 'account')).code).toBe(0);
  const wrong: string[] = [];
  // One after another: so many processes at once would spend their second for a request on waiting for a core.
  for (const [index, [args, word]] of COMMANDS.entries()) {
    const json = index % 2 === 0 ? [] : ['--format', 'json'];
    const ran = await project.run(...args, '--env', 'account', ...json);
    if (json.length > 0) JSON.parse(ran.stdout);
    if (ran.code !== 0 || !ran.stdout.includes(word))
      wrong.push(`${args.join(' ')}: ${ran.code} ${ran.stderr}`);
  }
  expect(wrong).toEqual([]);
});

it('the built program holds a conversation with a pipe, and ends with it', async () => {
  const server = await account();
  const project = await testProject(leadingTo(server));
  expect((await project.run('apply', '--env', 'account')).code).toBe(0);
  const args = ['assistant', 'chat', 'assistant/billing', '--env', 'account'];
  const talked = await finished(project.start(args, {}, 'Hello\nMy invoice?'));
  expect(talked).toMatchObject({
    code: 0,
    stdout: 'Billing: you said "Hello".\nBilling: you said "My invoice?".\n',
  });
  const waiting = project.start(args, {}, undefined);
  expect((await finished(waiting)).code).toBe(0);
});

it('a conversation whose input stays open ends with the signal', async () => {
  const server = await account();
  const project = await testProject(leadingTo(server));
  expect((await project.run('apply', '--env', 'account')).code).toBe(0);
  const args = [MAIN, 'assistant', 'chat', 'assistant/billing', '--env', 'account'];
  const child = spawn(process.execPath, args, {
    cwd: project.folder,
    env: { PATH: process.env.PATH ?? '', HOME: project.folder, ...leadingTo(server) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = finished(child);
  child.stdin.write('Hello\n');
  await new Promise((answered) => child.stdout.once('data', answered));
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 143, stdout: 'Billing: you said "Hello".\n' });
});
