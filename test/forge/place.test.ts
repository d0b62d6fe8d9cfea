import { describe, expect, it } from 'vitest';
import { placeOf } from '../../src/forge/place.ts';

const GITHUB = {
  GITHUB_ACTIONS: 'true',
  GITHUB_REPOSITORY: 'acme/voice',
  GITHUB_SHA: 'merge',
  GITHUB_REF: 'refs/pull/12/merge',
  GITHUB_TOKEN: ' KEY_TEST \n',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_RUN_ID: '99',
};
const EVENT = { pull_request: { number: 12, head: { sha: 'head' } } };

describe('where a run belongs', () => {
  it('on GitHub: the head of the branch and not the merge that was made for the run', () => {
    expect(placeOf({}, GITHUB, EVENT)).toEqual({
      forge: 'github',
      repository: 'acme/voice',
      apiUrl: 'https://api.github.com',
      token: { text: 'KEY_TEST', header: 'bearer' },
      change: 12,
      commit: 'head',
      author: 'github-actions[bot]',
      run: 'https://github.com/acme/voice/actions/runs/99',
    });
    expect(placeOf({}, GITHUB, undefined)).toMatchObject({ change: 12, commit: 'merge' });
    const push = { ...GITHUB, GITHUB_REF: 'refs/heads/main', GITHUB_TOKEN: '', GH_TOKEN: 'KEY_TEST_GH' };
    expect(placeOf({}, push, { head_commit: {} })).toMatchObject({
      change: undefined,
      token: { text: 'KEY_TEST_GH' },
    });
  });

  it('on GitLab: a merge result names the source branch apart', () => {
    const env = {
      GITLAB_CI: 'true',
      CI_PROJECT_ID: '5',
      CI_PROJECT_PATH: 'acme/voice',
      CI_API_V4_URL: 'https://gitlab.acme.example/api/v4',
      CI_MERGE_REQUEST_IID: '3',
      CI_COMMIT_SHA: 'result',
      CI_JOB_TOKEN: 'KEY_TEST_JOB',
    };
    expect(placeOf({}, env, undefined)).toMatchObject({
      forge: 'gitlab',
      repository: '5',
      apiUrl: 'https://gitlab.acme.example/api/v4',
      token: { text: 'KEY_TEST_JOB', header: 'job-token' },
      change: 3,
      commit: 'result',
    });
    const more = { ...env, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: 'head', GITLAB_TOKEN: 'KEY_TEST_OWN' };
    expect(placeOf({}, more, undefined)).toMatchObject({
      commit: 'head',
      token: { text: 'KEY_TEST_OWN', header: 'private-token' },
    });
    const fork = { ...env, CI_PROJECT_ID: '77', CI_MERGE_REQUEST_PROJECT_ID: '5' };
    expect(placeOf({}, fork, undefined)?.repository).toBe('5');
  });

  it('by flags, which win', () => {
    const flags = { forge: 'gitlab', repo: 'a/b', change: 1, commit: 'c', author: 'me' } as const;
    expect(placeOf(flags, GITHUB, EVENT)).toMatchObject({ forge: 'gitlab', repository: 'a/b', change: 1 });
  });

  it('nowhere, without both', () => {
    expect(placeOf({}, {}, undefined)).toBeUndefined();
    expect(() => placeOf({ forge: 'github' }, {}, undefined)).toThrow('which repository');
  });

  it.each(['http://ghe.example/api/v3', 'ftp://x', 'github', ''])('never in the clear: %s', (apiUrl) => {
    expect(() => placeOf({ apiUrl }, GITHUB, EVENT)).toThrow('https');
  });

  it('in the clear on this machine', () => {
    expect(placeOf({ apiUrl: 'http://127.0.0.1:1/api' }, GITHUB, EVENT)?.apiUrl).toBe(
      'http://127.0.0.1:1/api',
    );
  });
});
