import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PreviewReport } from '../../src/model/preview-report.ts';
import { type Account, account, type Checkout } from './checkout.ts';

const specs = (says: string, desk: string, more = ''): string => `kind: assistant
key: desk
spec:
  name: Desk "<b>" & co
  model: openai/gpt-4o
  instructions: ${says}
  enabled_features: [telephony]
${desk}---
kind: assistant
key: billing
spec:
  name: Billing
  model: openai/gpt-4o
  instructions: ${says}
${more}`;

const OPEN = '  telephony_settings: { supports_unauthenticated_web_calls: true }\n';
const NEW = `---
kind: assistant
key: sales
spec:
  name: Sales
  model: openai/gpt-4o
  instructions: You sell.
  enabled_features: [telephony, messaging]
${OPEN}`;

async function changed(before: string, after: string): Promise<Account & { branch: Checkout }> {
  const world = await account();
  const branch = await world.checkout(before);
  expect((await branch.cli('apply')).code).toBe(0);
  await branch.write(after);
  return { ...world, branch };
}

const up = (branch: Checkout, ...more: readonly string[]) =>
  branch.cli('preview', 'up', '--id', 'pr-9', '--no-tests', ...more);

it('writes a page that calls the staged version, and says what to write for the other one', async () => {
  const world = await changed(specs('Hello.', OPEN), specs('Good morning.', OPEN));
  const { code, out } = await up(world.branch, '--talk', '--format', 'json');
  expect(code).toBe(0);
  const { talk, parts } = JSON.parse(out) as PreviewReport;
  const version = parts.find(({ address }) => address === 'assistant/desk');
  expect(talk?.page).toBe(join(world.branch.folder, '.assistantctl', 'talk', 'pr-9.html'));
  expect(talk?.assistants).toMatchObject([
    { address: 'assistant/desk', status: 'open', version_id: version?.version_id, caution: null },
    { address: 'assistant/billing', status: 'closed' },
  ]);
  const page = await readFile(String(talk?.page), 'utf8');
  expect(page).toContain(`data-target="${version?.remote_id}" data-version="${version?.version_id}"`);
  expect(page).toContain('Desk &quot;&lt;b&gt;&quot; &amp; co');
  expect(page).toMatch(/@telnyx\/webrtc@\d+\.\d+\.\d+\/lib\/bundle\.js" integrity="sha384-/);
  expect(page).toContain('supports_unauthenticated_web_calls: true');
  expect(page).not.toContain('KEY_TEST');
  // Nothing else is loaded from anywhere.
  expect(page.match(/(src|href)="/g)).toEqual(['src="']);
  const text = await up(world.branch, '--talk');
  expect(text.out).toContain(`in a browser\n  ${talk?.page}\n`);
  expect(text.out).toContain('assistant/billing cannot be called');
  expect(text.out).toContain('    supports_unauthenticated_web_calls: true');
});

it('writes no page where nothing may be called', async () => {
  const world = await changed(specs('Hello.', ''), specs('Good morning.', ''));
  const { code, out } = await up(world.branch, '--talk', '--format', 'json');
  expect(code).toBe(0);
  const { talk } = JSON.parse(out) as PreviewReport;
  expect(talk).toMatchObject({ page: null, assistants: [{ status: 'closed' }, { status: 'closed' }] });
  await expect(stat(join(world.branch.folder, '.assistantctl', 'talk'))).rejects.toThrow();
});

it('a branch that allows the calls is told that main does not yet', async () => {
  const world = await changed(specs('Hello.', ''), specs('Good morning.', OPEN));
  const { talk } = JSON.parse((await up(world.branch, '--talk', '--format', 'json')).out) as PreviewReport;
  expect(talk?.assistants[0]).toMatchObject({
    status: 'open',
    caution: expect.stringContaining('main does not allow calls'),
  });
});

it('a new assistant can be called as a copy with telephony alone, which goes without a trace', async () => {
  const world = await changed(specs('Hello.', OPEN), specs('Hello.', OPEN, NEW));
  const records = ['assistants', 'versions', 'texml_applications'];
  const snapshot = () => JSON.stringify(records.map((name) => world.server.store.all(name)));
  const before = snapshot();
  const folder = await mkdtemp(join(tmpdir(), 'assistantctl-talk-'));
  const file = join(folder, 'new', 'talk.html');
  const { out } = await up(world.branch, '--talk', file, '--format', 'json');
  const { talk } = JSON.parse(out) as PreviewReport;
  expect(talk).toMatchObject({ page: file, assistants: [{ status: 'open', version_id: null }] });
  const page = await readFile(file, 'utf8');
  expect(page).toContain(`data-target="${talk?.assistants[0]?.remote_id}" data-name=`);
  const copy = world.server.requests.findLast(
    ({ method, path }) => method === 'POST' && path.endsWith('/ai/assistants'),
  )?.body as { enabled_features: string[] };
  expect(copy.enabled_features).toEqual(['telephony']);
  await world.branch.cli('preview', 'down', '--id', 'pr-9');
  expect(snapshot()).toBe(before);
});

it('a file that cannot be written is a failure that hides nothing', async () => {
  const world = await changed(specs('Hello.', OPEN), specs('Good morning.', OPEN));
  const { code, out } = await up(world.branch, '--talk', '/dev/null/page.html');
  expect(code).toBe(3);
  expect(out).toContain('assistant/desk');
});
