import { chmod, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StateSession, StateStore } from '../../src/model/state.ts';
import { gitFailure, redactGitText } from '../../src/state/git/git-errors.ts';
import { feedGit } from '../../src/state/git/git-run.ts';
import { processScope } from '../../src/state/process-scope.ts';
import { bareRemote, clone, git, gitEnvironment, REF, storeIn } from './git-support.ts';
import { begin, bind, binding, emptyState, temporaryFolder } from './support.ts';

async function firstApply(store: StateStore): Promise<void> {
  const session = await store.open('alice');
  await session.record({ op: 'init', state: emptyState() });
  await session.record(begin('tool/lookup'));
  await session.record(bind('tool/lookup', 'tool-1'));
  await session.close();
}

/** A clock that can be put forward: after an hour without renewal a session has lost its lease. */
function leap(): { readonly clock: () => Date; forward(): void } {
  let offset = 0;
  return {
    clock: () => new Date(Date.now() + offset),
    forward: () => {
      offset += 3_600_000;
    },
  };
}

/** Leaves what a killed process leaves on its own machine, without its lease. */
async function crash(store: StateStore, session: StateSession, time: { forward(): void }): Promise<void> {
  await store.unlock();
  time.forward();
  await expect(session.record(begin('tool/late'))).rejects.toMatchObject({ code: 'LEASE_LOST' });
  await session.close();
}

const refs = async (remote: string) => (await git(remote, 'for-each-ref', '--format=%(refname)')).split('\n');

