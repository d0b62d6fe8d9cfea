import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { account, inDashboard, leadingTo, liveId, type TestProject, writes } from './harness.ts';
import { nearProject } from './in-process.ts';

const run = promisify(execFile);

const assistant = (name: string, instructions: string, more = ''): string =>
  `kind: assistant\nspec: { name: ${name}, model: openai/gpt-4o, instructions: ${instructions}${more} }\n`;
const tool = (url: string): string =>
  `kind: tool\nkey: look\nspec:\n  type: webhook\n  display_name: Look\n  webhook: { name: look, description: Looks., url: "${url}", method: GET }\n`;
const at = ['--env', 'account'] as const;
const json = async (project: TestProject, ...args: readonly string[]) =>
  JSON.parse((await project.run(...args, '--format', 'json')).stdout);

describe('two environments with the key of one account', () => {
  it('do not adopt, change or delete what the other one manages', async () => {
    const server = await account();
    const project = await nearProject(leadingTo(server), {
      'assistants/desk.yaml': assistant('Desk', 'Production.'),
    });
    expect((await project.run('apply', '--env', 'guarded', '--approve', 'guarded')).code).toBe(0);
    await project.write('assistants/desk.yaml', assistant('Desk', 'Staging.'));
    const before = writes(server).length;
    const planned = await project.run('plan', ...at, '--format', 'json');
    expect(planned.code).toBe(5);
    expect(JSON.parse(planned.stdout).diagnostics).toMatchObject([
      { code: 'MANAGED_ELSEWHERE', address: 'assistant/desk' },
    ]);
    const refused = await project.run('apply', ...at, '--take-over', 'all');
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('environment guarded manages');
    const id = await liveId(server, 'Desk');
    expect((await project.run('state', 'import', 'assistant/desk', id, ...at)).code).toBe(5);
    expect(writes(server)).toHaveLength(before);
    // By ids, never by names: another assistant of that name is no business of the other environment.
    await inDashboard(server, 'POST', '/ai/assistants', {
      name: 'Desk',
      model: 'openai/gpt-4o',
      instructions: 'Staging.',
    });
    expect((await json(project, 'plan', ...at)).summary).toMatchObject({ adopt: 1, create: 0 });
  });

  it('refer to shared tools of equal content, and never write them', async () => {
    const server = await account();
    const project = await nearProject(leadingTo(server), {
      'assistants/look.yaml': tool('https://acme.example/look'),
      'assistants/desk.yaml': `${assistant('Desk', 'Hi.', ', tool_ids: [{ $ref: tool/look }]')}only: [guarded]\n`,
    });
    expect((await project.run('apply', '--env', 'guarded', '--approve', 'guarded')).code).toBe(0);
    await project.write(
      'assistants/night.yaml',
      `${assistant('Night', 'Hi.', ', tool_ids: [{ $ref: tool/look }]')}only: [account]\n`,
    );
    expect((await json(project, 'plan', ...at)).summary).toMatchObject({ create: 1, adopt: 0, takeover: 0 });
    expect((await project.run('apply', ...at)).code).toBe(0);
    expect((await project.run('plan', ...at, '--detailed-exitcode')).code).toBe(0);
    expect((await project.run('state', 'list', ...at)).stdout).not.toContain('tool/look');
    await project.write('assistants/look.yaml', tool('https://acme.example/other'));
    expect((await project.run('plan', ...at)).code).toBe(5);
    expect((await project.run('apply', '--env', 'guarded', '--approve', 'guarded')).code).toBe(0);
    expect((await project.run('plan', ...at, '--detailed-exitcode')).code).toBe(0);
  });

  it('say that a main which an apply made is bound by no state here', async () => {
    const server = await account();
    const project = await nearProject(leadingTo(server), {
      'assistants/desk.yaml': assistant('Desk', 'One.'),
    });
    expect((await project.run('apply', ...at)).code).toBe(0);
    await project.write('assistants/desk.yaml', assistant('Desk', 'Two.'));
    expect((await project.run('apply', ...at)).code).toBe(0);
    await project.remove('.assistantctl/state/account.json');
    await project.write('assistants/desk.yaml', assistant('Desk', 'Three.'));
    expect((await project.run('plan', ...at)).stdout.replaceAll(/\s+/g, ' ')).toContain(
      'was made by an apply that no state here knows',
    );
  });
});

