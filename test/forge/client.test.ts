import { describe, expect, it } from 'vitest';
import { withoutQuickActions } from '../../src/live/forge/gitlab.ts';
import type { LogEntry } from '../../src/live/http/log.ts';
import { ApiError } from '../../src/model/errors.ts';
import type { ScriptedReply } from '../support/scripted-server.ts';
import { BOT, CHANGE, clientOf, fakeForge, HEAD, MERGED, TOKEN } from './fake-forge.ts';

const FORGES = ['github', 'gitlab'] as const;

/** The first replies are scripted, then the forge is itself. */
const first =
  (...replies: readonly ScriptedReply[]) =>
  (_: unknown, index: number): ScriptedReply | undefined =>
    replies[index];

async function failure(attempt: Promise<unknown>): Promise<ApiError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ApiError) return error;
  throw new Error(`no ApiError: ${String(error)}`);
}

describe.each(FORGES)('%s', (name) => {
  it.each([false, true])('reads comments over all pages (without Link: %s)', async (withoutLink) => {
    const fake = await fakeForge(name, { withoutLink });
    for (let index = 0; index < 250; index += 1) fake.add('somebody', `comment ${index}`);
    const { forge } = clientOf(fake);
    const found = await forge.comments(CHANGE);
    expect(found.map(({ body }) => body)).toEqual(
      Array.from({ length: 250 }, (_, index) => `comment ${index}`),
    );
    expect(fake.requests).toHaveLength(3);
  });

  it('writes, edits and removes', async () => {
    const fake = await fakeForge(name);
    const { forge } = clientOf(fake);
    const made = await forge.addComment(CHANGE, 'one');
    expect(made).toMatchObject({ author: BOT, body: 'one' });
    expect(await forge.editComment(CHANGE, made.id, 'two')).toMatchObject({ id: made.id, body: 'two' });
    await forge.removeComment(CHANGE, made.id);
    await forge.removeComment(CHANGE, made.id);
    expect(await forge.editComment(CHANGE, made.id, 'three')).toBeUndefined();
    expect(fake.comments).toEqual([]);
  });

  it('knows the head, and the change that a commit came from', async () => {
    const { forge } = clientOf(await fakeForge(name));
    expect(await forge.headOf(CHANGE)).toBe(HEAD);
    expect((await forge.mergedAs(MERGED))[0]).toBe(CHANGE);
    expect(await forge.mergedAs('3'.repeat(40))).toEqual([]);
  });

  it.each([401, 403, 404])('%s is a matter of permission', async (status) => {
    const fake = await fakeForge(name, { intercept: () => ({ status, json: { message: 'no' } }) });
    const error = await failure(clientOf(fake).forge.comments(CHANGE));
    expect(error).toMatchObject({ kind: 'auth', code: 'FORGE_DENIED', status });
    expect(fake.requests).toHaveLength(1);
  });

  it('says when a text is too long', async () => {
    const { forge } = clientOf(await fakeForge(name, { longest: 100 }));
    expect(await failure(forge.addComment(CHANGE, 'x'.repeat(101)))).toMatchObject({
      code: 'FORGE_TOO_LONG',
    });
  });

  it('waits as long as a rate limit asks, and then goes on', async () => {
    const limited = { status: 429, headers: { 'retry-after': '7' }, json: { message: 'slow down' } };
    const { forge, slept } = clientOf(await fakeForge(name, { intercept: first(limited) }));
    await forge.addComment(CHANGE, 'one');
    expect(slept).toEqual([7_000]);
  });

  it('never repeats a post of which nobody knows whether it arrived', async () => {
    const fake = await fakeForge(name, { intercept: first({ fault: 'reset' }) });
    const error = await failure(clientOf(fake).forge.addComment(CHANGE, 'one'));
    expect(error).toMatchObject({ effect: 'unknown', status: 0 });
    expect(error.hint).not.toContain('TELNYX');
    expect(fake.writes()).toHaveLength(1);
  });

  it('reads again after a lost reply', async () => {
    const fake = await fakeForge(name, {
      intercept: first({ fault: 'reset' }, { status: 502, text: '<html>' }),
    });
    expect(await clientOf(fake).forge.headOf(CHANGE)).toBe(HEAD);
  });

  it('takes the token out of what the server repeats', async () => {
    const fake = await fakeForge(name, {
      intercept: () => ({ status: 422, json: { message: `bad token ${TOKEN}` } }),
    });
    const error = await failure(clientOf(fake).forge.addComment(CHANGE, 'one'));
    expect(error.message).toContain('[redacted]');
    expect(error.message).not.toContain(TOKEN);
  });

  it('logs every attempt', async () => {
    const fake = await fakeForge(name, { intercept: first({ status: 502, text: '' }) });
    const lines: string[] = [];
    const log = ({ method, path, status, attempt }: LogEntry): void => {
      lines.push(`${attempt} ${method} ${status} ${path.split('/').at(-1)}`);
    };
    await clientOf(fake, { log }).forge.headOf(CHANGE);
    expect(lines).toEqual([`1 GET 502 ${CHANGE}`, `2 GET 200 ${CHANGE}`]);
  });

  it('rejects a list that is none', async () => {
    const fake = await fakeForge(name, { intercept: () => ({ json: { data: [] } }) });
    expect(await failure(clientOf(fake).forge.comments(CHANGE))).toMatchObject({ code: 'BAD_REPLY' });
  });
});

