import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/model/errors.ts';
import { type GitRemote, gitRemote } from '../../src/state/git/git-remote.ts';
import { feedGit } from '../../src/state/git/git-run.ts';
import { gitSidecar } from '../../src/state/git/git-sidecar.ts';
import { bareRemote, clone, git, gitEnvironment, REF } from './git-support.ts';
import { sleep } from './support.ts';

const SAME_SECOND = new Date('2026-03-01T10:00:00Z');

function besideIn(work: string, change: (remote: GitRemote) => GitRemote = (remote) => remote) {
  const options = { git: feedGit(gitEnvironment), root: work, remote: 'origin', randomUuid: randomUUID };
  return gitSidecar({
    remote: change(gitRemote(options)),
    remoteName: 'origin',
    ref: REF,
    clock: () => SAME_SECOND,
    sleep,
    random: () => 0.5,
    randomUuid: randomUUID,
  });
}

describe('git beside', () => {
  it('lets one of several writers of the same text in the same second win', async () => {
    const remote = await bareRemote();
    const clones = await Promise.all(['a', 'b', 'c', 'd'].map((name) => clone(remote, name)));
    for (const said of ['first', 'second']) {
      const won = await Promise.all(
        clones.map((work) =>
          besideIn(work).write(
            (found) => (found.memory?.said === said ? undefined : { ...found, memory: { said } }),
            { author: 'bot', message: 'remembered' },
          ),
        ),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
    }
    expect(await git(remote, 'rev-list', '--count', `${REF}-requests`)).toBe('2');
  });

  it('does not write over a memory that it could not read', async () => {
    const remote = await bareRemote();
    const work = await clone(remote, 'work');
    const note = { author: 'bot', message: 'written' };
    await besideIn(work).write((found) => ({ ...found, memory: { said: 'once' } }), note);
    const unable = besideIn(work, (whole) => ({
      ...whole,
      read: async (ref, commit, path) => {
        if (path !== 'controller.json') return await whole.read(ref, commit, path);
        throw new Failure('unavailable', 'git was ended', { code: 'GIT_UNREACHABLE' });
      },
    }));
    await expect(unable.write((found) => ({ ...found, requests: [] }), note)).rejects.toThrow(
      'git was ended',
    );
    expect((await besideIn(work).read()).memory).toEqual({ said: 'once' });
  });

  it('has no memory where only requests were left', async () => {
    const work = await clone(await bareRemote(), 'work');
    const request = {
      id: '1',
      kind: 'run',
      words: ['rollback', 'assistant/desk'],
      by: 'a',
      at: 'b',
    } as const;
    await besideIn(work).write(() => ({ requests: [request], memory: undefined }), {
      author: 'a',
      message: 'asked',
    });
    expect(await besideIn(work).read()).toMatchObject({ requests: [request], memory: undefined });
  });
});
