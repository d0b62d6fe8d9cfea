import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { gitRemote } from '../../src/state/git/git-remote.ts';
import { feedGit } from '../../src/state/git/git-run.ts';
import { gitSidecar } from '../../src/state/git/git-sidecar.ts';
import { bareRemote, clone, git, gitEnvironment, REF } from './git-support.ts';
import { sleep } from './support.ts';

const SAME_SECOND = new Date('2026-03-01T10:00:00Z');

function besideIn(work: string) {
  return gitSidecar({
    remote: gitRemote({ git: feedGit(gitEnvironment), root: work, remote: 'origin', randomUuid: randomUUID }),
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
});