describe('git store', () => {
  it('keeps state on a ref of its own, one commit for each apply, and leaves the clone alone', async () => {
    const remote = await bareRemote();
    const work = await clone(remote, 'a');
    const store = storeIn(work, { note: () => ({ commit: 'abc123', planDigest: 'sha256:feed' }) });
    expect(await store.load()).toBeUndefined();
    await firstApply(store);
    const session = await store.open('bob');
    await session.record(bind('test/refund', 'test-1'));
    await session.record({ op: 'unbind', address: 'tool/lookup' });
    await session.close();

    expect(await store.load()).toEqual(
      emptyState({ serial: 2, resources: { 'test/refund': binding('test-1') } }),
    );
    expect(await refs(remote)).toEqual([REF, 'refs/heads/main']);
    expect((await git(remote, 'log', '--format=%an: %s', REF)).split('\n')).toEqual([
      'bob: production: 1 bound, 0 changed, 1 removed',
      'alice: production: 1 bound, 0 changed, 0 removed',
    ]);
    const message = await git(remote, 'log', '-1', '--format=%B', REF);
    for (const line of [
      'Holder: bob on here',
      'Run: https://ci.example/run/7',
      'Commit: abc123',
      'Plan: sha256:feed',
    ]) {
      expect(message.split('\n')).toContain(line);
    }
    expect((await git(remote, 'ls-tree', '-r', '--name-only', REF)).split('\n')).toEqual([
      'resources/test/refund.json',
      'state.json',
    ]);
    expect(await git(work, 'status', '--porcelain', '--', ':!.assistantctl')).toBe('');
    expect(await refs(work)).toEqual([
      'refs/heads/main',
      'refs/remotes/origin/HEAD',
      'refs/remotes/origin/main',
    ]);
    expect(await readdir(join(work, '.assistantctl/state'))).toEqual([]);
  });

  it('runs no hook of the clone, so that none can stand in the way', async () => {
    const work = await clone(await bareRemote(), 'a');
    for (const name of ['pre-push', 'reference-transaction']) {
      await writeFile(join(work, '.git/hooks', name), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    }
    const store = storeIn(work);
    await firstApply(store);
    expect((await store.load())?.serial).toBe(1);
  });

  it('makes no commit for a session that changes nothing', async () => {
    const remote = await bareRemote();
    const store = storeIn(await clone(remote, 'a'));
    await firstApply(store);
    const before = await git(remote, 'rev-parse', REF);
    const session = await store.open('bob');
    await session.record(bind('tool/lookup', 'tool-1'));
    await session.close();
    expect(await git(remote, 'rev-parse', REF)).toBe(before);
  });

  it.each([
    ['a shallow clone', ['--depth=1']],
    ['a clone of one branch', ['--single-branch', '--no-tags']],
    ['a work tree of a bare clone', ['--bare']],
  ])('works from %s and a detached head', async (_what, options) => {
    const remote = await bareRemote();
    await firstApply(storeIn(await clone(remote, 'full')));
    const made = await clone(remote, 'other', ...options);
    const bare = options.includes('--bare');
    const work = bare ? join(await temporaryFolder(), 'tree') : made;
    if (bare) await git(made, 'worktree', 'add', '-q', '--detach', work);
    else await git(work, 'checkout', '-q', '--detach');
    const logPath = join(await temporaryFolder(), 'production.journal');
    const store = storeIn(work, { logPath });
    expect((await store.load())?.serial).toBe(1);
    const session = await store.open('bob');
    await session.record(bind('tool/more', 'tool-2'));
    await session.close();
    expect((await git(remote, 'log', '--format=%s', REF)).split('\n')).toHaveLength(2);
    expect(Object.keys((await store.load())?.resources ?? {})).toEqual(['tool/lookup', 'tool/more']);
  });

  it('can live on a branch, for hosts that take nothing else', async () => {
    const remote = await bareRemote();
    const ref = 'refs/heads/assistantctl-production';
    const store = storeIn(await clone(remote, 'a'), { ref });
    await firstApply(store);
    expect(await refs(remote)).toEqual([ref, 'refs/heads/main']);
  });

  it('reads without pushing anything', async () => {
    const remote = await bareRemote();
    await firstApply(storeIn(await clone(remote, 'a')));
    await writeFile(join(remote, 'hooks/pre-receive'), '#!/bin/sh\nexit 1\n');
    await chmod(join(remote, 'hooks/pre-receive'), 0o755);
    const store = storeIn(await clone(remote, 'b'));
    expect((await store.load())?.serial).toBe(1);
    expect(await store.holder()).toBeUndefined();
  });

  it('takes up the log of a broken run of this machine', async () => {
    const remote = await bareRemote();
    const work = await clone(remote, 'a');
    const time = leap();
    const store = storeIn(work, { clock: time.clock });
    await firstApply(store);
    const broken = await store.open('alice');
    await broken.record(bind('tool/b', 'tool-b'));
    await broken.record(begin('tool/c'));
    await crash(store, broken, time);
    expect(Object.keys((await store.load())?.resources ?? {})).toEqual(['tool/lookup', 'tool/b']);
    const next = await storeIn(work).open('bob');
    expect(next.pending).toEqual([begin('tool/c')]);
    await next.record({ op: 'fail', address: 'tool/c' });
    await next.close();
    expect(Object.keys((await storeIn(await clone(remote, 'b')).load())?.resources ?? {})).toEqual([
      'tool/b',
      'tool/lookup',
    ]);
  });

  it('sets a log aside that others have applied after, and keeps its open steps pending', async () => {
    const remote = await bareRemote();
    const work = await clone(remote, 'a');
    const time = leap();
    const store = storeIn(work, { clock: time.clock });
    await firstApply(store);
    const broken = await store.open('alice');
    await broken.record(bind('tool/b', 'mine'));
    await broken.record(begin('tool/c'));
    await broken.record(begin('tool/d'));
    await broken.record(bind('tool/d', 'only-known-here'));
    await crash(store, broken, time);
    const other = storeIn(await clone(remote, 'b'));
    for (const id of ['theirs', 'theirs-2']) {
      const session = await other.open('bob');
      await session.record(bind('tool/b', id));
      await session.close();
    }
    const next = await storeIn(work).open('alice');
    expect(next.current()?.resources['tool/b']?.remote_id).toBe('theirs-2');
    expect(next.pending).toEqual([begin('tool/c'), begin('tool/d')]);
    await next.close();
  });
});

describe('a machine that vanishes', () => {
  /** A session whose machine is lost with everything on it but what it had pushed. */
  async function vanished(remote: string, name: string) {
    const work = await clone(remote, name);
    const identity = { host: 'elsewhere', pid: 1, run: 'https://ci.example/run/9' };
    const past = () => new Date(Date.now() - 600_000);
    const session = await storeIn(work, { identity, clock: past }).open('alice');
    if (session.current() === undefined) await session.record({ op: 'init', state: emptyState() });
    await session.record(bind('tool/a', 'tool-1'));
    await session.record(begin('tool/b'));
    return session;
  }

  it('leaves its log on the remote: the next one binds what it had bound and knows what it was at', async () => {
    const remote = await bareRemote();
    const gone = await vanished(remote, 'a');
    const store = storeIn(await clone(remote, 'b'), { sleep: async () => undefined });
    const next = await store.open('bob');
    expect(next.takenOver).toMatchObject({ holder: 'alice', run: 'https://ci.example/run/9' });
    expect(next.pending).toEqual([begin('tool/b')]);
    expect(next.current()?.resources['tool/a']?.remote_id).toBe('tool-1');
    await next.record({ op: 'fail', address: 'tool/b' });
    await next.close();
    await expect(gone.close()).rejects.toMatchObject({ code: 'STATE_DIVERGED' });
    expect(Object.keys((await storeIn(await clone(remote, 'c')).load())?.resources ?? {})).toEqual([
      'tool/a',
    ]);
  });

  it('is unlocked without losing that log', async () => {
    const remote = await bareRemote();
    const gone = await vanished(remote, 'a');
    const store = storeIn(await clone(remote, 'b'));
    expect(await store.unlock()).toMatchObject({ holder: 'alice' });
    expect(await store.unlock()).toBeUndefined();
    expect(await store.holder()).toBeUndefined();
    const next = await store.open('bob');
    expect(next.current()?.resources['tool/a']?.remote_id).toBe('tool-1');
    expect(next.pending).toEqual([begin('tool/b')]);
    await next.close();
    await expect(gone.close()).rejects.toMatchObject({ code: 'STATE_DIVERGED' });
    expect(await refs(remote)).toEqual([REF, 'refs/heads/main']);
  });
});

describe('lease on a ref', () => {
  it('lets one of many clones work and names it to the others', async () => {
    const remote = await bareRemote();
    const clones = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => clone(remote, name)),
    );
    const opened = await Promise.allSettled(clones.map((work, n) => storeIn(work).open(`worker-${n}`)));
    const winners = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(winners).toHaveLength(1);
    for (const one of opened) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ kind: 'refused', code: 'LOCK_HELD' });
    }
    const late = storeIn(clones[0] ?? '').open('late');
    await expect(late).rejects.toThrow(
      /locked by worker-\d on here \(pid \d+, run https:\/\/ci\.example\/run\/7\) since/,
    );
    await winners[0]?.close();
    expect(await refs(remote)).toEqual(['refs/heads/main']);
  });

  it('loses no update of four clones that apply again and again', async () => {
    const remote = await bareRemote();
    await firstApply(storeIn(await clone(remote, 'seed')));
    const names = ['a', 'b', 'c', 'd'];
    const work = async (name: string): Promise<number> => {
      const store = storeIn(await clone(remote, name));
      let done = 0;
      for (let turn = 0; turn < 3; turn += 1) {
        const session = await store.open(name).catch(() => undefined);
        if (session === undefined) continue;
        await session.record(bind(`tool/${name}${turn}`, 'x'));
        await session.close();
        done += 1;
      }
      return done;
    };
    const done = (await Promise.all(names.map(work))).reduce((sum, one) => sum + one, 0);
    const state = await storeIn(await clone(remote, 'last')).load();
    expect(done).toBeGreaterThan(0);
    expect(Object.keys(state?.resources ?? {})).toHaveLength(1 + done);
    expect(state?.serial).toBe(1 + done);
  });

  it('is renewed while it is held, and never taken from a holder that renews, whatever the clocks say', async () => {
    const remote = await bareRemote();
    const holder = await storeIn(await clone(remote, 'a'), {
      leaseMs: 3000,
      identity: { host: 'elsewhere', pid: 1, run: null },
    }).open('alice');
    const other = await clone(remote, 'b');
    const attempts = [3_600_000, -3_600_000].map((skew) =>
      storeIn(other, { leaseMs: 6000, clock: () => new Date(Date.now() + skew) }).open('bob'),
    );
    for (const attempt of await Promise.allSettled(attempts)) {
      expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'LOCK_HELD' } });
    }
    await holder.record({ op: 'init', state: emptyState() });
    await holder.close();
    expect((await storeIn(other).load())?.serial).toBe(1);
  });

  it.each([0, 3_600_000, -3_600_000])('expires by itself, seen by a clock %i ms off', async (skew) => {
    const remote = await bareRemote();
    const past = () => new Date(Date.now() - 600_000);
    const gone = await storeIn(await clone(remote, 'a'), {
      clock: past,
      identity: { host: 'elsewhere', pid: 1, run: null },
    }).open('alice');
    const clock = () => new Date(Date.now() + skew);
    const store = storeIn(await clone(remote, 'b'), { clock, sleep: async () => undefined });
    const session = await store.open('bob');
    expect((await store.holder())?.holder).toBe('bob');
    await gone.close();
    expect((await store.holder())?.holder).toBe('bob');
    await session.close();
  });

  it('is taken at once from a dead process of this machine, where the system tells machines apart', async () => {
    const remote = await bareRemote();
    const identity = { host: 'here', pid: 4_000_000, run: null };
    const dead = await storeIn(await clone(remote, 'a'), { identity }).open('alice');
    const opening = storeIn(await clone(remote, 'b')).open('bob');
    if ((await processScope()) === undefined) {
      await expect(opening).rejects.toMatchObject({ code: 'LOCK_HELD' });
    } else {
      await (await opening).close();
    }
    await dead.close();
  });

  it('is removed by unlock, and its holder stops at the next renewal', async () => {
    const remote = await bareRemote();
    const store = storeIn(await clone(remote, 'a'), { leaseMs: 3000 });
    expect(await store.unlock()).toBeUndefined();
    const session = await store.open('alice');
    expect(await store.unlock()).toMatchObject({ holder: 'alice' });
    const noticed = async (): Promise<unknown> => {
      for (;;) {
        const cause: unknown = await session.record({ op: 'fail', address: 'tool/a' }).catch((lost) => lost);
        if (cause !== undefined) return cause;
        await new Promise((done) => setTimeout(done, 50));
      }
    };
    expect(await noticed()).toMatchObject({ code: 'LEASE_LOST' });
    await session.close();
  });
});