describe('github', () => {
  it('takes 403 with a spent window for a rate limit', async () => {
    const reset = String(Math.ceil(Date.now() / 1_000) + 20);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    const reply = { status: 403, headers, json: { message: 'API rate limit exceeded' } };
    const { forge, slept } = clientOf(await fakeForge('github', { intercept: first(reply) }));
    await forge.headOf(CHANGE);
    expect(slept[0]).toBeGreaterThan(15_000);
    expect(slept[0]).toBeLessThan(21_000);
  });

  it('waits a minute after a secondary limit that names no time', async () => {
    const reply = { status: 403, json: { message: 'You have exceeded a secondary rate limit.' } };
    const { forge, slept } = clientOf(await fakeForge('github', { intercept: first(reply) }));
    await forge.addComment(CHANGE, 'one');
    expect(slept).toEqual([60_000]);
  });

  it('gives up when the limit lasts longer than the run may wait', async () => {
    const reply = { status: 429, headers: { 'retry-after': '3600' }, json: { message: 'later' } };
    const fake = await fakeForge('github', { intercept: () => reply });
    expect(await failure(clientOf(fake).forge.headOf(CHANGE))).toMatchObject({
      kind: 'unavailable',
      code: 'FORGE_RATE',
    });
    expect(fake.requests).toHaveLength(1);
  });

  it('leaves pull requests out of the issues', async () => {
    const { forge } = clientOf(await fakeForge('github'));
    const made = await forge.addIssue('Drift', 'text');
    expect((await forge.issues()).map(({ id }) => id)).toEqual([made.id]);
    await forge.editIssue(made.id, { body: 'done', closed: true });
    expect(await forge.issues()).toEqual([]);
  });

  it('is told who writes, or not', async () => {
    expect(await clientOf(await fakeForge('github', { user: 'octo' })).forge.whoAmI()).toBe('octo');
    expect(await clientOf(await fakeForge('github', { user: null })).forge.whoAmI()).toBeUndefined();
  });
});

describe('gitlab', () => {
  it('sends a job token as such', async () => {
    const fake = await fakeForge('gitlab', { user: 'somebody' });
    const { forge } = clientOf(fake, { tokenHeader: 'job-token' });
    expect(await forge.whoAmI()).toBeUndefined();
    expect(await failure(forge.comments(CHANGE))).toMatchObject({ code: 'FORGE_DENIED' });
    expect(fake.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it('lets no line of a comment be obeyed', async () => {
    const fake = await fakeForge('gitlab');
    await clientOf(fake).forge.addComment(
      CHANGE,
      'text\n/merge\n  /close now\n```diff\n/kept in code\n```\n/approve',
    );
    expect(fake.comments[0]?.body).toBe(
      'text\n\\/merge\n  \\/close now\n```diff\n/kept in code\n```\n\\/approve',
    );
  });

  it('is not fooled by fences within fences', () => {
    const text = '````\n```\n/in code\n````\n/out';
    expect(withoutQuickActions(text)).toBe('````\n```\n/in code\n````\n\\/out');
  });
});
