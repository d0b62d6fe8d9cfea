import { describe, expect, it } from 'vitest';
import { putIssue } from '../../src/forge/issue.ts';
import { putComment, type WantedComment } from '../../src/forge/sticky.ts';
import { markerLine } from '../../src/render/markdown/marker.ts';
import { BOT, CHANGE, clientOf, type FakeForge, fakeForge, HEAD } from './fake-forge.ts';

const FORGES = ['github', 'gitlab'] as const;
const MARKER = { topic: 'plan', environment: 'production', project: 'acme', digest: 'none' };

function wanted(text: string, more: Partial<WantedComment> = {}): WantedComment {
  return {
    marker: MARKER,
    render: (length) => `${markerLine(MARKER)}\n${text}`.slice(0, length),
    length: 60_000,
    author: BOT,
    commit: HEAD,
    onlyUpdate: false,
    ...more,
  };
}

const bodies = (fake: FakeForge): readonly string[] =>
  fake.comments.map(({ body }) => body.replace(`${markerLine(MARKER)}\n`, ''));

describe.each(FORGES)('one comment on %s', (name) => {
  it('is made once and then changed in place', async () => {
    const fake = await fakeForge(name);
    const { forge } = clientOf(fake);
    expect((await putComment(forge, CHANGE, wanted('one'))).outcome).toBe('created');
    expect((await putComment(forge, CHANGE, wanted('two'))).outcome).toBe('updated');
    const before = fake.writes().length;
    expect((await putComment(forge, CHANGE, wanted('two'))).outcome).toBe('unchanged');
    expect(fake.writes()).toHaveLength(before);
    expect(bodies(fake)).toEqual(['two']);
  });

  it('is found on a later page, by author and marker', async () => {
    const fake = await fakeForge(name);
    for (let index = 0; index < 120; index += 1) fake.add('somebody', 'talk');
    fake.add('mallory', `${markerLine(MARKER)}\nnot ours`);
    fake.add(BOT, `${markerLine({ ...MARKER, environment: 'staging' })}\nof staging`);
    fake.add(BOT, `A quote:\n${markerLine(MARKER)}`);
    const ours = fake.add(BOT, `${markerLine(MARKER)}\nold`);
    expect((await putComment(clientOf(fake).forge, CHANGE, wanted('new'))).outcome).toBe('updated');
    expect(ours.body).toBe(`${markerLine(MARKER)}\nnew`);
    expect(fake.comments).toHaveLength(124);
  });

  it('is left alone by a run whose commit is not the head any more', async () => {
    const fake = await fakeForge(name);
    fake.head = '9'.repeat(40);
    const put = await putComment(clientOf(fake).forge, CHANGE, wanted('old news'));
    expect(put).toEqual({ outcome: 'stale', head: fake.head });
    expect(fake.writes()).toEqual([]);
  });

  it('is not begun for nothing', async () => {
    const fake = await fakeForge(name);
    const { forge } = clientOf(fake);
    expect(await putComment(forge, CHANGE, wanted('clean', { onlyUpdate: true }))).toEqual({
      outcome: 'skipped',
    });
    await putComment(forge, CHANGE, wanted('changes'));
    await putComment(forge, CHANGE, wanted('clean', { onlyUpdate: true }));
    expect(bodies(fake)).toEqual(['clean']);
  });

  it('gets shorter until the forge takes it', async () => {
    const fake = await fakeForge(name, { longest: 20_000 });
    const { forge } = clientOf(fake);
    expect((await putComment(forge, CHANGE, wanted('x'.repeat(80_000)))).outcome).toBe('created');
    expect(fake.comments[0]?.body.length).toBe(15_000);
    expect((await putComment(forge, CHANGE, wanted('y'.repeat(80_000)))).outcome).toBe('updated');
  });

  it('remains one when another run is faster', async () => {
    let raced = false;
    const fake = await fakeForge(name, {
      before: ({ method }, forge) => {
        if (method === 'POST' && !raced) forge.add(BOT, `${markerLine(MARKER)}\nfaster`);
        raced = true;
      },
    });
    expect((await putComment(clientOf(fake).forge, CHANGE, wanted('ours'))).outcome).toBe('updated');
    expect(bodies(fake)).toEqual(['ours']);
  });

  it('is made again when it was removed while it was written', async () => {
    let removed = false;
    const fake = await fakeForge(name, {
      before: ({ method }, forge) => {
        if (removed || method === 'POST') return;
        removed = true;
        forge.comments.splice(0);
      },
    });
    fake.add(BOT, `${markerLine(MARKER)}\nold`);
    expect((await putComment(clientOf(fake).forge, CHANGE, wanted('new'))).outcome).toBe('created');
    expect(bodies(fake)).toEqual(['new']);
  });

  it.each([2, 3, 8])('remains one of %s runs at the same time', async (count) => {
    const fake = await fakeForge(name);
    const texts = Array.from({ length: count }, (_, index) => `run ${index}`);
    await Promise.all(texts.map((text) => putComment(clientOf(fake).forge, CHANGE, wanted(text))));
    expect(fake.comments).toHaveLength(1);
    expect(texts).toContain(bodies(fake)[0]);
    const last = await putComment(clientOf(fake).forge, CHANGE, wanted('after'));
    expect(last.outcome).toBe('updated');
    expect(bodies(fake)).toEqual(['after']);
  });

  it('brings twins of earlier times down to the oldest', async () => {
    const fake = await fakeForge(name);
    for (const text of ['a', 'b', 'c']) fake.add(BOT, `${markerLine(MARKER)}\n${text}`);
    const [oldest] = fake.comments;
    await putComment(clientOf(fake).forge, CHANGE, wanted('new'));
    expect(fake.comments.map(({ id }) => id)).toEqual([oldest?.id]);
  });

  it('remains one when nobody tells who writes', async () => {
    const fake = await fakeForge(name, { author: 'app[bot]' });
    const { forge } = clientOf(fake);
    for (const text of ['one', 'two', 'three']) {
      await putComment(forge, CHANGE, wanted(text, { author: undefined }));
      expect(bodies(fake)).toEqual([text]);
    }
  });

  it('is not made twice when the reply to the first try was lost', async () => {
    let lost = false;
    const fake: FakeForge = await fakeForge(name, {
      intercept: ({ method }) => {
        if (method !== 'POST' || lost) return undefined;
        lost = true;
        fake.add(BOT, `${markerLine(MARKER)}\nours`);
        return { fault: 'reset' };
      },
    });
    await putComment(clientOf(fake).forge, CHANGE, wanted('ours'));
    expect(bodies(fake)).toEqual(['ours']);
  });

  it('is taken over by a run that does not know its project, and taken back', async () => {
    const fake = await fakeForge(name);
    const { forge } = clientOf(fake);
    const failed = { ...MARKER, project: '-' };
    const render = (): string => `${markerLine(failed)}\nfailed`;
    await putComment(forge, CHANGE, wanted('fine'));
    await putComment(forge, CHANGE, wanted('', { marker: failed, render }));
    expect(bodies(fake)).toEqual([render()]);
    await putComment(forge, CHANGE, wanted('fine again'));
    expect(bodies(fake)).toEqual(['fine again']);
  });

  it('of each project stays when a run does not know its project', async () => {
    const fake = await fakeForge(name);
    const failed = { ...MARKER, project: '-' };
    for (const project of ['one', 'two']) fake.add(BOT, `${markerLine({ ...MARKER, project })}\n${project}`);
    const render = (): string => `${markerLine(failed)}\nfailed`;
    await putComment(clientOf(fake).forge, CHANGE, wanted('', { marker: failed, render }));
    expect(fake.comments).toHaveLength(3);
  });
});