describe('trouble with the remote', () => {
  it('keeps everything when somebody else moved the ref', async () => {
    const remote = await bareRemote();
    const work = await clone(remote, 'a');
    const store = storeIn(work);
    await firstApply(store);
    const session = await store.open('alice');
    await session.record(bind('tool/b', 'x'));
    await git(remote, 'update-ref', REF, 'refs/heads/main');
    await expect(session.close()).rejects.toMatchObject({ kind: 'partial', code: 'STATE_DIVERGED' });
    expect(await readdir(join(work, '.assistantctl/state'))).toEqual(['production.journal']);
    await expect(store.load()).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
  });

  it('begins anew when somebody removed the ref while an apply worked, and knows what that was at', async () => {
    const remote = await bareRemote();
    const work = await clone(remote, 'a');
    const store = storeIn(work);
    await firstApply(store);
    const session = await store.open('alice');
    await session.record(begin('tool/b'));
    await session.record(bind('tool/c', 'x'));
    await git(remote, 'update-ref', '-d', REF);
    await expect(session.close()).rejects.toMatchObject({ kind: 'partial', code: 'STATE_DIVERGED' });
    expect(await store.load()).toBeUndefined();
    const next = await store.open('alice');
    expect(next.current()).toBeUndefined();
    expect(next.pending).toEqual([begin('tool/b')]);
    await next.record({ op: 'init', state: emptyState() });
    await next.record(bind('tool/b', 'y'));
    await next.close();
    expect(Object.keys((await store.load())?.resources ?? {})).toEqual(['tool/b']);
    expect(await readdir(join(work, '.assistantctl/state'))).toEqual([]);
  });

  it('tells a missing remote, a missing repository and a ref that is refused apart', async () => {
    const remote = await bareRemote();
    const work = await clone(remote, 'a');
    await expect(storeIn(work, { remote: 'upstream' }).load()).rejects.toMatchObject({
      kind: 'usage',
      code: 'GIT_REMOTE_MISSING',
    });
    await expect(storeIn(await temporaryFolder()).load()).rejects.toMatchObject({
      kind: 'usage',
      code: 'GIT_NO_REPOSITORY',
    });
    await expect(storeIn(work, { git: feedGit({ PATH: work }) }).load()).rejects.toMatchObject({
      kind: 'usage',
      code: 'GIT_MISSING',
    });
    await writeFile(join(remote, 'hooks/pre-receive'), '#!/bin/sh\necho protected >&2\nexit 1\n');
    await chmod(join(remote, 'hooks/pre-receive'), 0o755);
    await expect(storeIn(work).open('alice')).rejects.toMatchObject({
      kind: 'refused',
      code: 'GIT_REJECTED',
    });
  });

  it.each([
    [401, 'auth', 'GIT_PERMISSION'],
    [403, 'auth', 'GIT_PERMISSION'],
    [404, 'usage', 'GIT_REMOTE_MISSING'],
    [500, 'unavailable', 'GIT_UNREACHABLE'],
  ])('tells HTTP %i of the host as %s', async (status, kind, code) => {
    const server = createServer((_request, reply) => {
      reply.writeHead(status, status === 401 ? { 'www-authenticate': 'Basic realm="git"' } : {}).end();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const at = server.address();
    const port = typeof at === 'object' ? at?.port : undefined;
    const work = await clone(await bareRemote(), 'a');
    await git(work, 'remote', 'set-url', 'origin', `http://127.0.0.1:${port}/team/voice.git`);
    await git(work, 'config', 'http.extraheader', 'AUTHORIZATION: basic U0VDUkVU');
    const failure = await storeIn(work)
      .load()
      .catch((cause: unknown) => cause);
    server.closeAllConnections();
    server.close();
    expect(failure).toMatchObject({ kind, code });
    expect(String(failure)).not.toContain('U0VDUkVU');
  });

  it('tells a host that does not answer', async () => {
    const work = await clone(await bareRemote(), 'a');
    await git(work, 'remote', 'set-url', 'origin', 'http://user:KEY_TEST_secret@127.0.0.1:1/voice.git');
    const failure = await storeIn(work)
      .load()
      .catch((cause: unknown) => cause);
    expect(failure).toMatchObject({ kind: 'unavailable', code: 'GIT_UNREACHABLE' });
    expect(String(failure)).not.toContain('KEY_TEST_secret');
  });

  it('never puts a credential into the arguments of git', async () => {
    const calls: string[] = [];
    const runner = feedGit(gitEnvironment);
    const work = await clone(await bareRemote(), 'a');
    await git(work, 'config', 'http.extraheader', 'AUTHORIZATION: basic U0VDUkVU');
    const spy = storeIn(work, {
      git: (args, cwd, input) => {
        calls.push(args.join(' '));
        return runner(args, cwd, input);
      },
    });
    await firstApply(spy);
    expect(calls.join('\n')).not.toContain('U0VDUkVU');
    const address = 'https://x:KEY_TEST_secret@example.com/voice.git';
    expect(() => storeIn(work, { remote: address })).toThrow(/must be the name of a remote/);
    for (const ref of ['production', 'refs/../x', '-x', 'refs/a b', 'refs/a.lock', 'refs/x:y']) {
      expect(() => storeIn(work, { ref })).toThrow(/state\.ref must be a full name/);
    }
  });

  it('cuts credentials out of what git says', () => {
    expect(redactGitText('fatal: unable to access https://x-token:KEY_TEST_1@host/a.git: no')).toBe(
      'fatal: unable to access https://***@host/a.git: no',
    );
    expect(redactGitText('AUTHORIZATION: basic abc\nnext')).toBe('AUTHORIZATION: ***\nnext');
    const failure = gitFailure('reading', 'refs/x', { code: null, stdout: '', stderr: '' });
    expect(failure.message).toBe('reading (refs/x): git took too long');
  });
});