it('what an environment manages is seen in its state on a Git ref as well', async () => {
  const server = await account();
  const project = await nearProject(leadingTo(server), { 'assistants/desk.yaml': assistant('Desk', 'One.') });
  const git = (...args: readonly string[]) => run('git', args, { cwd: project.folder });
  await git('init', '-q', '--bare', join(project.folder, 'remote.git'));
  await git('init', '-q', '-b', 'main');
  await git('remote', 'add', 'origin', join(project.folder, 'remote.git'));
  await project.edit(
    'assistantctl.yaml',
    '  guarded:\n',
    '  guarded:\n    state: { backend: git, remote: origin, ref: refs/assistantctl/guarded }\n',
  );
  expect((await project.run('plan', ...at)).code).toBe(0);
  expect((await project.run('apply', '--env', 'guarded', '--approve', 'guarded')).code).toBe(0);
  const refused = await project.run('apply', ...at);
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain('MANAGED_ELSEWHERE');
});

describe('the account that an environment is for', () => {
  it('is known of an account that was empty, too', async () => {
    const server = await account();
    const project = await nearProject(leadingTo(server), {
      'assistants/desk.yaml': assistant('Desk', 'Hi.'),
    });
    const pin = /account: (acct-\S+)/.exec((await project.run('apply', ...at)).stderr)?.[1];
    await project.edit('assistantctl.yaml', '  account:\n', `  account:\n    account: ${pin}\n`);
    expect((await project.run('plan', '--detailed-exitcode', ...at)).code).toBe(0);
    await project.edit('assistantctl.yaml', `account: ${pin}`, 'account: acct-00000000');
    expect((await project.run('plan', ...at)).code).toBe(6);
  });

  const FILES = { 'assistants/desk.yaml': assistant('Desk', 'Hi.') };

  it('is printed by the first apply, and pinned it is the only one', async () => {
    const [own, other] = [await account(), await account()];
    for (const server of [own, other]) {
      await inDashboard(server, 'POST', '/ai/assistants', { name: 'Old', model: 'm', instructions: 'Old.' });
    }
    const project = await nearProject(leadingTo(own), FILES);
    const first = await project.run('apply', ...at);
    const pin = /account: (acct-\S+)/.exec(first.stderr)?.[1] ?? '';
    expect(pin).not.toBe('');
    expect((await project.run('apply', ...at)).stderr).not.toContain('account: acct-');
    const elsewhere = await nearProject(leadingTo(other), FILES);
    for (const each of [project, elsewhere]) {
      await each.edit('assistantctl.yaml', '  account:\n', `  account:\n    account: ${pin}\n`);
    }
    expect((await project.run('plan', ...at)).code).toBe(0);
    const refused = await elsewhere.run('apply', ...at);
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain('ACCOUNT_OTHER');
    expect(writes(other)).toHaveLength(1);
    const told = await nearProject({ ...leadingTo(other), ASSISTANTCTL_ACCOUNT_ACCOUNT: pin }, FILES);
    expect((await told.run('plan', ...at)).code).toBe(6);
  });

  it('is the same while one of its five oldest resources exists', async () => {
    const server = await account();
    const project = await nearProject(leadingTo(server), {});
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await inDashboard(server, 'POST', '/ai/assistants', { name, model: 'm', instructions: name });
    }
    await project.write(
      'assistants/a.yaml',
      'kind: assistant\nspec: { name: a, model: m, instructions: a }\n',
    );
    const pin = /account: (acct-\S+)/.exec((await project.run('apply', ...at)).stderr)?.[1];
    await project.edit('assistantctl.yaml', '  account:\n', `  account:\n    account: ${pin}\n`);
    for (const name of ['b', 'c', 'd', 'e']) {
      await inDashboard(server, 'DELETE', `/ai/assistants/${await liveId(server, name)}`);
    }
    expect((await project.run('plan', ...at)).code).toBe(0);
  });
});