describe.each(FORGES)('one issue on %s', (name) => {
  const issue = (text: string, resolved: boolean) => ({ ...wanted(text), title: 'Drift', resolved });

  it('is opened, updated, closed and opened anew', async () => {
    const fake = await fakeForge(name);
    const { forge } = clientOf(fake);
    expect((await putIssue(forge, issue('fine', true))).outcome).toBe('skipped');
    expect((await putIssue(forge, issue('drift', false))).outcome).toBe('created');
    expect((await putIssue(forge, issue('drift', false))).outcome).toBe('unchanged');
    expect((await putIssue(forge, issue('more drift', false))).outcome).toBe('updated');
    expect(fake.issues.map(({ title, open }) => ({ title, open }))).toEqual([{ title: 'Drift', open: true }]);
    expect((await putIssue(forge, issue('fine', true))).outcome).toBe('closed');
    expect((await putIssue(forge, issue('again', false))).outcome).toBe('created');
    expect(fake.issues.map(({ open }) => open)).toEqual([false, true]);
  });

  it('remains one open issue of two runs at the same time', async () => {
    const fake = await fakeForge(name);
    await Promise.all(['a', 'b'].map((text) => putIssue(clientOf(fake).forge, issue(text, false))));
    expect(fake.issues.filter(({ open }) => open !== false)).toHaveLength(1);
  });

  it('of somebody else is not touched', async () => {
    const fake = await fakeForge(name);
    fake.issues.push({ id: 1, author: 'mallory', body: `${markerLine(MARKER)}\nmine`, open: true });
    await putIssue(clientOf(fake).forge, issue('drift', false));
    expect(fake.issues.map(({ body }) => body.includes('mine'))).toEqual([true, false]);
  });
});