describe('what was bound without an apply', () => {
  it('is no orphan and never pruned before an apply read its document', async () => {
    const server = await account();
    const main = await nearProject(leadingTo(server), { 'assistants/desk.yaml': assistant('Desk', 'Hi.') });
    expect((await main.run('apply', ...at)).code).toBe(0);
    await inDashboard(server, 'POST', '/ai/assistants', { name: 'Hand', model: 'm', instructions: 'Made.' });
    // A colleague's branch: the same state, other documents.
    expect((await main.run('pull', '--adopt', ...at)).code).toBe(0);
    const document = await main.read('assistants/hand.yaml');
    await main.remove('assistants/hand.yaml');
    const planned = await json(main, 'plan', '--prune', ...at);
    expect(planned.summary).toMatchObject({ delete: 0, orphan: 0, unmanaged: 1 });
    expect((await main.run('apply', '--prune', ...at)).code).toBe(0);
    expect(await liveId(server, 'Hand')).toBeTypeOf('string');
    // Pulled on another branch it is the same resource under the same key, bound once.
    expect((await main.run('pull', '--adopt', ...at)).code).toBe(0);
    expect(await main.read('assistants/hand.yaml')).toBe(document);
    await main.remove('assistants/hand.yaml');
    // No bar to another adoption.
    await main.write(
      'assistants/other.yaml',
      document.replace('kind: assistant', 'kind: assistant\nkey: other').replace('key: hand\n', ''),
    );
    expect((await json(main, 'plan', ...at)).summary).toMatchObject({ adopt: 1, takeover: 0, create: 0 });
    await main.remove('assistants/other.yaml');
    // Merged and applied, also with nothing to do, it is managed.
    await main.write('assistants/hand.yaml', document);
    const before = writes(server).length;
    expect((await main.run('apply', ...at)).code).toBe(0);
    expect(writes(server)).toHaveLength(before);
    await main.remove('assistants/hand.yaml');
    expect((await json(main, 'plan', '--prune', ...at)).summary).toMatchObject({ delete: 1, orphan: 1 });
  });
});

describe('a document whose key changed', () => {
  const start = async () => {
    const server = await account();
    const project = await nearProject(leadingTo(server), {
      'assistants/front.yaml': assistant('Desk', 'Hi.'),
      'assistants/other.yaml': assistant('Other', 'Hi.'),
    });
    expect((await project.run('apply', ...at)).code).toBe(0);
    await project.remove('assistants/front.yaml');
    await project.write('assistants/desk.yaml', assistant('Desk', 'Hi.'));
    return { server, project, id: await liveId(server, 'Desk') };
  };

  it('is a suspected rename: neither created nor pruned before somebody says what it is', async () => {
    const { server, project } = await start();
    const planned = await project.run('plan', '--prune', ...at);
    expect(planned.code).toBe(0);
    expect(planned.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'lifecycle: { moved_from: front } into assistants/desk.yaml',
    );
    const before = writes(server).length;
    for (const flags of [[], ['--prune'], ['--not-renamed', 'assistant/other']]) {
      const refused = await project.run('apply', ...flags, ...at);
      expect(refused.code).toBe(5);
      expect(refused.stderr).toContain('RENAMED');
    }
    expect(writes(server)).toHaveLength(before);
    expect((await project.run('apply', '--not-renamed', 'assistant/desk', ...at)).code).toBe(0);
    expect(writes(server)).toHaveLength(before + 1);
  });

  it('keeps its id with one of several former keys; the move is shown and counted', async () => {
    const { server, project, id } = await start();
    await project.write(
      'assistants/desk.yaml',
      `${assistant('Desk', 'Hi.')}lifecycle: { moved_from: [reception, front] }\n`,
    );
    const planned = await project.run('plan', '--detailed-exitcode', ...at, '--format', 'json');
    expect(planned.code).toBe(2);
    const plan = JSON.parse(planned.stdout);
    expect(plan.summary).toMatchObject({ move: 1, create: 0, orphan: 0 });
    expect(plan.changes).toMatchObject([{ address: 'assistant/desk', action: 'move', remote_id: id }]);
    for (const format of ['text', 'markdown', 'html']) {
      expect((await project.run('plan', ...at, '--format', format)).stdout).toContain('1 to move');
    }
    expect((await project.run('plan', ...at, '--out', 'p.json')).code).toBe(0);
    const before = writes(server).length;
    const applied = await project.run('apply', 'p.json', '--format', 'json');
    expect(JSON.parse(applied.stdout)).toMatchObject({
      outcome: 'applied',
      results: [{ address: 'assistant/desk', action: 'move', status: 'applied', remote_id: id }],
    });
    expect(writes(server)).toHaveLength(before);
    expect((await project.run('plan', '--detailed-exitcode', ...at)).code).toBe(0);
    expect((await project.run('apply', 'p.json')).code).toBe(0);
    expect((await project.run('state', 'list', ...at)).stdout).toContain('assistant/desk');
  });

  it('with two former keys bound is a question, and exit 6 names both', async () => {
    const { project } = await start();
    await project.remove('assistants/other.yaml');
    await project.write(
      'assistants/desk.yaml',
      `${assistant('Desk', 'Hi.')}lifecycle: { moved_from: [front, other] }\n`,
    );
    for (const command of ['plan', 'apply']) {
      const result = await project.run(command, ...at);
      expect(result.code).toBe(6);
      expect(result.stderr).toContain('assistant/front');
      expect(result.stderr).toContain('assistant/other');
    }
  });
});

describe('--target', () => {
  it('plans what is named and what must be created for it, and leaves what exists alone', async () => {
    const server = await account();
    const handoff = (to: string): string =>
      `, tools: [{ type: handoff, handoff: { ai_assistants: [{ name: X, id: { $ref: assistant/${to} } }] } }]`;
    const project = await nearProject(leadingTo(server), {
      'assistants/a.yaml': assistant('A', 'One.', handoff('b')),
      'assistants/b.yaml': assistant('B', 'One.', handoff('a')),
    });
    expect((await project.run('apply', ...at)).code).toBe(0);
    await project.write('assistants/a.yaml', assistant('A', 'Two.', handoff('c')));
    await project.write('assistants/b.yaml', assistant('B', 'Two.', handoff('a')));
    await project.write('assistants/c.yaml', assistant('C', 'New.', handoff('b')));
    const args = ['--target', 'assistant/a', ...at];
    const plan = await json(project, 'plan', ...args);
    expect(plan.changes.map(({ address }: { address: string }) => address).toSorted()).toEqual([
      'assistant/a',
      'assistant/c',
    ]);
    expect((await project.run('plan', ...args)).stdout).toContain('Partial: limited by --target');
    expect((await project.run('apply', ...args)).code).toBe(0);
    expect((await json(project, 'plan', ...at)).changes).toMatchObject([{ address: 'assistant/b' }]);
  });
});

describe('drift', () => {
  it('is put back once by --revert-drift, for one resource or all', async () => {
    const server = await account();
    const project = await nearProject(leadingTo(server), {
      'assistants/a.yaml': assistant('A', 'Git.'),
      'assistants/b.yaml': assistant('B', 'Git.'),
    });
    expect((await project.run('apply', ...at)).code).toBe(0);
    for (const name of ['A', 'B']) {
      await inDashboard(server, 'POST', `/ai/assistants/${await liveId(server, name)}`, {
        instructions: 'Hand.',
      });
    }
    expect((await project.run('apply', '--revert-drift', 'assistant/a', ...at)).code).toBe(0);
    expect((await json(project, 'plan', '--refresh', ...at)).drift).toMatchObject([
      { address: 'assistant/b' },
    ]);
    expect((await project.run('apply', '--revert-drift', 'all', ...at)).code).toBe(0);
    expect((await project.run('drift', ...at)).code).toBe(0);
  });

  it('hidden by ignore_changes is said', async () => {
    const server = await account();
    const ignoring = (text: string): string =>
      `${assistant('A', text)}lifecycle: { ignore_changes: [/instructions] }\n`;
    const project = await nearProject(leadingTo(server), { 'assistants/a.yaml': ignoring('One.') });
    expect((await project.run('apply', ...at)).code).toBe(0);
    expect((await project.run('plan', ...at)).stdout).not.toContain('IGNORED_DIFFERENCE');
    await project.write('assistants/a.yaml', ignoring('Two.'));
    const planned = await project.run('plan', '--detailed-exitcode', ...at);
    expect(planned.code).toBe(0);
    expect(planned.stdout).toMatch(/IGNORED_DIFFERENCE .*\/instructions/);
  });
});
